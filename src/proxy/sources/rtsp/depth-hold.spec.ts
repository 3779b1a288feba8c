import { PPS } from '../../../media/h264/bit-writer.fixture';
import { idr, inter, SILENT, SPS, Stream } from './rtp-stream.fixture';

describe('DepthHold, where nobody announces B-frames', () => {
  /** Pictures at these frame times, one every 40 ms; the first one waits for the second to prove its marker. */
  function play(stream: Stream, shown: readonly number[], everyMs = 40): Stream {
    let at = 0;
    shown.forEach((frame, i) => {
      stream.next((frame - at) * everyMs * 90).packet(i === 0 ? idr() : inter(), true);
      at = frame;
      stream.now += everyMs;
    });
    return stream;
  }
  const offsets = (stream: Stream): number[] => stream.units.map(({ pts, dts }) => (pts - dts) / 3600);

  it('holds six pictures, and hands them on with their own arrivals', () => {
    const stream = new Stream([SILENT, PPS]);
    play(stream, [0, 4, 1, 2, 3]);
    expect(stream.units).toHaveLength(0);
    stream.next(5 * 3600).packet(inter(), true);
    expect(offsets(stream)).toEqual([1, 4, 0, 0, 0, 4]);
    expect(stream.arrivals).toEqual([0, 40, 80, 120, 160, 200]);
    stream.next(-3 * 3600).packet(inter(), true);
    expect(offsets(stream)[6]).toBe(0);
  });

  it('finds that there are none', () => {
    expect(offsets(play(new Stream([SILENT, PPS]), [0, 1, 2, 3, 4, 5, 6]))).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('keeps a camera of one picture a second no longer than its second', () => {
    const stream = play(new Stream([SILENT, PPS]), [0, 1], 1000);
    expect(offsets(stream)).toEqual([0, 0]);
    expect(stream.arrivals).toEqual([0, 1000]);
  });

  it('hands on what it holds before a loss, before another configuration and at the end', () => {
    const stream = play(new Stream([SILENT, PPS]), [0, 1, 2]);
    stream.lose().next().packet(inter(), true);
    expect([stream.units.length, stream.losses]).toEqual([3, 1]);
    play(stream, [1, 2]);
    expect(stream.units).toHaveLength(3);
    stream.picture(SPS, PPS, idr());
    expect(stream.units.map(({ config }) => config.reorderDepth)).toEqual([null, null, null, null, null, 0]);
    stream.picture(SILENT, PPS, idr());
    expect(stream.units).toHaveLength(6);
    stream.assembler.end();
    expect(stream.units).toHaveLength(7);
    const dts = stream.units.map((unit) => unit.dts);
    expect(dts).toEqual([...new Set(dts)].sort((a, b) => a - b));
  });
});
