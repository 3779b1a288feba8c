import { DataSource } from 'typeorm';

/**
 * Which of these finished videos may go to their club's storage now: whoever still has a file to change says here that it waits.
 * Chapters that are to be written belong to the file; a disk that did not take them has said so, and nobody waits for it.
 */
export async function mayUpload(database: DataSource, sessionIds: readonly string[]): Promise<Set<string>> {
  const rows = await database.query<{ id: string }[]>(
    `SELECT v.session_id AS id FROM videos v
      WHERE v.session_id = ANY ($1) AND v.deleted_at IS NULL AND v.missing_since IS NULL
        AND NOT EXISTS (SELECT FROM marker_chapters c
                         WHERE c.session_id = v.session_id AND c.written < c.revision AND NOT c.unsupported)`,
    [sessionIds],
  );
  return new Set(rows.map(({ id }) => id));
}
