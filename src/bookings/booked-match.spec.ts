import { isOfBooking } from './booked-match';

const at = (time: string): string => `2026-10-20T${time}Z`;
const BOOKING = { startsAt: new Date(at('18:00:00')), endsAt: new Date(at('19:30:00')) };

describe('isOfBooking', () => {
  it.each<[string, string | null, string, boolean]>([
    ['ends as the booking begins', '16:31:00', '18:00:05', false],
    ['began long before and ends a minute into it', '16:31:00', '18:01:00', false],
    ['began long before and ends in its last minute', '17:49:59', '19:29:00', false],
    ['began long before and lasts until its end', '16:31:00', '19:29:55', true],
    ['was begun by who is early', '17:50:00', '19:20:00', true],
    ['was begun at the start, for a shorter time', '17:59:30', '18:59:30', true],
    ['begins just now', null, '19:29:00', true],
  ])('of a recording that %s', (_, began, ends, expected) => {
    const recording = { started_at: began === null ? null : at(began), planned_end_at: at(ends) };
    expect(isOfBooking(recording, BOOKING)).toBe(expected);
  });
});
