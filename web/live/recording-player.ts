import type { StepDirection } from './frame-step';
import type { BufferedRange } from './playback-control';

/** Plays what was recorded, whichever way: seeks, slow motion, single pictures. Times are seconds of the recording. */
export interface RecordingPlayer {
  /** Where its picture is. */
  readonly video: HTMLVideoElement;
  readonly position: number;
  /** What can be reached. */
  readonly end: number;
  readonly paused: boolean;
  /** What is on the screen is the picture of `position`, or plays on from it: nothing is being sought. */
  readonly settled: boolean;
  /** Stretches without a picture, as far as they are known; in order. */
  readonly gaps: readonly BufferedRange[];
  readonly speed: number;
  play(speed?: number): void;
  pause(): void;
  seekTo(seconds: number): void;
  seekBy(seconds: number): void;
  /** Pauses and shows the next or the previous picture. */
  step(direction: StepDirection): Promise<unknown>;
  destroy(): void;
}
