import { HandClock } from '../common/hand-clock.fixture';
import { ProblemException } from '../common/problem';
import { LinkThrottle } from './link-throttle';

function refusal(work: () => void): ProblemException | null {
  try {
    work();
    return null;
  } catch (error) {
    return error as ProblemException;
  }
}

describe('LinkThrottle', () => {
  it('lets five mails of a kind an hour go to an address, from wherever they are asked for', () => {
    const clock = new HandClock();
    const throttle = new LinkThrottle(clock);
    for (let at = 1; at <= 5; at += 1) throttle.ask('password_reset', 'a@b.example', `192.0.2.${at}`);
    clock.pass(60_000);
    const refused = refusal(() => throttle.ask('password_reset', 'a@b.example', '192.0.2.9'));
    expect(refused).toMatchObject({ code: 'too_many_attempts', extras: { retryAfterSeconds: 59 * 60 } });
    throttle.ask('registration', 'a@b.example', '192.0.2.9');
    throttle.ask('password_reset', 'c@b.example', '192.0.2.9');
    clock.pass(59 * 60_000);
    throttle.ask('password_reset', 'a@b.example', '192.0.2.9');
  });

  it('lets fifty an hour be asked for from one place; an IPv6 customer is one', () => {
    const throttle = new LinkThrottle(new HandClock());
    for (let at = 1; at <= 50; at += 1) throttle.ask('registration', `${at}@b.example`, `2001:db8::${at.toString(16)}`);
    expect(refusal(() => throttle.ask('registration', 'x@b.example', '2001:db8::ffff'))?.code).toBe(
      'too_many_attempts',
    );
    throttle.ask('registration', 'x@b.example', '2001:db9::1');
  });

  it('lets an admin send ten links of a kind an hour to an address, and five hundred in all', () => {
    const throttle = new LinkThrottle(new HandClock());
    for (let at = 1; at <= 10; at += 1) throttle.send('invitation', 'a@b.example', 1, 7);
    expect(refusal(() => throttle.send('invitation', 'a@b.example', 1, 8))?.code).toBe('too_many_attempts');
    // Another club cannot be kept from inviting the same person.
    throttle.send('invitation', 'a@b.example', 2, 8);
    throttle.send('password_reset', 'a@b.example', 1, 7);
    for (let at = 12; at <= 500; at += 1) throttle.send('invitation', `${at}@b.example`, 1, 7);
    expect(refusal(() => throttle.send('invitation', 'x@b.example', 1, 7))?.code).toBe('too_many_attempts');
  });

  it('counts tokens that are none, also a hundred at once, and no others', async () => {
    const throttle = new LinkThrottle(new HandClock());
    const bad = () => throttle.guess('192.0.2.1', () => Promise.reject(new Error('no link')));
    for (let at = 0; at < 300; at += 1) await throttle.guess('192.0.2.1', () => Promise.resolve());
    const ends = await Promise.allSettled(Array.from({ length: 101 }, bad));
    const reasons = ends.map((end) => ((end as PromiseRejectedResult).reason as Error).message);
    expect(reasons.filter((message) => message === 'no link')).toHaveLength(100);
    expect(reasons.at(-1)).toBe('Too many attempts');
    await throttle.guess('192.0.2.2', () => Promise.resolve());
  });
});
