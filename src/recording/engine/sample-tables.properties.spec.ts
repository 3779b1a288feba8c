import fc from 'fast-check';
import { property } from '../../../test/support/property';
import { drawClip } from '../../media/fmp4/clip.fixture';
import { findBox } from '../../media/fmp4/fragment-boxes';
import { buildInitSegment } from '../../media/fmp4/init-segment';
import { filmTimes } from './film-times';
import { GRID_RATE } from './picture-spacing';
import { SampleIndex } from './sample-index';
import { FinishedMovie, finishedMovie, Spacing } from './sample-tables';

/** What lies between two pictures: a bunch, jitter, a camera's usual step, an outage; and by how much later one is shown. */
const step = fc.oneof(
  fc.integer({ min: 1, max: 449 }),
  fc.integer({ min: 3300, max: 3900 }),
  fc.constant(3600),
  fc.integer({ min: 90_000, max: 400_000 }),
);
const later = fc.oneof(fc.constant(0), fc.integer({ min: -300, max: 300 }), fc.integer({ min: 0, max: 20_000 }));
const pictures = fc.array(fc.record({ step, cts: later }), { minLength: 1, maxLength: 40 });
const spacing: fc.Arbitrary<Spacing> = fc.record(
  { rate: fc.constantFrom(25, 30, GRID_RATE), grid: fc.boolean(), restated: fc.boolean() },
  { requiredKeys: [] },
);

const SAMPLE = { keyframe: false, offset: 0, size: 100 };

interface Times {
  readonly dts: number[];
  readonly pts: number[];
}

function timesOf(from: readonly { readonly step: number; readonly cts: number }[], reordered: boolean): Times {
  let at = 0;
  const dts = from.map(({ step: wait }, i) => (at += i === 0 ? 0 : wait));
  const shown = new Set<number>();
  const pts = dts.map((time, i) => {
    let place = time + (reordered ? (from[i]?.cts ?? 0) : 0);
    while (shown.has(place)) place++;
    shown.add(place);
    return place;
  });
  return { dts, pts };
}

function indexOf({ dts, pts }: Times): SampleIndex {
  const index = new SampleIndex();
  index.beginFragment(0, 1_000, 0);
  dts.forEach((time, i) => index.addSample(time, 3_600, 100, (pts[i] ?? 0) - time, i === 0));
  return index;
}

/** As a player reads them: when each picture is decoded and shown, on the media's timeline, and where the edit begins. */
function tablesOf({ moov }: FinishedMovie): Times & { readonly start: number } {
  const table = (...path: string[]): Buffer | null => findBox(moov, ['moov', 'trak', ...path]);
  const values = (runs: Buffer): number[] =>
    Array.from({ length: runs.readUInt32BE(4) }, (_, i) => 8 + 8 * i).flatMap((at) =>
      Array.from({ length: runs.readUInt32BE(at) }, () => runs.readInt32BE(at + 4)),
    );
  let at = 0;
  const dts = values(table('mdia', 'minf', 'stbl', 'stts') as Buffer).map((length) => (at += length) - length);
  const ctts = table('mdia', 'minf', 'stbl', 'ctts');
  const offsets = ctts ? values(ctts) : dts.map(() => 0);
  return {
    dts,
    pts: dts.map((time, i) => time + (offsets[i] ?? NaN)),
    start: table('edts', 'elst')?.readInt32BE(12) ?? 0,
  };
}

/** In which order pictures are shown. */
function order(pts: readonly number[]): number[] {
  return pts.map((_, i) => i).sort((a, b) => (pts[a] as number) - (pts[b] as number));
}

function expectDecodable({ dts, pts }: Times): void {
  expect(dts.filter((time, i) => i > 0 && time <= (dts[i - 1] as number))).toEqual([]);
  expect(dts.filter((time, i) => (pts[i] as number) < time)).toEqual([]);
}

describe('the times of a finished film', () => {
  const init = buildInitSegment(drawClip({ seconds: 0.2 }).config);

  it('are such that each picture is decoded before it is shown, in the order and at the times of the recording', () =>
    fc.assert(
      fc.asyncProperty(pictures, fc.boolean(), spacing, async (from, reordered, how) => {
        const own = timesOf(from, reordered);
        const film = await finishedMovie(init, indexOf(own), (own.dts.at(-1) ?? 0) + 3_600, how);
        const made = tablesOf(film);
        expectDecodable(made);
        expect(made.dts).toHaveLength(own.dts.length);
        expect(order(made.pts)).toEqual(order(own.pts));
        expect(made.pts.map((pts) => pts - made.start).sort((a, b) => a - b)).toEqual(
          Array.from(film.shown, (pts) => pts - Math.min(...own.pts)),
        );
      }),
      property(300),
    ));

  it('are such also where FFmpeg puts it together', () =>
    fc.assert(
      fc.property(pictures, fc.boolean(), spacing, (from, reordered, how) => {
        const own = timesOf(from, reordered);
        const fragment = own.dts.map((dts, i) => ({ ...SAMPLE, dts, cts: (own.pts[i] ?? 0) - dts }));
        const { dts, cts } = filmTimes([{ startTicks: 0, fragments: () => [fragment] }], { ...how, grid: true });
        expectDecodable({ dts: [...dts], pts: Array.from(dts, (time, i) => time + (cts[i] as number)) });
      }),
      property(100),
    ));
});
