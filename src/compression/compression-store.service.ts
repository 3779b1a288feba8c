import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AuditService, BY_SERVICE } from '../auth/audit.service';
import { CompressionCodec } from '../media/compress-args';
import { COMPRESS_VIDEO } from './compression-log.service';
import { CompressionReason } from './dto/compression.dto';

/** Asked for in one look. */
const MOST_DUE = 50;
const LIVE = `EXISTS (SELECT FROM pgboss.job j WHERE j.name = '${COMPRESS_VIDEO}' AND j.singleton_key = c.session_id::text
                        AND j.state < 'completed')`;

/** What is to be made of a video. */
export interface WantedCompression {
  readonly sessionId: string;
  readonly clubId: number;
  readonly codec: CompressionCodec;
  readonly crf: number;
}

/** A video that was asked for, as its job finds it. */
export interface AskedCompression extends WantedCompression {
  readonly state: 'queued' | 'running' | 'swapping' | 'done' | 'kept' | 'failed';
  /** With `swapping`: of the file that is about to have the name. */
  readonly newBytes: number | null;
  readonly originalBytes: number | null;
  readonly durationSeconds: number;
  /** Its file is there, as far as the row knows. */
  readonly there: boolean;
}

/** What a video became. */
export interface CompressedVideo {
  /** As ffprobe calls it. */
  readonly codec: string;
  readonly bytes: number;
  readonly originalBytes: number;
}

/**
 * The rows of compression. Invariant: before a video's name goes to the smaller file, `swapping` and that file's size are
 * durable; both files differ in size, so whoever comes after a crash sees by the size which one has the name.
 */
@Injectable()
export class CompressionStore {
  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditService,
  ) {}

  /** @returns false: it waits, runs, or is done; nothing was written then */
  async ask({ sessionId, clubId, codec, crf }: WantedCompression, manager: EntityManager): Promise<boolean> {
    const asked = await manager.query<unknown[]>(
      `INSERT INTO video_compressions AS c (session_id, club_id, codec, crf) VALUES ($1, $2, $3, $4)
       ON CONFLICT (session_id) DO UPDATE SET codec = $3, crf = $4, state = 'queued', progress = 0, reason = NULL,
                   original_size_bytes = NULL, size_bytes = NULL, created_at = now(), ended_at = NULL
        WHERE c.state IN ('kept', 'failed') OR (c.state IN ('queued', 'running') AND NOT ${LIVE})
       RETURNING session_id`,
      [sessionId, clubId, codec, crf],
    );
    return asked.length > 0;
  }

  /** Videos that their clubs want compressed, whose time has come, and that nobody ever asked for. */
  due(): Promise<{ sessionId: string; clubId: number; codec: CompressionCodec; crf: number | null }[]> {
    return this.database.query(
      `SELECT v.session_id AS "sessionId", v.club_id AS "clubId", k.compression AS codec, k.compression_crf AS crf
         FROM videos v JOIN clubs k ON k.id = v.club_id
        WHERE k.compression <> 'off' AND k.deleted_at IS NULL AND v.created_at >= k.compression_since
          AND v.created_at <= now() - make_interval(mins => k.compression_after_minutes)
          AND v.deleted_at IS NULL AND v.missing_since IS NULL AND v.adopted_at IS NULL
          AND NOT EXISTS (SELECT FROM video_compressions c WHERE c.session_id = v.session_id)
        ORDER BY v.created_at LIMIT ${MOST_DUE}`,
    );
  }

  async find(sessionId: string): Promise<AskedCompression | null> {
    const [row] = await this.database.query<AskedCompression[]>(
      `SELECT c.session_id AS "sessionId", c.club_id AS "clubId", c.codec, c.crf, c.state,
              c.size_bytes::float8 AS "newBytes", c.original_size_bytes::float8 AS "originalBytes",
              v.duration_seconds AS "durationSeconds", v.deleted_at IS NULL AND v.missing_since IS NULL AS there
         FROM video_compressions c JOIN videos v ON v.session_id = c.session_id WHERE c.session_id = $1`,
      [sessionId],
    );
    return row ?? null;
  }

  async begin(sessionId: string, originalBytes: number): Promise<void> {
    await this.database.query(
      `UPDATE video_compressions SET state = 'running', progress = 0, reason = NULL, size_bytes = NULL, original_size_bytes = $2
        WHERE session_id = $1`,
      [sessionId, originalBytes],
    );
  }

  /** @returns false: the video has been deleted */
  async tell(sessionId: string, progress: number): Promise<boolean> {
    const [, changed] = await this.database.query<[unknown[], number]>(
      `UPDATE video_compressions c SET progress = $2 WHERE c.session_id = $1 AND c.state = 'running'
          AND EXISTS (SELECT FROM videos v WHERE v.session_id = c.session_id AND v.deleted_at IS NULL)`,
      [sessionId, progress],
    );
    return changed > 0;
  }

  /**
   * From here on the size of the file says which of the two it is.
   * @returns false: another process, which took this one for dead, has come to its end before
   */
  async intend(sessionId: string, bytes: number): Promise<boolean> {
    const [, changed] = await this.database.query<[unknown[], number]>(
      `UPDATE video_compressions SET state = 'swapping', progress = 1, size_bytes = $2
        WHERE session_id = $1 AND state = 'running'`,
      [sessionId, bytes],
    );
    return changed > 0;
  }

  /** It waits for another try, or for the next life of the service. */
  async giveBack(sessionId: string, reason: CompressionReason | null): Promise<void> {
    await this.database.query(
      `UPDATE video_compressions SET state = 'queued', progress = 0, reason = $2, size_bytes = NULL WHERE session_id = $1`,
      [sessionId, reason],
    );
  }

  /** One that was cancelled, unless it was asked for again meanwhile. */
  async cancelled(sessionId: string): Promise<void> {
    await this.database.query(
      `UPDATE video_compressions c SET state = 'failed', reason = 'cancelled', size_bytes = NULL, ended_at = now()
        WHERE c.session_id = $1 AND c.state IN ('queued', 'running', 'swapping') AND NOT ${LIVE}`,
      [sessionId],
    );
  }

  async end(sessionId: string, state: 'kept' | 'failed', reason: CompressionReason): Promise<void> {
    await this.database.query(
      `UPDATE video_compressions SET state = $2, reason = $3, size_bytes = NULL, ended_at = now() WHERE session_id = $1`,
      [sessionId, state, reason],
    );
  }

  /**
   * Keeps the video's end and the writing of its chapters away until the transaction is over.
   * @returns false: it has been deleted
   */
  async lock(sessionId: string, manager: EntityManager): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      'SELECT FROM videos WHERE session_id = $1 AND deleted_at IS NULL AND missing_since IS NULL FOR UPDATE',
      [sessionId],
    );
    return rows.length > 0;
  }

  /**
   * The file of another layout takes chapters even where the old one did not; what another process is just writing into the
   * old one is lost with it.
   * @param touched the old file was written to after its chapters were copied
   */
  async askForChapters(sessionId: string, touched: boolean, manager: EntityManager): Promise<void> {
    await manager.query(
      `UPDATE marker_chapters SET revision = revision + 1, unsupported = false, no_room = false
        WHERE session_id = $1 AND ($2 OR unsupported OR no_room OR writer IS NOT NULL)`,
      [sessionId, touched],
    );
  }

  /** The smaller file has the video's name: its row, the compression's and the trail say so together. */
  async done(
    { sessionId, clubId, crf }: WantedCompression,
    { codec, bytes, originalBytes }: CompressedVideo,
    manager: EntityManager,
  ): Promise<void> {
    await manager.query('UPDATE videos SET size_bytes = $2, codec = $3 WHERE session_id = $1', [
      sessionId,
      bytes,
      codec,
    ]);
    await manager.query(
      `UPDATE video_compressions SET state = 'done', progress = 1, size_bytes = $2, reason = NULL, ended_at = now()
        WHERE session_id = $1`,
      [sessionId, bytes],
    );
    const details = { size_bytes: bytes, original_size_bytes: originalBytes, codec, crf };
    await this.audit.record({ action: 'video.compressed', ...BY_SERVICE, clubId, target: sessionId, details }, manager);
  }

  /** Those that no job will end: theirs failed for good, was cancelled, or was forgotten. */
  async lost(): Promise<{ sessionId: string; cancelled: boolean }[]> {
    return this.database.query(
      `SELECT c.session_id AS "sessionId",
              coalesce((SELECT j.state = 'cancelled' FROM pgboss.job j
                         WHERE j.name = '${COMPRESS_VIDEO}' AND j.singleton_key = c.session_id::text
                         ORDER BY j.created_on DESC LIMIT 1), false) AS cancelled
         FROM video_compressions c WHERE c.state IN ('queued', 'running', 'swapping') AND NOT ${LIVE}`,
    );
  }

  /** Those of these whose files may still be written. */
  async open(sessionIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT session_id AS id FROM video_compressions
        WHERE session_id = ANY ($1) AND state IN ('running', 'swapping')`,
      [sessionIds],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** How many videos were ever compressed, and how many bytes that saved. */
  async saved(): Promise<{ videos: number; bytes: number }> {
    const [row] = await this.database.query<{ videos: number; bytes: number }[]>(
      `SELECT count(*)::integer AS videos, coalesce(sum(original_size_bytes - size_bytes), 0)::float8 AS bytes
         FROM video_compressions WHERE state = 'done'`,
    );
    return row ?? { videos: 0, bytes: 0 };
  }
}
