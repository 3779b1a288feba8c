import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { AppConfig } from '../config/app-config';

/** Longer than a match; the pass-phrase is asked for again after it. */
export const KEY_SECONDS = 6 * 3_600;

/** What a key is for. */
interface Locked {
  readonly id: number;
  readonly passphraseHash: string | null;
}

/**
 * What a browser gets for the right pass-phrase: `<until>.<MAC over until, share and pass-phrase hash>`. It opens one share for
 * some hours and nothing else; no list of them is kept. Made with the newest of `JWT_SECRET`, good with the older ones too.
 */
@Injectable()
export class ShareKeys {
  private readonly keys: readonly Buffer[];

  constructor(
    { jwtSecret, olderJwtSecrets }: AppConfig,
    private readonly clock: Clock,
  ) {
    this.keys = [jwtSecret, ...olderJwtSecrets].map((secret) => {
      return Buffer.from(hkdfSync('sha256', secret, '', 'padelvar share key', 32));
    });
  }

  make(share: Locked): string {
    const until = Math.floor(this.clock.now() / 1000) + KEY_SECONDS;
    return `${until}.${mac(this.keys[0] as Buffer, until, share).toString('base64url')}`;
  }

  /** Whether it is one of ours for this share, and its time is not over. */
  opens(key: string | null, share: Locked): boolean {
    const [, digits, text = ''] = /^(\d{1,12})\.([A-Za-z0-9_-]{43})$/.exec(key ?? '') ?? [];
    const until = Number(digits);
    const seconds = this.clock.now() / 1000;
    if (!(until > seconds && until <= seconds + KEY_SECONDS + 1)) return false;
    const given = Buffer.from(text, 'base64url');
    return this.keys.some((one) => {
      const right = mac(one, until, share);
      return given.length === right.length && timingSafeEqual(given, right);
    });
  }
}

function mac(key: Buffer, until: number, { id, passphraseHash }: Locked): Buffer {
  return createHmac('sha256', key).update(`${until}|${id}|${passphraseHash}`).digest();
}
