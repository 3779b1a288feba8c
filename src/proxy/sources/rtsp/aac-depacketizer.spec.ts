import fc from 'fast-check';
import { property } from '../../../../test/support/property';
import { SoundPiece } from '../stream-source';
import { AacDepacketizer } from './aac-depacketizer';

const HBR = { sizeBits: 13, indexBits: 3, indexDeltaBits: 3 };
/** A frame of 16 kHz in ticks. */
const FRAME = 5_760;

/** A packet: headers of these sizes, then bytes. */
function packet(sizes: readonly number[], data: Buffer, index = 0): Buffer {
  const head = Buffer.alloc(2 + 2 * sizes.length);
  head.writeUInt16BE(16 * sizes.length, 0);
  sizes.forEach((size, i) => head.writeUInt16BE((size << 3) | (i > 0 ? index : 0), 2 + 2 * i));
  return Buffer.concat([head, data]);
}

describe('AacDepacketizer', () => {
  let pieces: SoundPiece[];
  let depacketizer: AacDepacketizer;
  const frames = (): string[] => pieces.map(({ data }) => data.toString('hex'));

  beforeEach(() => {
    pieces = [];
    depacketizer = new AacDepacketizer({ rate: 16_000 }, HBR, (piece) => pieces.push(piece));
  });

  function push(payload: Buffer, ticks: number): void {
    // Somewhere in a larger buffer, as packets lie.
    const buffer = Buffer.concat([Buffer.from('ffffff', 'hex'), payload, Buffer.from('ff', 'hex')]);
    depacketizer.push(buffer, 3, 3 + payload.length, ticks, true);
    buffer.fill(0xee);
  }

  it('takes several frames out of a packet, each at its time, and keeps nothing of the packet', () => {
    push(packet([2, 1, 3], Buffer.from('0102ff030405', 'hex')), 90_000);
    expect(frames()).toEqual(['0102', 'ff', '030405']);
    expect(pieces.map(({ stamp }) => stamp)).toEqual([90_000, 90_000 + FRAME, 90_000 + 2 * FRAME]);
    expect(pieces[0]?.duration).toBe(FRAME);
  });

  it('puts a frame together that is too long for a packet', () => {
    for (const part of ['0102', '0304', '05']) push(packet([5], Buffer.from(part, 'hex')), 7);
    push(packet([1], Buffer.from('aa', 'hex')), 8);
    expect(frames()).toEqual(['0102030405', 'aa']);
  });

  it.each<[string, () => void]>([
    ['a piece is lost', () => depacketizer.lost()],
    ['a piece has another time', () => push(packet([5], Buffer.from('0304', 'hex')), 8)],
    ['another frame comes', () => push(packet([1], Buffer.from('bb', 'hex')), 8)],
  ])('drops a frame of which %s', (_name, between) => {
    push(packet([5], Buffer.from('0102', 'hex')), 7);
    between();
    push(packet([5], Buffer.from('05', 'hex')), 7);
    expect(frames().filter((frame) => frame !== 'bb')).toEqual([]);
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['no headers', Buffer.from('0000ffff', 'hex')],
    ['headers longer than the packet', Buffer.from('ffff0010ff', 'hex')],
    ['half a header', Buffer.from('000a0010ff', 'hex')],
    ['frames out of order', packet([1, 1], Buffer.from('aabb', 'hex'), 1)],
    ['a frame of no bytes', packet([0], Buffer.from('aabb', 'hex'))],
  ])('passes over %s', (_name, payload) => {
    push(payload, 1);
    expect(pieces).toEqual([]);
  });

  it('whatever comes: throws nothing, and gives and keeps no more than came', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(
          fc.array(fc.integer({ min: 0, max: 8191 }), { minLength: 1, maxLength: 5 }),
          fc.uint8Array({ maxLength: 90 }),
        )
        .map(([sizes, data]) => packet(sizes, Buffer.from(data))),
    );
    const layout = fc.constantFrom(
      HBR,
      { sizeBits: 6, indexBits: 2, indexDeltaBits: 2 },
      { sizeBits: 16, indexBits: 16, indexDeltaBits: 0 },
    );
    fc.assert(
      fc.property(layout, fc.array(fc.tuple(payload, fc.nat({ max: 3 })), { maxLength: 20 }), (bits, sent) => {
        let given = 0;
        const any = new AacDepacketizer({ rate: 48_000 }, bits, ({ data }) => (given += data.length));
        let came = 0;
        for (const [bytes, ticks] of sent) {
          came += bytes.length;
          any.push(bytes, 0, bytes.length, ticks, false);
          expect(given).toBeLessThanOrEqual(came);
          const { pieces: kept } = any as unknown as { pieces: Buffer[] };
          expect(kept.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(8192);
        }
      }),
      property(1_000),
    );
  });
});
