import { H264Frame } from '../access-unit';
import { drawClip } from '../fmp4/clip.fixture';
import { parseAvcDecoderConfigurationRecord } from './avc-configuration';
import { BitWriter } from './bit-writer.fixture';
import { restateRate } from './restate-rate';
import { parseSps } from './sps';

/** An AVCDecoderConfigurationRecord of these sets, with bytes behind them. */
function recordOf(sps: readonly Buffer[], rest = Buffer.from([1, 0, 2, 0x68, 0xce, 0xfd])): Buffer {
  const sets = sps.flatMap((set) => [Buffer.from([set.length >> 8, set.length & 0xff]), set]);
  return Buffer.concat([Buffer.from([1, 100, 0, 31, 0xff, 0xe0 | sps.length]), ...sets, rest]);
}

/** A baseline SPS of 320 × 192 with a VUI: `timing` as (units, scale), or none. */
function spsOf(timing: readonly [number, number] | null): Buffer {
  const writer = new BitWriter().u(8, 66).u(8, 0).u(8, 30).ue(0).ue(0).ue(2).ue(1).u(1, 0).ue(19).ue(11);
  writer
    .u(1, 1)
    .u(1, 1)
    .u(1, 0)
    .u(1, 1)
    .u(4, 0)
    .u(1, timing ? 1 : 0);
  if (timing) writer.u(32, timing[0]).u(32, timing[1]).u(1, 1);
  return writer.u(4, 0).nal(0x67);
}

describe('restateRate', () => {
  it.each([
    [1, 50],
    [1001, 60_000],
    [0x1000001, 0x3000003],
    [0, 0],
  ])('says another rate and nothing else: %i units of 1/%i s', (units, scale) => {
    const before = spsOf([units, scale]);
    const record = recordOf([before, spsOf(null)]);
    const { sps, pps } = parseAvcDecoderConfigurationRecord(restateRate(record, 200));
    expect(parseSps(sps[0] as Buffer)).toEqual({ ...parseSps(before), nominalFps: 200 });
    expect(sps[1]).toEqual(spsOf(null));
    expect(pps).toEqual([Buffer.from([0x68, 0xce])]);
  });

  it('knows what an encoder wrote', () => {
    const { config } = drawClip({ seconds: 1 }).frames[0] as H264Frame;
    const { sps } = parseAvcDecoderConfigurationRecord(restateRate(recordOf(config.sps), 200));
    expect(parseSps(sps[0] as Buffer)).toEqual({ ...parseSps(config.sps[0] as Buffer), nominalFps: 200 });
  });
});
