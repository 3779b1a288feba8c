import { startOfDay } from './zone-day';

describe('the beginning of a day', () => {
  it.each([
    ['2026-01-15', 'UTC', 0, '2026-01-15T00:00:00.000Z'],
    ['2026-01-15', 'Europe/Paris', 0, '2026-01-14T23:00:00.000Z'],
    ['2026-07-15', 'Europe/Paris', 0, '2026-07-14T22:00:00.000Z'],
    // The clocks change at 01:00 UTC of the 29th: the day began before, the next one begins after.
    ['2026-03-29', 'Europe/Paris', 0, '2026-03-28T23:00:00.000Z'],
    ['2026-03-29', 'Europe/Paris', 1, '2026-03-29T22:00:00.000Z'],
    ['2026-03-08', 'America/New_York', 1, '2026-03-09T04:00:00.000Z'],
    ['2026-11-01', 'Pacific/Auckland', 0, '2026-10-31T11:00:00.000Z'],
    // Summer time ends at 14:00 UTC of the 4th, between the day's beginning there and that of UTC's.
    ['2026-04-05', 'Pacific/Auckland', 0, '2026-04-04T11:00:00.000Z'],
    ['2026-12-31', 'Asia/Kolkata', 1, '2026-12-31T18:30:00.000Z'],
  ])('%s in %s, %i days on, is %s', (day, zone, later, moment) => {
    expect(startOfDay(day, zone, later)).toBe(moment);
  });

  it.each(['', '2026-1-5', 'yesterday'])('%j is no day', (day) => {
    expect(startOfDay(day, 'UTC')).toBeNull();
  });
});
