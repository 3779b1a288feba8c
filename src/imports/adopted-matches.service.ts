import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../auth/audit.service';
import { faultPoint } from '../common/fault-point';
import { VideoCatalogue } from '../files/video-catalogue.service';
import { ForeignMovie } from './foreign-movie';
import { ImportClubs } from './import-clubs.service';
import { MatchTime } from './match-time';

/** A video that is to be entered as if its match had been recorded here. */
export interface AdoptedMatch {
  readonly sessionId: string;
  readonly clubId: number;
  readonly ownerId: number;
  /** Courts named by the command. */
  readonly courts: readonly number[];
  readonly videoPath: string;
  readonly bytes: number;
  readonly movie: ForeignMovie;
  readonly time: MatchTime;
  /** Where it lay, for the audit trail: `<club>/<session>.mp4`. */
  readonly from: string;
}

/** What there is of an id already. */
export interface KnownVideo {
  readonly clubId: number;
  readonly bytes: number;
  readonly deleted: boolean;
}

/** FFmpeg's names of codecs, and the wire's of a session. */
const SESSION_CODECS: Readonly<Record<string, string>> = { h264: 'h264', hevc: 'h265', mjpeg: 'mjpeg' };

/** The rows of adopted matches: session, recording and video, as the end of a recording leaves them. */
@Injectable()
export class AdoptedMatches {
  constructor(
    private readonly database: DataSource,
    private readonly videos: VideoCatalogue,
    private readonly clubs: ImportClubs,
    private readonly audit: AuditService,
  ) {}

  /** @returns `null`: no session has this id; `session`: one has, and no video */
  async find(sessionId: string): Promise<KnownVideo | 'session' | null> {
    const [row] = await this.database.query<
      { club_id: number | null; size_bytes: string | null; deleted: boolean | null }[]
    >(
      `SELECT v.club_id, v.size_bytes, v.deleted_at IS NOT NULL AS deleted
         FROM camera_sessions s LEFT JOIN videos v ON v.session_id = s.id WHERE s.id = $1`,
      [sessionId],
    );
    if (!row) return null;
    if (row.club_id === null) return 'session';
    return { clubId: row.club_id, bytes: Number(row.size_bytes), deleted: row.deleted === true };
  }

  /** Those of these ids that have a session. */
  async knownAmong(sessionIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }[]>(
      'SELECT id FROM camera_sessions WHERE id = ANY($1::uuid[])',
      [sessionIds],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Bytes of a club's videos that are there. */
  async bytesOf(clubId: number): Promise<number> {
    const [row] = await this.database.query<{ bytes: number }[]>(
      `SELECT coalesce(sum(size_bytes), 0)::float8 AS bytes FROM videos
        WHERE club_id = $1 AND deleted_at IS NULL AND missing_since IS NULL`,
      [clubId],
    );
    return row?.bytes ?? 0;
  }

  /**
   * Enters all of it in one transaction; its file has its name by then. A crash before leaves a file that nobody knows, which
   * the next import takes up, or the upkeep puts into quarantine.
   */
  async enter(match: AdoptedMatch): Promise<void> {
    const { sessionId, clubId, ownerId, videoPath, bytes, movie, time, from } = match;
    const [began, ended] = [new Date(time.startedAt), new Date(time.endedAt)];
    faultPoint('import.row');
    await this.database.transaction(async (manager) => {
      const courtId = await this.clubs.court(clubId, match.courts, manager);
      const whose = [sessionId, courtId, clubId, ownerId];
      const codec = SESSION_CODECS[movie.codec] ?? null;
      await manager.query(
        `INSERT INTO camera_sessions (id, court_id, club_id, user_id, status, codec, width, height, fps, created_at,
                                      last_frame_at, last_used_at, closed_at, close_reason)
         VALUES ($1, $2, $3, $4, 'closed', $5, $6, $7, $8, $9, $10, $10, $10, 'imported')`,
        [...whose, codec, movie.width, movie.height, movie.fps, began, ended],
      );
      await manager.query(
        `INSERT INTO recordings (session_id, court_id, club_id, user_id, status, requested_at, started_at, stopped_at,
                                 planned_end_at, duration_seconds, bytes_written, video_path)
         VALUES ($1, $2, $3, $4, 'ready', $5, $5, $6, $6, $7, $8, $9)`,
        [...whose, began, ended, movie.durationSeconds, bytes, videoPath],
      );
      const { durationSeconds, width, height } = movie;
      const facts = { videoPath, sizeBytes: bytes, durationSeconds, width, height, codec: movie.codec };
      await this.videos.add(manager, {
        sessionId,
        courtId,
        clubId,
        userId: ownerId,
        facts,
        gaps: [],
        recordedAt: time.endedAt,
      });
      // Its file may have a second name in the first system: nothing is ever written into it.
      await manager.query('INSERT INTO marker_chapters (session_id, unsupported) VALUES ($1, true)', [sessionId]);
      const details = { from, size_bytes: bytes, duration_seconds: durationSeconds, codec: movie.codec };
      await this.audit.record({ action: 'video.adopted', actorId: null, clubId, target: sessionId, details }, manager);
      faultPoint('import.uncommitted');
    });
    faultPoint('import.entered');
  }
}
