import { type AngleCover, type AngleSpan, coverAt, decideFollow, type FollowView, isInStep } from './angle-sync';
import type { StepDirection } from './frame-step';
import type { BufferedRange } from './playback-control';
import type { RecordingPlayer } from './recording-player';

/** What it takes to begin to play an angle. Times are seconds of its own recording. */
export interface AngleStart {
  readonly startAt: number;
  readonly onChange: () => void;
  readonly onFailed: (error: Error) => void;
}

/** One camera's recording of a match. */
export interface AngleFilm extends AngleSpan {
  /** Its session. */
  readonly id: string;
  readonly fps: number | null;
  open(video: HTMLVideoElement, start: AngleStart): Promise<RecordingPlayer>;
}

export interface AngledHost {
  /** Its place among the angles: they lie over each other, or beside each other, in one box. */
  readonly box: HTMLElement;
  /** The camera whose player there is already. */
  readonly main: Omit<AngleFilm, 'open' | 'offset'>;
  /** The other ones; while a match is on they come one after the other. */
  films(): readonly AngleFilm[];
  readonly onChange: () => void;
}

/** Why an angle that was chosen is not seen; `null` where it is, or will be in a moment. */
export type AngleLack =
  | { readonly why: 'before' | 'gap'; readonly from: number }
  | { readonly why: 'after'; readonly until: number }
  | { readonly why: 'failed' }
  | null;

/** Where an element's picture is: over all, beside another, or below what is seen. */
export type AnglePlace = 'whole' | 'first' | 'second' | 'none';

interface Reel {
  readonly film: Omit<AngleFilm, 'open'> & Partial<Pick<AngleFilm, 'open'>>;
  player: RecordingPlayer | null;
  video: HTMLVideoElement | null;
  failed: boolean;
  asked: number | null;
  askedAt: number;
  factor: number;
  lead: number;
}

const TICK_MS = 50;
/** How long a seek is thought to take, until one was seen. */
const LEAD_SECONDS = 0.3;
const MOST_LEAD_SECONDS = 2;
/** … and how long the first picture of one that was not open. */
const OPENING_SECONDS = 0.8;
const FPS = 25;
const FRESH = { failed: false, asked: null, askedAt: 0, factor: 1, lead: LEAD_SECONDS };

/**
 * Plays the recordings of several cameras of one match as one: of those that are chosen the first one that has the moment
 * leads, and whatever else is seen follows it. An angle takes another one's place only when it shows the same moment, so no
 * choice leads to a black picture. Times are seconds of the match.
 */
export class AngledPlayer implements RecordingPlayer {
  private readonly reels = new Map<string, Reel>();
  private readonly main: Reel;
  private leader: Reel;
  private chosen: readonly string[];
  private readonly timer = setInterval(() => this.tick(), TICK_MS);
  private ended = false;

  /** @param player the match's own, as it is playing */
  constructor(
    player: RecordingPlayer,
    private readonly host: AngledHost,
  ) {
    this.main = { film: { ...host.main, offset: 0 }, player, video: player.video, ...FRESH };
    this.reels.set(host.main.id, this.main);
    this.leader = this.main;
    this.chosen = [host.main.id];
    this.takeNew();
  }

  /** Chooses what is seen: one angle, or two beside each other. */
  choose(ids: readonly string[]): void {
    this.takeNew();
    this.chosen = ids.filter((id) => this.reels.has(id)).slice(0, 2);
    if (this.chosen.length === 0) this.chosen = [this.main.film.id];
    this.tick();
    this.host.onChange();
  }

  /** The camera that is seen, or the first of two. */
  get leading(): string {
    return this.leader.film.id;
  }

  /** Why an angle cannot be seen at this moment. */
  lackOf(id: string): AngleLack {
    const reel = this.reels.get(id);
    if (reel === undefined || reel.failed) return { why: 'failed' };
    const { offset } = reel.film;
    const cover = this.coverOf(reel, this.position);
    if (cover === 'before') return { why: 'before', from: offset };
    if (cover === 'after') return { why: 'after', until: offset + reel.film.seconds };
    const gap = reel === this.leader ? undefined : gapAt(reel, this.position - offset);
    return gap ? { why: 'gap', from: gap.end + offset } : null;
  }

  get video(): HTMLVideoElement {
    return this.lead.video;
  }

  get position(): number {
    return Math.max(0, this.lead.position + this.leader.film.offset);
  }

  get end(): number {
    return this.main.player?.end ?? this.main.film.seconds;
  }

  get paused(): boolean {
    return this.lead.paused;
  }

  get speed(): number {
    return this.lead.speed;
  }

  get settled(): boolean {
    return this.lead.settled;
  }

  get gaps(): readonly BufferedRange[] {
    const { offset } = this.leader.film;
    return this.lead.gaps.map(({ start, end }) => ({ start: start + offset, end: end + offset }));
  }

  play(speed?: number): void {
    this.lead.play(speed);
    this.tick();
  }

  pause(): void {
    this.lead.pause();
    this.tick();
  }

  seekTo(seconds: number): void {
    const moment = Math.min(Math.max(0, seconds), Math.max(0, this.end));
    if (this.coverOf(this.leader, moment) !== 'there') this.leadBy(this.anyThatCovers(moment));
    this.lead.seekTo(moment - this.leader.film.offset);
    this.tick();
  }

  seekBy(seconds: number): void {
    this.seekTo(this.position + seconds);
  }

  async step(direction: StepDirection): Promise<unknown> {
    await this.lead.step(direction);
    return this.tick();
  }

  destroy(): void {
    this.ended = true;
    clearInterval(this.timer);
    for (const reel of this.reels.values()) {
      reel.player?.destroy();
      if (reel === this.main) delete reel.video?.dataset.place;
      else reel.video?.remove();
    }
  }

  /** To be called when the match's own player has changed; the angles' call it themselves. */
  readonly tick = (): void => {
    if (this.ended) return;
    this.goOnBehindEnd();
    const moment = this.position;
    const wanted = this.chosenReels().filter((reel) => this.isAt(reel, moment));
    for (const reel of wanted) this.open(reel, moment);
    const next = wanted[0] ?? this.main;
    for (const reel of this.reels.values()) {
      if (reel === this.leader || reel.player === null) continue;
      if (wanted.includes(reel) || reel === next) this.follow(reel, moment);
      else if (!reel.player.paused) reel.player.pause();
    }
    if (next !== this.leader && next.player !== null && isInStep(this.viewOf(next, moment))) {
      this.leadBy(next);
      this.tick();
      return;
    }
    this.arrange(wanted);
  };

  private takeNew(): void {
    for (const film of this.host.films()) {
      if (!this.reels.has(film.id)) this.reels.set(film.id, { film, player: null, video: null, ...FRESH });
    }
  }

  private get lead(): RecordingPlayer {
    // Who leads is open.
    return this.leader.player as RecordingPlayer;
  }

  private chosenReels(): Reel[] {
    return this.chosen.flatMap((id) => this.reels.get(id) ?? []);
  }

  /** It has pictures of this moment. */
  private isAt(reel: Reel, moment: number): boolean {
    if (reel.failed || this.coverOf(reel, moment) !== 'there') return false;
    return reel === this.leader || gapAt(reel, moment - reel.film.offset) === undefined;
  }

  private coverOf({ film, player }: Reel, moment: number): AngleCover {
    const seconds = Math.max(film.seconds, player?.end ?? 0);
    return coverAt({ offset: film.offset, seconds }, moment);
  }

  private anyThatCovers(moment: number): Reel {
    const open = this.chosenReels().filter(({ player }) => player !== null);
    return open.find((reel) => this.isAt(reel, moment)) ?? this.main;
  }

  private leadBy(reel: Reel): void {
    const { leader } = this;
    if (reel === leader || reel.player === null) return;
    const { paused, speed } = this.lead;
    this.leader = reel;
    Object.assign(reel, { asked: null, factor: 1 });
    if (paused) reel.player.pause();
    else reel.player.play(speed);
    leader.asked = null;
    if (!this.chosen.includes(leader.film.id)) leader.player?.pause();
    this.host.onChange();
  }

  /** An angle is over, and the match is not. */
  private goOnBehindEnd(): void {
    const { leader, main } = this;
    if (leader === main || main.player === null || !this.lead.video.ended) return;
    const { position, speed } = this;
    this.leader = main;
    main.player.seekTo(position);
    main.player.play(speed);
    this.host.onChange();
  }

  private open(reel: Reel, moment: number): void {
    const { film, video } = reel;
    if (reel.player !== null || video !== null || film.open === undefined) return;
    const element = document.createElement('video');
    Object.assign(element, { muted: true, playsInline: true, preload: 'auto' });
    Object.assign(element.dataset, { angle: film.id, place: 'none' });
    reel.video = element;
    this.host.box.append(element);
    // Of one that plays, where it will be when the first picture is there.
    const ahead = this.paused ? 0 : OPENING_SECONDS * this.speed;
    const startAt = Math.max(0, moment - film.offset + ahead);
    reel.asked = startAt;
    const changed = (): void => {
      this.tick();
      this.host.onChange();
    };
    film.open(element, { startAt, onChange: changed, onFailed: () => this.fail(reel) }).then(
      (player) => {
        if (this.ended) return player.destroy();
        reel.player = player;
        changed();
      },
      () => this.fail(reel),
    );
  }

  private fail(reel: Reel): void {
    if (this.ended) return;
    const { position, paused, speed } = this;
    reel.failed = true;
    if (reel === this.leader && this.main.player !== null) {
      this.leader = this.main;
      this.main.player.seekTo(position);
      if (!paused) this.main.player.play(speed);
    }
    reel.player?.destroy();
    reel.player = null;
    this.tick();
    this.host.onChange();
  }

  private follow(reel: Reel, moment: number): void {
    const player = reel.player as RecordingPlayer;
    const view = this.viewOf(reel, moment);
    if (view.settled) this.learnFrom(reel);
    const { seekTo, run, factor } = decideFollow(view);
    if (!run && !player.paused) player.pause();
    if (seekTo !== null) {
      Object.assign(reel, { asked: seekTo, askedAt: performance.now(), factor: 1 });
      player.seekTo(seekTo);
    }
    if (run && player.paused) player.play(this.speed);
    if (run && player.speed !== this.speed) player.play(this.speed);
    if (reel.factor === factor) return;
    reel.factor = factor;
    player.video.playbackRate = this.speed * factor;
  }

  private viewOf({ film, player, asked, factor, lead }: Reel, moment: number): FollowView {
    const own = player as RecordingPlayer;
    return {
      ...{
        wanted: Math.max(0, moment - film.offset),
        leaderPaused: this.paused || !this.settled,
        position: own.position,
      },
      ...{ settled: own.settled, running: !own.paused, factor, asked, lead: lead * this.speed },
      frame: 1 / (film.fps ?? FPS),
    };
  }

  /** The next one is sent ahead by what this one took, and a little. */
  private learnFrom(reel: Reel): void {
    if (reel.askedAt === 0) return;
    const took = (performance.now() - reel.askedAt) / 1000;
    Object.assign(reel, { askedAt: 0, lead: Math.min(MOST_LEAD_SECONDS, Math.max(LEAD_SECONDS, took * 1.3)) });
  }

  private arrange(wanted: readonly Reel[]): void {
    const [first, second] = this.chosen;
    for (const [id, { video, player }] of this.reels) {
      if (video === null) continue;
      const place = ((): AnglePlace => {
        if (second === undefined) return id === this.leading ? 'whole' : 'none';
        const reel = this.reels.get(id) as Reel;
        if (!wanted.includes(reel) || player === null) return 'none';
        return id === first ? 'first' : id === second ? 'second' : 'none';
      })();
      if (video.dataset.place !== place) video.dataset.place = place;
    }
  }
}

function gapAt({ player }: Reel, own: number): BufferedRange | undefined {
  return player?.gaps.find(({ start, end }) => own > start && own < end);
}
