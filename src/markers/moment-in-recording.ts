import { ProblemException } from '../common/problem';

/** The one way a moment is named. */
export interface NamedMoment {
  readonly at_seconds?: number;
  readonly seconds_ago?: number;
}

/** How far a recording is, on its own clock, whose zero is the file's first frame. */
export interface RecordingClock {
  /** Seconds of film so far. */
  readonly durationSeconds: number;
  /** Where *now* lies on that clock: the same while it records, later once it has ended. */
  readonly nowSeconds: number;
}

/**
 * Where a moment lies in the recording, in seconds from the file's first frame, to the millisecond.
 * @throws ProblemException `validation_failed` unless it is named in just one way and lies in the recording
 */
export function momentInRecording({ at_seconds: at, seconds_ago: ago }: NamedMoment, clock: RecordingClock): number {
  if ((at === undefined) === (ago === undefined)) {
    const errors = ['at_seconds', 'seconds_ago'].map((field) => ({ field, message: 'give either of the two' }));
    throw new ProblemException('validation_failed', 'Say when by one of at_seconds and seconds_ago.', { errors });
  }
  const moment = Math.round((at ?? clock.nowSeconds - (ago as number)) * 1000) / 1000;
  if (moment >= 0 && moment <= Math.round(clock.durationSeconds * 1000) / 1000) return moment;
  const field = at === undefined ? 'seconds_ago' : 'at_seconds';
  const message = `lies outside the recording, which lasts ${clock.durationSeconds.toFixed(3)} s so far`;
  throw new ProblemException('validation_failed', 'The moment lies outside the recording.', {
    errors: [{ field, message }],
  });
}
