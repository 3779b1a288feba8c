import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app-config';

/**
 * Values of the device cookie: `<random id>.<MAC over id and account>`. It proves that this browser once signed in to
 * this account, and buys nothing but attempts of its own (OWASP: "Slow Down Online Guessing Attacks with Device Cookies").
 *
 * Its key comes from `JWT_SECRET`: the newest makes it, older ones still count, and a sign-in with one of theirs gets the
 * same device a new one.
 */
@Injectable()
export class DeviceCookies {
  private readonly keys: readonly Buffer[];

  constructor({ jwtSecret, olderJwtSecrets }: AppConfig) {
    this.keys = [jwtSecret, ...olderJwtSecrets].map((secret) => {
      return Buffer.from(hkdfSync('sha256', secret, '', 'padelvar device cookie', 32));
    });
  }

  /** What this device is to get at a sign-in; `null`: what it has is as good. */
  renewed(cookie: string | null, account: string): string | null {
    const known = this.find(cookie, account);
    if (known?.age === 0) return null;
    const id = known?.id ?? randomBytes(16).toString('base64url');
    return `${id}.${mac(this.keys[0] as Buffer, id, account).toString('base64url')}`;
  }

  /** The device's id, where the cookie is one of ours for this account; else `null`. */
  deviceOf(cookie: string | null, account: string): string | null {
    return this.find(cookie, account)?.id ?? null;
  }

  /** @returns with `age`, how many newer keys there are than the one that made it */
  private find(cookie: string | null, account: string): { id: string; age: number } | null {
    const [id = '', text = '', ...rest] = (cookie ?? '').split('.');
    const given = Buffer.from(text, 'base64url');
    if (id.length !== 22 || rest.length > 0) return null;
    const age = this.keys.findIndex((key) => {
      const right = mac(key, id, account);
      return given.length === right.length && timingSafeEqual(given, right);
    });
    return age < 0 ? null : { id, age };
  }
}

function mac(key: Buffer, id: string, account: string): Buffer {
  return createHmac('sha256', key).update(`${id}|${account}`).digest();
}
