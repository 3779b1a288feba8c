import { toRanges } from './append-queue';
import { FrameRateMeter, StepDirection, stepTarget } from './frame-step';

/** A press too many on "next picture" shall not be worked off for minutes. */
const MAX_WAITING = 10;
const ATTEMPTS = 4;
/** A seek that takes longer is not waited for; what it shows counts when it comes. */
const SEEK_MS = 3_000;
/**
 * A seek within one picture may show none anew; and a picture may last longer than others. A busy machine shows one late:
 * whoever does not wait for it takes two steps.
 */
const NO_PICTURE_MS = 1_000;
/** How often one looks whether a place is loaded: no browser says so at once. */
const LOADED_POLL_MS = 15;
/** Room for the rounding of times, in seconds. */
const EPSILON = 0.001;

/** Steps through a paused video picture by picture, by what is really on the screen (`requestVideoFrameCallback`). */
export class FrameStepper {
  private readonly rate = new FrameRateMeter();
  private readonly listeners = new Set<() => void>();
  private mediaTime: number | null = null;
  private steps: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /**
   * @param nominalFps the rate until it is measured from what plays
   * @param ended ends it
   */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly nominalFps: number | null,
    private readonly ended: AbortSignal,
  ) {
    video.addEventListener('seeking', () => this.rate.interrupt(), { signal: ended });
    ended.addEventListener('abort', () => this.tell());
    this.follow();
  }

  /** Frames a second by which it steps. */
  get fps(): number {
    return this.rate.fps ?? this.nominalFps ?? 25;
  }

  /**
   * Shows the next or the previous picture. Steps asked for while one is under way follow it.
   * @param place where on the element's timeline to go instead of a time; `null`: nothing is there
   */
  step(direction: StepDirection, place: (time: number) => number | null): Promise<unknown> {
    if (this.waiting >= MAX_WAITING) return this.steps;
    this.waiting++;
    this.steps = this.steps.then(() => this.stepOnce(direction, place)).finally(() => this.waiting--);
    return this.steps;
  }

  private async stepOnce(direction: StepDirection, place: (time: number) => number | null): Promise<void> {
    const { video } = this;
    // From what a seek under way will show, not from what is still there.
    await this.pictureAt(video.currentTime);
    const from = this.mediaTime ?? video.currentTime;
    for (let attempt = 1; attempt <= ATTEMPTS && !this.ended.aborted; attempt++) {
      const target = place(stepTarget(from, this.fps, direction, attempt));
      if (target === null) return;
      await this.goTo(target);
      const moved = ((this.mediaTime ?? video.currentTime) - from) * direction;
      if (moved > 0.001 || target === 0) return;
    }
  }

  /**
   * Chromium counts up to two pictures' time before what is buffered as buffered: it shows the first picture there is, and is
   * content. So where the place was still to be loaded it is asked for again when it is there.
   */
  private async goTo(time: number): Promise<void> {
    const { video } = this;
    const there = this.isLoaded(time);
    video.currentTime = time;
    if (!there) {
      await this.loaded(time);
      // Somebody went elsewhere meanwhile.
      if (Math.abs(video.currentTime - time) > EPSILON) return;
      video.currentTime = time;
    }
    await this.pictureAt(time);
  }

  private isLoaded(time: number): boolean {
    return toRanges(this.video.buffered).some(({ start, end }) => time > start - EPSILON && time < end);
  }

  private loaded(time: number): Promise<void> {
    return new Promise((resolve) => {
      const until = performance.now() + SEEK_MS;
      const look = (): void => {
        if (!this.isLoaded(time) && !this.ended.aborted && performance.now() < until) return;
        clearInterval(timer);
        resolve();
      };
      const timer = setInterval(look, LOADED_POLL_MS);
    });
  }

  /** Settles when the picture of this time is on the screen, or when it is certain that none will come. */
  private pictureAt(time: number): Promise<void> {
    const { video, listeners, ended } = this;
    const there = (): boolean => ended.aborted || (!video.seeking && this.shows(time));
    if (there()) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(late);
        video.removeEventListener('seeked', onSeeked);
        listeners.delete(look);
        resolve();
      };
      // What was on its way to the screen when the seek began is shown too, and is not it.
      const look = (): void => {
        if (there()) done();
      };
      const onSeeked = (): void => {
        clearTimeout(late);
        late = setTimeout(done, 'requestVideoFrameCallback' in video ? NO_PICTURE_MS : 0);
        look();
      };
      let late = setTimeout(done, video.seeking ? SEEK_MS : NO_PICTURE_MS);
      video.addEventListener('seeked', onSeeked);
      listeners.add(look);
    });
  }

  /** Whether the picture last shown is the one of this time, and not the one a step before it. */
  private shows(time: number): boolean {
    const age = time - (this.mediaTime ?? NaN);
    return age > -0.002 && age < 1.2 / this.fps;
  }

  private follow(): void {
    const { video } = this;
    video.requestVideoFrameCallback?.((_now, { mediaTime, presentedFrames }) => {
      if (this.ended.aborted) return;
      this.mediaTime = mediaTime;
      if (video.paused || video.seeking) this.rate.interrupt();
      else this.rate.add(mediaTime, presentedFrames);
      this.tell();
      this.follow();
    });
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
