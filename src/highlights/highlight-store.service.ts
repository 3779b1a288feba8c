import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { WebhookOutbox } from '../webhooks/webhook-outbox.service';
import { HighlightCut, HighlightStatus, HighlightView } from './dto/highlights.dto';

/** A row, with who made it. */
export interface HighlightRow {
  readonly id: string;
  readonly session_id: string;
  readonly club_id: number;
  readonly author_id: number | null;
  readonly author_name: string | null;
  readonly status: HighlightStatus;
  readonly cut: HighlightCut;
  readonly text: string | null;
  readonly start_seconds: number;
  readonly end_seconds: number;
  /** A bigint: the driver gives it as text. */
  readonly size_bytes: string | null;
  readonly error: string | null;
  readonly created_at: Date;
  readonly ready_at: Date | null;
}

const COLUMNS = `h.id, h.session_id, h.club_id, h.author_id, u.name AS author_name, h.status, h.cut, h.text, h.start_seconds,
  h.end_seconds, h.size_bytes, h.error, h.created_at, h.ready_at`;
const VIEW = `SELECT ${COLUMNS} FROM highlights h LEFT JOIN users u ON u.id = h.author_id WHERE h.deleted_at IS NULL`;

/** What was made of a highlight. */
export interface MadeHighlight {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly bytes: number;
}

/** The rows of highlights. One that is deleted is marked, then its files go, then the row. */
@Injectable()
export class HighlightStore {
  constructor(
    private readonly database: DataSource,
    private readonly outbox: WebhookOutbox,
  ) {}

  async find(id: string, manager: EntityManager = this.database.manager): Promise<HighlightRow | null> {
    const [row] = await manager.query<HighlightRow[]>(`${VIEW} AND h.id = $1`, [id]);
    return row ?? null;
  }

  /** In the order of the match, behind a place. */
  list(sessionId: string, [at, id]: readonly [number, string], most: number): Promise<HighlightRow[]> {
    return this.database.query(
      `${VIEW} AND h.session_id = $1 AND (h.start_seconds, h.id) > ($2::double precision, $3::uuid)
        ORDER BY h.start_seconds, h.id LIMIT $4`,
      [sessionId, at, id, most],
    );
  }

  /** Somebody's press of just before, which the next one repeats. */
  async pressedLately(
    sessionId: string,
    authorId: number | null,
    manager: EntityManager,
  ): Promise<HighlightRow | null> {
    const [row] = await manager.query<HighlightRow[]>(
      `${VIEW} AND h.session_id = $1 AND h.pressed AND h.author_id IS NOT DISTINCT FROM $2
          AND h.created_at > now() - interval '2 seconds' ORDER BY h.created_at DESC LIMIT 1`,
      [sessionId, authorId],
    );
    return row ?? null;
  }

  /** Takes it to be made. `null`: it was deleted, or is made. */
  async begin(id: string): Promise<HighlightRow | null> {
    const [row] = await this.database.query<HighlightRow[]>(
      `WITH h AS (UPDATE highlights SET status = 'making', error = NULL
                   WHERE id = $1 AND deleted_at IS NULL AND status <> 'ready' RETURNING *)
       SELECT ${COLUMNS} FROM h LEFT JOIN users u ON u.id = h.author_id`,
      [id],
    );
    return row ?? null;
  }

  /** @returns false: it was deleted meanwhile */
  made(
    { id, club_id, session_id }: HighlightRow,
    { startSeconds, endSeconds, bytes }: MadeHighlight,
  ): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const [, count]: [unknown, number] = await manager.query(
        `UPDATE highlights SET status = 'ready', start_seconds = $2, end_seconds = $3, size_bytes = $4, ready_at = now()
          WHERE id = $1 AND deleted_at IS NULL`,
        [id, startSeconds, endSeconds, bytes],
      );
      if (count === 0) return false;
      await this.outbox.tell(manager, club_id, 'highlight.ready', {
        ...{ highlight_id: id, session_id, start_seconds: startSeconds, end_seconds: endSeconds, size_bytes: bytes },
        download: `/api/video/highlights/${id}/download`,
      });
      return true;
    });
  }

  /** @param final else it is tried again */
  async failed(id: string, error: string, final: boolean): Promise<void> {
    await this.database.query(
      `UPDATE highlights SET status = $3, error = $2 WHERE id = $1 AND deleted_at IS NULL AND status <> 'ready'`,
      [id, error, final ? 'failed' : 'waiting'],
    );
  }

  /** Those that nobody makes although they wait: what a crash between two steps, or a job that was cancelled, left. */
  unmade(): Promise<{ id: string; clubId: number }[]> {
    return this.database.query(
      `SELECT id, club_id AS "clubId" FROM highlights
        WHERE status IN ('waiting', 'making') AND deleted_at IS NULL AND created_at < now() - interval '1 minute'
        ORDER BY created_at LIMIT 100`,
    );
  }

  /** Those that are marked as deleted, of a session or of all. */
  gone(sessionId: string | null): Promise<{ id: string; clubId: number }[]> {
    return this.database.query(
      `SELECT id, club_id AS "clubId" FROM highlights
        WHERE deleted_at IS NOT NULL AND ($1::uuid IS NULL OR session_id = $1) ORDER BY deleted_at LIMIT 500`,
      [sessionId],
    );
  }

  async forget(id: string): Promise<void> {
    await this.database.query('DELETE FROM highlights WHERE id = $1 AND deleted_at IS NOT NULL', [id]);
  }
}

/** A gap of a recording, in seconds from its first frame. */
interface Gap {
  readonly start_seconds: number;
  readonly end_seconds: number;
  readonly reason: string;
}

const milli = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** @param gaps of the whole recording */
export function viewOf(row: HighlightRow, gaps: readonly Gap[]): HighlightView {
  const { start_seconds: start, end_seconds: end } = row;
  const inside = gaps.filter((gap) => gap.start_seconds < end && gap.end_seconds > start);
  return {
    id: row.id,
    session_id: row.session_id,
    status: row.status,
    start_seconds: milli(start),
    end_seconds: milli(end),
    duration_seconds: milli(end - start),
    cut: row.cut,
    text: row.text,
    author: row.author_id === null ? null : { id: row.author_id, name: row.author_name ?? '' },
    gaps: inside.map((gap) => ({
      start_seconds: milli(Math.max(gap.start_seconds, start) - start),
      end_seconds: milli(Math.min(gap.end_seconds, end) - start),
      reason: gap.reason,
    })),
    size_bytes: row.size_bytes === null ? null : Number(row.size_bytes),
    error: row.error,
    created_at: row.created_at.toISOString(),
    ready_at: row.ready_at?.toISOString() ?? null,
  };
}
