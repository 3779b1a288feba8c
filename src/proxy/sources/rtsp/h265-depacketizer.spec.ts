import { H265Clip, h265Clip } from '../../../../test/cameras';
import { h265Payloads } from '../../../../test/cameras/h265-packets';
import { H265Config } from '../../../media/access-unit';
import { splitSample } from '../../../media/h264/nal';
import { H265Assembler } from './h265-assembler';
import { H265Depacketizer } from './h265-depacketizer';
import { H265ParameterSets } from './h265-parameter-sets';
import { UnitOf } from './depth-hold';
import { PacketStream } from './rtp-stream.fixture';
import { RtpReceiver } from './rtp-receiver';

const SMALL = { width: 320, height: 180, fps: 25, seconds: 2, gopSeconds: 0.4, bitrate: 400_000 };
const PACKETS = { maxPayload: 300, stapA: true };

/** RTP packets of an H.265 camera, and what comes of them. */
class H265Stream extends PacketStream {
  readonly units: UnitOf<H265Config>[] = [];
  losses = 0;
  readonly sets = new H265ParameterSets();
  readonly receiver: RtpReceiver;
  private readonly assembler: H265Assembler;

  constructor(maxFrameBytes = 1 << 20) {
    super();
    const onAccessUnit = (unit: UnitOf<H265Config>): void => void this.units.push(unit);
    const onLoss = (): void => void this.losses++;
    this.assembler = new H265Assembler({ maxFrameBytes, now: () => 0, onAccessUnit, onLoss }, this.sets);
    this.receiver = new RtpReceiver({
      depacketizer: new H265Depacketizer(this.assembler),
      clockRate: 90_000,
      payloadType: null,
      onSenderReport: () => undefined,
      onBye: () => undefined,
    });
  }

  /** Pictures of a clip from number `from` on; of picture `losing` one packet never comes. */
  play(clip: H265Clip, { from = 0, losing = -1, marker = true, options = PACKETS, band = true } = {}): this {
    for (const [i, unit] of clip.units.entries()) {
      if (i < from) continue;
      this.ticks = unit.pts;
      const parameterSets = band ? [clip.vps, clip.sps, clip.pps] : [];
      const payloads = h265Payloads(unit, { ...options, parameterSets });
      payloads.forEach((payload, at) => {
        if (i === losing && at === payloads.length - 1) this.lose();
        else this.packet(payload, marker && at === payloads.length - 1);
      });
    }
    return this;
  }

  /** What is in its pictures, in hexadecimal digits. */
  get pictures(): string[] {
    return this.units.map(({ data }) =>
      splitSample(data)
        .map((nal) => nal.toString('hex'))
        .join(),
    );
  }
}

const sent = (clip: H265Clip, from = 0): string[] =>
  clip.units.slice(from).map(({ nals }) => nals.map((nal) => nal.toString('hex')).join());

describe('H265Depacketizer', () => {
  let clip: H265Clip;
  let open: H265Clip;
  beforeAll(async () => {
    clip = await h265Clip(SMALL);
    open = await h265Clip({ ...SMALL, bframes: 4, openGop: true });
  });

  it.each([
    ['fragments', PACKETS],
    ['tiny fragments', { maxPayload: 20, stapA: true }],
    ['whole NAL units', { maxPayload: 60_000, stapA: true }],
    ['no aggregation', { maxPayload: 1400, stapA: false }],
  ])('gives the very pictures back: %s', (_name, options) => {
    const stream = new H265Stream().play(clip, { options });
    expect(stream.pictures).toEqual(sent(clip));
    expect(stream.units[0]).toMatchObject({
      kind: 'h265',
      keyframe: true,
      config: { width: 320, height: 180, nominalFps: 25, reorderDepth: 0, codec: expect.stringMatching(/^hvc1\.1\./) },
    });
    expect(stream.units.filter(({ keyframe }) => keyframe)).toHaveLength(5);
    const steps = stream.units.slice(1).map(({ dts }, i) => dts - (stream.units[i]?.dts ?? 0));
    expect(steps).toEqual(steps.map(() => 3600));
  });

  it('takes the parameter sets of an SDP', () => {
    const stream = new H265Stream();
    stream.sets.offerFromSdp([clip.vps, clip.sps, clip.pps]);
    expect(stream.play(clip, { band: false }).pictures).toEqual(sent(clip));
  });

  it('finds pictures without markers', () => {
    // The last one waits for the next.
    expect(new H265Stream().play(clip, { marker: false }).pictures).toEqual(sent(clip).slice(0, -1));
  });

  it('drops to the next keyframe where a packet is lost, and counts it once', () => {
    const stream = new H265Stream().play(clip, { losing: 14 });
    expect(stream.pictures).toEqual([...sent(clip).slice(0, 14), ...sent(clip, 20)]);
    expect(stream.losses).toBe(1);
  });

  it('enters an open group without the pictures that refer to the one before', () => {
    const cra = open.units.findIndex(({ nals }, i) => i > 0 && (((nals.at(-1)?.[0] ?? 0) >> 1) & 63) === 21);
    expect(cra).toBeGreaterThan(0);
    const leading = open.units.filter(({ pts }, i) => i > cra && pts < (open.units[cra]?.pts ?? 0));
    expect(leading.length).toBeGreaterThan(0);
    const entered = new H265Stream().play(open, { from: cra });
    const skipped = new Set(leading.map(({ nals }) => nals.map((nal) => nal.toString('hex')).join()));
    expect(entered.pictures).toEqual(sent(open, cra).filter((picture) => !skipped.has(picture)));
    // Who was there before has them all.
    expect(new H265Stream().play(open).pictures).toEqual(sent(open));
    expect(entered.units.every(({ dts }, i) => i === 0 || dts > (entered.units[i - 1]?.dts ?? 0))).toBe(true);
    expect(entered.units.every(({ dts, pts }) => pts >= dts)).toBe(true);
  });

  it('leaves out what belongs to other layers', () => {
    const stream = new H265Stream();
    const other = Buffer.from([1 << 1, (1 << 3) | 1, 0x80, 1, 2, 3]);
    stream.packet(other);
    expect(stream.play(clip).pictures).toEqual(sent(clip));
  });

  it.each([
    ['a packet of a kind nobody reads', Buffer.from([50 << 1, 1, 0, 0, 0]), /PACI/],
    ['a broken parameter set', Buffer.from([33 << 1, 1, 0, 0]), /broken/],
  ])('refuses %s', (_name, payload, message) => {
    expect(() => new H265Stream().packet(payload)).toThrow(
      expect.objectContaining({ code: 'camera_unsupported', message: expect.stringMatching(message) }),
    );
  });

  it('throws nothing but CameraError on mutated packets, and keeps its bounds', () => {
    let seed = 7;
    const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    const payloads = clip.units
      .slice(0, 12)
      .flatMap((unit) => h265Payloads(unit, { ...PACKETS, parameterSets: [clip.vps, clip.sps, clip.pps] }));
    for (let i = 0; i < 300; i++) {
      const stream = new H265Stream(100_000);
      for (const payload of payloads) {
        const mutated = Buffer.from(payload);
        if (random(4) === 0) mutated[random(Math.min(mutated.length, 20))] = random(256);
        if (random(20) === 0) stream.lose();
        if (random(3) === 0) stream.next();
        try {
          stream.packet(mutated, random(3) === 0);
        } catch (error) {
          expect(error).toMatchObject({ name: 'CameraError' });
        }
      }
      for (const { data } of stream.units) expect(() => splitSample(data)).not.toThrow();
    }
  });
});
