import { TICKS_PER_SECOND } from '../../media/access-unit';
import { buildInitSegment } from '../../media/fmp4/init-segment';
import { SampleIndex } from './sample-index';
import { finishedMovie } from './sample-tables';

const FRAGMENTS = 1600;
const FRAMES = 25;
/** So that the file passes 4 GB: offsets beyond it take other instructions. */
const FRAME_BYTES = 120_000;
const RUNS = 3;

/**
 * Builds the tables of a recording that does not exist, so that the code is compiled when the first match of the evening
 * stops: cold, a 90-minute file takes 50 ms of the stop, warm 10. Takes some 50 ms, once.
 */
export async function warmUp(): Promise<void> {
  const sps = Buffer.from('67640028acd940780227e5c05a808080a0000003002000000651e30632c0', 'hex');
  const init = buildInitSegment({
    kind: 'h264',
    sps: [sps],
    pps: [Buffer.from('68ebe3cb22c0', 'hex')],
    width: 1920,
    height: 1080,
  });
  for (let run = 0; run < 2 * RUNS; run++) {
    const index = longIndex(run % 2 === 1);
    await finishedMovie(init, index, index.endDts);
  }
}

function longIndex(reordered: boolean): SampleIndex {
  const index = new SampleIndex();
  const step = TICKS_PER_SECOND / FRAMES;
  for (let f = 0; f < FRAGMENTS; f++) {
    index.beginFragment(f * TICKS_PER_SECOND, index.endOffset, 500);
    for (let i = 0; i < FRAMES; i++) {
      // Decoded I, P, B, B, shown a step later: no two pictures at one time.
      const cts = !reordered ? 0 : i === 0 ? step : i % 3 === 1 ? 3 * step : 0;
      index.addSample((f * FRAMES + i) * step, step, FRAME_BYTES + i, cts, i === 0);
    }
  }
  return index;
}
