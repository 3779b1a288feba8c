import { BackOff } from './back-off';
import { ClockOffset } from './clock-offset';
import { LatencyMeter } from './latency-meter';

describe('ClockOffset', () => {
  it('believes the quickest answer', () => {
    const offset = new ClockOffset();
    expect(offset.value).toBeNull();
    offset.add(1_000, 1_400, 6_350);
    offset.add(2_000, 2_010, 7_005);
    offset.add(3_000, 3_300, 8_280);
    expect(offset.value).toBe(5_000);
  });

  it('forgets what is old, and takes no nonsense', () => {
    const offset = new ClockOffset();
    offset.add(0, 2, 1_001);
    for (let i = 1; i <= 16; i++) offset.add(i * 100, i * 100 + 10, i * 100 + 505);
    expect(offset.value).toBe(500);
    offset.add(5_000, 4_000, 0);
    offset.add(5_000, 5_001, NaN);
    expect(offset.value).toBe(500);
  });
});

describe('BackOff', () => {
  it('waits longer each time, and little again after success', () => {
    const middle = new BackOff(() => 0.5);
    expect(Array.from({ length: 8 }, () => middle.next())).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000,
    ]);
    middle.reset();
    expect(middle.next()).toBe(500);
    const pauses = Array.from({ length: 50 }, () => new BackOff().next());
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(375);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(625);
    expect(new Set(pauses).size).toBeGreaterThan(10);
  });
});

describe('LatencyMeter', () => {
  it('keeps the last values', () => {
    const meter = new LatencyMeter(10);
    expect(meter.read()).toBeNull();
    for (let i = 0; i < 30; i++) meter.add(1_000);
    for (let i = 1; i <= 10; i++) meter.add(i);
    meter.add(NaN);
    expect(meter.read()).toEqual({ median: 6, p95: 10 });
    meter.clear();
    expect(meter.read()).toBeNull();
  });
});
