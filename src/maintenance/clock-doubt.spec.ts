import { ClockDoubt, ClockLook } from './clock-doubt';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 25, 12);

/** All clocks right, so long after the beginning. */
function at(after: number, change: Partial<ClockLook> = {}): ClockLook {
  return { wall: NOW + after, monotonic: 5_000 + after, database: NOW + after, trusted: NOW - HOUR, ...change };
}

describe('ClockDoubt', () => {
  it('believes a clock that goes evenly, for months', () => {
    const doubt = new ClockDoubt();
    for (let day = 0; day < 100; day++) expect(doubt.consider(at(day * DAY))).toBeNull();
  });

  it.each([
    ['an hour ahead', HOUR],
    ['an hour behind', -HOUR],
    ['in 1970', -NOW],
    ['in 2100', Date.UTC(2100, 0, 1) - NOW],
  ])('does not believe a clock that is %s of the database', (_, apart) => {
    const doubt = new ClockDoubt();
    expect(doubt.consider(at(0, { wall: NOW + apart }))).toMatch(/apart/);
    expect(doubt.consider(at(MINUTE))).toBeNull();
  });

  it.each([
    ['an hour ahead', HOUR],
    ['an hour back', -HOUR],
    ['to 1970', -NOW],
    ['to 2100', Date.UTC(2100, 0, 1) - NOW],
  ])('does not believe clocks that jump together %s, for a day', (_, jump) => {
    const doubt = new ClockDoubt();
    const jumped = (after: number): ClockLook => at(after, { wall: NOW + after + jump, database: NOW + after + jump });
    expect(doubt.consider(at(0))).toBeNull();
    expect(doubt.consider(jumped(MINUTE))).toMatch(/evenly for a day/);
    expect(doubt.consider(jumped(HOUR))).toMatch(/evenly for a day/);
    expect(doubt.consider(jumped(MINUTE + DAY - 1))).not.toBeNull();
    expect(doubt.consider(jumped(MINUTE + DAY))).toBeNull();
  });

  it('begins to count anew at every jump', () => {
    const doubt = new ClockDoubt();
    const jumped = (after: number, jump: number): ClockLook =>
      at(after, { wall: NOW + after + jump, database: NOW + after + jump });
    doubt.consider(at(0));
    doubt.consider(jumped(HOUR, HOUR));
    doubt.consider(jumped(20 * HOUR, 2 * HOUR));
    expect(doubt.consider(jumped(30 * HOUR, 2 * HOUR))).not.toBeNull();
    expect(doubt.consider(jumped(44 * HOUR, 2 * HOUR))).toBeNull();
  });

  it('believes a clock at once that is back where it should be', () => {
    const doubt = new ClockDoubt();
    doubt.consider(at(0));
    expect(doubt.consider(at(HOUR, { wall: NOW + 9 * HOUR, database: NOW + 9 * HOUR }))).not.toBeNull();
    expect(doubt.consider(at(2 * HOUR))).toBeNull();
  });

  it.each([
    ['ahead', 74 * 365 * DAY],
    ['behind', -50 * 365 * DAY],
  ])('a process that begins with a clock far %s waits a day, also after a restart', (_, off) => {
    const wrong = (after: number): ClockLook =>
      at(after, { wall: NOW + after + off, database: NOW + after + off, trusted: NOW });
    const first = new ClockDoubt();
    expect(first.consider(wrong(0))).toMatch(/evenly for a day/);
    expect(first.consider(wrong(HOUR))).not.toBeNull();
    const second = new ClockDoubt();
    expect(second.consider(wrong(2 * HOUR))).not.toBeNull();
    expect(second.consider(wrong(26 * HOUR))).toBeNull();
  });

  it('believes the clock of a new installation, and after a weekend off', () => {
    expect(new ClockDoubt().consider(at(0, { trusted: null }))).toBeNull();
    expect(new ClockDoubt().consider(at(0, { trusted: NOW - 3 * DAY }))).toBeNull();
  });

  it('takes no offence at a few minutes', () => {
    const doubt = new ClockDoubt();
    expect(doubt.consider(at(0, { wall: NOW + 4 * MINUTE }))).toBeNull();
    expect(doubt.consider(at(HOUR, { wall: NOW + HOUR + MINUTE }))).toBeNull();
  });
});
