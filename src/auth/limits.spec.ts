import { Cancel, Clock } from '../common/clock';
import { AttemptLimiter } from './attempt-limiter';
import { DayLimits } from './day-limits';
import { Gate } from './gate';
import { LoginThrottle } from './login-throttle';
import { RotationMemory } from './rotation-memory';

class TestClock extends Clock {
  time = 0;

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time;
  }

  after(): Cancel {
    return () => undefined;
  }
}

describe('AttemptLimiter', () => {
  it('blocks at the limit until the window ends', () => {
    const clock = new TestClock();
    const limiter = new AttemptLimiter(clock, 2, 1000);
    limiter.take('a');
    expect(limiter.blockedFor('a')).toBe(0);
    clock.time = 400;
    limiter.take('a');
    expect(limiter.blockedFor('a')).toBe(600);
    expect(limiter.blockedFor('b')).toBe(0);
    clock.time = 1000;
    expect(limiter.blockedFor('a')).toBe(0);
  });

  it('takes back what was given back, and forgets what was reset', () => {
    const limiter = new AttemptLimiter(new TestClock(), 1, 1000);
    limiter.take('a');
    limiter.giveBack('a');
    expect(limiter.blockedFor('a')).toBe(0);
    limiter.take('a');
    expect(limiter.blockedFor('a')).toBe(1000);
    limiter.reset('a');
    expect(limiter.blockedFor('a')).toBe(0);
  });

  it('remembers a bounded number of keys, the newest', () => {
    const limiter = new AttemptLimiter(new TestClock(), 1, 1000, 3);
    for (const key of ['a', 'b', 'c', 'd']) limiter.take(key);
    expect(['a', 'b', 'c', 'd'].map((key) => limiter.blockedFor(key) > 0)).toEqual([false, true, true, true]);
  });
});

describe('LoginThrottle', () => {
  const exhaust = (throttle: LoginThrottle, account: string, ip: string, device: string | null = null): void => {
    for (let i = 0; i < 10; i += 1) throttle.attempt(account, ip, device);
  };

  it.each<[string, string, string, string | null, boolean]>([
    ['the same account and address', 'a', '192.0.2.1', null, false],
    ['another account', 'b', '192.0.2.1', null, true],
    ['another address', 'a', '192.0.2.2', null, true],
    ['a known device', 'a', '192.0.2.1', 'laptop', true],
  ])('after ten wrong passwords: %s', (_name, account, ip, device, open) => {
    const throttle = new LoginThrottle(new TestClock());
    exhaust(throttle, 'a', '192.0.2.1');
    const attempt = (): unknown => throttle.attempt(account, ip, device);
    if (open) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(expect.objectContaining({ code: 'too_many_attempts' }));
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', false],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2::5', false],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', true],
  ])('counts an IPv6 network as one: %s and %s', (first, second, open) => {
    const throttle = new LoginThrottle(new TestClock());
    exhaust(throttle, 'a', first);
    const attempt = (): unknown => throttle.attempt('a', second, null);
    if (open) expect(attempt).not.toThrow();
    else expect(attempt).toThrow();
  });

  it('ends with the guessing from one address at all accounts, and at one account from all addresses', () => {
    const clock = new TestClock();
    const oneAddress = new LoginThrottle(clock);
    for (let i = 0; i < 100; i += 1) oneAddress.attempt(`account ${i}`, '192.0.2.1', null);
    expect(() => oneAddress.attempt('another', '192.0.2.1', null)).toThrow();
    const oneAccount = new LoginThrottle(clock);
    for (let i = 0; i < 100; i += 1) oneAccount.attempt('a', `192.0.2.${i}`, null);
    expect(() => oneAccount.attempt('a', '198.51.100.1', null)).toThrow();
  });

  it('a right password costs nothing', () => {
    const throttle = new LoginThrottle(new TestClock());
    for (let i = 0; i < 500; i += 1) throttle.attempt('a', '192.0.2.1', null).forgive();
  });
});

describe('Gate', () => {
  it('runs a few, lets a few wait in order, and turns the rest away', async () => {
    const gate = new Gate(1, 2);
    const order: number[] = [];
    let open: () => void = () => undefined;
    const first = gate.run(() => new Promise<void>((resolve) => (open = resolve)));
    const waiting = [1, 2].map((n) => gate.run(async () => void order.push(n)));
    await expect(gate.run(async () => undefined)).rejects.toMatchObject({ code: 'overloaded' });
    open();
    await Promise.all([first, ...waiting]);
    expect(order).toEqual([1, 2]);
    await expect(gate.run(async () => 3)).resolves.toBe(3);
  });

  it('frees the slot of a task that fails', async () => {
    const gate = new Gate(1, 0);
    await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gate.run(async () => 1)).resolves.toBe(1);
  });
});

describe('RotationMemory', () => {
  it('tells those that came before the answer had left from those after', () => {
    const clock = new TestClock();
    const memory = new RotationMemory(clock);
    const hash = Buffer.from('hash');
    expect(memory.overlapped(hash, 0)).toBe(false);
    const left = memory.note([hash]);
    expect(memory.overlapped(hash, 5)).toBe(true);
    clock.time = 10;
    left();
    clock.time = 20;
    left();
    expect(memory.overlapped(hash, 10)).toBe(true);
    expect(memory.overlapped(hash, 11)).toBe(false);
  });
});

describe('DayLimits', () => {
  it('lets an account sign in and trade tokens so often a day, each account for itself', () => {
    const clock = new TestClock();
    const limits = new DayLimits(clock);
    for (let i = 0; i < 1_000; i += 1) limits.signIn(1);
    for (let i = 0; i < 10_000; i += 1) limits.trade(1);
    const wait = expect.objectContaining({ code: 'too_many_attempts', extras: { retryAfterSeconds: 86_400 } }) as Error;
    expect(() => limits.signIn(1)).toThrow(wait);
    expect(() => limits.trade(1)).toThrow(wait);
    limits.signIn(2);
    limits.trade(2);
    clock.time = 24 * 60 * 60_000;
    limits.signIn(1);
    limits.trade(1);
  });
});
