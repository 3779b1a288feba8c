import { downOf, hoursOf, placed, shownPart } from './day-layout';

const DAY = { from: Date.parse('2026-12-04T00:00:00Z'), to: Date.parse('2026-12-05T00:00:00Z') };
const ELSEWHEN = Date.parse('2027-01-01T00:00:00Z');
const at = (from: string, to: string) => ({ starts_at: `2026-12-04T${from}:00Z`, ends_at: `2026-12-04T${to}:00Z` });
const shownOf = (items: ReturnType<typeof at>[], now = ELSEWHEN): string => {
  const { from, to } = shownPart(items, DAY, now);
  return [from, to].map((moment) => (moment - DAY.from) / 3_600_000).join('-');
};

describe('a day of bookings', () => {
  it('shows the usual hours, and what lies beyond them', () => {
    expect(shownOf([])).toBe('8-22');
    expect(shownOf([at('06:30', '08:00'), at('21:00', '22:15')])).toBe('6-23');
    expect(shownOf([], DAY.from + 60_000)).toBe('0-22');
  });

  it('begins shortly before now, or with what was booked before', () => {
    const now = DAY.from + 16.7 * 3_600_000;
    expect(shownOf([at('18:00', '19:30')], now)).toBe('15-22');
    expect(shownOf([at('10:15', '11:00'), at('18:00', '19:30')], now)).toBe('10-22');
  });

  it('is cut at midnight', () => {
    const late = { starts_at: '2026-12-04T23:00:00Z', ends_at: '2026-12-05T01:00:00Z' };
    const shown = shownPart([late], DAY, ELSEWHEN);
    expect(shown.to).toBe(DAY.to);
    expect(placed([late], shown)[0]).toMatchObject({ bottom: 1 });
    expect(hoursOf(shown)).toHaveLength(16);
  });

  it('puts each where its time is', () => {
    const shown = shownPart([], DAY, ELSEWHEN);
    expect(downOf(DAY.from + 15 * 3_600_000, shown)).toBe(0.5);
    expect(placed([at('15:00', '22:00')], shown)[0]).toMatchObject({ top: 0.5, bottom: 1, lane: 0, lanes: 1 });
  });

  it('lays those of the same time beside each other, and no others', () => {
    const [early, again, third, later] = [
      at('17:00', '18:30'),
      at('17:30', '18:00'),
      at('18:00', '19:00'),
      at('19:00', '20:00'),
    ];
    const lanes = placed([later!, early!, third!, again!], DAY).map(({ item, lane, lanes: of }) => [
      item.starts_at.slice(11, 16),
      lane,
      of,
    ]);
    expect(lanes).toEqual([
      ['17:00', 0, 2],
      ['17:30', 1, 2],
      ['18:00', 1, 2],
      ['19:00', 0, 1],
    ]);
  });
});
