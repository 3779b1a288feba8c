import type { Booking } from './bookings-data';
import { isOver, looksOf, mayCancel, mayChange } from './states';

const NOW = Date.parse('2026-12-04T17:00:00Z');

function booking(id: number, terrain_id: number, hour: number, part: Partial<Booking> = {}): Booking {
  const at = (value: number): string => new Date(NOW + (value - 17) * 3_600_000).toISOString();
  const owner = { id: 7, name: 'Ada' };
  const times = { starts_at: at(hour), ends_at: at(hour + 1) };
  return { id, terrain_id, status: 'planned', source: 'manual', owner, ...times, ...part } as Booking;
}

describe('how a booking looks', () => {
  it('is the next one of its court once, now when its time has come, and else what became of it', () => {
    const looks = looksOf(
      [
        booking(1, 1, 15, { status: 'missed' }),
        booking(2, 1, 17),
        booking(3, 2, 18, { status: 'cancelled' }),
        booking(4, 1, 18),
        booking(5, 2, 19),
        booking(6, 1, 20),
      ],
      NOW,
    );
    expect([...looks]).toEqual([
      [1, 'missed'],
      [2, 'now'],
      [3, 'cancelled'],
      [4, 'next'],
      [5, 'next'],
      [6, 'planned'],
    ]);
  });

  it('is over when its time is, or when nothing more can become of it', () => {
    expect(isOver(booking(1, 1, 16, { status: 'recording' }), NOW)).toBe(true);
    expect(isOver(booking(1, 1, 17, { status: 'done' }), NOW)).toBe(true);
    expect(isOver(booking(1, 1, 17, { status: 'starting' }), NOW)).toBe(false);
  });

  it('is changed by admins and its owner before it begins, cancelled until it is recorded, and not where a calendar has it', () => {
    const owner = { id: 7, admin: false, playersBook: true };
    const planned = booking(1, 1, 18);
    expect([mayChange(planned, owner), mayCancel(planned, owner)]).toEqual([true, true]);
    expect(mayChange(planned, { ...owner, id: 8 })).toBe(false);
    expect(mayChange(planned, { ...owner, id: 8, admin: true })).toBe(true);
    expect(mayChange(planned, { ...owner, playersBook: false })).toBe(false);
    const starting = { ...planned, status: 'starting' as const };
    expect([mayChange(starting, owner), mayCancel(starting, owner)]).toEqual([false, true]);
    const fromCalendar = { ...planned, source: 'ical' as const };
    expect([mayChange(fromCalendar, owner), mayCancel(fromCalendar, owner)]).toEqual([false, false]);
  });
});
