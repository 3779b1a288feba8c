import { getEventListeners } from 'node:events';
import { VideoTurns } from './video-turns';

describe('turns at a video', () => {
  it('leave no listener at the signal of who waits for its readers', async () => {
    const turns = new VideoTurns();
    const { signal } = new AbortController();
    for (let reader = 0; reader < 3; reader++) {
      let leave: () => void = () => undefined;
      const reading = turns.reading('match', () => new Promise<void>((resolve) => (leave = resolve)));
      const changing = turns.changing('match', () => Promise.resolve('changed'), signal);
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      leave();
      await reading;
      expect(await changing).toBe('changed');
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    }
  });

  it('are given up where the signal says so, for the next who waits', async () => {
    const turns = new VideoTurns();
    let leave: () => void = () => undefined;
    const reading = turns.reading('match', () => new Promise<void>((resolve) => (leave = resolve)));
    const ending = new AbortController();
    const given = turns.changing('match', () => Promise.resolve('changed'), ending.signal);
    const waiting = turns.changing('match', () => Promise.resolve('changed'), new AbortController().signal);
    ending.abort();
    expect(await given).toBeNull();
    leave();
    await reading;
    expect(await waiting).toBe('changed');
  });
});
