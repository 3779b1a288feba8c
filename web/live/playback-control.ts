/** A stretch of media that can be played, in seconds. */
export interface BufferedRange {
  readonly start: number;
  readonly end: number;
}

export interface PlaybackView {
  /** Seconds on the media's timeline. */
  readonly position: number;
  readonly ranges: readonly BufferedRange[];
  /** How far behind the end to play, in seconds. */
  readonly target: number;
  readonly rate: number;
  /** The picture after the current one is there (`readyState` ≥ 3). */
  readonly hasNext: boolean;
}

export interface PlaybackDecision {
  readonly rate: number;
  /** Where to go on instead; `null`: just play. */
  readonly seekTo: number | null;
}

/** Seconds further behind the target than this are skipped, not caught up. */
const JUMP_SECONDS = 1;
const FAST = 1.25;
const FAST_SECONDS = 0.2;
/** A little faster from here … */
const CATCH_UP = 1.08;
const CATCH_UP_SECONDS = 0.06;
/** … until here, so that the lag does not settle at the threshold. */
const CAUGHT_UP_SECONDS = 0.01;
/** A little slower while the buffer is thinner than it should be. */
const EASE = 0.95;
const EASE_SECONDS = -0.06;
/** Room for the rounding of times. */
const EPSILON = 0.001;
/** Less than this before a hole is its edge: no picture may be left there, and browsers stop a little before the end. */
const EDGE_SECONDS = 0.1;

/** Where playing begins: so far before the end that nothing has to wait, and inside the last stretch. */
export function liveEdge(ranges: readonly BufferedRange[], target: number): number | null {
  const last = ranges[ranges.length - 1];
  return last === undefined ? null : Math.max(last.start + EPSILON, last.end - target);
}

/** Whether there is a picture here. */
export function isBuffered(ranges: readonly BufferedRange[], position: number): boolean {
  return ranges.some(({ start, end }) => position >= start - EPSILON && position <= end + EPSILON);
}

/** What to do now so that the picture stays close to live. Pure; asked after every append. */
export function decidePlayback(view: PlaybackView): PlaybackDecision {
  const edge = liveEdge(view.ranges, view.target);
  if (edge === null) return { rate: 1, seekTo: null };
  const behind = edge - view.position;
  if (behind > JUMP_SECONDS || isBeforeHole(view) || isBeyond(view)) return { rate: 1, seekTo: edge };
  return { rate: rateFor(behind, view.rate), seekTo: null };
}

/** No browser crosses a hole by itself: Chromium waits before it for ever. */
function isBeforeHole({ position, ranges, hasNext }: PlaybackView): boolean {
  if (hasNext) return false;
  const here = ranges.find(({ start, end }) => position >= start - EPSILON && position <= end + EPSILON);
  const later = ranges.some(({ start }) => start > position + EPSILON && start !== here?.start);
  return later && (here === undefined || here.end - position < EDGE_SECONDS);
}

/** The timeline began again, or what lay here was evicted. */
function isBeyond({ position, ranges }: PlaybackView): boolean {
  const last = ranges[ranges.length - 1];
  return last !== undefined && position > last.end + JUMP_SECONDS;
}

function rateFor(behind: number, rate: number): number {
  if (behind > FAST_SECONDS) return FAST;
  if (behind > CATCH_UP_SECONDS) return CATCH_UP;
  if (rate > 1 && behind > CAUGHT_UP_SECONDS) return CATCH_UP;
  if (behind < EASE_SECONDS) return EASE;
  if (rate < 1 && behind < 0) return EASE;
  return 1;
}
