import { FilePlayer, fileUrl, type RecordingPlayer, ReviewPlayer, reviewUrl } from '../../live';
import { auth } from '../access/auth';
import { ApiProblem } from '../api/problem';
import type { Steerable } from '../ui/player-keys';

/** What is played. */
export interface Source {
  readonly sessionId: string;
  /** How long it is, until the player knows. */
  readonly seconds: number;
  /** In order. */
  readonly gaps: readonly { readonly start: number; readonly end: number }[];
  readonly fps: number | null;
}

export const VIDEO_SPEEDS = [0.25, 0.5, 1, 2] as const;
/** What fails sooner than this after it was begun fails of itself, and not because a sign-in ran out. */
const BEGUN_MS = 30_000;

type Way = 'review' | 'file';

/**
 * Plays a finished video: by its fragments where they are still there, which steps exactly and seeks at once, and otherwise
 * as the file that it is.
 */
export class VideoControl implements Steerable {
  private player: RecordingPlayer | null = null;
  private failed: unknown = null;
  private begunAt = 0;
  private ended = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly source: Source,
    private readonly onChange: () => void,
  ) {
    void this.open(0, false);
  }

  /** Why it cannot be played; `null`: it can, or will be. */
  get problem(): unknown {
    return this.failed;
  }

  get possible(): boolean {
    return this.player !== null;
  }

  get paused(): boolean {
    return this.player?.paused ?? true;
  }

  /** There is a picture of it. */
  get shown(): boolean {
    return this.player !== null && this.video.readyState >= 2;
  }

  /** It plays, and there is nothing to show yet. */
  get waiting(): boolean {
    return !this.paused && this.video.readyState < 3;
  }

  get speed(): number {
    return this.player?.speed ?? 1;
  }

  get position(): number {
    return this.player?.position ?? 0;
  }

  get end(): number {
    return Math.max(this.source.seconds, this.player?.end ?? 0);
  }

  back(seconds: number): void {
    this.player?.seekBy(-seconds);
  }

  forward(seconds: number): void {
    this.player?.seekBy(seconds);
  }

  goTo(seconds: number): void {
    this.player?.seekTo(seconds);
    this.onChange();
  }

  step(direction: 1 | -1): void {
    void this.player?.step(direction);
  }

  toggle(): void {
    if (this.paused) this.player?.play();
    else this.player?.pause();
  }

  setSpeed(speed: number): void {
    this.player?.play(speed);
  }

  /** Tries again from where it was. */
  retry(): void {
    void this.open(this.position, false);
  }

  destroy(): void {
    this.ended = true;
    this.player?.destroy();
    this.player = null;
  }

  private async open(startAt: number, play: boolean): Promise<void> {
    this.failed = null;
    try {
      this.begin(await this.way(), startAt, play);
    } catch (error) {
      this.failed = error;
    }
    if (!this.ended) this.onChange();
  }

  /** Asks as whoever is signed in, which renews the right to load media where it has run out. */
  private async way(): Promise<Way> {
    const { ok, status } = await auth.fetch(new Request(reviewUrl(this.source.sessionId), { method: 'HEAD' }));
    if (status === 401) throw new ApiProblem(status, 'unauthorized', '');
    return ok ? 'review' : 'file';
  }

  private begin(way: Way, startAt: number, play: boolean): void {
    this.player?.destroy();
    this.player = null;
    if (this.ended) return;
    this.begunAt = performance.now();
    const { sessionId, fps, gaps } = this.source;
    const options = { startAt, play, fps, onChange: this.onChange, onFailed: (error: Error) => this.fail(way, error) };
    this.player =
      way === 'review'
        ? new ReviewPlayer(this.video, reviewUrl(sessionId), options)
        : new FilePlayer(this.video, fileUrl(sessionId), { ...options, gaps });
  }

  private fail(way: Way, error: Error): void {
    const { position, paused } = this;
    if (performance.now() - this.begunAt > BEGUN_MS) void this.open(position, !paused);
    else if (way === 'review') this.begin('file', position, !paused);
    else this.failed = error;
    this.onChange();
  }
}
