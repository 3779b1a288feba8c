import { bufferSource } from './box-reader';
import { box, u32 } from './box-writer';
import { movieFault } from './movie-whole';

const ftyp = box('ftyp', Buffer.from('isom'), u32(512));
const moov = box('moov', Buffer.alloc(100));
const mdat = box('mdat', Buffer.alloc(1000));
const wide = Buffer.concat([u32(1), Buffer.from('mdat'), u32(0), u32(1016), Buffer.alloc(1000)]);
const open = Buffer.concat([u32(0), Buffer.from('mdat'), Buffer.alloc(1000)]);
const fault = (...parts: Buffer[]) => {
  const file = Buffer.concat(parts);
  return movieFault(bufferSource(file), file.length);
};

describe('movieFault', () => {
  it.each([
    ['the index in front', [ftyp, moov, mdat]],
    ['the index at the end', [ftyp, box('free'), mdat, moov]],
    ['fragments', [ftyp, moov, box('moof', Buffer.alloc(50)), mdat, box('moof', Buffer.alloc(50)), mdat]],
    ['a 64-bit size', [ftyp, moov, wide]],
    ['a last box that reaches to the end', [ftyp, moov, open]],
  ])('has nothing against %s', async (_name, parts) => {
    expect(await fault(...parts)).toBeNull();
  });

  it.each([
    ['not_mp4', 'nothing', [Buffer.alloc(1)]],
    ['not_mp4', 'a Matroska file', [Buffer.from('1a45dfa3010000000000001f', 'hex'), mdat]],
    ['not_mp4', 'a page', [Buffer.from('<!doctype html><html></html>')]],
    ['truncated', 'pictures cut short', [ftyp, moov, mdat.subarray(0, 700)]],
    ['truncated', 'pictures of a 64-bit size cut short', [ftyp, moov, wide.subarray(0, 700)]],
    ['truncated', 'a cut in a 64-bit size', [ftyp, moov, wide.subarray(0, 12)]],
    ['truncated', 'an index that was never written', [ftyp, box('free'), mdat]],
    ['truncated', 'an index without pictures', [ftyp, moov]],
    ['truncated', 'a header cut short', [ftyp, moov, mdat, Buffer.alloc(3)]],
    ['damaged', 'zeros at the end', [ftyp, moov, mdat, Buffer.alloc(64)]],
    ['damaged', 'a box shorter than its header', [ftyp, moov, mdat, u32(4), Buffer.from('free'), mdat]],
    ['damaged', 'a 64-bit size shorter than its header', [ftyp, moov, u32(1), Buffer.from('mdat'), u32(0, 8), mdat]],
  ] as const)('%s: %s', async (code, _name, parts) => {
    expect(await fault(...parts)).toBe(code);
  });
});
