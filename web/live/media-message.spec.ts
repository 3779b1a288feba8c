import { readMediaMessage } from './media-message';

function message(kind: number, flags: number, data: number[]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(16 + data.length));
  view.setUint16(0, 65_535);
  view.setUint8(2, kind);
  view.setUint8(3, flags);
  view.setUint32(4, 0xffff_fffe);
  view.setFloat64(8, 1_700_000_000_123.5);
  data.forEach((byte, i) => view.setUint8(16 + i, byte));
  return view.buffer;
}

describe('readMediaMessage', () => {
  it('reads every field, big-endian, without copying the media', () => {
    const bytes = message(1, 1 | 2, [7, 8, 9]);
    const read = readMediaMessage(bytes);
    expect(read).toEqual({
      stream: 65_535,
      kind: 'fragment',
      keyframe: true,
      discontinuity: true,
      sequence: 0xffff_fffe,
      at: 1_700_000_000_123.5,
      data: new Uint8Array([7, 8, 9]),
    });
    expect(read?.data.buffer).toBe(bytes);
  });

  it.each([
    [0, 0, 'init', false, false],
    [1, 0, 'fragment', false, false],
    [2, 2, 'jpeg', false, true],
    [2, 0xfd, 'jpeg', true, false],
  ])('reads kind %i with flags %i', (kind, flags, name, keyframe, discontinuity) => {
    expect(readMediaMessage(message(kind, flags, []))).toMatchObject({ kind: name, keyframe, discontinuity });
  });

  it('leaves out what is too short or of a kind to come', () => {
    expect(readMediaMessage(new ArrayBuffer(15))).toBeNull();
    expect(readMediaMessage(message(3, 0, [1]))).toBeNull();
  });
});
