import { setImmediate } from 'node:timers/promises';
import { atLeast } from './at-least';
import { HandClock } from './hand-clock.fixture';

describe('atLeast', () => {
  it('keeps a result that came early until the time has passed', async () => {
    const clock = new HandClock();
    let answer: string | null = null;
    const waiting = atLeast(clock, 200, Promise.resolve('early')).then((result) => (answer = result));
    clock.pass(199);
    await setImmediate();
    expect(answer).toBeNull();
    clock.pass(1);
    expect(await waiting).toBe('early');
    expect(clock.pending).toBe(0);
  });

  it('gives a late one at once, and a failure too', async () => {
    const clock = new HandClock();
    let finish = (_result: string): void => undefined;
    const late = atLeast(clock, 200, new Promise<string>((resolve) => (finish = resolve)));
    clock.pass(300);
    finish('late');
    expect(await late).toBe('late');
    await expect(atLeast(clock, 200, Promise.reject(new Error('no database')))).rejects.toThrow('no database');
    expect(clock.pending).toBe(0);
  });
});
