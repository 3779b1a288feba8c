import { beginOf, byDay, dayAfter, dayOf, isDay, momentsOf } from './club-days';

describe('days of a club', () => {
  test.each([
    ['2026-05-01', true],
    ['2028-02-29', true],
    ['2026-02-29', false],
    ['2026-13-01', false],
    ['0002-05-01', false],
    ['2026-5-1', false],
    ['2026-05-01T00:00:00Z', false],
    [20260501, false],
    [undefined, false],
  ])('%s is a day: %s', (text, expected) => expect(isDay(text)).toBe(expected));

  test.each([
    ['Europe/Paris', '2026-05-01', '2026-04-30T22:00:00.000Z'],
    ['Europe/Paris', '2026-01-01', '2025-12-31T23:00:00.000Z'],
    // The nights in which the clocks change: the day begins before they do.
    ['Europe/Paris', '2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['Europe/Paris', '2026-10-25', '2026-10-24T22:00:00.000Z'],
    ['Europe/Paris', '2026-10-26', '2026-10-25T23:00:00.000Z'],
    // There is no midnight this day: clocks go from 00:00 to 01:00.
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z'],
    ['Pacific/Kiritimati', '2026-05-01', '2026-04-30T10:00:00.000Z'],
    ['Pacific/Pago_Pago', '2026-05-01', '2026-05-01T11:00:00.000Z'],
    ['Asia/Kolkata', '2026-05-01', '2026-04-30T18:30:00.000Z'],
    ['UTC', '2026-05-01', '2026-05-01T00:00:00.000Z'],
  ])('in %s %s begins at %s', (zone, day, expected) => {
    const begin = beginOf(day, zone);
    expect(begin.toISOString()).toBe(expected);
    expect(dayOf(begin, zone)).toBe(day);
    expect(dayOf(begin.getTime() - 1, zone) < day).toBe(true);
  });

  it('knows the day after', () => {
    expect([dayAfter('2026-02-28'), dayAfter('2028-02-28'), dayAfter('2026-12-31')]).toEqual([
      '2026-03-01',
      '2028-02-29',
      '2027-01-01',
    ]);
  });

  it('asks up to the end of the last day, which may have 23 or 25 hours', () => {
    expect(momentsOf({ from: '2026-03-29', to: '2026-03-29' }, 'Europe/Paris')).toEqual({
      from: '2026-03-28T23:00:00.000Z',
      to: '2026-03-29T22:00:00.000Z',
    });
    expect(momentsOf({ from: '2026-10-25', to: '2026-10-25' }, 'Europe/Paris')).toEqual({
      from: '2026-10-24T22:00:00.000Z',
      to: '2026-10-25T23:00:00.000Z',
    });
  });

  it('leaves out what is open', () => {
    expect(momentsOf({}, 'UTC')).toEqual({});
    expect(momentsOf({ from: '2026-05-01' }, 'UTC')).toEqual({ from: '2026-05-01T00:00:00.000Z' });
    expect(momentsOf({ to: '2026-05-01' }, 'UTC')).toEqual({ to: '2026-05-02T00:00:00.000Z' });
  });

  it('groups by the day at the court, in the order given', () => {
    const at = (created_at: string) => ({ created_at });
    const [late, evening, morning] = [
      at('2026-05-01T22:30:00Z'),
      at('2026-05-01T21:59:59Z'),
      at('2026-05-01T07:00:00Z'),
    ];
    expect(byDay([late, evening, morning], 'Europe/Paris')).toEqual([
      { day: '2026-05-02', items: [late] },
      { day: '2026-05-01', items: [evening, morning] },
    ]);
    expect(byDay([late, evening, morning], 'America/New_York').map(({ day }) => day)).toEqual(['2026-05-01']);
    expect(byDay([], 'UTC')).toEqual([]);
  });
});
