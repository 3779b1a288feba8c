import { RecordedFragment } from '../../recording/engine/journal-fragments';
import { RecordedPart } from '../../runtime/court-runtime';

export const SECOND = 90_000;

/** A fragment to be made: seconds it lasts, and what is out of the ordinary. */
export interface Made {
  readonly seconds: number;
  readonly keyframe?: boolean;
  /** Seconds at its end without a picture, counted in. */
  readonly gap?: number;
}

/** Fragments in a row, 1000 bytes each, from an offset on. */
export function fragments(made: readonly Made[], offset = 10_000): RecordedFragment[] {
  let dts = 0;
  return made.map(({ seconds, keyframe = true, gap = 0 }, i) => {
    const at = offset + 1000 * i;
    const duration = Math.round(seconds * SECOND);
    const fragment = {
      offset: at,
      bytes: 1000,
      keyframe,
      dts,
      duration,
      gap: Math.round(gap * SECOND),
      lastDurationAt: at + 88,
      lastDuration: 3600,
    };
    dts += duration;
    return fragment;
  });
}

/** A part of these fragments that begins at a second of the session. */
export function recordedPart(part: number, startSeconds: number, made: readonly Made[]): RecordedPart {
  const init = Buffer.from(`init of part ${part}`);
  const startTicks = startSeconds * SECOND;
  return { part, init, codec: 'avc1.640028', startTicks, reserveBytes: 5000, first: 0, fragments: fragments(made) };
}

/** A group of pictures of so many whole seconds, a fragment each. */
export function group(seconds: number, gap = 0): Made[] {
  return Array.from({ length: seconds }, (_, i) => {
    const last = i === seconds - 1 ? gap : 0;
    return { seconds: 1 + last, keyframe: i === 0, gap: last };
  });
}
