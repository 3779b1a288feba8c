import {
  type AngledPlayer,
  type AngleFilm,
  type AngleLack,
  type RecordingPlayer,
  ReviewPlayer,
  reviewUrl,
} from '../../live';
import type { Steerable } from '../ui/player-keys';

/** In seconds of the recording. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export interface LookbackHost {
  /** Seconds of the recording that are live now; `null`: nothing is recorded. */
  now(): number | null;
  fps(): number | null;
  /** What other cameras film of the match, as far as there is something of it. */
  films(): readonly AngleFilm[];
  onChange(): void;
  onFailed(): void;
}

export const SPEEDS = [0.25, 0.5, 1] as const;
/** The newest second or two may not be in the playlist yet. */
const NEWEST_SECONDS = 2;

/** Looking back into a recording that may still go on: a player is there only while one looks. */
export class Lookback implements Steerable {
  private player: RecordingPlayer | null = null;
  /** Plays several cameras: only once another one than the match's was chosen. */
  private angled: AngledPlayer | null = null;
  private ids: readonly string[];

  /** @param box where the pictures of other cameras go */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly box: HTMLElement | null,
    private readonly sessionId: string,
    private readonly host: LookbackHost,
  ) {
    this.ids = [sessionId];
  }

  /** There is something to look back at. */
  get possible(): boolean {
    return this.player !== null || (this.host.now() ?? 0) >= NEWEST_SECONDS + 0.5;
  }

  get active(): boolean {
    return this.player !== null;
  }

  /** There is a picture of then; until then the one of now stays. */
  get shown(): boolean {
    return this.player !== null && this.picture.readyState >= 2;
  }

  /** What shows the moment. */
  get picture(): HTMLVideoElement {
    return this.player?.video ?? this.video;
  }

  /** Which cameras are to be seen: one, or two beside each other. */
  choose(ids: readonly string[]): void {
    this.ids = ids;
    if (this.angled) this.angled.choose(ids);
    else void this.takeAngles();
  }

  /** Why a camera that was chosen cannot be seen at this moment. */
  lackOf(id: string): AngleLack | { readonly why: 'notYet' } {
    if (this.player === null || id === this.sessionId) return this.angled?.lackOf(id) ?? null;
    if (!this.host.films().some((film) => film.id === id)) return { why: 'notYet' };
    return this.angled?.lackOf(id) ?? null;
  }

  /** It plays, and there is nothing to show yet. */
  get waiting(): boolean {
    return this.player !== null && !this.player.paused && this.picture.readyState < 3;
  }

  get paused(): boolean {
    return this.player?.paused ?? false;
  }

  get speed(): number {
    return this.player?.speed ?? 1;
  }

  /** Seconds of the recording. */
  get position(): number {
    return this.player?.position ?? this.end;
  }

  get end(): number {
    return Math.max(this.host.now() ?? 0, this.player?.end ?? 0);
  }

  back(seconds: number): void {
    if (this.player) this.player.seekBy(-seconds);
    else this.goTo((this.host.now() ?? 0) - seconds, true);
  }

  forward(seconds: number): void {
    this.player?.seekBy(seconds);
  }

  toggle(): void {
    if (!this.player) this.goTo((this.host.now() ?? 0) - NEWEST_SECONDS, false);
    else if (this.player.paused) this.player.play();
    else this.player.pause();
  }

  step(direction: 1 | -1): void {
    if (this.player) void this.player.step(direction);
    else this.toggle();
  }

  setSpeed(speed: number): void {
    if (!this.player) this.goTo((this.host.now() ?? 0) - 5, true);
    this.player?.play(speed);
  }

  goTo(seconds: number, play: boolean): void {
    if (this.player) return this.player.seekTo(seconds);
    const now = this.host.now();
    if (now === null) return;
    const startAt = Math.min(Math.max(0, seconds), Math.max(0, now - NEWEST_SECONDS));
    this.player = new ReviewPlayer(this.video, reviewUrl(this.sessionId), {
      ...{ startAt, play, fps: this.host.fps() },
      onChange: () => this.host.onChange(),
      onFailed: () => {
        this.toLive();
        this.host.onFailed();
      },
    });
    void this.takeAngles();
    this.host.onChange();
  }

  toLive(): void {
    if (!this.player) return;
    this.destroy();
    this.host.onChange();
  }

  destroy(): void {
    this.player?.destroy();
    this.player = null;
    this.angled = null;
  }

  private async takeAngles(): Promise<void> {
    const { player, box, ids, sessionId: id } = this;
    if (player === null || box === null || (ids.length === 1 && ids[0] === id)) return;
    const { AngledPlayer: Angled } = await import('../../live/angled-player');
    // Live again, or somebody was quicker.
    if (this.player !== player || this.angled !== null) return;
    const { host } = this;
    // It goes on.
    const main = { id, seconds: Infinity, fps: host.fps() };
    const angled = new Angled(player, { box, main, films: () => host.films(), onChange: () => host.onChange() });
    this.player = this.angled = angled;
    angled.choose(this.ids);
  }
}
