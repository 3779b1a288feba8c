import { randomInt } from 'node:crypto';
import { violatedUnique } from '../common/database-error';

/** Letters and digits that nobody takes for one another, read aloud or off a screen: no I, L, O, U, 0, 1. */
export const JOIN_CODE_ALPHABET = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
export const JOIN_CODE_LENGTH = 8;
/** Of thousands of open sessions not one in a hundred million codes is another's. */
const TRIES = 5;

/** 39 bits of chance: a code is good for one club's members, while the match is on, and tries are counted. */
export function newJoinCode(): string {
  return Array.from({ length: JOIN_CODE_LENGTH }, () =>
    JOIN_CODE_ALPHABET.charAt(randomInt(JOIN_CODE_ALPHABET.length)),
  ).join('');
}

/** As people type it: in any case, parted by spaces or hyphens. */
export function normalizeJoinCode(text: string): string {
  return text.replace(/[\s-]/g, '').toUpperCase();
}

/**
 * Does `work` with a code that no open session has: the database arbitrates.
 * @param work in a transaction of its own, for it is done again where the code is taken
 */
export async function withJoinCode<T>(work: (code: string) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(newJoinCode());
    } catch (error) {
      if (attempt === TRIES || violatedUnique(error) !== 'camera_sessions_join_code_key') throw error;
    }
  }
}
