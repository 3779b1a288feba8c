import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What a club may keep; `null`: nothing was said for it. */
export interface LimitedClub {
  readonly clubId: number;
  readonly retentionDays: number | null;
  readonly quotaBytes: number | null;
}

/** The clubs' own limits for their videos. */
@Injectable()
export class ClubLimits {
  constructor(private readonly database: DataSource) {}

  /** Of all clubs, deleted ones too: their videos stay, and grow old like others. */
  async all(): Promise<LimitedClub[]> {
    const rows = await this.database.query<{ id: number; retention_days: number | null; quota_bytes: string | null }[]>(
      'SELECT id, retention_days, quota_bytes FROM clubs ORDER BY id',
    );
    return rows.map(({ id, retention_days, quota_bytes }) => {
      return {
        clubId: id,
        retentionDays: retention_days,
        quotaBytes: quota_bytes === null ? null : Number(quota_bytes),
      };
    });
  }
}
