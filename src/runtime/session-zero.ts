import { Clock } from '../common/clock';
import { bootId } from './process-identity';

/** Zero of a session's clock, so that a later process can find it again. Plain data: it is kept in the session's row. */
export interface SessionZero {
  /** The boot of the machine that `monotonicMs` belongs to. */
  readonly bootId: string;
  /** {@link Clock.monotonic}: exact, and no clock that somebody sets moves it. */
  readonly monotonicMs: number;
  /** Epoch milliseconds: where the machine was started again, the next best. */
  readonly wallMs: number;
}

/** @param monotonicMs {@link Clock.monotonic} milliseconds of session time zero */
export function noteZero(monotonicMs: number, clock: Clock): SessionZero {
  return { bootId: bootId(), monotonicMs, wallMs: clock.now() - (clock.monotonic() - monotonicMs) };
}

/**
 * @returns {@link Clock.monotonic} milliseconds of session time zero on this boot's clock; never later than now, whatever
 * the wall's clock says
 */
export function findZero(zero: SessionZero, clock: Clock, boot: string = bootId()): number {
  const now = clock.monotonic();
  const found = zero.bootId === boot ? zero.monotonicMs : now - (clock.now() - zero.wallMs);
  return Math.min(found, now);
}
