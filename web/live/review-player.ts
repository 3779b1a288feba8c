import type Hls from 'hls.js';
import type { HlsConfig } from 'hls.js';
import { outOfGaps, StepDirection } from './frame-step';
import { FrameStepper } from './frame-stepper';
import { mediaSourceOf } from './media-source';
import { writeMovieDuration } from './movie-duration';
import type { BufferedRange } from './playback-control';
import { QuickSeek } from './quick-seek';
import type { RecordingPlayer } from './recording-player';

/** The recording of a session, in progress or finished, as HLS. */
export function reviewUrl(sessionId: string): string {
  return `/api/preview/${sessionId}/review.m3u8`;
}

export interface ReviewOptions {
  /** Seconds of the recording at which to begin. */
  readonly startAt: number;
  /** The camera's rate, until it is measured from what plays. */
  readonly fps: number | null;
  /** Plays at once; otherwise shows the picture there. */
  readonly play: boolean;
  /** Position, speed, pausing or the end of what there is changed. */
  readonly onChange: () => void;
  readonly onFailed: (error: Error) => void;
}

/** Until the picture that was sought is there, hardly anything behind it is loaded: that would take decoding time from it. */
const SEEK_BUFFER_SECONDS = 0.15;
/** … but not for long: a decoder with many threads gives no picture before it has had as many. */
const SEEK_MS = 250;
const BUFFER_SECONDS = 20;

/** What was found out in Chromium, see docs/player.md. */
const SETTINGS: Partial<HlsConfig> = {
  // With a worker the policy would have to allow blob: scripts; there is nothing to remux that would need one.
  enableWorker: false,
  lowLatencyMode: false,
  // In seconds: counted in target durations it would lie far behind where groups of pictures are long.
  liveSyncDuration: 2,
  startFragPrefetch: true,
  maxBufferLength: SEEK_BUFFER_SECONDS,
  // By default a quarter of a second before a segment counts as in it, and a tenth before what is buffered as buffered: the
  // picture before a keyframe would never be loaded, and a step back to it go nowhere.
  maxFragLookUpTolerance: 0,
  maxBufferHole: 0.005,
  backBufferLength: 90,
  manifestLoadPolicy: retrying(8_000),
  playlistLoadPolicy: retrying(8_000),
  fragLoadPolicy: retrying(8_000),
};

/**
 * For minutes, first at once: hls.js takes each segment of a gap for one that failed to load, and in a finished recording
 * waits before it takes the next.
 */
function retrying(ms: number): HlsConfig['playlistLoadPolicy'] {
  const retry = { maxNumRetry: 25, retryDelayMs: 20, maxRetryDelayMs: 8_000 };
  return { default: { maxTimeToFirstByteMs: ms, maxLoadTimeMs: ms * 4, timeoutRetry: retry, errorRetry: retry } };
}

/** Conflict: nothing of it is whole yet, or it can only be had as a file. */
const NOT_YET = 409;
const AGAIN_MS = 400;
/** Longer than any group of pictures: a recording that has none by then has no picture at all. */
const PATIENCE_MS = 30_000;

/** Events after which something else is to be shown of it. */
const CHANGES = ['timeupdate', 'seeked', 'pause', 'play', 'ratechange', 'durationchange', 'waiting', 'playing'];
/** Events of a picture that was waited for. */
const THERE = ['loadeddata', 'seeked', 'playing'];
/** Nearer to the end of what is written there may be no picture yet. */
const END_MARGIN = 0.2;
/** What stands still this near before a gap, in seconds, waits because of it. */
const GAP_AHEAD = 0.5;

/** Looks back into a recording, also while it goes on: seeks, slow motion, single pictures. */
export class ReviewPlayer implements RecordingPlayer {
  private hls: Hls | null = null;
  private readonly abort = new AbortController();
  private readonly stepper: FrameStepper;
  private readonly quick: QuickSeek;
  private recoveredAt = 0;
  private readonly bornAt = performance.now();
  private wantedSpeed = 1;
  private seekTimer: ReturnType<typeof setTimeout> | undefined;
  /** Where it begins, until it has. */
  private startAt: number;

  /** Fetches what a review needs ahead of time, so that the first look back is as quick as the next. */
  static async prepare(): Promise<void> {
    if (mediaSourceOf() !== null) await import('hls.js/light');
  }

  constructor(
    readonly video: HTMLVideoElement,
    private readonly url: string,
    private readonly options: ReviewOptions,
  ) {
    Object.assign(video, { muted: true, playsInline: true });
    this.startAt = options.startAt;
    const { signal } = this.abort;
    video.addEventListener('waiting', () => this.crossGap(), { signal });
    for (const event of CHANGES) video.addEventListener(event, () => this.options.onChange(), { signal });
    video.addEventListener('seeking', () => this.loadForSeek(), { signal });
    for (const event of THERE) video.addEventListener(event, () => this.pictureIsThere(), { signal });
    this.quick = new QuickSeek(video, (time) => this.keyframeBefore(time), signal);
    this.stepper = new FrameStepper(video, options.fps, signal);
    this.load().catch((error: unknown) => this.fail(error));
  }

  /** Seconds of the recording. */
  get position(): number {
    if (!this.begun) return this.startAt;
    return Math.max(0, this.quick.place - this.zero);
  }

  /** Seconds of the recording that can be reached so far. */
  get end(): number {
    const details = this.hls?.latestLevelDetails;
    if (details) return details.edge - this.zero;
    const { seekable } = this.video;
    return seekable.length > 0 ? seekable.end(seekable.length - 1) : this.position;
  }

  /** Stretches without a picture, in seconds of the recording. */
  get gaps(): BufferedRange[] {
    const gaps: BufferedRange[] = [];
    for (const fragment of this.hls?.latestLevelDetails?.fragments ?? []) {
      if (fragment.gap !== true) continue;
      const start = fragment.start - this.zero;
      const end = start + fragment.duration;
      const last = gaps.at(-1);
      if (last && start - last.end < 0.01) gaps[gaps.length - 1] = { start: last.start, end };
      else gaps.push({ start, end });
    }
    return gaps;
  }

  get settled(): boolean {
    return this.begun && this.video.readyState >= 2 && !this.video.seeking && !this.quick.underWay;
  }

  get paused(): boolean {
    return this.video.paused;
  }

  get speed(): number {
    return this.wantedSpeed;
  }

  /** Frames a second by which it steps. */
  get fps(): number {
    return this.stepper.fps;
  }

  play(speed = this.speed): void {
    this.wantedSpeed = speed;
    // A new source begins at the default.
    Object.assign(this.video, { defaultPlaybackRate: speed, playbackRate: speed });
    this.video.play().catch(() => this.options.onChange());
  }

  pause(): void {
    this.video.pause();
  }

  /** Goes to a second of the recording. */
  seekTo(seconds: number): void {
    if (!this.begun) {
      this.startAt = Math.max(0, seconds);
      this.hls?.startLoad(this.startAt);
      return;
    }
    const direction = seconds < this.position ? -1 : 1;
    this.quick.to(this.zero + this.playable(seconds, direction));
  }

  seekBy(seconds: number): void {
    this.seekTo(this.position + seconds);
  }

  /** Pauses and shows the next or the previous picture. Steps asked for while one is under way follow it. */
  step(direction: StepDirection): Promise<unknown> {
    this.pause();
    this.quick.arrive();
    return this.stepper.step(direction, (time) => {
      const seconds = Math.max(0, time - this.zero);
      return seconds > this.end - END_MARGIN / 2 ? null : this.zero + this.outOfGaps(seconds, direction);
    });
  }

  destroy(): void {
    this.abort.abort();
    clearTimeout(this.seekTimer);
    this.hls?.destroy();
    this.hls = null;
    this.video.removeAttribute('src');
    this.video.load();
  }

  /** There is a picture, or will be without further ado. */
  private get begun(): boolean {
    return this.video.readyState > 0 && (this.hls === null || this.hls.latestLevelDetails !== null);
  }

  /** hls.js tries the pieces of a long gap one after the other before it goes on behind them. */
  private crossGap(): void {
    if (!this.begun || this.paused) return;
    const { position } = this;
    const gap = this.gaps.find(({ start, end }) => position > start - GAP_AHEAD && position < end);
    if (gap && gap.end < this.end - END_MARGIN) this.video.currentTime = this.zero + gap.end + 0.001;
  }

  private pictureIsThere(): void {
    if (!this.quick.underWay) this.loadAhead(BUFFER_SECONDS);
  }

  private loadForSeek(): void {
    this.loadAhead(SEEK_BUFFER_SECONDS);
    this.seekTimer = setTimeout(() => this.loadAhead(BUFFER_SECONDS), SEEK_MS);
  }

  private loadAhead(seconds: number): void {
    clearTimeout(this.seekTimer);
    if (this.hls) this.hls.config.maxBufferLength = seconds;
  }

  /** Each segment begins with one. */
  private keyframeBefore(time: number): number | null {
    const fragments = this.hls?.latestLevelDetails?.fragments ?? [];
    return fragments.find(({ start, duration }) => time >= start && time < start + duration)?.start ?? null;
  }

  /** Where the recording's beginning lies on the element's timeline. */
  private get zero(): number {
    return this.hls?.latestLevelDetails?.fragments[0]?.start ?? 0;
  }

  private async load(): Promise<void> {
    const { video, url, options } = this;
    if (mediaSourceOf() === null) {
      video.src = url;
      video.addEventListener('loadedmetadata', () => this.seekTo(this.startAt), { once: true });
      video.addEventListener('error', () => this.fail(video.error), { signal: this.abort.signal });
    } else {
      const { default: HlsPlayer } = await import('hls.js/light');
      if (this.abort.signal.aborted) return;
      const hls = new HlsPlayer({ ...SETTINGS, startPosition: this.startAt });
      this.hls = hls;
      // The first picture is sought as any other.
      hls.once(HlsPlayer.Events.FRAG_BUFFERED, () => this.loadForSeek());
      hls.on(HlsPlayer.Events.ERROR, (_event, data) => {
        if (!data.fatal) return;
        if (data.response?.code === NOT_YET) void this.askAgain(hls, data.error);
        else this.recover(hls, data.type, data.error);
      });
      // Where the gaps are is known only now; a player that begins in one waits for ever.
      hls.once(HlsPlayer.Events.LEVEL_UPDATED, () => {
        const startAt = this.playable(this.startAt, -1);
        if (startAt !== this.startAt || startAt !== options.startAt) hls.startLoad(this.zero + startAt);
      });
      hls.on(HlsPlayer.Events.LEVEL_UPDATED, () => options.onChange());
      hls.on(HlsPlayer.Events.BUFFER_CODECS, (_event, { video: track }) => {
        // A decoder with several threads keeps the last pictures before a gap for ever: there it has to be the slow one.
        if (track?.initSegment && this.gaps.length === 0) writeMovieDuration(track.initSegment, this.end);
      });
      hls.loadSource(url);
      hls.attachMedia(video);
    }
    if (options.play) this.play();
  }

  /** A recording that has just begun has no whole group of pictures yet: it is asked for again until it has one. */
  private async askAgain(hls: Hls, error: Error): Promise<void> {
    if (performance.now() - this.bornAt > PATIENCE_MS) return this.fail(error);
    const answer = await fetch(this.url, { signal: this.abort.signal }).catch(() => null);
    const problem = (await answer?.json().catch(() => null)) as { code?: string } | null | undefined;
    if (problem && problem.code !== 'not_recording') return this.fail(error);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    if (!this.abort.signal.aborted) hls.loadSource(this.url);
  }

  /** The nearest second that can be shown. */
  private playable(seconds: number, direction: StepDirection): number {
    return this.outOfGaps(Math.min(Math.max(0, seconds), Math.max(0, this.end - END_MARGIN)), direction);
  }

  private outOfGaps(seconds: number, direction: StepDirection): number {
    return outOfGaps(seconds, this.gaps, direction, 0.5 / this.fps);
  }

  private recover(hls: Hls, type: string, error: Error): void {
    const last = this.recoveredAt;
    this.recoveredAt = performance.now();
    // Twice within seconds: it will not get better by itself.
    if (last !== 0 && this.recoveredAt - last < 5_000) return this.fail(error);
    if (type !== 'mediaError') return hls.startLoad();
    const { paused } = this;
    // Gives the element a new source, which pauses it.
    hls.recoverMediaError();
    if (!paused) this.play();
  }

  private fail(error: unknown): void {
    if (this.abort.signal.aborted) return;
    this.options.onFailed(error instanceof Error ? error : new Error('The recording cannot be played here.'));
  }
}
