import { FragmentSample } from '../../media/fmp4/fragment';
import { Spacing, spacedTimes } from './sample-tables';

/** A sample of a track; its time on the track's own timeline. */
export type Placed = Omit<FragmentSample, 'data' | 'duration'> & { readonly offset: number; readonly size: number };

/** What a film is put together from: stretches of samples, each with its own zero. */
export interface Stretch {
  /** On the film's timeline, in ticks. */
  readonly startTicks: number;
  /** From the beginning, each time it is called. */
  readonly fragments: () => Iterable<readonly Placed[]>;
}

/** Every sample's times on the film's timeline, in the order in which they are written. */
export interface FilmTimes {
  readonly dts: Float64Array;
  /** By how much later each is shown. */
  readonly cts: Float64Array;
  /** When pictures are shown, ascending. */
  readonly shown: Float64Array;
}

/**
 * The times of a film made of several parts, fit for players that count its pictures in steps. FFmpeg copies no sample that
 * is shown before it is decoded: one whose decode time the grid put behind is shown then. Alone that is half a grid step later; in
 * a bunch, each picture is a step behind the one before.
 */
export function filmTimes(stretches: readonly Stretch[], spacing: Spacing): FilmTimes {
  const own: number[] = [];
  const offsets: number[] = [];
  for (const { startTicks, fragments } of stretches) {
    for (const fragment of fragments()) {
      for (const { dts, cts } of fragment) {
        own.push(startTicks + dts);
        offsets.push(cts);
      }
    }
  }
  const { dts, shown, moves } = spacedTimes(Float64Array.from(own), Int32Array.from(offsets), spacing);
  const cts = shown.map((pts, i) => {
    const offset = pts + (moves.get(pts) ?? 0) - (dts[i] as number);
    return spacing.grid ? Math.max(0, offset) : offset;
  });
  return { dts, cts, shown: cts.map((offset, i) => offset + (dts[i] as number)).sort() };
}
