import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { GapFacts, VideoFacts } from '../runtime/court-runtime';

/** What the recording room says of a finished file. */
export interface NewVideo {
  readonly sessionId: string;
  readonly courtId: number;
  readonly clubId: number;
  readonly userId: number;
  readonly facts: VideoFacts;
  readonly gaps: readonly GapFacts[];
  /** Of a video that another system recorded: when that was, in epoch milliseconds. It is adopted now. */
  readonly recordedAt?: number;
}

/** The list of finished videos. */
@Injectable()
export class VideoCatalogue {
  constructor(private readonly database: DataSource) {}

  /** Whether a recording's video was there and has been deleted. */
  async isDeleted(sessionId: string): Promise<boolean> {
    const rows: unknown[] = await this.database.query(
      'SELECT 1 FROM videos WHERE session_id = $1 AND deleted_at IS NOT NULL',
      [sessionId],
    );
    return rows.length > 0;
  }

  /**
   * Enters a finished file, in the transaction that makes its recording `ready`. Entered already: changes nothing. Where an
   * angle's match was deleted meanwhile, it is deleted too, and the next look takes its file.
   */
  async add(manager: EntityManager, video: NewVideo): Promise<void> {
    const { facts } = video;
    const gaps = video.gaps.map((gap) => ({
      start_seconds: gap.startSeconds,
      end_seconds: gap.endSeconds,
      reason: gap.reason,
    }));
    // Whoever deletes the match waits until this is there, and then sees it.
    await manager.query(
      `SELECT FROM videos WHERE session_id = (SELECT angle_of FROM camera_sessions WHERE id = $1) FOR SHARE`,
      [video.sessionId],
    );
    await manager.query(
      `INSERT INTO videos (session_id, court_id, club_id, user_id, video_path, size_bytes, duration_seconds, width,
                           height, codec, gaps, created_at, adopted_at, angle_of, deleted_at)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, coalesce($12::timestamptz, now()),
              CASE WHEN $12::timestamptz IS NOT NULL THEN now() END, s.angle_of, m.deleted_at
         FROM camera_sessions s LEFT JOIN videos m ON m.session_id = s.angle_of WHERE s.id = $1
       ON CONFLICT (session_id) DO NOTHING`,
      [
        video.sessionId,
        video.courtId,
        video.clubId,
        video.userId,
        facts.videoPath,
        facts.sizeBytes,
        facts.durationSeconds,
        facts.width,
        facts.height,
        facts.codec,
        JSON.stringify(gaps),
        video.recordedAt === undefined ? null : new Date(video.recordedAt),
      ],
    );
  }
}
