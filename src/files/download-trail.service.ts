import { Injectable } from '@nestjs/common';
import { AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { Clock } from '../common/clock';

/** Requests of one sign-in for one file within this time of the first are one download. */
const DOWNLOAD_MS = 60 * 60_000;
/** Downloads kept in mind; one that is forgotten has another line at its next request. */
const MOST_KEPT = 10_000;

/**
 * Notes downloads in the audit trail. A browser that plays, seeks or resumes asks for one file with many ranges, so a
 * download is: whatever one sign-in asks of one video within an hour. Which bytes are asked for makes no difference, or
 * one could leave out the first and be no download. The line is there before the first byte leaves.
 */
@Injectable()
export class DownloadTrail {
  /** When a download began, by sign-in and video; {@link Clock.monotonic}. */
  private readonly begun = new Map<string, number>();

  constructor(
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @param video or a highlight of it */
  async note(
    principal: Principal,
    video: { sessionId: string; clubId: number; highlightId?: string },
    caller: Caller,
  ): Promise<void> {
    const { highlightId } = video;
    const key = `${principal.familyId} ${highlightId ?? video.sessionId}`;
    const now = this.clock.monotonic();
    const before = this.begun.get(key);
    if (before !== undefined && now - before < DOWNLOAD_MS) return;
    this.begun.delete(key);
    this.begun.set(key, now);
    for (const [oldest] of this.begun) {
      if (this.begun.size <= MOST_KEPT) break;
      this.begun.delete(oldest);
    }
    try {
      const { sessionId: target, clubId } = video;
      await this.audit.record({
        action: 'video.downloaded',
        actorId: principal.userId,
        clubId,
        target,
        ip: caller.ip,
        ...(highlightId !== undefined && { details: { highlight_id: highlightId } }),
      });
    } catch (error) {
      this.begun.delete(key);
      throw error;
    }
  }
}
