import { DataSource } from 'typeorm';
import { COMPRESS_VIDEO } from '../compression/compression-log.service';

/** A video `v` is being coded anew, or waits for it. */
export const BEING_COMPRESSED = `EXISTS (
  SELECT FROM video_compressions c
    JOIN pgboss.job j ON j.singleton_key = c.session_id::text AND j.name = '${COMPRESS_VIDEO}' AND j.state < 'completed'
   WHERE c.session_id = v.session_id AND c.state IN ('queued', 'running', 'swapping'))`;

/**
 * Of a row `v` of `videos`: its file may go to its club's storage now. Whoever still has a file to change says here that it waits.
 * Chapters that are to be written belong to the file; a disk that did not take them has said so, and nobody waits for it. Where a
 * club has its videos compressed, the smaller file goes, once it is known which one that is.
 */
export const UPLOADABLE = `v.deleted_at IS NULL AND v.missing_since IS NULL
  AND NOT EXISTS (SELECT FROM marker_chapters c
                   WHERE c.session_id = v.session_id AND c.written < c.revision AND NOT c.unsupported)
  AND NOT ${BEING_COMPRESSED}
  AND NOT EXISTS (SELECT FROM clubs k
                   WHERE k.id = v.club_id AND k.compression <> 'off' AND v.created_at >= k.compression_since
                     AND v.adopted_at IS NULL
                     AND NOT EXISTS (SELECT FROM video_compressions c WHERE c.session_id = v.session_id))`;

export async function mayUpload(database: DataSource, sessionId: string): Promise<boolean> {
  const rows = await database.query<unknown[]>(`SELECT FROM videos v WHERE v.session_id = $1 AND ${UPLOADABLE}`, [
    sessionId,
  ]);
  return rows.length > 0;
}
