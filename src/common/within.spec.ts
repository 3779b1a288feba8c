import { HandClock } from './hand-clock.fixture';
import { within } from './within';

describe('within', () => {
  it('gives what the work gives, and leaves no timer', async () => {
    const clock = new HandClock();
    await expect(within(clock, 100, Promise.resolve('done'), 'late')).resolves.toBe('done');
    await expect(within(clock, 100, Promise.reject(new Error('no')), 'late')).resolves.toBe('late');
    await Promise.resolve();
    expect(clock.pending).toBe(0);
  });

  it('waits no longer than it may', async () => {
    const clock = new HandClock();
    const answer = within(clock, 100, new Promise<string>(() => undefined), 'late');
    clock.pass(100);
    await expect(answer).resolves.toBe('late');
  });
});
