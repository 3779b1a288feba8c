import { bundles } from './bundles';

const at = (...seconds: number[]) => seconds.map((at_seconds, id) => ({ id, at_seconds }));
const LINE = { width: 300, end: 100, sign: 30 };

describe('the signs of a timeline', () => {
  it('lie where their markers are', () => {
    expect(bundles(at(20, 50), LINE)).toEqual([
      { x: 60, markers: [{ id: 0, at_seconds: 20 }] },
      { x: 150, markers: [{ id: 1, at_seconds: 50 }] },
    ]);
  });

  it('stay within it', () => {
    expect(bundles(at(0, 100), LINE).map(({ x }) => x)).toEqual([15, 285]);
  });

  it('take together what would lie over each other', () => {
    expect(bundles(at(20, 29, 31), LINE).map(({ markers }) => markers.length)).toEqual([2, 1]);
  });

  it('are never over each other, and lose none, however many there are', () => {
    const signs = bundles(at(...Array.from({ length: 500 }, (_, i) => i / 5)), LINE);
    signs.forEach(({ x }, i) => expect(x - (signs[i - 1]?.x ?? -30)).toBeGreaterThanOrEqual(30));
    expect(signs.flatMap(({ markers }) => markers)).toHaveLength(500);
  });

  it('are none where there is nothing to lie on', () => {
    expect([bundles(at(1), { ...LINE, end: 0 }), bundles(at(1), { ...LINE, width: 0 })]).toEqual([[], []]);
  });
});
