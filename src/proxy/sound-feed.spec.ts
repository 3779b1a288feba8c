import { HandClock } from '../common/hand-clock.fixture';
import { SoundFormat, SoundUnit, aacConfig } from '../media/sound/sound-format';
import { PictureTimes, SoundClock } from './sound-clock';
import { SoundFeed } from './sound-feed';

const FORMAT: SoundFormat = { kind: 'aac', ...aacConfig(16_000, 1) };
const FRAME = 5_760;
const ms = (ticks: number | null): number => (ticks as number) / 90;

describe('SoundClock', () => {
  let pictures: { origin: number | undefined; delay: number; timeOfStamp: (stamp: number) => number | null };
  let clock: SoundClock;

  beforeEach(() => {
    pictures = { origin: 1_000, delay: 0, timeOfStamp: () => null };
    clock = new SoundClock(pictures as PictureTimes);
  });

  const place = (stampMs: number, arrival: number, pictureStamp: number | null = null): number =>
    ms(clock.place({ data: Buffer.alloc(1), stamp: stampMs * 90, duration: FRAME }, pictureStamp, arrival));

  it('places nothing before the first picture', () => {
    pictures.origin = undefined;
    expect(clock.place({ data: Buffer.alloc(1), stamp: 0, duration: FRAME }, null, 1_000)).toBeNull();
  });

  it('goes by what came quickest, and keeps the spacing of the sound', () => {
    expect(place(500_000, 1_564)).toBe(500);
    // The network delays by up to 80 ms; nothing is heard later for it.
    [30, 80, 0, 55].forEach((delay, i) => expect(place(500_064 + 64 * i, 1_628 + 64 * i + delay)).toBe(564 + 64 * i));
  });

  it('is as late as the pictures, which others are decoded before', () => {
    pictures.delay = 80;
    expect(place(500_000, 1_564)).toBe(580);
  });

  it('follows a clock that is slow', () => {
    // It says 64 ms and takes 65.
    let at = 0;
    for (let i = 0; i < 400; i++) at = place(64 * i, 1_064 + 65 * i);
    expect(Math.abs(at - 65 * 399)).toBeLessThan(130);
  });

  it('goes with the pictures where the camera says how, unless that is a fairy tale', () => {
    pictures.timeOfStamp = (stamp) => stamp / 90 + 120;
    expect(place(0, 1_064, 0)).toBe(120);
    pictures.timeOfStamp = () => 90_000;
    expect(place(64, 1_128, 64 * 90)).toBe(64);
  });

  it('waits for a burst behind a network that stood still, and begins anew where the clock jumped', () => {
    expect(place(0, 1_064)).toBe(0);
    // Two seconds of standstill, then all at once: at their own times.
    for (let i = 1; i <= 30; i++) expect(place(64 * i, 3_064)).toBe(64 * i);
    // Back to nought: now.
    expect(place(-50_000, 3_200)).toBe(3_200 - 64 - 1_000);
    // An hour ahead: now.
    expect(place(3_600_000, 3_264)).toBe(3_200 - 1_000);
    // Late for good: time has passed.
    let late = 0;
    for (let i = 1; i < 40; i++) late = place(3_600_000 + 64 * i, 6_264 + 64 * i);
    expect(late).toBe(6_264 + 64 * 39 - 1_064);
  });
});

describe('SoundFeed', () => {
  let clock: HandClock;
  let feed: SoundFeed;
  let errors: unknown[];
  let sent: number;
  const soundClock = (): SoundClock => new SoundClock({ origin: 0, delay: 0, timeOfStamp: () => null });

  beforeEach(() => {
    clock = new HandClock();
    errors = [];
    sent = 0;
    feed = new SoundFeed(true, soundClock(), clock, (error) => errors.push(error));
  });

  function hear(frames: number): void {
    for (let i = 0; i < frames; i++) {
      clock.pass(64);
      feed.heard({ data: Buffer.from([sent]), stamp: sent++ * FRAME, duration: FRAME }, null, clock.monotonic());
    }
  }

  /** A connection up to where it has agreed to send sound. */
  function agree(): void {
    expect(feed.begins()).toBe(true);
    feed.asked();
    feed.answered({ state: 'agreed', format: FORMAT });
    feed.pictured(0);
  }

  it('is off where nobody wants it', () => {
    feed = new SoundFeed(false, soundClock(), clock);
    expect(feed.begins()).toBe(false);
    expect([feed.facts, feed.current]).toEqual([{ state: 'off', codec: null }, null]);
  });

  it('says how it stands', () => {
    expect(feed.facts).toEqual({ state: 'asking', codec: null });
    agree();
    expect(feed.facts).toEqual({ state: 'silent', codec: 'aac' });
    hear(1);
    expect([feed.facts, feed.current]).toEqual([{ state: 'on', codec: 'aac' }, FORMAT]);
    clock.pass(4_000);
    expect([feed.facts.state, feed.current]).toEqual(['silent', null]);
    feed.begins();
    feed.answered({ state: 'unsupported', codec: 'OPUS' });
    expect(feed.facts).toEqual({ state: 'unsupported', codec: 'OPUS' });
  });

  it('gives what came since the newest keyframe first, then all as it comes', () => {
    agree();
    hear(20);
    feed.pictured(10 * FRAME);
    const got: number[] = [];
    const leave = feed.subscribe(({ data }) => got.push(data[0] as number));
    hear(2);
    leave();
    hear(1);
    expect(got).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
  });

  it('keeps no more than its bound, however long no keyframe comes', () => {
    agree();
    hear(10_000);
    let kept = 0;
    feed.subscribe(() => kept++);
    expect(kept).toBeLessThanOrEqual(4_000);
  });

  it('lets go of a consumer that throws, and of nobody else', () => {
    agree();
    const got: SoundUnit[] = [];
    feed.subscribe(() => {
      throw new Error('no');
    });
    feed.subscribe((unit) => got.push(unit));
    hear(2);
    expect([got.length, errors.length]).toEqual([2, 1]);
  });

  it('does not ask again where the question ended the connection, unless it was not the question', () => {
    feed.begins();
    feed.asked();
    expect(feed.suspect).toBe(true);
    // Without a picture the connection ended; the next one is not asked, and has some.
    expect(feed.begins()).toBe(false);
    expect([feed.suspect, feed.facts.state]).toEqual([false, 'refused']);
    feed.pictured(0);
    expect([feed.begins(), feed.begins()]).toEqual([false, false]);

    feed = new SoundFeed(true, soundClock(), clock);
    feed.begins();
    feed.asked();
    feed.begins();
    // That one had no picture either.
    expect(feed.begins()).toBe(true);
  });

  it('settles with the first sound, or when its time is up', async () => {
    agree();
    let settled = 0;
    const note = (): void => void settled++;
    const first = feed.settled(500).then(note);
    const second = feed.settled(50).then(note);
    clock.pass(50);
    await second;
    expect(settled).toBe(1);
    hear(1);
    await first;
    await feed.settled(500);
    expect([settled, clock.pending]).toEqual([2, 0]);
  });
});
