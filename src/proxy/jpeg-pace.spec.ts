import { JpegPace } from './jpeg-pace';

/** Feeds arrivals and gives the places. */
function place(arrivals: readonly number[]): number[] {
  const pace = new JpegPace();
  let last = arrivals[0] as number;
  pace.next(last, last);
  return arrivals.slice(1).map((now) => (last = Math.max(pace.next(last, now), last + 1)));
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

  it('takes a hole of 3 s as it is, and the burst after a freeze as it comes', () => {
    const before = jittered(100, 40, 4);
    const hole = place([...before, ...jittered(100, 40, 4, 7_000)]);
    expect(Math.abs((hole.at(-1) as number) - 7_000 - 99 * 40)).toBeLessThan(40);
    const burst = Array.from({ length: 75 }, (_, i) => 7_000 + i * 0.1);
    const frozen = place([...before, ...burst, ...jittered(200, 40, 4, 7_040)]);
    for (const step of steps(frozen)) expect(step).toBeGreaterThan(0);
    expect(Math.abs((frozen.at(-1) as number) - 7_040 - 199 * 40)).toBeLessThan(120);
  });

  it('places the pictures of a camera without a rate at their arrival', () => {
    const arrivals = Array.from({ length: 200 }, (_, i) => 90 * i + (i % 3) * 30);
    expect(place(arrivals)).toEqual(arrivals.slice(1));
  });
});
