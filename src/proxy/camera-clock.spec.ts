import { CameraClock } from './camera-clock';

const WALL = Date.UTC(2026, 10, 26, 18);
const SECOND = 90_000;

describe('CameraClock', () => {
  let clock: CameraClock;
  /** A report at so many seconds of the stamps, when the camera's clock is ahead of them by so many milliseconds more. */
  const note = (seconds: number, ahead = 0): void =>
    clock.note(WALL + seconds * 1000 + ahead, 7 + seconds * SECOND, WALL + seconds * 1000);
  const ahead = (seconds: number): number | undefined => {
    const wall = clock.wallAt(7 + seconds * SECOND);
    return wall === undefined ? undefined : Math.round(wall - WALL - seconds * 1000);
  };

  beforeEach(() => (clock = new CameraClock()));

  it('has a hint by the first report and is sure by the second', () => {
    expect(ahead(0)).toBeUndefined();
    note(0, 3);
    expect([ahead(1), clock.sure]).toEqual([3, false]);
    note(5, 3);
    expect([ahead(6), clock.sure]).toEqual([3, true]);
    clock.restart();
    expect([ahead(6), clock.sure]).toEqual([undefined, false]);
  });

  it('takes the middle of what cameras say that report the last picture they sent', () => {
    [0, 35, 12, 20, 4].forEach((off, i) => note(i * 5, off));
    expect(ahead(21)).toBe(12);
  });

  it('is not sure by reports that come at once: they cannot tell how fast the stamps run', () => {
    for (let n = 0; n < 90; n++) note(n / 25);
    expect(clock.sure).toBe(false);
    note(4);
    expect(clock.sure).toBe(true);
  });

  it('does not believe what contradicts the others, until the next report agrees', () => {
    for (const seconds of [0, 5, 10]) note(seconds);
    note(15, -3_600_000);
    expect(ahead(16)).toBeUndefined();
    note(20, 40_000);
    expect(ahead(21)).toBeUndefined();
    note(25, 40_000);
    expect([ahead(26), clock.sure]).toEqual([40_000, true]);
  });

  it('is never sure of a camera whose stamps say 25 pictures a second where it sends 21', () => {
    for (let n = 0; n < 20; n++) {
      note(n * 5, n * 5 * (1000 / 21 - 40) * 25);
      expect(clock.sure).toBe(false);
    }
  });

  it.each([
    ['1900', Date.UTC(1900, 0, 1)],
    ['1970', 0],
    ['the day its firmware was made', Date.UTC(2024, 2, 1)],
    ['2106', Date.UTC(2106, 0, 1)],
  ])('does not listen to a clock that was never set: %s', (_, from) => {
    for (let n = 0; n < 3; n++) clock.note(from + n * 5000, n * 5 * SECOND, WALL + n * 5000);
    expect(clock.wallAt(10 * SECOND)).toBeUndefined();
  });

  it('says no more when the camera has said nothing for a minute', () => {
    note(0);
    note(5);
    expect([ahead(60), ahead(66)]).toEqual([0, undefined]);
  });

  it('tells of the picture that a file shows, where pictures are shown later than they are decoded', () => {
    note(0);
    clock.lead = 2 * 3600;
    expect(ahead(1)).toBe(80);
  });
});
