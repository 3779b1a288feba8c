import { Logger } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { Principal } from '../../auth/principal';
import { PrincipalsService } from '../../auth/principals.service';
import { HandClock } from '../../common/hand-clock.fixture';
import { SessionsService } from '../../sessions/sessions.service';
import { LiveRights, WatchedViewer } from './live-rights.service';

class Viewer implements WatchedViewer {
  readonly verdicts: string[] = [];

  constructor(
    readonly principal: Principal,
    public sessionIds: string[],
  ) {}

  judge(principal: Principal | null, maySee: (id: string) => boolean): void {
    const seen = this.sessionIds.filter((id) => maySee(id)).join();
    this.verdicts.push(principal ? `${principal.name} sees ${seen || 'nothing'}` : 'out');
  }

  giveUp(): void {
    this.verdicts.push('given up');
  }
}

function person(name: string): Principal {
  return { name, familyId: name } as unknown as Principal;
}

describe('LiveRights', () => {
  let clock: HandClock;
  let rights: LiveRights;
  let signedOut: Set<string>;
  let hidden: Set<string>;
  let failure: Error | null;
  let queries: string[][];

  beforeEach(() => {
    clock = new HandClock();
    signedOut = new Set();
    hidden = new Set();
    failure = null;
    queries = [];
    const refreshedAll = (people: Principal[]): Promise<(Principal | null)[]> =>
      failure ? Promise.reject(failure) : Promise.resolve(people.map((p) => (signedOut.has(p.name) ? null : p)));
    const visibility = (ids: string[]): Promise<(p: Principal, id: string) => boolean> => {
      queries.push(ids);
      return Promise.resolve(({ name }: Principal, id: string) => !hidden.has(`${name} ${id}`));
    };
    rights = new LiveRights(
      { refreshedAll } as unknown as PrincipalsService,
      { visibility } as unknown as SessionsService,
      clock,
    );
    Logger.overrideLogger(false);
  });

  async function round(): Promise<void> {
    clock.pass(5_000);
    await new Promise((resolve) => setImmediate(resolve));
  }

  it('asks within five seconds, again and again, for all at once', async () => {
    const [ann, bob] = [new Viewer(person('Ann'), ['a', 'b']), new Viewer(person('Bob'), ['b'])];
    rights.watch(ann);
    rights.watch(bob);
    await round();
    expect(queries).toEqual([['a', 'b']]);
    hidden.add('Ann b');
    signedOut.add('Bob');
    await round();
    expect(ann.verdicts).toEqual(['Ann sees a,b', 'Ann sees a']);
    expect(bob.verdicts).toEqual(['Bob sees b', 'out']);
  });

  it('asks at once about who watches a session, and about nobody else', async () => {
    const [ann, bob] = [new Viewer(person('Ann'), ['a', 'b']), new Viewer(person('Bob'), ['b'])];
    rights.watch(ann);
    rights.watch(bob);
    hidden.add('Ann a');
    await rights.checkNow('a');
    expect([ann.verdicts, bob.verdicts]).toEqual([['Ann sees b'], []]);
  });

  it('does not judge what was asked for since', async () => {
    const ann = new Viewer(person('Ann'), ['a']);
    hidden.add('Ann z');
    rights.watch(ann);
    clock.pass(5_000);
    ann.sessionIds = ['a', 'z'];
    await round();
    expect(ann.verdicts[0]).toBe('Ann sees a,z');
  });

  it('lets the picture go on while the database is away, and not where the fault is ours', async () => {
    const ann = new Viewer(person('Ann'), ['a']);
    rights.watch(ann);
    failure = new QueryFailedError('SELECT 1', [], Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }));
    await round();
    expect(ann.verdicts).toEqual([]);
    failure = new Error('a fault');
    await round();
    expect(ann.verdicts).toEqual(['given up']);
  });

  it('asks nothing when nobody is there, and leaves no timer', async () => {
    const leave = rights.watch(new Viewer(person('Ann'), ['a']));
    leave();
    await round();
    expect([queries, clock.pending]).toEqual([[], 0]);
    rights.watch(new Viewer(person('Ann'), ['a']));
    rights.onModuleDestroy();
    expect(clock.pending).toBe(0);
  });
});
