import { ProblemException } from '../common/problem';
import { checkTimes } from './booking-times';

const MINUTE = 60_000;
const NOW = Date.parse('2026-12-04T17:00:00Z');
const DAY = 24 * 60 * MINUTE;

describe('checkTimes', () => {
  const faults = (startsAt: number, endsAt: number): string[] => {
    try {
      checkTimes({ startsAt, endsAt }, NOW, 240);
      return [];
    } catch (error) {
      return (error as ProblemException).extras.errors?.map(({ field }) => field) ?? ['none named'];
    }
  };

  it.each([
    ['a match ahead', 60 * MINUTE, 150 * MINUTE],
    ['the longest there is', 0, 240 * MINUTE],
    ['one that has begun', -30 * MINUTE, 60 * MINUTE],
    ['the shortest', 0, MINUTE],
    ['the farthest', 400 * DAY, 400 * DAY + MINUTE],
  ])('lets %s pass', (_, start, end) => expect(faults(NOW + start, NOW + end)).toEqual([]));

  it.each([
    ['a second too short', 0, MINUTE - 1, ['ends_at']],
    ['an end before the start', 0, -MINUTE, ['ends_at', 'ends_at']],
    ['too long', 0, 240 * MINUTE + 1, ['ends_at']],
    ['over', -90 * MINUTE, 0, ['ends_at']],
    ['too far', 400 * DAY + 1, 400 * DAY + 90 * MINUTE, ['starts_at']],
  ])('refuses %s', (_, start, end, fields) => expect(faults(NOW + start, NOW + end)).toEqual(fields));
});
