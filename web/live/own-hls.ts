/** A browser that plays HLS by itself (Safari), on a `<video>`. */
export class OwnHls {
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly on: {
      /** The picture that is shown is of then: epoch milliseconds, NaN where that is not known. */
      readonly shown: (at: number) => void;
      readonly failed: () => void;
    },
  ) {}

  get plays(): boolean {
    return this.video.onerror !== null;
  }

  /** The video has to be told to play, too. */
  attach(url: string): void {
    const { video } = this;
    video.src = url;
    video.ontimeupdate = () => {
      // Safari's: the wall time of the playlist's zero, from EXT-X-PROGRAM-DATE-TIME.
      const start = (video as { getStartDate?(): Date }).getStartDate?.().getTime() ?? NaN;
      this.on.shown(start + video.currentTime * 1000);
    };
    video.onerror = () => this.on.failed();
  }

  leave(): void {
    this.video.ontimeupdate = null;
    this.video.onerror = null;
    this.video.removeAttribute('src');
    this.video.load();
  }
}
