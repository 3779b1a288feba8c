import { isWholeJpeg, readJpegSize } from './jpeg';
import { drawJpegs } from './jpeg.fixture';

const [jpeg] = drawJpegs({ count: 1, size: '322x182' }) as [Buffer];
const sof = jpeg.indexOf(Buffer.from([0xff, 0xc0]));

function sized(width: number, height: number): Buffer {
  const out = Buffer.from(jpeg);
  out.writeUInt16BE(height, sof + 5);
  out.writeUInt16BE(width, sof + 7);
  return out;
}

function withThumbnail(outer: Buffer): Buffer {
  const [inner] = drawJpegs({ count: 1, size: '64x64' }) as [Buffer];
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(inner.length + 2, 2);
  return Buffer.concat([outer.subarray(0, 2), head, inner, outer.subarray(2)]);
}

describe('readJpegSize', () => {
  it.each([
    ['a picture', jpeg, { width: 322, height: 182 }],
    ['one with a thumbnail', withThumbnail(jpeg), { width: 322, height: 182 }],
    [
      'fill bytes before a marker',
      Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(5, 0xff), jpeg.subarray(2)]),
      { width: 322, height: 182 },
    ],
    ['16383 pixels', sized(16383, 10), { width: 16383, height: 10 }],
    ['16384 pixels', sized(16384, 10), null],
    ['no width', sized(0, 10), null],
    ['no height', sized(10, 0), null],
    ['cut before its scan', jpeg.subarray(0, sof + 12), null],
    ['cut in the frame header', jpeg.subarray(0, sof + 6), null],
    ['nothing', Buffer.alloc(0), null],
    ['text', Buffer.from('not a picture at all'), null],
    ['a segment shorter than its length', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 1, 0, 0]), null],
  ])('reads %s', (_name, bytes, expected) => {
    expect(readJpegSize(bytes)).toEqual(expected);
  });

  it('never throws, wherever the bytes end', () => {
    for (let end = 0; end < Math.min(jpeg.length, 1500); end++)
      expect(() => readJpegSize(jpeg.subarray(0, end))).not.toThrow();
  });
});

describe('isWholeJpeg', () => {
  it.each([
    ['a picture', jpeg, true],
    ['one with padding', Buffer.concat([jpeg, Buffer.alloc(9)]), true],
    ['one with a thumbnail', withThumbnail(jpeg), true],
    ['one without its end', jpeg.subarray(0, jpeg.length - 2), false],
    ['a half one with a whole one behind', Buffer.concat([jpeg.subarray(0, jpeg.length >> 1), jpeg]), false],
    ['a half one whose thumbnail is whole', withThumbnail(jpeg).subarray(0, -2), false],
  ])('judges %s', (_name, bytes, expected) => {
    expect(isWholeJpeg(bytes)).toBe(expected);
  });
});
