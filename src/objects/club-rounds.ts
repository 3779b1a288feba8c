import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { ObjectRow } from './object-book.service';
import { ObjectFault } from './object-store';

/** A storage that did not answer is not waited for again for so long. */
const REST_MS = 5 * 60_000;

/**
 * Goes through rows of many clubs, one after the other, so that no club's storage keeps the others waiting for long: one that
 * fails is left alone for the rest of the round, one that does not answer for a few minutes. What is left is for the next round.
 */
@Injectable()
export class ClubRounds {
  /** When a club's storage is asked again; {@link Clock.monotonic}. */
  private readonly resting = new Map<number, number>();

  constructor(private readonly clock: Clock) {}

  /**
   * @param work whether it is done with that row; what it throws is only looked at here
   * @returns how many rows it is done with, and how many are left
   */
  async go(
    rows: readonly ObjectRow[],
    work: (row: ObjectRow) => Promise<boolean>,
  ): Promise<{ readonly done: number; readonly left: number }> {
    const failing = new Set<number>();
    let done = 0;
    for (const row of rows) {
      const { club_id: clubId } = row;
      if (failing.has(clubId) || this.rests(clubId)) continue;
      try {
        if (await work(row)) done += 1;
      } catch (error) {
        if (error instanceof ObjectFault || isLate(error)) failing.add(clubId);
        if (isLate(error)) this.resting.set(clubId, this.clock.monotonic() + REST_MS);
      }
    }
    return { done, left: rows.length - done };
  }

  private rests(clubId: number): boolean {
    const until = this.resting.get(clubId);
    if (until === undefined) return false;
    if (this.clock.monotonic() < until) return true;
    this.resting.delete(clubId);
    return false;
  }
}

/** It took all the patience there was (`AbortSignal.timeout`), or the connection was not made or cut. */
function isLate(error: unknown): boolean {
  if (error instanceof ObjectFault) return error.code === 'storage_unreachable';
  return (error as { name?: unknown } | null)?.name === 'TimeoutError';
}
