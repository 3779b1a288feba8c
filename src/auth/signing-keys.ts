import { createHmac, createSecretKey, KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app-config';

interface SigningKey {
  /** The `kid` of what it signs (RFC 7515 §4.1.4); says nothing about the secret. */
  readonly id: string;
  /** Made once: what is given as text is looked through for a public key in each request that is verified with it. */
  readonly key: KeyObject;
}

/** The secrets of access tokens: the newest signs, all of `JWT_SECRET` verify. */
@Injectable()
export class SigningKeys {
  private readonly keys: readonly SigningKey[];

  constructor({ jwtSecret, olderJwtSecrets }: AppConfig) {
    this.keys = [jwtSecret, ...olderJwtSecrets].map((secret) => ({
      id: idOf(secret),
      key: createSecretKey(Buffer.from(secret, 'utf8')),
    }));
  }

  get current(): SigningKey {
    return this.keys[0] as SigningKey;
  }

  /**
   * The key that a token says it was signed with; `null` where it names one that is not ours. Tokens that name none
   * were made before there were names, ten minutes ago at most: the newest secret made them, or nobody.
   */
  keyFor(token: string): KeyObject | null {
    const header = headerOf(token);
    if (header === null) return null;
    if (header.kid === undefined) return this.current.key;
    return this.keys.find(({ id }) => id === header.kid)?.key ?? null;
  }
}

function idOf(secret: string): string {
  return createHmac('sha256', secret).update('padelvar key id').digest('hex').slice(0, 12);
}

function headerOf(token: string): { kid?: unknown } | null {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'));
    return typeof header === 'object' ? header : null;
  } catch {
    return null;
  }
}
