import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CompressionCodec } from '../media/compress-args';
import { CompressionReason, CompressionView } from './dto/compression.dto';

/** Rows carry it. */
export const COMPRESS_VIDEO = 'compress_video';

const NONE: CompressionView = {
  state: 'none',
  progress: 0,
  codec: null,
  crf: null,
  original_size_bytes: null,
  size_bytes: null,
  reason: null,
  job_id: null,
};

interface Row {
  readonly session_id: string;
  readonly codec: CompressionCodec;
  readonly crf: number;
  readonly state: 'queued' | 'running' | 'swapping' | 'done' | 'kept' | 'failed';
  readonly progress: number;
  readonly original_size_bytes: string | null;
  readonly size_bytes: string | null;
  readonly reason: CompressionReason | null;
  readonly job_id: string | null;
}

/** How videos stand to their compression, for whoever shows them. */
@Injectable()
export class CompressionLog {
  constructor(private readonly database: DataSource) {}

  /** Of each of these, also of those that nobody asked for. */
  async of(sessionIds: readonly string[]): Promise<(sessionId: string) => CompressionView> {
    if (sessionIds.length === 0) return () => NONE;
    const rows = await this.database.query<Row[]>(
      `SELECT c.session_id, c.codec, c.crf, c.state, c.progress, c.original_size_bytes, c.size_bytes, c.reason, j.id AS job_id
         FROM video_compressions c
         LEFT JOIN pgboss.job j ON j.name = $2 AND j.singleton_key = c.session_id::text AND j.state < 'completed'
        WHERE c.session_id = ANY ($1)`,
      [sessionIds, COMPRESS_VIDEO],
    );
    const views = new Map(rows.map((row) => [row.session_id, viewOf(row)]));
    return (sessionId) => views.get(sessionId) ?? NONE;
  }
}

function viewOf(row: Row): CompressionView {
  const open = row.state === 'queued' || row.state === 'running';
  // Its job has ended and could not say so, or was cancelled before it began.
  const lost = open && row.job_id === null;
  return {
    state: lost ? 'failed' : row.state === 'swapping' ? 'running' : row.state,
    progress: row.progress,
    codec: row.codec,
    crf: row.crf,
    original_size_bytes: numberOf(row.original_size_bytes),
    size_bytes: row.state === 'done' ? numberOf(row.size_bytes) : null,
    reason: lost ? (row.reason ?? 'cancelled') : row.reason,
    job_id: open ? row.job_id : null,
  };
}

/** A bigint: the driver gives it as text. */
function numberOf(value: string | null): number | null {
  return value === null ? null : Number(value);
}
