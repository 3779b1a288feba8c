/** A place so near behind a keyframe is decoded before anybody would miss it, in seconds. */
const NEAR_SECONDS = 0.8;
/** Into the keyframe's own time, so that rounding does not land on the picture before it. */
const INTO_PICTURE = 0.015;
/** A keyframe that does not show by then is not waited for. */
const LATE_MS = 300;

/**
 * Seeks in two steps where there is far to go: every picture from the keyframe to the one wanted must be decoded, which takes
 * as long as a group of pictures is long. So the keyframe is shown at once, and stands until the picture wanted is there.
 */
export class QuickSeek {
  private wanted: number | null = null;
  private keyframe = 0;
  private late: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param keyframeBefore where the last keyframe at or before a time lies, both on the element's timeline; `null`: unknown
   * @param ended ends it
   */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly keyframeBefore: (time: number) => number | null,
    ended: AbortSignal,
  ) {
    ended.addEventListener('abort', () => this.forget());
  }

  /** Where it is going, or is: on the element's timeline, in seconds. */
  get place(): number {
    return this.wanted ?? this.video.currentTime;
  }

  /** What is on the screen is only what leads to the picture wanted. */
  get underWay(): boolean {
    return this.wanted !== null;
  }

  to(time: number): void {
    const { video } = this;
    const keyframe = this.keyframeBefore(time);
    if (this.wanted !== null && keyframe === this.keyframe) {
      this.wanted = time;
      return;
    }
    this.forget();
    if (keyframe === null || !this.worthwhile(keyframe, time)) {
      video.currentTime = time;
      return;
    }
    this.wanted = time;
    this.keyframe = keyframe;
    this.late = setTimeout(() => this.arrive(), LATE_MS);
    video.currentTime = keyframe + INTO_PICTURE;
    this.await(keyframe);
  }

  /** Goes where it was going, without waiting for the keyframe. */
  arrive(): void {
    const { wanted } = this;
    this.forget();
    if (wanted !== null) this.video.currentTime = wanted;
  }

  private worthwhile(keyframe: number, time: number): boolean {
    const { video } = this;
    if (time - keyframe < NEAR_SECONDS || !('requestVideoFrameCallback' in video)) return false;
    // One of these pictures is on the screen already.
    return video.currentTime < keyframe || video.currentTime > time;
  }

  private await(keyframe: number): void {
    this.video.requestVideoFrameCallback((_now, { mediaTime }) => {
      if (this.wanted === null || this.keyframe !== keyframe) return;
      // What was on its way to the screen before comes first.
      if (mediaTime < keyframe - INTO_PICTURE || mediaTime > this.wanted) this.await(keyframe);
      else this.arrive();
    });
  }

  private forget(): void {
    clearTimeout(this.late);
    this.wanted = null;
  }
}
