import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../auth/audit.service';
import { VideoRemoval } from '../files/video-removal.service';
import { VideoUpkeep } from '../files/video-upkeep.service';
import { RecordingLog } from '../recording/recording-log.service';
import { CourtRuntime } from '../runtime/court-runtime';
import { Quarantine, Stray } from '../storage/quarantine';
import { MaintenanceAlarm } from './maintenance-alarm';
import { ClubPlan, Fate, fateOf, isAlarming, isSessionId, isYoung, planSweep, sessionOf } from './sweep-plan';
import { Counts } from './task-table';
import { ThumbnailSweep } from './thumbnail-sweep.service';
import { TrustedTime } from './trusted-time.service';
import { VideosDirectory } from './videos-directory.service';

interface Done {
  quarantined_files: number;
  missing_files: number;
  found_files: number;
  removed_files: number;
}

/**
 * Compares what lies on disk with the rows (invariant: every file has a row or is quarantined). What no row knows is moved
 * into quarantine, what a row misses is marked; both are told in the log and the audit trail, and nothing is deleted but
 * what a deletion has left. First all is looked at, then it is judged whether the disk can be the right one, then every
 * single thing is looked at again and dealt with. The rules: `sweep-plan.ts`.
 */
@Injectable()
export class FileSweep {
  private readonly logger = new Logger(FileSweep.name);

  constructor(
    private readonly directory: VideosDirectory,
    private readonly quarantine: Quarantine,
    private readonly videos: VideoUpkeep,
    private readonly removal: VideoRemoval,
    private readonly thumbnails: ThumbnailSweep,
    private readonly recordings: RecordingLog,
    private readonly runtime: CourtRuntime,
    private readonly time: TrustedTime,
    private readonly audit: AuditService,
  ) {}

  /**
   * @param clubId only this club's; `null`: all, and what is no club's
   * @throws MaintenanceAlarm where VIDEOS_DIR is another directory, or more than half of a club's videos, or of all, would
   * be marked as missing; of such a club, or of any then, nothing is touched
   */
  async work(clubId: number | null): Promise<Counts> {
    const whole = clubId === null;
    const claimed = await this.directory.check();
    const plans = new Map<number, ClubPlan>();
    for (const club of whole ? await this.allClubs() : [clubId]) plans.set(club, await this.look(club));
    if (whole && isAlarming([...plans.values()])) throw this.alarm('More than half of all videos', plans);
    if (whole && claimed === 'unclaimed') await this.directory.claim();

    const now = await this.time.earliest();
    const done: Done = { quarantined_files: 0, missing_files: 0, found_files: 0, removed_files: 0 };
    const alarming = new Map([...plans].filter(([, plan]) => isAlarming([plan])));
    for (const [club, plan] of plans) if (!alarming.has(club)) await this.settle(club, plan, now, done);
    if (whole) {
      await this.settleLooseFiles(now, done);
      await this.settleRecordings(now, done);
    }
    if (alarming.size > 0) throw this.alarm("More than half of a club's videos", alarming, { ...done });
    return { ...done };
  }

  private async allClubs(): Promise<Set<number>> {
    return new Set([...(await this.quarantine.clubs()), ...(await this.videos.clubs())]);
  }

  /** First the disk, then the rows. */
  private async look(clubId: number): Promise<ClubPlan> {
    const names = await this.quarantine.names(clubId);
    return planSweep({ names, marks: await this.videos.marks(clubId) });
  }

  private async settle(clubId: number, plan: ClubPlan, now: number, done: Done): Promise<void> {
    done.missing_files += plan.missing - plan.newlyMissing.length;
    for (const sessionId of plan.newlyMissing) {
      if (await this.isThere(clubId, sessionId)) continue;
      if (!(await this.videos.markMissing(clubId, sessionId, true))) continue;
      done.missing_files += 1;
      this.logger.warn({ clubId, sessionId }, 'The file of a video is missing.');
    }
    for (const sessionId of plan.found) {
      if (!(await this.isThere(clubId, sessionId))) continue;
      if (!(await this.videos.markMissing(clubId, sessionId, false))) continue;
      done.found_files += 1;
      this.logger.warn({ clubId, sessionId }, 'The file of a video is back.');
    }
    for (const name of plan.unknown) await this.settleFile(clubId, name, now, done);
    done.removed_files += await this.thumbnails.work(clubId, now);
  }

  private async isThere(clubId: number, sessionId: string): Promise<boolean> {
    return (await this.quarantine.look(join(String(clubId), `${sessionId}.mp4`), 'file')) !== null;
  }

  private async settleFile(clubId: number, name: string, now: number, done: Done): Promise<void> {
    const sessionId = sessionOf(name);
    const fate = sessionId === null ? 'quarantine' : await this.fateOf(clubId, sessionId);
    if (fate === 'remove' && (await this.removal.takeFile(clubId, sessionId as string))) done.removed_files += 1;
    if (fate === 'quarantine') await this.takeAway(await this.fileAt(join(String(clubId), name)), clubId, now, done);
  }

  private async fateOf(clubId: number, sessionId: string): Promise<Fate> {
    const [deleted, statuses, folder] = await Promise.all([
      this.videos.deletedAmong(clubId, [sessionId]),
      this.recordings.statusesOf([sessionId]),
      this.quarantine.look(this.quarantine.recordingPath(sessionId), 'folder'),
    ]);
    const isDeleted = deleted.get(sessionId);
    return fateOf({
      video: isDeleted === undefined ? null : isDeleted ? 'deleted' : 'there',
      recording: statuses.get(sessionId) ?? null,
      hasFolder: folder !== null,
      here: this.runtime.recording(sessionId) !== null,
    });
  }

  private async settleLooseFiles(now: number, done: Done): Promise<void> {
    for (const name of await this.quarantine.looseNames())
      await this.takeAway(await this.fileAt(name), null, now, done);
  }

  private async settleRecordings(now: number, done: Done): Promise<void> {
    const names = await this.quarantine.recordings();
    const known = await this.recordings.statusesOf(names.filter(isSessionId));
    for (const name of names) {
      if (known.has(name) || (await this.isRecorded(name))) continue;
      await this.takeAway(await this.quarantine.look(this.quarantine.recordingPath(name), 'folder'), null, now, done);
    }
  }

  private async isRecorded(name: string): Promise<boolean> {
    if (!isSessionId(name)) return false;
    return this.runtime.recording(name) !== null || (await this.recordings.statusesOf([name])).has(name);
  }

  private fileAt(path: string): Promise<Stray | null> {
    return this.quarantine.look(path, 'file');
  }

  /** Told before it is done: a crash between tells it twice, never not at all. */
  private async takeAway(stray: Stray | null, clubId: number | null, now: number, done: Done): Promise<void> {
    if (stray === null || isYoung(stray.modifiedAt, now)) return;
    const { path, bytes } = stray;
    await this.audit.record({
      action: 'video.quarantined',
      actorId: null,
      clubId,
      target: path,
      details: { size_bytes: bytes },
    });
    const place = await this.quarantine.take(stray, new Date(now).toISOString().slice(0, 10));
    done.quarantined_files += 1;
    this.logger.warn({ clubId, path, bytes, place }, 'What no row knows was moved into quarantine.');
  }

  private alarm(what: string, plans: ReadonlyMap<number, ClubPlan>, counts: Counts = {}): MaintenanceAlarm {
    const clubs = [...plans].map(([clubId, { missing, videos }]) => ({ clubId, missing, videos }));
    const message = `${what} are missing on disk: none is marked. Is the disk of VIDEOS_DIR mounted?`;
    return new MaintenanceAlarm(message, { clubs: clubs.filter(({ missing }) => missing > 0) }, counts);
  }
}
