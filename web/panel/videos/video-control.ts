import type { AngledPlayer, AngleFilm, AngleLack, RecordingPlayer } from '../../live';
import type { Steerable } from '../ui/player-keys';
import { playRecording, type Way, wayOf } from './recording-way';

/** What is played. */
export interface Source {
  readonly sessionId: string;
  /** How long it is, until the player knows. */
  readonly seconds: number;
  /** In order. */
  readonly gaps: readonly { readonly start: number; readonly end: number }[];
  readonly fps: number | null;
  /** What other cameras filmed of it. */
  readonly angles: readonly AngleFilm[];
}

export const VIDEO_SPEEDS = [0.25, 0.5, 1, 2] as const;
/** What fails sooner than this after it was begun fails of itself, and not because a sign-in ran out. */
const BEGUN_MS = 30_000;

/**
 * Plays a finished video: by its fragments where they are still there, which steps exactly and seeks at once, and otherwise
 * as the file that it is.
 */
export class VideoControl implements Steerable {
  private player: RecordingPlayer | null = null;
  private failed: unknown = null;
  private begunAt = 0;
  private ended = false;
  /** Plays several cameras: only once another one than the match's was chosen. */
  private angled: AngledPlayer | null = null;
  private ids: readonly string[];

  /** @param box where the pictures of other cameras go */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly box: HTMLElement | null,
    private readonly source: Source,
    private readonly onChange: () => void,
  ) {
    this.ids = [source.sessionId];
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
    return this.player !== null && this.picture.readyState >= 2;
  }

  /** It plays, and there is nothing to show yet. */
  get waiting(): boolean {
    return !this.paused && this.picture.readyState < 3;
  }

  /** What shows the moment. */
  get picture(): HTMLVideoElement {
    return this.player?.video ?? this.video;
  }

  /** The cameras that are to be seen: one, or two beside each other. */
  get chosen(): readonly string[] {
    return this.ids;
  }

  /** The camera that is seen, or the first of two. */
  get leading(): string {
    return this.angled?.leading ?? this.source.sessionId;
  }

  /** Why a camera that was chosen cannot be seen at this moment. */
  lackOf(id: string): AngleLack {
    return this.angled?.lackOf(id) ?? null;
  }

  choose(ids: readonly string[]): void {
    this.ids = ids;
    if (this.angled) this.angled.choose(ids);
    else void this.takeAngles();
    this.onChange();
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
    this.letGo();
  }

  private letGo(): void {
    this.player?.destroy();
    this.player = null;
    this.angled = null;
  }

  private async takeAngles(): Promise<void> {
    const { source, box, ids } = this;
    if (box === null || (ids.length === 1 && ids[0] === source.sessionId)) return;
    const { AngledPlayer: Angled } = await import('../../live/angled-player');
    // Somebody was quicker, or it plays nothing (yet).
    if (this.angled !== null || this.player === null) return;
    const main = { id: source.sessionId, seconds: source.seconds, fps: source.fps };
    const host = { box, main, films: () => source.angles, onChange: this.onChange };
    this.player = this.angled = new Angled(this.player, host);
    this.angled.choose(this.ids);
  }

  private async open(startAt: number, play: boolean): Promise<void> {
    this.failed = null;
    try {
      this.begin(await wayOf(this.source.sessionId), startAt, play);
    } catch (error) {
      this.failed = error;
    }
    if (!this.ended) this.onChange();
  }

  private begin(way: Way, startAt: number, play: boolean): void {
    this.letGo();
    if (this.ended) return;
    this.begunAt = performance.now();
    const onFailed = (error: Error): void => this.fail(way, error);
    this.player = playRecording(way, this.video, this.source, { startAt, play, onChange: this.onChange, onFailed });
    void this.takeAngles();
  }

  private fail(way: Way, error: Error): void {
    const { position, paused } = this;
    if (performance.now() - this.begunAt > BEGUN_MS) void this.open(position, !paused);
    else if (way === 'review') this.begin('file', position, !paused);
    else this.failed = error;
    this.onChange();
  }
}
