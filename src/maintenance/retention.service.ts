import { Injectable, Logger } from '@nestjs/common';
import { ClubLimits, LimitedClub } from '../clubs/club-limits.service';
import { CameraStates } from '../clubs/watch/camera-states.service';
import { VideoRemoval } from '../files/video-removal.service';
import { VideoUpkeep } from '../files/video-upkeep.service';
import { AppConfig } from '../config/app-config';
import { LOOK_AT, planRetention, UNREAD_MINUTES } from './retention-plan';
import { Counts } from './task-table';
import { TrustedTime } from './trusted-time.service';

const DAY_MS = 24 * 3_600_000;
/** How long it is known that a camera was away. */
const OUTAGES_MS = 90 * DAY_MS;

interface Done {
  deleted_videos: number;
  deleted_bytes: number;
  postponed_videos: number;
}

/** Deletes videos by age (`RETENTION_DAYS`, or the club's own) and by the club's quota; the rules: `retention-plan.ts`. And old outages of cameras. */
@Injectable()
export class Retention {
  private readonly logger = new Logger(Retention.name);

  constructor(
    private readonly limits: ClubLimits,
    private readonly cameras: CameraStates,
    private readonly videos: VideoUpkeep,
    private readonly removal: VideoRemoval,
    private readonly time: TrustedTime,
    private readonly config: AppConfig,
  ) {}

  /**
   * @param clubId only this club's; `null`: all
   * @throws MaintenanceAlarm where the clock cannot be trusted
   */
  async work(clubId: number | null): Promise<Counts> {
    const now = await this.time.now();
    const done: Done = { deleted_videos: 0, deleted_bytes: 0, postponed_videos: 0 };
    for (const club of await this.limits.all()) {
      if (clubId !== null && club.clubId !== clubId) continue;
      await this.expire(club, now, done);
    }
    if (clubId === null) await this.cameras.forgetOutages(new Date(now - OUTAGES_MS));
    return { ...done };
  }

  private async expire(club: LimitedClub, now: number, done: Done): Promise<void> {
    const { clubId, quotaBytes } = club;
    const retentionDays = club.retentionDays ?? this.config.retentionDays;
    if (retentionDays === null && quotaBytes === null) return;
    if (retentionDays !== null) await this.videos.expireHighlights(clubId, new Date(now - retentionDays * DAY_MS));
    const plan = planRetention(await this.videos.stored(clubId, LOOK_AT), { retentionDays, quotaBytes }, now);
    for (const { sessionId, bytes, reason } of plan.expired) {
      const removed = await this.removal.remove(sessionId, {
        action: 'video.expired',
        actorId: null,
        details: { reason },
        unreadMinutes: UNREAD_MINUTES,
      });
      if (!removed) continue;
      done.deleted_videos += 1;
      done.deleted_bytes += bytes;
      this.logger.log({ clubId, sessionId, reason, bytes }, 'A video has expired.');
    }
    if (plan.postponed === 0) return;
    done.postponed_videos += plan.postponed;
    this.logger.error(
      { clubId, deleted: plan.expired.length, postponed: plan.postponed, retentionDays, quotaBytes },
      'More videos are due than one run may delete: the rest waits for the next. Are the limits and the clock right?',
    );
  }
}
