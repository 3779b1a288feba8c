import { chapterList, MOST_CHAPTERS } from './chapter-list';

/** What is in a list, read by the description of it. */
function read(udta: Buffer): [seconds: number, title: string][] {
  expect(udta.toString('latin1', 4, 8)).toBe('udta');
  expect(udta.toString('latin1', 12, 16)).toBe('chpl');
  expect([udta.readUInt32BE(0), udta.readUInt32BE(8), udta[16]]).toEqual([udta.length, udta.length - 8, 1]);
  const chapters: [number, string][] = [];
  let at = 25;
  for (let i = 0; i < udta.readUInt8(24); i++) {
    const length = udta.readUInt8(at + 8);
    chapters.push([Number(udta.readBigUInt64BE(at)) / 1e7, udta.toString('utf8', at + 9, at + 9 + length)]);
    at += 9 + length;
  }
  expect(at).toBe(udta.length);
  return chapters;
}

describe('chapterList', () => {
  it('holds times and titles', () => {
    const chapters = [
      { atSeconds: 0, title: 'Point' },
      { atSeconds: 5399.999, title: 'Échange: où était la balle ?' },
    ];
    expect(read(chapterList(chapters))).toEqual(chapters.map(({ atSeconds, title }) => [atSeconds, title]));
  });

  it.each([
    ['x'.repeat(300), 'x'.repeat(255)],
    [`x${'é'.repeat(200)}`, `x${'é'.repeat(127)}`],
    ['é'.repeat(200), 'é'.repeat(127)],
    ['🎾'.repeat(100), '🎾'.repeat(63)],
    ['x'.repeat(255), 'x'.repeat(255)],
  ])('cuts a title between two characters: %s', (title, cut) => {
    expect(read(chapterList([{ atSeconds: 1, title }]))).toEqual([[1, cut]]);
  });

  it('is empty where there are none, and has the first ones of too many', () => {
    expect(read(chapterList([]))).toEqual([]);
    const many = Array.from({ length: 300 }, (_, i) => ({ atSeconds: i, title: `${i}` }));
    expect(read(chapterList(many)).at(-1)).toEqual([MOST_CHAPTERS - 1, `${MOST_CHAPTERS - 1}`]);
  });
});
