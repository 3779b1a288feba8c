import { hash, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Gate } from './gate';
import { normalizePassword } from './password-rules';

/** argon2id, 19 MiB, 2 passes, 1 lane: OWASP Password Storage Cheat Sheet. About 20 ms of one core. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Two at a time: the other threads of the pool write recordings. Those who wait longest wait about a second. */
const SLOTS = 2;
const QUEUE = 64;

/** Hashes and checks passwords with argon2id, a bounded number at a time. */
@Injectable()
export class PasswordHasher {
  private readonly gate = new Gate(SLOTS, QUEUE);
  /** Made once, from a password nobody knows: what is checked where there is no account. */
  private readonly dummy = hash(randomBytes(32), COST);

  /** @returns the hash in PHC form. @throws ProblemException `overloaded` */
  hash(password: string): Promise<string> {
    return this.gate.run(() => hash(normalizePassword(password), COST));
  }

  /**
   * Checks a password against a hash; where there is no hash (nobody has this address) it works as long and says no.
   * @throws ProblemException `overloaded`
   */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const against = stored ?? (await this.dummy);
    const right = await this.gate.run(() => verify(against, normalizePassword(password)));
    return right && stored !== null;
  }

  /** True where today's costs differ from those the hash was made with. */
  isOutdated(stored: string): boolean {
    return !stored.startsWith(`$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$`);
  }
}
