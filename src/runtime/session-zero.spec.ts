import { HandClock } from '../common/hand-clock.fixture';
import { bootId } from './process-identity';
import { findZero, noteZero } from './session-zero';

describe('the zero of a session', () => {
  it('is found on the same boot by the monotonic clock, whatever became of the wall clock', () => {
    const clock = new HandClock();
    const zero = noteZero(clock.monotonic() - 5_000, clock);
    clock.pass(60_000);
    clock.stepWall(-3_600_000);
    expect(clock.monotonic() - findZero(zero, clock)).toBeCloseTo(65_000);
    expect(zero.bootId).toBe(bootId());
  });

  it('is found after another boot by the wall clock, and never lies ahead', () => {
    const clock = new HandClock();
    const zero = { ...noteZero(clock.monotonic() - 5_000, clock), bootId: 'the boot before' };
    clock.pass(60_000);
    expect(clock.monotonic() - findZero(zero, clock)).toBeCloseTo(65_000);
    clock.stepWall(-3_600_000);
    expect(findZero(zero, clock)).toBe(clock.monotonic());
  });
});
