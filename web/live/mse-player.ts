import { decideFollow } from './angle-sync';
import { AppendQueue, mediaType, toRanges } from './append-queue';
import { LiveTarget } from './live-target';
import { attachMediaSource, canPlayFragments } from './media-source';
import { type BufferedRange, decidePlayback, isBuffered, liveEdge, type PlaybackDecision } from './playback-control';

export interface MseEvents {
  /** A picture is on the screen. @param arrivedAt epoch milliseconds of the service's clock at which it got there */
  onPicture(arrivedAt: number): void;
  /** It cannot go on: an unknown codec, a decoder that gave up. */
  onFailed(error: unknown): void;
  /** The browser wants to be touched before it plays anything. */
  onBlocked(): void;
}

/** Two cameras of one match beside each other: their media have one clock. */
export interface Company {
  /** What the other one shows, where this one is to show the same; `null`: it goes by itself. */
  leader(): { readonly position: number; readonly rate: number } | null;
  /** Up to where the one that follows this one can; `null`: none does. */
  slower(): number | null;
}

interface Format {
  readonly codec: string;
  readonly fps: number | null;
}

/** Where the newest picture of an append lies on the media's timeline, and when it reached the service. */
interface Anchor {
  readonly mediaTime: number;
  readonly at: number;
}

const WATCH_MS = 200;
const SETTLING_MS = 1_000;
const PEEK_MS = 250;
const ANCHORS = 64;
/** No more than this is waited for one that is slower. */
const MOST_WAIT_SECONDS = 1;
/** A seek into what is there takes about this long. */
const FOLLOW_LEAD_SECONDS = 0.1;
/** Between two seeks after another one: a busy machine that did nothing but seek would show nothing. Until then it hurries. */
const FOLLOW_SEEK_MS = 1_500;
const HURRY = 0.25;

/** Plays one court's fragments in a `<video>`, as close to live as the network allows. */
export class MsePlayer {
  private readonly target = new LiveTarget();
  private queue: AppendQueue | null = null;
  private readonly detach: () => void;
  /** Once it is open. */
  private source: MediaSource | null = null;
  /** The buffer's first; `null` before the first init segment. */
  private codec: string | null = null;
  private format: Format | null = null;
  private early: ((queue: AppendQueue) => void)[] = [];
  private anchors: Anchor[] = [];
  private started = false;
  /** Nothing was shown yet. */
  private fresh = true;
  /** The oldest picture there is will be on the screen in a moment; then it goes to live. */
  private peeking: ReturnType<typeof setTimeout> | null = null;
  /** Where that picture lies. */
  private peekedAt: number | null = null;
  private held = false;
  private waitingSince: number | null = null;
  private movedAt = 0;
  private readonly watch = setInterval(() => this.control(), WATCH_MS);
  private readonly abort = new AbortController();

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly events: MseEvents,
    private readonly company: Company | null = null,
  ) {
    const { signal } = this.abort;
    video.addEventListener('waiting', () => this.waits(), { signal });
    video.addEventListener('playing', () => this.goesOn(), { signal });
    video.addEventListener('error', () => this.events.onFailed(video.error), { signal });
    // That takes a moment: it passes while the first fragments are on their way.
    this.detach = attachMediaSource(video, (source) => {
      this.source = source;
      this.prepare();
    });
    this.followPictures();
  }

  /** The stream begins, or its format changes. The init segment follows by {@link init}. */
  setFormat(codec: string, fps: number | null): void {
    this.format = { codec, fps };
    this.target.setFps(fps);
  }

  init(data: Uint8Array<ArrayBuffer>): void {
    const { format } = this;
    if (format === null) return;
    if (!canPlayFragments(mediaType(format.codec))) {
      return this.events.onFailed(new Error(`this browser does not play ${format.codec}`));
    }
    this.codec ??= format.codec;
    this.prepare();
    this.withQueue((queue) => queue.init(format.codec, data));
  }

  /** @param at epoch milliseconds at which the newest picture in it reached the service */
  media(data: Uint8Array<ArrayBuffer>, keyframe: boolean, at: number): void {
    this.withQueue((queue) => queue.media(data, keyframe, at));
  }

  /** What comes next may lie anywhere on the timeline: the connection was lost, the service began anew. */
  restart(): void {
    this.started = false;
    this.peekedAt = null;
    this.anchors = [];
    this.withQueue((queue) => queue.clear());
  }

  /** Stands still, while fragments go on being taken, so that {@link resume} shows the court at once. */
  hold(): void {
    this.held = true;
    this.video.pause();
    this.queue?.rest();
  }

  resume(): void {
    this.held = false;
    this.started = false;
    this.queue?.wake();
    this.control();
  }

  /** After a touch, where the browser asked for one. */
  play(): void {
    this.video.play().catch((error: unknown) => {
      // A play() that a new source overtook is no refusal.
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.events.onBlocked();
    });
  }

  /** Up to where it can show its pictures without waiting, on the media's timeline; `null`: nothing plays. */
  get edge(): number | null {
    return this.started && !this.held ? liveEdge(toRanges(this.video.buffered), this.target.seconds) : null;
  }

  /** What it shows, for one that is to show the same; `null`: nothing plays. */
  get pace(): { readonly position: number; readonly rate: number } | null {
    const { currentTime: position, playbackRate: rate, seeking, paused } = this.video;
    return this.started && !seeking && !paused ? { position, rate } : null;
  }

  /** Seconds behind the end of the buffer that are aimed at. */
  get targetSeconds(): number {
    return this.target.seconds;
  }

  destroy(): void {
    clearInterval(this.watch);
    clearTimeout(this.peeking ?? undefined);
    this.abort.abort();
    this.queue = null;
    this.early = [];
    this.detach();
  }

  /** The buffer is made when it is known for what, and the source is open. */
  private prepare(): void {
    const { source, codec } = this;
    if (source === null || codec === null || this.queue !== null) return;
    try {
      const buffer = source.addSourceBuffer(mediaType(codec));
      buffer.mode = 'segments';
      this.queue = new AppendQueue(
        buffer,
        codec,
        () => this.video.currentTime,
        (at) => this.appended(at),
        (error) => this.events.onFailed(error),
      );
    } catch (error) {
      return this.events.onFailed(error);
    }
    for (const task of this.early.splice(0)) task(this.queue);
    if (this.held) this.queue.rest();
  }

  private withQueue(task: (queue: AppendQueue) => void): void {
    if (this.queue) task(this.queue);
    else if (this.codec !== null) this.early.push(task);
  }

  private appended(at: number | null): void {
    const end = this.queue?.ranges.at(-1)?.end;
    if (at !== null && end !== undefined) {
      this.anchors.push({ mediaTime: end - 1 / (this.format?.fps ?? 25), at });
      if (this.anchors.length > ANCHORS) this.anchors.shift();
    }
    this.control();
  }

  private control(): void {
    const { video } = this;
    if (this.held || this.queue === null) return;
    // The element's own ranges, not the buffer's: those are what it can play.
    const ranges = toRanges(video.buffered);
    const target = this.aim(ranges);
    if (!this.started) {
      const edge = liveEdge(ranges, target);
      if (edge === null) return;
      if (this.peeking !== null) return;
      if (this.fresh) return this.peek(liveEdge(ranges, Infinity) ?? edge);
      // There is only what is shown already: live begins with what comes next.
      return edge === this.peekedAt ? undefined : this.begin(edge);
    }
    const { currentTime: position, playbackRate: rate } = video;
    // Where what it seeks was taken away, because the service began anew, it would seek for ever.
    if (video.seeking && isBuffered(ranges, position)) return;
    const decision =
      this.following(ranges) ?? decidePlayback({ position, ranges, target, rate, hasNext: video.readyState >= 3 });
    if (decision.seekTo !== null) this.moveTo(decision.seekTo);
    if (decision.rate !== rate) video.playbackRate = decision.rate;
    // Browsers pause by themselves what they think nobody sees.
    if (video.paused && !this.abort.signal.aborted) this.play();
    if (this.waitingSince === null) this.target.settle(performance.now());
  }

  /** Behind the end of the buffer: further where another one that is seen beside it has not come as far. */
  private aim(ranges: readonly BufferedRange[]): number {
    const own = this.target.seconds;
    const slower = this.company?.slower() ?? null;
    const end = ranges.at(-1)?.end;
    if (slower === null || end === undefined) return own;
    return end - slower < own + MOST_WAIT_SECONDS ? Math.max(own, end - slower) : own;
  }

  /** Where another one leads, and what it shows is there. */
  private following(ranges: readonly BufferedRange[]): PlaybackDecision | null {
    const leader = this.company?.leader() ?? null;
    const last = ranges.at(-1);
    if (leader === null || !last || leader.position < last.start || leader.position > last.end) return null;
    const { currentTime: position, playbackRate } = this.video;
    const { seekTo, factor: nudge } = decideFollow({
      ...{ wanted: leader.position, leaderPaused: false, position, settled: true, running: true, asked: null },
      ...{ factor: playbackRate / leader.rate, frame: 1 / (this.format?.fps ?? 25), lead: FOLLOW_LEAD_SECONDS },
    });
    const soon = performance.now() - this.movedAt < FOLLOW_SEEK_MS;
    if (seekTo !== null && !soon) return { seekTo: Math.min(seekTo, last.end), rate: leader.rate };
    const factor = seekTo === null ? nudge : 1 + Math.sign(leader.position - position) * HURRY;
    return { seekTo: null, rate: leader.rate * factor };
  }

  /**
   * A new viewer gets the newest keyframe, and behind it everything since. To show the last picture all of them must be
   * decoded; the first one is there at once, and stands until live is reached.
   */
  private peek(seconds: number): void {
    // A browser that shows no picture of a paused video goes on all the same.
    this.peeking = setTimeout(() => this.peeked(), PEEK_MS);
    this.peekedAt = seconds;
    this.moveTo(seconds);
  }

  private peeked(): void {
    if (this.peeking === null) return;
    clearTimeout(this.peeking);
    this.peeking = null;
    this.fresh = false;
    this.control();
  }

  private begin(edge: number): void {
    this.started = true;
    this.fresh = false;
    this.video.playbackRate = 1;
    this.moveTo(edge);
    this.play();
  }

  private moveTo(seconds: number): void {
    this.waitingSince = null;
    this.movedAt = performance.now();
    this.video.currentTime = seconds;
  }

  private waits(): void {
    const now = performance.now();
    // Decoding up to a place just jumped to is no fault of the network.
    if (!this.video.seeking && now - this.movedAt > SETTLING_MS) this.waitingSince ??= now;
  }

  private goesOn(): void {
    const { waitingSince } = this;
    this.waitingSince = null;
    if (waitingSince === null || !this.started) return;
    const now = performance.now();
    this.target.stalled((now - waitingSince) / 1000, now);
  }

  private followPictures(): void {
    const { video } = this;
    const shown = (mediaTime: number): void => {
      if (this.abort.signal.aborted) return;
      // It is on the screen with this frame; going on before would take it away from whoever reads it there.
      if (this.peeking !== null) requestAnimationFrame(() => this.peeked());
      else if (!this.held) {
        const arrivedAt = this.arrivalOf(mediaTime);
        if (arrivedAt !== null) this.events.onPicture(arrivedAt);
      }
      next();
    };
    const next = (): void => {
      if ('requestVideoFrameCallback' in video) {
        video.requestVideoFrameCallback((_now, { mediaTime }) => shown(mediaTime));
      } else {
        (video as HTMLVideoElement).addEventListener(
          'timeupdate',
          () => shown((video as HTMLVideoElement).currentTime),
          {
            once: true,
            signal: this.abort.signal,
          },
        );
      }
    };
    next();
  }

  /** By the nearest append: within a connection the pictures keep the camera's own spacing. */
  private arrivalOf(mediaTime: number): number | null {
    let best: Anchor | undefined;
    for (const anchor of this.anchors) {
      if (!best || Math.abs(anchor.mediaTime - mediaTime) < Math.abs(best.mediaTime - mediaTime)) best = anchor;
    }
    return best ? best.at + (mediaTime - best.mediaTime) * 1000 : null;
  }
}
