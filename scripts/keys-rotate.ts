import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../src/config/app-config';
import { MOST_SECRETS } from '../src/config/fields';
import { NOTHING_KEPT, RotationError, rotateKeptSecret } from '../src/config/kept-secret';
import { loadConfig } from '../src/config/load-config';
import { JWT_SECRET_FILE, newSecret, readEnvironment, SECRETS_KEY_FILE } from '../src/config/prepare-config';
import { withFileLock } from '../src/database/embedded/file-lock';

const USAGE = `npm run keys:rotate                a new secret for access tokens (JWT_SECRET); the one before it still verifies
npm run keys:rotate -- --secrets   a new key for the cameras' addresses (SECRETS_KEY); all before it still open`;
/** Seconds to wait for another one who rotates at this moment. */
const LOCK_WAIT = 10;

interface Rotation {
  readonly variable: 'JWT_SECRET' | 'SECRETS_KEY';
  readonly file: string;
  /** Secrets kept, the new one included. A key may still be needed by rows: it is never dropped unasked. */
  readonly keep: { readonly most: number; readonly drop: boolean };
  readonly next: string;
}

const TOKENS: Rotation = {
  variable: 'JWT_SECRET',
  file: JWT_SECRET_FILE,
  keep: { most: 2, drop: true },
  next: 'A running service takes it at its next start; nobody is signed out by it.',
};
const SECRETS: Rotation = {
  variable: 'SECRETS_KEY',
  file: SECRETS_KEY_FILE,
  keep: { most: MOST_SECRETS, drop: false },
  next:
    'A running service takes it at its next start, and seals the addresses of all cameras anew. Start every service ' +
    'that shares the database anew: one that knows the older keys only opens no address that was sealed with this one.',
};

async function main(args: readonly string[]): Promise<void> {
  if (args.some((arg) => arg !== '--secrets')) throw new RotationError(`use it so:\n${USAGE}`);
  const rotation = args.includes('--secrets') ? SECRETS : TOKENS;
  const { variable, file, keep, next } = rotation;
  const settings = loadConfig(readEnvironment(), process.cwd());
  if ((variable === 'JWT_SECRET' ? settings.jwtSecret : settings.secretsKey) !== null) {
    throw new RotationError(
      `${variable} is set: put a new one (openssl rand -hex 32) in front of it there, as ${variable}=new,old`,
    );
  }
  const path = join(settings.dataDir, file);
  if (!existsSync(path)) throw new RotationError(NOTHING_KEPT);
  const count = await withFileLock(join(settings.dataDir, 'keys.lock'), LOCK_WAIT, () =>
    Promise.resolve().then(() => rotateKeptSecret(path, newSecret, keep)),
  );
  process.stdout.write(`${path} has a new secret; it holds ${count} now. ${next}\n`);
}

function explain(error: unknown): string {
  if (error instanceof RotationError && error.message.includes('keys already')) {
    return `${error.message}. Once health says that no camera waits for the newest (camera_keys), delete its last lines.`;
  }
  if (error instanceof RotationError || error instanceof ConfigError) return error.message;
  return error instanceof Error ? error.message : String(error);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`Nothing was rotated: ${explain(error)}\n`, () => process.exit(1));
  },
);
