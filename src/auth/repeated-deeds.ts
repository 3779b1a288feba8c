import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { AttemptLimiter } from './attempt-limiter';
import { AuditEntry, AuditService } from './audit.service';

const HOUR_MS = 60 * 60_000;
/** Lines for one deed of one person on one thing within an hour. */
const LINES = 20;

/**
 * The audit trail's lines for what anybody may do again and again, and what changes nothing: after twenty of one person on one
 * thing within an hour, more of the same say nothing new, and would fill a table that is never cleared. Another thing, or
 * another deed, has its lines all the same: nothing is hidden behind a flood.
 */
@Injectable()
export class RepeatedDeeds {
  private readonly lines: AttemptLimiter;

  constructor(
    private readonly audit: AuditService,
    clock: Clock,
  ) {
    this.lines = new AttemptLimiter(clock, LINES, HOUR_MS);
  }

  async record(entry: AuditEntry): Promise<void> {
    const key = `${entry.actorId} ${entry.action} ${entry.target}`;
    if (this.lines.blockedFor(key) > 0) return;
    this.lines.take(key);
    try {
      await this.audit.record(entry);
    } catch (error) {
      this.lines.giveBack(key);
      throw error;
    }
  }
}
