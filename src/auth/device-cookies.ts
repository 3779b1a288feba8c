import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app-config';

/**
 * Values of the device cookie: `<random id>.<MAC over id and account>`. It proves that this browser once signed in to
 * this account, and buys nothing but attempts of its own (OWASP: "Slow Down Online Guessing Attacks with Device Cookies").
 */
@Injectable()
export class DeviceCookies {
  private readonly key: Buffer;

  constructor(config: AppConfig) {
    this.key = Buffer.from(hkdfSync('sha256', config.jwtSecret, '', 'padelvar device cookie', 32));
  }

  issue(account: string): string {
    const id = randomBytes(16).toString('base64url');
    return `${id}.${this.mac(id, account).toString('base64url')}`;
  }

  /** The device's id, where the cookie is one of ours for this account; else `null`. */
  deviceOf(cookie: string | null, account: string): string | null {
    const [id = '', mac = '', ...rest] = (cookie ?? '').split('.');
    const given = Buffer.from(mac, 'base64url');
    const right = this.mac(id, account);
    if (id.length !== 22 || rest.length > 0 || given.length !== right.length) return null;
    return timingSafeEqual(given, right) ? id : null;
  }

  private mac(id: string, account: string): Buffer {
    return createHmac('sha256', this.key).update(`${id}|${account}`).digest();
  }
}
