import { outOfGaps, StepDirection } from './frame-step';
import { FrameStepper } from './frame-stepper';
import type { BufferedRange } from './playback-control';
import type { RecordingPlayer } from './recording-player';
import type { ReviewOptions } from './review-player';

/** A finished recording's MP4. */
export function fileUrl(sessionId: string): string {
  return `/api/video/files/${sessionId}/download`;
}

export interface FileOptions extends ReviewOptions {
  /** Stretches in which the file only lets its last picture last, in seconds; in order. */
  readonly gaps: readonly BufferedRange[];
}

/** Events after which something else is to be shown of it. */
const CHANGES = ['timeupdate', 'seeked', 'pause', 'play', 'ratechange', 'durationchange', 'waiting', 'playing'];
/** Nearer to the end there may be no picture. */
const END_MARGIN = 0.1;

/** Plays a finished recording as the file it is, for recordings of which there are no fragments any more. */
export class FilePlayer implements RecordingPlayer {
  private readonly abort = new AbortController();
  private readonly stepper: FrameStepper;
  private wantedSpeed = 1;
  /** Where it begins, until it has. */
  private startAt: number;

  constructor(
    readonly video: HTMLVideoElement,
    url: string,
    private readonly options: FileOptions,
  ) {
    this.startAt = options.startAt;
    const { signal } = this.abort;
    for (const event of CHANGES) video.addEventListener(event, options.onChange, { signal });
    video.addEventListener('timeupdate', () => this.crossGap(), { signal });
    video.addEventListener('loadedmetadata', () => this.seekTo(this.startAt), { signal, once: true });
    video.addEventListener('error', () => this.fail(), { signal });
    this.stepper = new FrameStepper(video, options.fps, signal);
    Object.assign(video, { muted: true, playsInline: true, preload: 'auto', src: url });
    if (options.play) this.play();
  }

  get position(): number {
    return this.begun ? this.video.currentTime : this.startAt;
  }

  get end(): number {
    return this.begun && Number.isFinite(this.video.duration) ? this.video.duration : this.startAt;
  }

  get gaps(): readonly BufferedRange[] {
    return this.options.gaps;
  }

  get settled(): boolean {
    return this.video.readyState >= 2 && !this.video.seeking;
  }

  get paused(): boolean {
    return this.video.paused;
  }

  get speed(): number {
    return this.wantedSpeed;
  }

  play(speed = this.speed): void {
    this.wantedSpeed = speed;
    Object.assign(this.video, { defaultPlaybackRate: speed, playbackRate: speed });
    this.video.play().catch(() => this.options.onChange());
  }

  pause(): void {
    this.video.pause();
  }

  seekTo(seconds: number): void {
    if (!this.begun) {
      this.startAt = Math.max(0, seconds);
      return;
    }
    const direction = seconds < this.position ? -1 : 1;
    const target = Math.min(Math.max(0, seconds), Math.max(0, this.end - END_MARGIN));
    this.video.currentTime = this.outOfGaps(target, direction);
  }

  seekBy(seconds: number): void {
    this.seekTo(this.position + seconds);
  }

  step(direction: StepDirection): Promise<unknown> {
    this.pause();
    return this.stepper.step(direction, (time) => (time > this.end ? null : this.outOfGaps(time, direction)));
  }

  destroy(): void {
    this.abort.abort();
    this.video.removeAttribute('src');
    this.video.load();
  }

  private get begun(): boolean {
    return this.video.readyState > 0;
  }

  /** As a review does: nobody wants to look at a picture that stands for minutes. */
  private crossGap(): void {
    if (this.paused || this.video.seeking) return;
    const { position } = this;
    const gap = this.options.gaps.find(({ start, end }) => position > start && position < end);
    if (gap && gap.end < this.end - END_MARGIN) this.video.currentTime = gap.end + 0.001;
  }

  private outOfGaps(seconds: number, direction: StepDirection): number {
    return outOfGaps(seconds, this.options.gaps, direction, 0.5 / this.stepper.fps);
  }

  private fail(): void {
    const { error } = this.video;
    this.options.onFailed(new Error(error?.message || 'The file cannot be played here.'));
  }
}
