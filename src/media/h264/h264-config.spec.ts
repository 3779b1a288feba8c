import { CameraError } from '../../proxy/camera-error';
import { parseAvcDecoderConfigurationRecord } from './avc-configuration';
import { BitWriter, fullVui, makeSps, PPS, SpsFields } from './bit-writer.fixture';
import { parseH264Config } from './h264-config';

const unsupported = expect.objectContaining({ code: 'camera_unsupported' });
const config = (fields: Partial<SpsFields> = {}): ReturnType<typeof parseH264Config> =>
  parseH264Config([makeSps(fields)], [PPS]);

describe('parseH264Config', () => {
  it.each<[string, Partial<SpsFields>, number, number]>([
    ['1080p, 4:2:0', {}, 1920, 1080],
    ['no cropping', { crop: null }, 1920, 1088],
    ['4:2:2', { profile: 122, chroma: 2, crop: [0, 0, 0, 8] }, 1920, 1080],
    ['4:4:4', { profile: 244, chroma: 3, crop: [0, 1, 0, 8] }, 1919, 1080],
    ['monochrome', { chroma: 0, crop: [1, 2, 3, 5] }, 1917, 1080],
    ['interlaced', { heightMbs: 34, frameMbsOnly: false, crop: [0, 0, 0, 2] }, 1920, 1080],
    ['scaling lists', { scaling: true }, 1920, 1080],
    ['scaling lists, 4:4:4', { profile: 244, chroma: 3, scaling: true, crop: null }, 1920, 1088],
    ['POC type 1', { poc: 1 }, 1920, 1080],
    ['baseline', { profile: 66, constraints: 0xc0 }, 1920, 1080],
    ['8192 pixels', { widthMbs: 512, heightMbs: 512, crop: null }, 8192, 8192],
  ])('reads the size of %s', (_name, fields, width, height) => {
    expect(config(fields)).toMatchObject({ width, height });
  });

  it.each<[string, Partial<SpsFields>, number | null]>([
    ['no VUI', {}, null],
    ['VUI', { vui: fullVui(25, 2) }, 2],
    ['VUI: none', { vui: fullVui(25, 0) }, 0],
    ['POC type 2', { poc: 2 }, 0],
    ['baseline', { profile: 66 }, 0],
    ['constrained baseline', { profile: 66, constraints: 0x40 }, 0],
    ['intra profile', { profile: 110, constraints: 0x10 }, 0],
    ['main', { profile: 77 }, null],
    ['absurd', { vui: fullVui(25, 17) }, null],
    ['VUI cut short', { vui: (w) => w.u(1, 0) }, null],
  ])('knows the reorder depth by %s', (_name, fields, depth) => {
    expect(config(fields).reorderDepth).toBe(depth);
  });

  it('reads timing, codec string and fingerprint', () => {
    const first = config({ vui: fullVui(50, 1) });
    expect(first).toMatchObject({ nominalFps: 50, codec: 'avc1.640028' });
    expect(config({ vui: fullVui(50, 1) }).fingerprint).toBe(first.fingerprint);
    expect(config({ vui: fullVui(25, 1) }).fingerprint).not.toBe(first.fingerprint);
    expect(config({ profile: 66, constraints: 0xe0, level: 31 }).codec).toBe('avc1.42e01f');
    expect(config({ vui: fullVui(0, 1) }).nominalFps).toBeNull();
  });

  it.each<[string, Buffer[], Buffer[]]>([
    ['a picture of 16384 pixels', [makeSps({ widthMbs: 1024 })], [PPS]],
    ['a picture of 8208 pixels', [makeSps({ heightMbs: 513, crop: null })], [PPS]],
    ['a second set that is too large', [makeSps(), makeSps({ id: 1, widthMbs: 1024 })], [PPS]],
    ['a picture of 2^32 macroblocks', [makeSps({ widthMbs: 2 ** 32 - 1 })], [PPS]],
    ['cropping that leaves nothing', [makeSps({ crop: [480, 480, 0, 0] })], [PPS]],
    ['an id out of range', [makeSps({ id: 32 })], [PPS]],
    ['no SPS', [], [PPS]],
    ['no PPS', [makeSps()], []],
    ['an empty SPS', [Buffer.alloc(0)], [PPS]],
    ['an empty PPS', [makeSps()], [Buffer.alloc(0)]],
    ['a PPS for an SPS', [PPS], [PPS]],
    ['an endless SPS', [Buffer.concat([makeSps(), Buffer.alloc(5000)])], [PPS]],
    ['only zeros', [Buffer.concat([Buffer.from([0x67]), Buffer.alloc(100)])], [PPS]],
  ])('refuses %s', (_name, sps, pps) => {
    expect(() => parseH264Config(sps, pps)).toThrow(unsupported);
  });

  it('refuses an SPS cut anywhere before its VUI', () => {
    const whole = makeSps();
    for (let length = 0; length < whole.length - 1; length++) {
      expect(() => parseH264Config([whole.subarray(0, length)], [PPS])).toThrow(unsupported);
    }
  });

  it('throws nothing but CameraError on mutated sets', () => {
    const whole = makeSps({ scaling: true, vui: fullVui(25, 2) });
    let seed = 1;
    const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    for (let i = 0; i < 20_000; i++) {
      const mutated = Buffer.from(whole.subarray(0, 4 + random(whole.length)));
      for (let j = random(4); j >= 0; j--) {
        mutated[1 + random(mutated.length - 1)] = random(256);
      }
      try {
        const { width, height } = parseH264Config([mutated], [PPS]);
        expect(width >= 1 && width <= 8192 && height >= 1 && height <= 8192).toBe(true);
      } catch (error) {
        if (!(error instanceof CameraError)) {
          throw error;
        }
      }
    }
  });

  it('escapes and unescapes emulation prevention', () => {
    // time_scale and num_units_in_tick are full of zeros.
    const sps = makeSps({ vui: (w: BitWriter) => w.u(4, 0).u(1, 0).u(1, 1).u(32, 1).u(32, 60).u(1, 1).u(4, 0) });
    expect(sps.includes(Buffer.from([0, 0, 3]))).toBe(true);
    expect(parseH264Config([sps], [PPS]).width).toBe(1920);
  });
});

describe('parseAvcDecoderConfigurationRecord', () => {
  const sps = makeSps();
  const length = (nal: Buffer): Buffer => Buffer.from([nal.length >> 8, nal.length & 255]);
  const record = Buffer.concat([
    Buffer.from([1, 100, 0, 40, 0xff, 0xe1]),
    length(sps),
    sps,
    Buffer.from([1]),
    length(PPS),
    PPS,
    Buffer.from([0xfd, 0xf8, 0xf8, 0]),
  ]);

  it('reads sets and length size', () => {
    expect(parseAvcDecoderConfigurationRecord(record)).toEqual({ lengthSize: 4, sps: [sps], pps: [PPS] });
  });

  it('refuses every shorter one', () => {
    for (let end = 0; end < record.length - 4; end++) {
      expect(() => parseAvcDecoderConfigurationRecord(record.subarray(0, end))).toThrow(unsupported);
    }
  });
});
