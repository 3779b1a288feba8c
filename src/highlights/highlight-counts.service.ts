import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** How many highlights matches have, for lists that name them. */
@Injectable()
export class HighlightCounts {
  constructor(private readonly database: DataSource) {}

  /** Those that can be watched, of all these matches in one question; a match without any is left out. */
  async of(sessionIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (sessionIds.length === 0) return new Map();
    const rows = await this.database.query<{ session_id: string; count: number }[]>(
      `SELECT session_id, count(*)::integer AS count FROM highlights
        WHERE session_id = ANY ($1) AND deleted_at IS NULL AND status = 'ready' GROUP BY session_id`,
      [sessionIds],
    );
    return new Map(rows.map(({ session_id: id, count }) => [id, count]));
  }
}
