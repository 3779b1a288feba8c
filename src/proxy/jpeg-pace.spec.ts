import { JpegPace } from './jpeg-pace';

const QUIET_MS = 60;

/** Feeds arrivals and gives the places of all but the first; what is held goes on alone after a while, as in a proxy. */
function place(arrivals: readonly number[]): number[] {
  const pace = new JpegPace<{ data: Buffer }>();
  const picture = { data: Buffer.alloc(8) };
  let last = arrivals[0] as number;
  const follow = (placed: readonly { at: number }[]): number[] => {
    return placed.map(({ at }) => (last = Math.max(at, last + 1)));
  };
  return arrivals
    .flatMap((now, i) => {
      const quiet = now - (arrivals[i - 1] ?? now) > QUIET_MS;
      return [...(quiet ? follow(pace.flush(last)) : []), ...follow(pace.take(picture, last, now))];
    })
    .concat(follow(pace.flush(last)))
    .slice(1);
}

function jittered(count: number, interval: number, noise: number, from = 0): number[] {
  let seed = 11;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  return Array.from({ length: count }, (_, i) => from + i * interval + noise * random());
}

function steps(times: readonly number[]): number[] {
  return times.slice(1).map((time, i) => time - (times[i] as number));
}

describe('JpegPace', () => {
  it.each([25, 10, 30, 12.5])('gives the pictures of a camera of %s a second that rate, to the tick', (fps) => {
    const interval = 1000 / fps;
    const places = place(jittered(500, interval, interval * 0.4));
    for (const step of steps(places).slice(40)) expect(step).toBeCloseTo(interval, 6);
    expect(Math.abs((places.at(-1) as number) - 499 * interval)).toBeLessThan(interval);
  });

  it('follows a camera whose clock runs 0.3 % fast', () => {
    const places = place(jittered(5_000, 40 / 1.003, 8));
    expect(Math.abs((places.at(-1) as number) - (4_999 * 40) / 1.003)).toBeLessThan(40);
  });

  it('leaves the place of missing pictures empty', () => {
    const arrivals = jittered(300, 40, 5);
    arrivals.splice(200, 3);
    const all = steps(place(arrivals));
    expect(all.filter((step) => step > 100)).toHaveLength(1);
    expect(all.find((step) => step > 100)).toBeCloseTo(160, 6);
  });

  it('gives the pictures of a burst after a short delay their own places', () => {
    const arrivals = jittered(300, 40, 5);
    for (let i = 200; i < 206; i++) arrivals[i] = 206 * 40 + i * 0.2;
    for (const step of steps(place(arrivals)).slice(40)) expect(step).toBeCloseTo(40, 6);
  });

  it('takes a hole of 3 s as it is', () => {
    const before = jittered(100, 40, 4);
    const places = place([...before, ...jittered(100, 40, 4, 7_000)]);
    expect(places.filter((at) => at > 4_000 && at < 7_000)).toEqual([]);
    expect(Math.abs((places.at(-1) as number) - 7_000 - 99 * 40)).toBeLessThan(40);
  });

  it.each([
    [25, 0.45],
    [25, 3],
    [10, 0.45],
    [10, 0.9],
    [10, 2],
  ])('gives the pictures of a burst after a freeze their own places: %s a second, %s s', (fps, seconds) => {
    const interval = 1000 / fps;
    const missed = Math.round(seconds * fps);
    const arrivals = jittered(100 + missed + 100, interval, interval / 10);
    const thaw = (100 + missed) * interval;
    for (let i = 100; i < 100 + missed; i++) arrivals[i] = thaw - (100 + missed - i) * 0.1;
    const places = place(arrivals);
    expect(places).toHaveLength(arrivals.length - 1);
    for (const step of steps(places).slice(40)) expect(step).toBeGreaterThan(interval / 2);
    for (const [i, at] of places.entries()) expect(Math.abs(at - (i + 1) * interval)).toBeLessThan(1.5 * interval);
  });

  it('gives the pictures of a burst their own places where the camera keeps no known rate, too', () => {
    const arrivals = jittered(130, 1000 / 11, 20);
    for (let i = 100; i < 110; i++) arrivals[i] = (110 * 1000) / 11 - (110 - i) * 0.1;
    const places = place(arrivals);
    for (const step of steps(places)) expect(step).toBeGreaterThan(50);
    for (const [i, at] of places.entries()) expect(Math.abs(at - ((i + 1) * 1000) / 11)).toBeLessThan(100);
  });

  it('never places the pictures of a burst that is longer than its freeze beyond their arrival', () => {
    const arrivals = [...jittered(100, 100, 0), ...Array.from({ length: 30 }, (_, i) => 10_500 + i * 0.1)];
    const places = place(arrivals);
    for (const step of steps(places)) expect(step).toBeGreaterThan(0);
    expect(places.at(-1)).toBeLessThan(10_504);
  });

  it('places the pictures of a camera without a rate at their arrival', () => {
    const arrivals = Array.from({ length: 200 }, (_, i) => 90 * i + (i % 3) * 30);
    expect(place(arrivals)).toEqual(arrivals.slice(1));
  });
});
