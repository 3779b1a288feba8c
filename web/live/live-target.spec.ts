import { LiveTarget } from './live-target';

describe('LiveTarget', () => {
  it('starts with a frame and a margin', () => {
    const target = new LiveTarget();
    expect(target.seconds).toBeCloseTo(0.15);
    target.setFps(5);
    expect(target.seconds).toBeCloseTo(0.31);
    target.setFps(null);
    expect(target.seconds).toBeCloseTo(0.15);
  });

  it('grows with each wait, little for a short one, up to a bound', () => {
    const target = new LiveTarget();
    target.stalled(0.1, 0);
    expect(target.seconds).toBeCloseTo(0.26);
    target.stalled(0.001, 0);
    expect(target.seconds).toBeCloseTo(0.271);
    target.stalled(0.9, 0);
    expect(target.seconds).toBeCloseTo(0.431);
    for (let i = 0; i < 10; i++) target.stalled(0.9, i);
    expect(target.seconds).toBeLessThanOrEqual(1.28);
  });

  it('learns nothing from an outage', () => {
    const target = new LiveTarget();
    target.stalled(8, 0);
    expect(target.seconds).toBeCloseTo(0.15);
  });

  it('shrinks in calm, at first not to what was too little, later to the least', () => {
    const target = new LiveTarget();
    target.stalled(0.2, 0);
    target.stalled(0.1, 0);
    const most = target.seconds;
    target.settle(10_000);
    expect(target.seconds).toBe(most);
    for (let now = 20_000; now < 180_000; now += 20_000) target.settle(now);
    expect(target.seconds).toBeGreaterThan(0.31);
    for (let now = 180_000; now < 800_000; now += 20_000) target.settle(now);
    expect(target.seconds).toBeCloseTo(0.15);
  });
});
