import { HandClock } from './hand-clock.fixture';
import { WriteBehind } from './write-behind';

/** Lets promises that are settled have their consequences. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('WriteBehind', () => {
  const clock = new HandClock();
  const failures: string[] = [];
  let behind: WriteBehind;
  let away: boolean;
  let done: string[];

  const write = (name: string) => (): Promise<void> => {
    if (away) return Promise.reject(new Error('away'));
    done.push(name);
    return Promise.resolve();
  };

  beforeEach(() => {
    behind = new WriteBehind(clock, (key) => failures.push(key));
    failures.length = 0;
    done = [];
    away = false;
  });

  it('writes at once, each key in its order', async () => {
    behind.note('a', null, write('a1'));
    behind.note('a', null, write('a2'));
    behind.note('b', null, write('b1'));
    await Promise.all([behind.written('a'), behind.written('b')]);
    expect(done.filter((name) => name.startsWith('a'))).toEqual(['a1', 'a2']);
    expect(done).toContain('b1');
    expect(behind.pending).toBe(0);
  });

  it('keeps what could not be written, in order, and of one kind the newest', async () => {
    away = true;
    behind.note('a', 'state', write('live'));
    await settle();
    behind.note('a', null, write('part'));
    behind.note('a', 'state', write('reconnecting'));
    behind.note('a', 'state', write('live again'));
    expect(behind.pending).toBe(1);
    clock.pass(250);
    await settle();
    clock.pass(500);
    await settle();
    expect(failures).toEqual(['a', 'a', 'a']);
    away = false;
    clock.pass(1_000);
    await behind.written('a');
    expect(done).toEqual(['part', 'live again']);
    expect(clock.pending).toBe(0);
  });

  it('never takes a newer write for one that is under way', async () => {
    let finish: () => void = () => undefined;
    behind.note('a', 'state', async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      done.push('live');
    });
    behind.note('a', 'state', write('reconnecting'));
    finish();
    await behind.written('a');
    expect(done).toEqual(['live', 'reconnecting']);
  });

  it('tries once more at the end, and leaves no timer', async () => {
    away = true;
    behind.note('a', null, write('a1'));
    behind.note('b', null, write('b1'));
    await settle();
    away = false;
    await behind.end();
    expect(done.sort()).toEqual(['a1', 'b1']);
    away = true;
    behind.note('a', null, write('a2'));
    await settle();
    await behind.end();
    expect(clock.pending).toBe(0);
  });
});
