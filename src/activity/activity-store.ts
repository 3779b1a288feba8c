import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export const MINUTE_SECONDS = 60;

/** A score a second; `null`: not known. */
export type Scores = (number | null)[];

/** The rows of scores, one a minute of a recording's file. */
@Injectable()
export class ActivityStore {
  constructor(private readonly database: DataSource) {}

  /**
   * Writes a minute; what is known of it already and not said now stays. Where the recording was taken back, or its video is
   * deleted, nothing is written.
   * @param scores {@link MINUTE_SECONDS} of them
   */
  async save(sessionId: string, minute: number, scores: readonly (number | null)[]): Promise<void> {
    await this.database.query(
      `INSERT INTO activity_minutes AS known (session_id, minute, scores)
       SELECT r.session_id, $2, $3 FROM recordings r
        WHERE r.session_id = $1
          AND NOT EXISTS (SELECT FROM videos v WHERE v.session_id = $1 AND v.deleted_at IS NOT NULL)
       ON CONFLICT (session_id, minute) DO UPDATE SET scores = ARRAY(
         SELECT coalesce(s.newer, s.older)
           FROM unnest(EXCLUDED.scores, known.scores) WITH ORDINALITY AS s (newer, older, place) ORDER BY s.place)`,
      [sessionId, minute, scores],
    );
  }

  /** All that is written of a recording, from its first second on. */
  async read(sessionId: string): Promise<Scores> {
    const rows = await this.database.query<{ minute: number; scores: Scores }[]>(
      'SELECT minute, scores FROM activity_minutes WHERE session_id = $1 ORDER BY minute',
      [sessionId],
    );
    const all: Scores = [];
    for (const { minute, scores } of rows) {
      while (all.length < minute * MINUTE_SECONDS) all.push(null);
      all.push(...scores);
    }
    return all;
  }
}
