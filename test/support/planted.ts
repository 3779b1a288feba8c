import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JWT_SECRET_FILE, SECRETS_KEY_FILE } from '../../src/config/prepare-config';

/**
 * A word that stands in secrets of most tests (people's passwords, cameras' passwords, the keys of the service) and nowhere
 * else: `secret-watch.ts` looks for it in all that services under test say.
 */
export const PLANTED = 'k9Qv2TzPw4Xs';

/** A service that keeps its keys in this folder has such with the word inside; where it has some already they stay. */
export function plantKeys(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = Buffer.from(PLANTED.padEnd(32, PLANTED));
  for (const [file, secret] of [
    [JWT_SECRET_FILE, key.toString('latin1')],
    [SECRETS_KEY_FILE, key.toString('hex')],
  ] as const) {
    const path = join(folder, file);
    if (!existsSync(path)) writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  }
}

/** Forms in which a text may stand somewhere without being seen: as it is, in base64 at any place, in hexadecimal. */
export function formsOf(secret: string): string[] {
  const forms = [secret, secret.toUpperCase(), Buffer.from(secret).toString('hex')];
  for (const before of ['', 'x', 'xx']) {
    const text = Buffer.from(before + secret)
      .toString('base64')
      .replace(/=+$/, '');
    // The first and the last of these depend on what stands beside.
    const inner = text.slice(before === '' ? 0 : 4, -2);
    forms.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return [...new Set(forms)];
}
