import { dayBefore, instantOf, nextHalfHour, spanOf, timeOf } from './club-time';

const iso = (moment: number | null): string | null => (moment === null ? null : new Date(moment).toISOString());

describe('times of a club', () => {
  it.each([
    ['2026-12-04', '17:30', 'Europe/Paris', '2026-12-04T16:30:00.000Z'],
    ['2026-07-04', '17:30', 'Europe/Paris', '2026-07-04T15:30:00.000Z'],
    ['2026-07-04', '17:30', 'Asia/Kathmandu', '2026-07-04T11:45:00.000Z'],
    // Comes twice, and not at all.
    ['2026-10-25', '02:30', 'Europe/Paris', '2026-10-25T00:30:00.000Z'],
    ['2026-03-29', '02:30', 'Europe/Paris', '2026-03-29T01:30:00.000Z'],
  ])('%s %s in %s', (day, time, zone, moment) => {
    expect(iso(instantOf(day, time, zone))).toBe(moment);
  });

  it('are none while one types', () => {
    expect(instantOf('2026-12-04', '', 'Europe/Paris')).toBeNull();
    expect(instantOf('2026-12-04', '24:00', 'Europe/Paris')).toBeNull();
  });

  it('are read back as they were typed', () => {
    expect(timeOf('2026-12-04T16:30:00Z', 'Europe/Paris')).toBe('17:30');
    expect(timeOf('2026-12-04T23:00:00Z', 'Europe/Paris')).toBe('00:00');
  });

  it('know days of 23 and of 25 hours, and the day before', () => {
    const hours = (day: string): number => {
      const { from, to } = spanOf(day, 'Europe/Paris');
      return (to - from) / 3_600_000;
    };
    expect(['2026-03-29', '2026-10-25', '2026-10-26'].map(hours)).toEqual([23, 25, 24]);
    expect(dayBefore('2026-03-01')).toBe('2026-02-28');
  });

  it('offer the next half hour, on the next day where it is one', () => {
    expect(nextHalfHour(Date.parse('2026-12-04T16:01:00Z'), 'Europe/Paris')).toEqual({
      day: '2026-12-04',
      time: '17:30',
    });
    expect(nextHalfHour(Date.parse('2026-12-04T22:45:00Z'), 'Europe/Paris')).toEqual({
      day: '2026-12-05',
      time: '00:00',
    });
  });
});
