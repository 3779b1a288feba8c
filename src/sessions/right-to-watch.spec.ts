import { QueryFailedError } from 'typeorm';
import { Principal } from '../auth/principal';
import { PrincipalsService } from '../auth/principals.service';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { SessionsService } from './sessions.service';
import { RightToWatch } from './right-to-watch.service';

const SOMEBODY = { userId: 1 } as unknown as Principal;

function databaseAway(): Error {
  return new QueryFailedError('SELECT 1', [], Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }));
}

describe('RightToWatch', () => {
  let tick: () => void;
  let delay: number;
  const clock = {
    after: (ms: number, task: () => void) => {
      [tick, delay] = [task, ms];
      return () => (tick = () => undefined);
    },
  } as unknown as Clock;

  function watch(refreshed: () => Promise<Principal | null>, require: () => Promise<unknown>): { withdrawn: number } {
    const seen = { withdrawn: 0 };
    const principals = { refreshed } as unknown as PrincipalsService;
    const sessions = { require } as unknown as SessionsService;
    new RightToWatch(principals, sessions, clock).watch(SOMEBODY, 'id', () => seen.withdrawn++);
    return seen;
  }

  const stays = (): Promise<Principal> => Promise.resolve(SOMEBODY);
  const sees = (): Promise<unknown> => Promise.resolve({});
  it.each<[string, () => Promise<Principal | null>, () => Promise<unknown>, number]>([
    ['has it', stays, sees, 0],
    ['is signed out', () => Promise.resolve(null), sees, 1],
    ['no longer sees the session', stays, () => Promise.reject(new ProblemException('not_found')), 1],
    ['cannot be asked about, the database being away', () => Promise.reject(databaseAway()), sees, 0],
    ['fails to be found out for a fault of ours', stays, () => Promise.reject(new Error('a fault')), 1],
  ])('of somebody who %s', async (_name, refreshed, require, expected) => {
    const seen = watch(refreshed, require);
    for (let round = 0; round < 3; round++) {
      expect(delay).toBeLessThanOrEqual(5_000);
      tick();
      tick = () => undefined;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(seen.withdrawn).toBe(expected);
  });
});
