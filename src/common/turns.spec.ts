import { Turns } from './turns';

/** Lets every promise that can settle do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Turns', () => {
  it('is idle when the last one is over', async () => {
    const turns = new Turns(1);
    await turns.idle();
    const order: string[] = [];
    const tasks = ['a', 'b'].map((name) => turns.take(async () => void order.push(await Promise.resolve(name))));
    await turns.idle();
    expect(order).toEqual(['a', 'b']);
    await Promise.all(tasks);
  });

  it('runs no more than so many at once, in order, and goes on after a failure', async () => {
    const turns = new Turns(2);
    const started: number[] = [];
    const ends: ((error?: Error) => void)[] = [];
    const tasks = [0, 1, 2, 3].map((i) =>
      turns.take(
        () =>
          new Promise<number>((resolve, reject) => {
            started.push(i);
            ends[i] = (error) => (error ? reject(error) : resolve(i));
          }),
      ),
    );
    await settle();
    expect(started).toEqual([0, 1]);
    ends[1]?.(new Error('no'));
    await expect(tasks[1]).rejects.toThrow('no');
    await settle();
    expect(started).toEqual([0, 1, 2]);
    ends[0]?.();
    await settle();
    expect(started).toEqual([0, 1, 2, 3]);
    ends[2]?.();
    ends[3]?.();
    await expect(Promise.all([tasks[0], tasks[2], tasks[3]])).resolves.toEqual([0, 2, 3]);
    const late = turns.take(() => Promise.resolve('free again'));
    await expect(late).resolves.toBe('free again');
  });
});
