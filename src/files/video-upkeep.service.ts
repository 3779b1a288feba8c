import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../auth/audit.service';
import { standsForMatch } from './match-videos';

/** Taken in one run. */
const MOST_HIGHLIGHTS = 50;

/** A video, as far as its end is concerned. Times in epoch milliseconds. */
export interface StoredVideo {
  readonly sessionId: string;
  /** With the highlights and angles of it, which go when it goes. */
  readonly bytes: number;
  /** When it came to us: as it was recorded, or when it was adopted from another system. */
  readonly createdAt: number;
  readonly lastReadAt: number | null;
  /** Its file is not there: it takes no room. */
  readonly missing: boolean;
}

/** A club's matches: all in sums, the oldest one by one. */
export interface StoredVideos {
  readonly count: number;
  /** Of files that are there, highlights and angles too. */
  readonly bytes: number;
  readonly oldestFirst: readonly StoredVideo[];
}

/** The rows of videos as maintenance needs them. */
@Injectable()
export class VideoUpkeep {
  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditService,
  ) {}

  /** Clubs that have videos. */
  async clubs(): Promise<number[]> {
    const rows = await this.database.query<{ club_id: number }[]>(
      'SELECT DISTINCT club_id FROM videos WHERE deleted_at IS NULL',
    );
    return rows.map((row) => row.club_id);
  }

  /** @param most how many one by one */
  async stored(clubId: number, most: number): Promise<StoredVideos> {
    const [sums] = await this.database.query<{ count: number; bytes: number }[]>(
      `SELECT (count(*) FILTER (WHERE ${standsForMatch('videos')}))::integer AS count,
              (coalesce(sum(size_bytes) FILTER (WHERE missing_since IS NULL), 0)
               + (SELECT coalesce(sum(h.size_bytes), 0) FROM highlights h WHERE h.club_id = $1 AND h.deleted_at IS NULL
                   -- Of a match without a video no video's removal frees them.
                   AND EXISTS (SELECT FROM videos v WHERE v.session_id = h.session_id AND v.deleted_at IS NULL))
              )::float8 AS bytes
         FROM videos WHERE club_id = $1 AND deleted_at IS NULL`,
      [clubId],
    );
    const rows = await this.database.query<
      { session_id: string; size_bytes: string; created_at: Date; last_read_at: Date | null; missing: boolean }[]
    >(
      `SELECT session_id, coalesce(adopted_at, created_at) AS created_at, last_read_at,
              missing_since IS NOT NULL AS missing,
              size_bytes + (SELECT coalesce(sum(a.size_bytes), 0) FROM videos a
                             WHERE a.angle_of = videos.session_id AND a.deleted_at IS NULL AND a.missing_since IS NULL)
                         + (SELECT coalesce(sum(h.size_bytes), 0) FROM highlights h
                             WHERE h.session_id = videos.session_id AND h.deleted_at IS NULL) AS size_bytes
         FROM videos WHERE club_id = $1 AND deleted_at IS NULL AND ${standsForMatch('videos')}
        ORDER BY coalesce(adopted_at, created_at), session_id DESC LIMIT $2`,
      [clubId, most],
    );
    const oldestFirst = rows.map((row) => ({
      sessionId: row.session_id,
      bytes: Number(row.size_bytes),
      createdAt: row.created_at.getTime(),
      lastReadAt: row.last_read_at?.getTime() ?? null,
      missing: row.missing,
    }));
    return { count: sums?.count ?? 0, bytes: sums?.bytes ?? 0, oldestFirst };
  }

  /**
   * Marks highlights as deleted that are older and have no video any more, or never had: with theirs the others go. Each has
   * its line in the audit trail.
   * @returns how many
   */
  async expireHighlights(clubId: number, before: Date): Promise<number> {
    return this.database.transaction(async (manager) => {
      const [rows] = await manager.query<[{ id: string; session_id: string }[], number]>(
        `UPDATE highlights SET deleted_at = now() WHERE id IN
           (SELECT h.id FROM highlights h
             WHERE h.club_id = $1 AND h.deleted_at IS NULL AND h.created_at < $2
               AND NOT EXISTS (SELECT FROM videos v WHERE v.session_id = h.session_id AND v.deleted_at IS NULL)
             ORDER BY h.created_at LIMIT ${MOST_HIGHLIGHTS})
         RETURNING id, session_id`,
        [clubId, before],
      );
      for (const { id, session_id: target } of rows) {
        const details = { highlight_id: id, reason: 'age' };
        await this.audit.record({ action: 'highlight.deleted', actorId: null, clubId, target, details }, manager);
      }
      return rows.length;
    });
  }

  /** Sessions of the club whose video should have its file here, and whether that is marked as missing. */
  async marks(clubId: number): Promise<Map<string, boolean>> {
    const rows = await this.database.query<{ session_id: string; missing: boolean }[]>(
      `SELECT session_id, missing_since IS NOT NULL AS missing FROM videos v WHERE club_id = $1 AND deleted_at IS NULL
          AND NOT EXISTS (SELECT FROM video_objects o
                           WHERE o.session_id = v.session_id AND o.state = 'remote' AND o.local <> 'here')`,
      [clubId],
    );
    return new Map(rows.map((row) => [row.session_id, row.missing]));
  }

  /** Those of these sessions of the club that have a row, and whether their video was deleted. */
  async deletedAmong(clubId: number, sessionIds: readonly string[]): Promise<Map<string, boolean>> {
    if (sessionIds.length === 0) return new Map();
    const rows = await this.database.query<{ session_id: string; deleted: boolean }[]>(
      `SELECT session_id, deleted_at IS NOT NULL AS deleted FROM videos WHERE club_id = $1 AND session_id = ANY($2)`,
      [clubId, sessionIds],
    );
    return new Map(rows.map((row) => [row.session_id, row.deleted]));
  }

  /**
   * Marks that a video's file is missing, or is back, with its line in the audit trail.
   * @returns false: it was so before, or has been deleted meanwhile
   */
  async markMissing(clubId: number, sessionId: string, missing: boolean): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const [, changed] = await manager.query<[unknown[], number]>(
        `UPDATE videos SET missing_since = CASE WHEN $3 THEN now() END
          WHERE session_id = $1 AND club_id = $2 AND deleted_at IS NULL AND (missing_since IS NULL) = $3`,
        [sessionId, clubId, missing],
      );
      if (changed === 0) return false;
      const action = missing ? 'video.missing' : 'video.found';
      await this.audit.record({ action, actorId: null, clubId, target: sessionId }, manager);
      return true;
    });
  }
}
