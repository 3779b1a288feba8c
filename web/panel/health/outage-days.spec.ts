import { stripDays } from './outage-days';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 4, 31, 12);

describe('stripDays', () => {
  it('has each of the last days, the oldest first, the last one ending now', () => {
    const days = stripDays([], NOW, 30, 0);
    expect(days).toHaveLength(30);
    expect(days[0]).toEqual({ begin: NOW - 30 * DAY, away: 0, known: true });
    expect(days[29]).toEqual({ begin: NOW - DAY, away: 0, known: true });
  });

  it('shares an outage out over the days it lay on', () => {
    const days = stripDays([{ begin: NOW - 1.5 * DAY, end: NOW - 0.75 * DAY }], NOW, 3, 0);
    expect(days.map(({ away }) => away)).toEqual([0, 0.5, 0.25]);
  });

  it('adds up what lies on one day, and never more than the day', () => {
    const outages = [
      { begin: NOW - 0.5 * DAY, end: NOW - 0.25 * DAY },
      { begin: NOW - 0.2 * DAY, end: NOW },
    ];
    expect(stripDays(outages, NOW, 1, 0)[0]?.away).toBeCloseTo(0.45);
    expect(stripDays([{ begin: 0, end: NOW + DAY }], NOW, 2, 0).map(({ away }) => away)).toEqual([1, 1]);
  });

  it('says nothing of days on which nobody looked', () => {
    expect(stripDays([], NOW, 3, NOW - 1.5 * DAY).map(({ known }) => known)).toEqual([false, true, true]);
    expect(stripDays([], NOW, 2, NOW + DAY).map(({ known }) => known)).toEqual([false, false]);
  });
});
