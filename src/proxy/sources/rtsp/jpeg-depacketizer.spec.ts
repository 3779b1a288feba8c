import { execFileSync } from 'node:child_process';
import { MjpegClip, mjpegClip } from '../../../../test/cameras';
import { JpegTables, jpegPayloads } from '../../../../test/cameras/jpeg-packets';
import { isWholeJpeg, readJpegSize } from '../../../media/jpeg';
import { JpegStream, jpegPayload, PayloadFields } from './jpeg-stream.fixture';

const SMALL = { width: 320, height: 176, fps: 5, seconds: 1 };
const scan = (fill: number, size = 50): Buffer => Buffer.alloc(size, fill);

/** A picture in two packets. */
function halves(fields: Partial<PayloadFields> = {}, fill = 1): Buffer[] {
  return [
    jpegPayload({ ...fields, data: scan(fill) }),
    jpegPayload({ ...fields, tables: null, offset: 50, data: scan(fill) }),
  ];
}

/** MD5 of each decoded picture. */
function decoded(jpegs: readonly Buffer[]): string {
  const args = ['-v', 'error', '-f', 'mjpeg', '-i', 'pipe:0', '-f', 'framemd5', 'pipe:1'];
  return execFileSync('ffmpeg', args, { input: Buffer.concat(jpegs) }).toString();
}

describe('JpegDepacketizer', () => {
  describe.each(['plain', 'restarts'] as const)('with pictures: %s', (rtp) => {
    let clip: MjpegClip;
    beforeAll(async () => {
      clip = await mjpegClip({ ...SMALL, rtp });
    });

    it.each<JpegTables>(['computed', 'each', 'kept'])('gives the very pictures back, tables %s', (tables) => {
      const stream = new JpegStream();
      for (const index of clip.jpegs.keys()) {
        stream.picture(jpegPayloads(clip, index, { maxPayload: 500, tables, sizeless: false }));
      }
      const jpegs = stream.pictures.map(({ data }) => data);
      expect(stream.losses).toBe(0);
      expect(stream.pictures[0]).toMatchObject({ kind: 'jpeg', width: 320, height: 176 });
      expect(jpegs.every(isWholeJpeg)).toBe(true);
      expect(readJpegSize(jpegs[0] as Buffer)).toEqual({ width: 320, height: 176 });
      expect(decoded(jpegs)).toBe(decoded(clip.jpegs));
    });
  });

  it('stamps pictures with the camera clock, over its wrap, and with the arrival of their last packet', () => {
    const stream = new JpegStream();
    for (let i = 0; i < 5; i++) {
      stream.now = 100 * i;
      stream.picture(halves());
    }
    const stamps = stream.pictures.map(({ dts = NaN }) => dts);
    expect(stamps.slice(1).map((dts, i) => dts - (stamps[i] as number))).toEqual([3600, 3600, 3600, 3600]);
    expect(stream.arrivals).toEqual([0, 100, 200, 300, 400]);
  });

  it.each([0, 1])('drops a picture that lost packet %i, and counts it', (lost) => {
    const stream = new JpegStream();
    // The second one proves the marker.
    stream
      .picture(halves())
      .picture(halves())
      .picture(halves(), new Set([lost]))
      .picture(halves());
    expect(stream.pictures).toHaveLength(3);
    expect(stream.losses).toBe(1);
  });

  it('finds out who sets the marker on every packet, or on none', () => {
    const every = new JpegStream();
    const none = new JpegStream();
    for (let i = 0; i < 4; i++) {
      every.next();
      none.next();
      for (const half of halves({}, i)) {
        every.packet(half, true);
        none.packet(half, false);
      }
    }
    for (const { pictures, losses } of [every, none]) {
      expect(pictures.map(({ data }) => data.subarray(-102, -2).equals(scan(data.at(-3) as number, 100)))).toEqual([
        true,
        true,
        true,
      ]);
      expect(losses).toBe(0);
    }
  });

  it('hands out the first picture, marked, when the connection ends', () => {
    const stream = new JpegStream();
    stream.picture(halves());
    expect(stream.pictures).toHaveLength(0);
    stream.depacketizer.end();
    expect(stream.pictures).toHaveLength(1);
  });

  it('knows tables by their quality, one or two, of one byte or two', () => {
    const stream = new JpegStream();
    const tables = (fill: number, size: number): Buffer => Buffer.alloc(size, fill);
    stream
      .picture(halves({ quality: 200, tables: tables(7, 64) }))
      .picture(halves({ quality: 201, tables: tables(9, 192), precision: 2 }))
      .picture(halves({ quality: 200, tables: Buffer.alloc(0) }))
      .picture(halves({ quality: 202, tables: Buffer.alloc(0) }))
      .picture(halves({ quality: 255, tables: tables(3, 128) }))
      .picture(halves({ quality: 255, tables: Buffer.alloc(0) }))
      .picture(halves());
    stream.depacketizer.end();
    // The fourth asks for tables that never came, the sixth for its own.
    const dqt = stream.pictures.map(({ data }) => data.toString('hex').match(/ffdb00(43|83)/g)?.length);
    expect(dqt).toEqual([1, 2, 1, 2, 2]);
    expect(stream.losses).toBe(2);
    expect(stream.pictures[1]?.data.indexOf(Buffer.from([0xff, 0xc1]))).toBeGreaterThan(0);
  });

  it.each([
    ['a size in the SDP', { announced: { width: 2560, height: 1440 } }, { width: 2560, height: 1440 }],
    ['both', { announced: null }, null],
  ])('takes %s for pictures without one', (_name, changes, size) => {
    const stream = new JpegStream(changes);
    const send = (): JpegStream => stream.picture(halves({ width: 0, height: 0 })).picture(halves());
    if (size === null) expect(send).toThrow(expect.objectContaining({ message: expect.stringMatching(/2040/) }));
    else expect(readJpegSize(send().pictures[0]?.data as Buffer)).toEqual(size);
  });

  it.each<[string, Partial<PayloadFields>, RegExp]>([
    ['a type of its own', { type: 2 }, /type 2/],
    ['a type of the future', { type: 129 }, /type 129/],
    ['fields', { typeSpecific: 1 }, /interlaced/],
    ['a size beyond bounds', { width: 0 }, /too large/],
  ])('refuses %s', (_name, fields, message) => {
    const stream = new JpegStream({ announced: { width: 9000, height: 100 } });
    expect(() => stream.picture(halves(fields))).toThrow(
      expect.objectContaining({ code: 'camera_unsupported', message: expect.stringMatching(message) }),
    );
  });

  it('refuses a picture of more bytes than it may have', () => {
    const stream = new JpegStream({ maxJpegBytes: 1000 });
    const send = (): void => {
      for (let offset = 0; offset < 2000; offset += 50) stream.packet(jpegPayload({ offset, data: scan(1) }));
    };
    expect(send).toThrow(expect.objectContaining({ code: 'camera_unsupported' }));
  });

  it.each([
    ['0', 0, /quality \(0\)/],
    ['110', 110, /quality \(110\)/],
    ['255 without tables', 255, /without its quantiser tables/],
  ])('says why no picture comes of quality %s', (_name, quality, message) => {
    const stream = new JpegStream();
    stream.picture(halves({ quality, tables: quality > 127 ? Buffer.alloc(0) : null }));
    expect(stream.depacketizer.fault).toMatchObject({ message: expect.stringMatching(message) });
    stream.picture(halves());
    expect(stream.depacketizer.fault).toBeNull();
  });
});
