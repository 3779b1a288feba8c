import { writeMovieDuration } from './movie-duration';

const FTYP = Uint8Array.from([0, 0, 0, 12, ...letters('ftypiso5')]);
/** Where the movie header's version stands. */
const VERSION_AT = FTYP.length + 16;

function letters(text: string): number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}

/** An init segment's beginning: a movie header with the timescale 1000 and no duration. */
function init(version: 0 | 1): Uint8Array {
  const length = version === 1 ? 120 : 108;
  const bytes = new Uint8Array(VERSION_AT + length - 8);
  bytes.set(FTYP);
  bytes.set([0, 0, 0, length + 8, ...letters('moov'), 0, 0, 0, length, ...letters('mvhd'), version], FTYP.length);
  new DataView(bytes.buffer).setUint32(VERSION_AT + (version === 1 ? 20 : 12), 1000);
  return bytes;
}

describe('writeMovieDuration', () => {
  it.each([
    [0, 4],
    [1, 8],
  ] as const)('says how long the movie is in a header of version %d, and changes nothing else', (version, size) => {
    const bytes = init(version);
    writeMovieDuration(bytes, 75.5);
    const at = VERSION_AT + (version === 1 ? 24 : 16);
    const expected = init(version);
    expected.set([0, 0, 0, 0, 0, 1, 0x26, 0xec].slice(8 - size), at);
    expect([...bytes]).toEqual([...expected]);
  });

  it('never says that it is empty, for that means unknown', () => {
    const bytes = init(0);
    writeMovieDuration(bytes, 0);
    expect(new DataView(bytes.buffer).getUint32(VERSION_AT + 16)).toBe(1);
  });

  it.each([
    ['no header at all', FTYP],
    ['half a header', init(1).subarray(0, 40)],
  ])('leaves %s alone', (_what, bytes) => {
    const before = [...bytes];
    writeMovieDuration(bytes, 10);
    expect([...bytes]).toEqual(before);
  });
});
