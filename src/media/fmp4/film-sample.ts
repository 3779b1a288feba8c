/** One coded picture in a file; times in ticks of 1/90000 s. */
export interface FilmSample {
  readonly offset: number;
  readonly size: number;
  readonly dts: number;
  /** By how much later than it is decoded it is shown. */
  readonly cts: number;
  readonly keyframe: boolean;
}
