import { matchTime } from './match-time';

const NOW = Date.UTC(2026, 10, 26, 8);
const CHANGED = Date.UTC(2025, 5, 1, 20);
const started = (name: string, zone = 'Europe/Paris', changed = CHANGED): string =>
  new Date(matchTime(name, changed, 5_400, zone, NOW).startedAt).toISOString();

describe('when an adopted match was played', () => {
  it.each([
    ['session_20241203_183000', '2024-12-03T17:30:00.000Z'],
    ['court 1 2024-07-03T18-30-05', '2024-07-03T16:30:05.000Z'],
    ['2024-07-03 18h30', '2024-07-03T16:30:00.000Z'],
    ['20241203183000', '2024-12-03T17:30:00.000Z'],
    ['2024-12-03T18-30-00Z', '2024-12-03T18:30:00.000Z'],
    // The hour that there is twice, its first one as in calendars, and the one that there is not.
    ['20241027_023000', '2024-10-27T00:30:00.000Z'],
    ['20240331_023000', '2024-03-31T01:30:00.000Z'],
  ])('says its name %j, by the clock on the wall', (name, expected) => {
    expect(started(name)).toBe(expected);
  });

  it.each(['match_12', '20249903_183000', '20240231_183000', '1733250600', '5f3f0d3e-2024-4123-8183-000000000000'])(
    'says the last change of %j, when it ended',
    (name) => {
      expect(started(name)).toBe('2025-06-01T18:30:00.000Z');
      expect(matchTime(name, CHANGED, 5_400, 'Europe/Paris', NOW).endedAt).toBe(CHANGED);
    },
  );

  it.each([
    ['the future', NOW + 1],
    ['a clock that was never set', 0],
  ])('is taken for now where it would be %s', (_name, changed) => {
    expect(matchTime('x', changed, 10, 'UTC', NOW)).toEqual({ startedAt: NOW - 10_000, endedAt: NOW });
  });
});
