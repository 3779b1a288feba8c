import { ProblemException } from '../common/problem';

/** The longest highlight, and the shortest, in seconds. */
export const LONGEST_SECONDS = 600;
export const SHORTEST_SECONDS = 1;

/** How a highlight is asked for: the last seconds, or a stretch. */
export interface AskedHighlight {
  readonly seconds?: number;
  readonly start_seconds?: number;
  readonly end_seconds?: number;
}

/** Seconds from the recording's first frame. */
export interface HighlightWindow {
  readonly start: number;
  readonly end: number;
  /** It was asked for as the last seconds: it ends with the press. */
  readonly pressed: boolean;
}

/**
 * Which stretch of a recording is meant, to the millisecond.
 * @param durationSeconds of the film so far
 * @param usualSeconds that a press keeps where it does not say
 * @throws ProblemException `validation_failed` unless it is asked for in one way and lies in the recording; `not_recording`
 *   where there is no film yet
 */
export function highlightWindow(
  { seconds, start_seconds: start, end_seconds: end }: AskedHighlight,
  durationSeconds: number,
  usualSeconds: number,
): HighlightWindow {
  const duration = milli(durationSeconds);
  if (start === undefined && end === undefined) {
    if (duration <= 0) throw new ProblemException('not_recording', 'Nothing has been recorded yet.');
    return { start: milli(Math.max(0, duration - (seconds ?? usualSeconds))), end: duration, pressed: true };
  }
  if (start === undefined || end === undefined || seconds !== undefined) {
    throw invalid(['seconds', 'start_seconds', 'end_seconds'], 'give seconds, or both start_seconds and end_seconds');
  }
  const [from, to] = [milli(start), milli(end)];
  const lasts = milli(to - from);
  if (lasts < SHORTEST_SECONDS || lasts > LONGEST_SECONDS) {
    throw invalid(['end_seconds'], `must lie ${SHORTEST_SECONDS} to ${LONGEST_SECONDS} s behind start_seconds`);
  }
  if (to > duration) {
    throw invalid(['end_seconds'], `lies outside the recording, which lasts ${duration.toFixed(3)} s so far`);
  }
  return { start: from, end: to, pressed: false };
}

function milli(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function invalid(fields: readonly string[], message: string): ProblemException {
  return new ProblemException('validation_failed', 'The stretch is not one of this recording.', {
    errors: fields.map((field) => ({ field, message })),
  });
}
