import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { AttemptLimiter, keyOfAddress, LimitedKey, takeAll } from './attempt-limiter';

const MINUTE = 60_000;

/** What to do with the attempts that were taken once the password turned out right. */
export interface Attempt {
  forgive(): void;
}

/**
 * Limits wrong passwords: 10 a quarter of an hour for an account from one address, 100 for an address, 100 an hour for
 * an account from everywhere. A device its owner signed in from before (see `DeviceCookies`) has its own 10 and none of
 * the others, so nobody can lock an owner out by guessing (OWASP: device cookies). In memory: a restart forgives.
 */
@Injectable()
export class LoginThrottle {
  private readonly pairs: AttemptLimiter;
  private readonly addresses: AttemptLimiter;
  private readonly accounts: AttemptLimiter;
  private readonly devices: AttemptLimiter;

  constructor(clock: Clock) {
    this.pairs = new AttemptLimiter(clock, 10, 15 * MINUTE);
    this.addresses = new AttemptLimiter(clock, 100, 15 * MINUTE);
    this.accounts = new AttemptLimiter(clock, 100, 60 * MINUTE);
    this.devices = new AttemptLimiter(clock, 10, 15 * MINUTE);
  }

  /**
   * Takes an attempt. It makes no difference whether the account exists.
   * @param account e-mail address in lower case
   * @param deviceId of a device known for this account, else `null`
   * @throws ProblemException `too_many_attempts` with `Retry-After`
   */
  attempt(account: string, ip: string | null, deviceId: string | null): Attempt {
    const name = keyOfAddress(account);
    const address = networkOf(ip);
    const keys: LimitedKey[] =
      deviceId !== null
        ? [[this.devices, `${name}|${deviceId}`]]
        : [
            [this.pairs, `${name}|${address}`],
            [this.addresses, address],
            [this.accounts, name],
          ];
    takeAll(keys);
    return {
      forgive: () => {
        for (const [limiter, key] of keys) {
          if (limiter === this.pairs || limiter === this.devices) limiter.reset(key);
          else limiter.giveBack(key);
        }
      },
    };
  }
}

/** Who counts as one: an IPv4 address, or an IPv6 network of 64 bits, which is what one customer has. */
export function networkOf(ip: string | null): string {
  if (ip === null || !isIPv6(ip)) return ip ?? 'unknown';
  const [head = '', tail = ''] = ip.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const missing = ip.includes('::') ? new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0') : [];
  return [...left, ...missing, ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
