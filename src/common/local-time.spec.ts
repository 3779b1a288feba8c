import { momentAt } from './local-time';

const at = (day: string, time: string, zone: string): string => {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return new Date(momentAt({ year, month, day: date, hour, minute, second: 0 }, zone)).toISOString();
};

describe('the moment at which clocks of a zone show a time', () => {
  it.each([
    ['2026-12-04', '18:30', 'Europe/Paris', '2026-12-04T17:30:00.000Z'],
    ['2026-07-04', '18:30', 'Europe/Paris', '2026-07-04T16:30:00.000Z'],
    ['2026-07-04', '18:30', 'America/New_York', '2026-07-04T22:30:00.000Z'],
    ['2026-12-04', '00:15', 'Asia/Kathmandu', '2026-12-03T18:30:00.000Z'],
  ])('%s %s in %s', (day, time, zone, moment) => {
    expect(at(day, time, zone)).toBe(moment);
  });

  it('is the first of two, and an hour on where there is none', () => {
    expect(at('2026-10-25', '02:30', 'Europe/Paris')).toBe('2026-10-25T00:30:00.000Z');
    expect(at('2026-03-29', '02:30', 'Europe/Paris')).toBe('2026-03-29T01:30:00.000Z');
    expect(at('2026-11-01', '01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
  });
});
