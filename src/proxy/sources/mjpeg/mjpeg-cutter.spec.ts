import { createHash } from 'node:crypto';
import { drawJpegs } from '../../../media/jpeg.fixture';
import { MjpegCutter } from './mjpeg-cutter';

const MIB = 1024 * 1024;
const pictures = drawJpegs({ count: 6, size: '160x90' });
const [A, B, C] = pictures as [Buffer, Buffer, Buffer];
/** An APP1 with a whole JPEG inside, as cameras put thumbnails. */
const withThumbnail = (jpeg: Buffer): Buffer => {
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(B.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, B, jpeg.subarray(2)]);
};

class Cut {
  readonly pictures: Buffer[] = [];
  losses = 0;
  readonly cutter = new MjpegCutter({
    maxJpegBytes: 8 * MIB,
    maxHeaderBytes: 16 * 1024,
    maxPictureSize: 8192,
    onJpeg: (data, width, height) => {
      expect([width, height]).toEqual([160, 90]);
      expect(data.buffer.byteLength).toBe(data.length);
      this.pictures.push(data);
    },
    onLoss: () => this.losses++,
  });

  feed(body: Buffer, step: number): this {
    for (let at = 0; at < body.length; at += step) this.cutter.push(Buffer.from(body.subarray(at, at + step)));
    return this;
  }
}

/** Short names in a failure's report instead of the pictures. */
const label = (jpeg: Buffer): string => `${jpeg.length} ${createHash('sha256').update(jpeg).digest('hex').slice(0, 8)}`;

type Piece = string | Buffer;
const join = (...pieces: Piece[]): Buffer =>
  Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)));
const part = (jpeg: Buffer, boundary = '--b', length: number | string = jpeg.length): Buffer =>
  join(`${boundary}\r\nContent-Type: image/jpeg\r\nContent-Length: ${length}\r\n\r\n`, jpeg, '\r\n');
const all = (make: (jpeg: Buffer) => Buffer): Buffer => Buffer.concat(pictures.map(make));
const cut = (jpeg: Buffer): Buffer => jpeg.subarray(0, jpeg.length >> 1);

describe('MjpegCutter', () => {
  const whole: [string, Buffer, readonly Buffer[]][] = [
    ['right parts', all((jpeg) => part(jpeg)), pictures],
    ['a doubled boundary', all((jpeg) => part(jpeg, '--b\r\n----b')), pictures],
    ['no boundary', all((jpeg) => join(`Content-Type: image/jpeg\r\n\r\n`, jpeg)), pictures],
    ['nothing but pictures', Buffer.concat(pictures), pictures],
    ['no Content-Length', all((jpeg) => join('--b\r\nContent-Type: image/jpeg\r\n\r\n', jpeg)), pictures],
    ['no blank line', all((jpeg) => join(`--b\r\nContent-Length: ${jpeg.length}\r\n`, jpeg)), pictures],
    ['bare line feeds', all((jpeg) => join(`--b\nContent-Length: ${jpeg.length}\n\n`, jpeg, '\n')), pictures],
    ['a Content-Length that is too small', all((jpeg) => part(jpeg, '--b', 100)), pictures],
    ['a Content-Length that is too large', all((jpeg) => part(jpeg, '--b', jpeg.length + 500)), pictures],
    ['a Content-Length that is absurd', all((jpeg) => part(jpeg, '--b', '99999999999')), pictures],
    ['a Content-Length that is no number', all((jpeg) => part(jpeg, '--b', '-1')), pictures],
    ['padding after each picture', all((jpeg) => join(part(jpeg), Buffer.alloc(40_000))), pictures],
    ['thumbnails', all((jpeg) => part(withThumbnail(jpeg))), pictures.map(withThumbnail)],
    ['thumbnails without lengths', all((jpeg) => withThumbnail(jpeg)), pictures.map(withThumbnail)],
    [
      'sound between pictures',
      all((jpeg) =>
        join(
          '--b\r\nContent-Type: audio/basic\r\nContent-Length: 40000\r\n\r\n',
          Buffer.alloc(40_000, join('noise', A)),
          part(jpeg),
        ),
      ),
      pictures,
    ],
    [
      'pictures under a wrong label',
      all((jpeg) => join(`--b\r\nContent-Type: text/plain\r\nContent-Length: ${jpeg.length}\r\n\r\n`, jpeg)),
      pictures,
    ],
  ];
  const steps = [1, 7, 1000, 1 << 20];
  it.each(whole.flatMap(([name, body, expected]) => steps.map((step) => [name, step, body, expected] as const)))(
    'reads %s, %d bytes at a time',
    (_name, step, body, expected) => {
      const result = new Cut().feed(body, step);
      expect(result.pictures.map((jpeg) => label(jpeg))).toEqual(expected.map((jpeg) => label(jpeg)));
      expect(result.losses).toBe(0);
    },
  );

  const header = A.indexOf(Buffer.from([0xff, 0xc4])) + 10;
  const halves: [string, Buffer, readonly Buffer[]][] = [
    ['in its data', join(part(A), part(cut(B), '--b', B.length), part(C), part(A)), [A, C, A]],
    ['with an honest length', join(part(A), part(cut(B)), part(C)), [A, C]],
    ['without parts', join(A, cut(B), C), [A, C]],
    ['in its tables', join(part(A), part(B.subarray(0, header), '--b', B.length), part(C), part(A)), [A, C, A]],
    ['after its first bytes', join(part(A), part(B.subarray(0, 3)), part(C), part(A)), [A, C, A]],
    [
      'once lengths are believed',
      join(
        all((jpeg) => part(jpeg)),
        part(cut(B), '--b', B.length),
        part(C),
        part(A),
      ),
      [...pictures, C, A],
    ],
  ];
  it.each(halves.flatMap(([name, body, expected]) => steps.map((step) => [name, step, body, expected] as const)))(
    'drops a picture cut %s and counts it, %d bytes at a time',
    (_name, step, body, expected) => {
      const result = new Cut().feed(body, step);
      expect(result.pictures.map((jpeg) => label(jpeg))).toEqual(expected.map((jpeg) => label(jpeg)));
      expect(result.losses).toBe(1);
    },
  );

  it('counts a picture that the end cuts', () => {
    const result = new Cut().feed(join(part(A), cut(B)), 1000);
    result.cutter.end();
    expect(result.losses).toBe(1);
  });

  it('is linear one byte at a time, and never holds more than a picture', () => {
    const large = drawJpegs({ count: 1, size: '1280x720' })[0] as Buffer;
    const sizes: number[] = [];
    const cutter = new MjpegCutter({
      maxJpegBytes: 8 * MIB,
      maxHeaderBytes: 16 * 1024,
      maxPictureSize: 8192,
      onJpeg: (data) => sizes.push(data.length),
      onLoss: () => undefined,
    });
    const body = Buffer.concat(Array.from({ length: 12 }, () => part(large)));
    for (let at = 0; at < body.length; at++) cutter.push(body.subarray(at, at + 1));
    expect(sizes).toEqual(Array.from({ length: 12 }, () => large.length));
  });

  it.each([
    ['a part of 300 MB', join(part(A), A.subarray(0, A.length - 2)), Buffer.alloc(MIB, 0x11), 300],
    ['an endless header', join('--b\r\n'), Buffer.alloc(1024, 'X-Y: z\r\n'), 300],
    ['an endless segment of tables', join(A.subarray(0, 20)), Buffer.alloc(MIB, 0x11), 300],
  ])('refuses %s, memory bounded', (_name, start, filler, times) => {
    const result = new Cut();
    const before = process.memoryUsage().arrayBuffers;
    expect(() => {
      result.cutter.push(start);
      for (let i = 0; i < times; i++) result.cutter.push(filler);
    }).toThrow(expect.objectContaining({ code: 'camera_unsupported' }));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MIB);
  });

  it.each([8193, 16_384, 65_535])('refuses a picture of %d pixels by its header', (width) => {
    const huge = Buffer.from(A);
    huge.writeUInt16BE(width, huge.indexOf(Buffer.from([0xff, 0xc0])) + 7);
    expect(() => new Cut().feed(huge, 1 << 20)).toThrow(`${width}x90`);
  });
});
