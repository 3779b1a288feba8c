import { RecordingStatus } from '../recording/recording-state';

/** What is changed so lately may belong to something under way. */
const YOUNG_MS = 10 * 60_000;

const SESSION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A club's folder and its rows, read in this order: a video that came between seems missing, never nobody's. */
export interface ClubFindings {
  /** Names in its folder. */
  readonly names: readonly string[];
  /** Sessions with a video, and whether its file is marked as missing. */
  readonly marks: ReadonlyMap<string, boolean>;
}

/** What a club's folder and its rows say differently; each is looked at once more before anything is done. */
export interface ClubPlan {
  /** Names of no video with a row. */
  readonly unknown: readonly string[];
  /** Sessions whose file is missing and was not before. */
  readonly newlyMissing: readonly string[];
  /** Sessions whose file is there again. */
  readonly found: readonly string[];
  /** All that are missing, and all there are. */
  readonly missing: number;
  readonly videos: number;
}

export function planSweep({ names, marks }: ClubFindings): ClubPlan {
  const there = new Set(names.map(sessionOf));
  const sessions = [...marks.keys()];
  const missing = sessions.filter((id) => !there.has(id));
  return {
    unknown: names.filter((name) => !marks.has(sessionOf(name) ?? '')),
    newlyMissing: missing.filter((id) => !marks.get(id)),
    found: sessions.filter((id) => there.has(id) && marks.get(id)),
    missing: missing.length,
    videos: sessions.length,
  };
}

/**
 * Whether so many would be marked as missing that it is rather the disk that is: more than half. What was marked before
 * counts, but raises no alarm by itself.
 */
export function isAlarming(plans: readonly ClubPlan[]): boolean {
  const sum = (of: (plan: ClubPlan) => number): number => plans.reduce((total, plan) => total + of(plan), 0);
  if (sum((plan) => plan.newlyMissing.length) === 0) return false;
  return sum((plan) => plan.missing) * 2 > sum((plan) => plan.videos);
}

/** What the rows say of a file that no living video has. */
export interface FileWords {
  /** `null`: no video has its name. */
  readonly video: 'there' | 'deleted' | null;
  /** `null`: nothing was recorded under its name. */
  readonly recording: RecordingStatus | null;
  /** Its recording's folder is there. */
  readonly hasFolder: boolean;
  /** This process records or finishes it. */
  readonly here: boolean;
}

export type Fate = 'keep' | 'remove' | 'quarantine';

/**
 * What becomes of a file in a club's folder: it is somebody's, or what a deletion left, or nobody's. A recording that is not
 * `ready` may have its file already: its row follows, or it is finished again as long as its folder is there.
 */
export function fateOf({ video, recording, hasFolder, here }: FileWords): Fate {
  if (video === 'deleted') return 'remove';
  if (video === 'there' || here) return 'keep';
  if (recording === null || recording === 'ready') return 'quarantine';
  return recording !== 'failed' || hasFolder ? 'keep' : 'quarantine';
}

/** A time to come is young: a clock that was ahead has left it, and nobody knows when. */
export function isYoung(modifiedAt: number, now: number): boolean {
  return now - modifiedAt < YOUNG_MS;
}

/** The session whose video has this name; `null`: no video's name. */
export function sessionOf(name: string): string | null {
  const id = name.endsWith('.mp4') ? name.slice(0, -'.mp4'.length) : '';
  return isSessionId(id) ? id : null;
}

/** As ids are written in names: in lower case. */
export function isSessionId(text: string): boolean {
  return SESSION.test(text);
}
