import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AuditService, BY_SERVICE } from '../auth/audit.service';
import { ObjectFault, SentPart } from './object-store';

export type ObjectState = 'waiting' | 'uploading' | 'remote' | 'failed' | 'deleting' | 'deleted';

/** The copy of a video in its club's storage, as its row has it. */
export interface ObjectRow {
  readonly session_id: string;
  readonly club_id: number;
  readonly state: ObjectState;
  readonly object_key: string;
  readonly stamp: string | null;
  /** A bigint: the driver gives it as text. */
  readonly bytes: string | null;
  readonly sha256: string | null;
  readonly upload_id: string | null;
  readonly part_bytes: number | null;
  readonly mismatches: number;
  readonly fault: string | null;
  readonly error: string | null;
  readonly uploaded_at: Date | null;
  readonly local: 'here' | 'leaving' | 'gone';
}

/** What a new upload is of. */
export interface UploadStart {
  readonly sessionId: string;
  readonly stamp: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly key: string;
}

/** The rows of what clubs have in their storages; every step of an upload is one of them before it counts. */
@Injectable()
export class ObjectBook {
  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditService,
  ) {}

  async find(sessionId: string): Promise<ObjectRow | null> {
    const [row] = await this.database.query<ObjectRow[]>('SELECT * FROM video_objects WHERE session_id = $1', [
      sessionId,
    ]);
    return row ?? null;
  }

  async findAll(sessionIds: readonly string[]): Promise<Map<string, ObjectRow & { sent_parts: number }>> {
    if (sessionIds.length === 0) return new Map();
    const rows = await this.database.query<(ObjectRow & { sent_parts: number })[]>(
      `SELECT o.*, (SELECT count(*)::integer FROM video_object_parts p WHERE p.session_id = o.session_id) AS sent_parts
         FROM video_objects o WHERE o.session_id = ANY ($1)`,
      [sessionIds],
    );
    return new Map(rows.map((row) => [row.session_id, row]));
  }

  /** Enters a video that is to be uploaded. Entered already: nothing happens. @returns whether it was entered now */
  async enter(manager: EntityManager, sessionId: string, clubId: number, key: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `INSERT INTO video_objects (session_id, club_id, object_key) VALUES ($1, $2, $3)
       ON CONFLICT (session_id) DO NOTHING RETURNING session_id`,
      [sessionId, clubId, key],
    );
    return rows.length > 0;
  }

  async parts(sessionId: string): Promise<SentPart[]> {
    return this.database.query<SentPart[]>(
      'SELECT number, etag, sha256, md5 FROM video_object_parts WHERE session_id = $1 ORDER BY number',
      [sessionId],
    );
  }

  /** An upload of this file begins; what was sent of another one is forgotten. */
  async start({ sessionId, stamp, bytes, sha256, key }: UploadStart): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.query('DELETE FROM video_object_parts WHERE session_id = $1', [sessionId]);
      await manager.query(
        `UPDATE video_objects SET state = 'uploading', stamp = $2, bytes = $3, sha256 = $4, object_key = $5,
                upload_id = NULL, part_bytes = NULL
          WHERE session_id = $1 AND state IN ('waiting', 'uploading', 'failed')`,
        [sessionId, stamp, bytes, sha256, key],
      );
    });
  }

  /** What was begun of this file goes on. */
  async resumed(sessionId: string): Promise<void> {
    await this.database.query(
      `UPDATE video_objects SET state = 'uploading' WHERE session_id = $1 AND state = 'waiting'`,
      [sessionId],
    );
  }

  /** The storage knows nothing of the upload any more. */
  async forget(sessionId: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.query('DELETE FROM video_object_parts WHERE session_id = $1', [sessionId]);
      await manager.query('UPDATE video_objects SET upload_id = NULL, part_bytes = NULL WHERE session_id = $1', [
        sessionId,
      ]);
    });
  }

  async begun(sessionId: string, uploadId: string, partBytes: number): Promise<void> {
    await this.database.query('UPDATE video_objects SET upload_id = $2, part_bytes = $3 WHERE session_id = $1', [
      sessionId,
      uploadId,
      partBytes,
    ]);
  }

  async sent(sessionId: string, { number, etag, sha256, md5 }: SentPart): Promise<void> {
    await this.database.query(
      `INSERT INTO video_object_parts (session_id, number, etag, sha256, md5) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (session_id, number) DO UPDATE SET etag = $3, sha256 = $4, md5 = $5`,
      [sessionId, number, etag, sha256, md5],
    );
  }

  /** It is there and was verified. @returns false: the video was deleted meanwhile */
  async arrived(sessionId: string): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const [rows] = await manager.query<[{ club_id: number; bytes: string }[], number]>(
        `UPDATE video_objects
            SET state = 'remote', uploaded_at = now(), upload_id = NULL, part_bytes = NULL, mismatches = 0, fault = NULL,
                error = NULL, local_since = coalesce(local_since, now())
          WHERE session_id = $1 AND state = 'uploading' RETURNING club_id, bytes`,
        [sessionId],
      );
      const [row] = rows;
      if (!row) return false;
      await manager.query('DELETE FROM video_object_parts WHERE session_id = $1', [sessionId]);
      const entry = { action: 'video.uploaded', clubId: row.club_id, target: sessionId } as const;
      await this.audit.record({ ...entry, details: { size_bytes: Number(row.bytes) }, ...BY_SERVICE }, manager);
      return true;
    });
  }

  /** The storage had something else; that is gone from there. @returns how often that was so */
  async mismatched(sessionId: string): Promise<number> {
    return this.database.transaction(async (manager) => {
      await manager.query('DELETE FROM video_object_parts WHERE session_id = $1', [sessionId]);
      const [rows] = await manager.query<[{ mismatches: number }[], number]>(
        `UPDATE video_objects SET mismatches = mismatches + 1, upload_id = NULL, part_bytes = NULL
          WHERE session_id = $1 RETURNING mismatches`,
        [sessionId],
      );
      return rows[0]?.mismatches ?? 0;
    });
  }

  /** A try came to nothing. @param state `waiting`: it is tried again */
  async faulted(sessionId: string, state: 'waiting' | 'failed', fault: ObjectFault): Promise<void> {
    await this.database.query(
      `UPDATE video_objects SET state = $2, fault = $3, error = $4
        WHERE session_id = $1 AND state IN ('waiting', 'uploading')`,
      [sessionId, state, fault.code, fault.message],
    );
  }

  /** What is there is not what is here any more, or is not there: it is uploaded anew. */
  async again(sessionId: string): Promise<void> {
    await this.database.query(
      `UPDATE video_objects SET state = 'waiting', stamp = NULL WHERE session_id = $1 AND state = 'remote' AND local = 'here'`,
      [sessionId],
    );
  }

  /**
   * The video's file is becoming another one: what is in the storage does not count any more, and the new one is uploaded.
   * @param manager of the transaction in which the file is replaced: until its end, nobody takes the file away
   * @returns false: the file is just being taken away
   */
  async replaced(sessionId: string, manager: EntityManager): Promise<boolean> {
    const [row] = await manager.query<Pick<ObjectRow, 'local'>[]>(
      'SELECT local FROM video_objects WHERE session_id = $1 FOR UPDATE',
      [sessionId],
    );
    if (row && row.local !== 'here') return false;
    await manager.query(
      `UPDATE video_objects SET state = 'waiting', stamp = NULL WHERE session_id = $1 AND state = 'remote'`,
      [sessionId],
    );
    return true;
  }

  /** What had failed for good is tried again. @returns false: it had not */
  async retried(manager: EntityManager, sessionId: string): Promise<boolean> {
    const [, changed] = await manager.query<[unknown, number]>(
      `UPDATE video_objects SET state = 'waiting', mismatches = 0, fault = NULL, error = NULL
        WHERE session_id = $1 AND state = 'failed'`,
      [sessionId],
    );
    return changed > 0;
  }

  /** The file is going, for the other copy is there. @returns false: not any more */
  async leaving(sessionId: string): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const [rows] = await manager.query<[{ club_id: number }[], number]>(
        `UPDATE video_objects SET local = 'leaving' WHERE session_id = $1 AND state = 'remote' AND local = 'here'
         RETURNING club_id`,
        [sessionId],
      );
      const [row] = rows;
      if (!row) return false;
      const entry = { action: 'video.local_removed', clubId: row.club_id, target: sessionId } as const;
      await this.audit.record({ ...entry, ...BY_SERVICE }, manager);
      return true;
    });
  }

  async gone(sessionId: string): Promise<void> {
    await this.database.query(`UPDATE video_objects SET local = 'gone' WHERE session_id = $1 AND local = 'leaving'`, [
      sessionId,
    ]);
  }

  /**
   * The file is here again.
   * @param stamps `from`: of the row when it was looked at; where it has another one now, somebody else has noted it
   */
  async back(sessionId: string, stamps: { readonly from: string; readonly to: string }): Promise<void> {
    await this.database.query(
      `UPDATE video_objects SET local = 'here', local_since = now(), stamp = $3
        WHERE session_id = $1 AND state = 'remote' AND stamp = $2`,
      [sessionId, stamps.from, stamps.to],
    );
  }

  async deleted(sessionId: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.query('DELETE FROM video_object_parts WHERE session_id = $1', [sessionId]);
      await manager.query(
        `UPDATE video_objects SET state = 'deleted', upload_id = NULL, fault = NULL, error = NULL
          WHERE session_id = $1 AND state = 'deleting'`,
        [sessionId],
      );
    });
  }

  /** It is to be deleted once more, when what was on its way has arrived. */
  async deletedOnce(sessionId: string): Promise<void> {
    await this.database.query(
      `UPDATE video_objects SET next_try_at = now() + interval '1 minute'
        WHERE session_id = $1 AND state = 'deleting'`,
      [sessionId],
    );
  }

  async deletionFailed(sessionId: string, fault: ObjectFault): Promise<void> {
    await this.database.query(
      `UPDATE video_objects SET fault = $2, error = $3, next_try_at = now() + interval '10 minutes'
        WHERE session_id = $1 AND state = 'deleting'`,
      [sessionId, fault.code, fault.message],
    );
  }
}
