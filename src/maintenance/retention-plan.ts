import { StoredVideo, StoredVideos } from '../files/video-upkeep.service';

const DAY_MS = 24 * 60 * 60_000;

/** A video that was read within this time may still be watched: it is kept for now. */
export const UNREAD_MINUTES = 60;
const UNREAD_MS = UNREAD_MINUTES * 60_000;

/** How many videos of a club one run may delete: a mistake must be seen before all is gone. */
const MOST = 50;
const MOST_SHARE = 1 / 4;
/** Few are never too many: a small club must not wait for days. */
const FEW = 10;

/** As many as a run needs to look at: those it may delete, and those among them that are being read. */
export const LOOK_AT = 500;

/** What a club may keep; `null`: no limit. */
export interface Limits {
  readonly retentionDays: number | null;
  readonly quotaBytes: number | null;
}

export interface Expired {
  readonly sessionId: string;
  readonly bytes: number;
  readonly reason: 'age' | 'quota';
}

export interface RetentionPlan {
  readonly expired: readonly Expired[];
  /** Further videos that are due, but more than one run may delete. */
  readonly postponed: number;
}

/**
 * Which of a club's videos go: those beyond their age, then the oldest until the rest fits the quota. Only finished videos
 * have a row, so nothing that is being recorded or finished is ever among them.
 * @param now epoch milliseconds, by the clock that dated the videos
 */
export function planRetention(videos: StoredVideos, limits: Limits, now: number): RetentionPlan {
  const idle = videos.oldestFirst.filter((video) => !isBeingRead(video, now));
  const due: Expired[] = [];
  let bytes = videos.bytes;
  for (const video of idle) {
    const reason = reasonFor(video, limits, now, bytes);
    if (reason === null) continue;
    due.push({ sessionId: video.sessionId, bytes: sizeOf(video), reason });
    bytes -= sizeOf(video);
  }
  const expired = due.slice(0, mostAtOnce(videos.count));
  return { expired, postponed: due.length - expired.length };
}

/** Oldest first, so whatever is beyond its age comes before what the quota takes. */
function reasonFor(video: StoredVideo, limits: Limits, now: number, bytes: number): Expired['reason'] | null {
  const { retentionDays, quotaBytes } = limits;
  if (retentionDays !== null && now - video.createdAt > retentionDays * DAY_MS) return 'age';
  if (quotaBytes !== null && bytes > quotaBytes && !video.missing) return 'quota';
  return null;
}

/** A time to come is no reading: a clock that was ahead has left it. */
function isBeingRead({ lastReadAt }: StoredVideo, now: number): boolean {
  return lastReadAt !== null && Math.abs(now - lastReadAt) < UNREAD_MS;
}

function sizeOf(video: StoredVideo): number {
  return video.missing ? 0 : video.bytes;
}

function mostAtOnce(count: number): number {
  return Math.min(MOST, Math.max(FEW, Math.floor(count * MOST_SHARE)));
}
