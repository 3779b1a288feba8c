import { HandClock } from '../common/hand-clock.fixture';
import { ClubRounds } from './club-rounds';
import { ObjectRow } from './object-book.service';
import { ObjectFault } from './object-store';

const rowsOf = (...clubs: number[]): ObjectRow[] => clubs.map((club_id) => ({ club_id }) as ObjectRow);

describe('a round through the rows of many clubs', () => {
  const asked: number[] = [];
  const clock = new HandClock();
  const rounds = new ClubRounds(clock);
  /** Of clubs: their numbers are what becomes of them. */
  const go = (faults: ReadonlyMap<number, unknown>, ...clubs: number[]) => {
    asked.length = 0;
    return rounds.go(rowsOf(...clubs), ({ club_id: clubId }) => {
      asked.push(clubId);
      const fault = faults.get(clubId);
      return fault === undefined ? Promise.resolve(true) : Promise.reject(fault as Error);
    });
  };

  it('leaves a club alone whose storage fails, until the next one', async () => {
    const failing = new Map([[1, new ObjectFault('storage_failed')]]);
    expect(await go(failing, 1, 2, 1, 1, 2)).toEqual({ done: 2, left: 3 });
    expect(asked).toEqual([1, 2, 2]);
    await go(failing, 1, 1);
    expect(asked).toEqual([1]);
  });

  it.each([
    ['is not reached', new ObjectFault('storage_unreachable')],
    ['has taken all the patience there was', new DOMException('late', 'TimeoutError')],
  ])('leaves one alone for minutes whose storage %s', async (_how, fault) => {
    const late = new Map([[3, fault]]);
    await go(late, 3, 3, 2);
    expect(asked).toEqual([3, 2]);
    await go(late, 3, 2, 3);
    expect(asked).toEqual([2]);
    clock.pass(5 * 60_000);
    await go(new Map(), 3, 2, 3);
    expect(asked).toEqual([3, 2, 3]);
  });

  it('minds no fault of a single row', async () => {
    expect(await go(new Map([[4, new Error('this file')]]), 4, 4)).toEqual({ done: 0, left: 2 });
    expect(asked).toEqual([4, 4]);
  });
});
