import type { StepDirection } from './frame-step';

/** Plays what was recorded, whichever way: seeks, slow motion, single pictures. Times are seconds of the recording. */
export interface RecordingPlayer {
  readonly position: number;
  /** What can be reached. */
  readonly end: number;
  readonly paused: boolean;
  readonly speed: number;
  play(speed?: number): void;
  pause(): void;
  seekTo(seconds: number): void;
  seekBy(seconds: number): void;
  /** Pauses and shows the next or the previous picture. */
  step(direction: StepDirection): Promise<unknown>;
  destroy(): void;
}
