/**
 * Several cameras of one match: where a moment of the match lies in each one's recording, and how one is kept in step with
 * another. Pure; times are seconds.
 */

/** Where a camera's recording lies on the time of the match. */
export interface AngleSpan {
  /** Second `t` of the match is second `t - offset` of the recording. */
  readonly offset: number;
  /** How long the recording is; `Infinity`: it goes on. */
  readonly seconds: number;
}

export type AngleCover = 'there' | 'before' | 'after';

/** A moment so little outside of a recording is shown by its first or last picture: about a picture's time. */
const EDGE_SECONDS = 0.04;
/** What is further off than this while it plays is sought. */
const SEEK_SECONDS = 0.25;
/** Two pictures so near each other, in a picture's time, are of the same moment. */
const SAME_FRAMES = 0.6;
/** What is less near is caught up by playing a little faster or slower, until so much is left … */
const CAUGHT_UP_FRAMES = 0.2;
/** … with this, or where there is more to catch up, with this. */
const NUDGE = 0.03;
const STRONG_NUDGE = 0.1;
const STRONG_FRAMES = 1.5;
/** How long before its moment comes something that waits is set going: so long it takes to. */
const START_SECONDS = 0.02;
/** Room for the rounding of times. */
const EPSILON = 0.001;
/** What waits further ahead than this is not waited for. */
const WAIT_SECONDS = 2.5;

/** Whether a recording has pictures of a moment of the match, or begins later, or is over. */
export function coverAt({ offset, seconds }: AngleSpan, moment: number): AngleCover {
  const own = moment - offset;
  if (own < -EDGE_SECONDS) return 'before';
  return own > seconds + EDGE_SECONDS ? 'after' : 'there';
}

/** The next of several in a ring, e.g. for a key; the first one where the present one is none of them. */
export function nextOf<T>(items: readonly T[], present: T | undefined): T | undefined {
  return items[(items.findIndex((item) => item === present) + 1) % Math.max(1, items.length)];
}

/** What follows, and what it follows. */
export interface FollowView {
  /** Where the leader is, on the follower's own time. */
  readonly wanted: number;
  readonly leaderPaused: boolean;
  /** Where the follower is. */
  readonly position: number;
  /** The picture there is on the screen: nothing is being sought. */
  readonly settled: boolean;
  /** It plays. */
  readonly running: boolean;
  /** How much faster than the leader it plays just now. */
  readonly factor: number;
  /** Where it was last sent to; `null`: nowhere, it came there by itself. */
  readonly asked: number | null;
  /** A picture's time. */
  readonly frame: number;
  /** So long a seek took last, and the next one is sent ahead by. */
  readonly lead: number;
}

export interface FollowDecision {
  /** Where to go first; `null`: stay. */
  readonly seekTo: number | null;
  readonly run: boolean;
  /** How much faster than the leader to play. */
  readonly factor: number;
}

/**
 * What a follower does now. Of a leader that stands it shows the picture of the same moment; one that plays it is sent ahead of,
 * waits there, and is set going when the leader comes by. From then on it is caught up by its speed.
 */
export function decideFollow(view: FollowView): FollowDecision {
  const { wanted, position, settled, running, asked, lead } = view;
  if (view.leaderPaused) {
    // Where it was sent may not be where it is: there are gaps, and ends.
    const there = asked !== null && Math.abs(asked - wanted) < EPSILON;
    return { seekTo: there && !running ? null : wanted, run: false, factor: 1 };
  }
  if (!settled) return { seekTo: null, run: running, factor: running ? view.factor : 1 };
  const behind = wanted - position;
  if (!running) {
    if (behind > SEEK_SECONDS || behind < -WAIT_SECONDS) return { seekTo: wanted + lead, run: false, factor: 1 };
    return { seekTo: null, run: behind > -START_SECONDS, factor: 1 };
  }
  if (Math.abs(behind) > SEEK_SECONDS) return { seekTo: wanted + lead, run: false, factor: 1 };
  return { seekTo: null, run: true, factor: factorFor(behind, view) };
}

/** Whether the follower shows what the leader shows, so that it may take its place. */
export function isInStep(view: FollowView): boolean {
  const { wanted, position, settled, running, frame, asked } = view;
  if (!settled) return false;
  if (view.leaderPaused) return !running && asked !== null && Math.abs(asked - wanted) < EPSILON;
  return running && Math.abs(wanted - position) <= frame * SAME_FRAMES;
}

/** The same moment is near enough; what is being caught up is caught up well. */
function factorFor(behind: number, { frame, factor }: FollowView): number {
  const off = Math.abs(behind);
  const catching = factor !== 1 && Math.sign(factor - 1) === Math.sign(behind);
  if (off <= frame * (catching ? CAUGHT_UP_FRAMES : SAME_FRAMES)) return 1;
  const nudge = off > frame * STRONG_FRAMES ? STRONG_NUDGE : NUDGE;
  return 1 + Math.sign(behind) * nudge;
}
