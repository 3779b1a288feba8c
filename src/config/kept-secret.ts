import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchownSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A secret that is made once and kept in a file of mode 0600. The file appears whole or not at all (written aside,
 * fsynced, linked into place, directory fsynced), and of two processes that start together one wins and both use its
 * secret.
 * @param make the text of a new secret
 * @returns the file's text; after a rotation several secrets, see {@link keptList}
 */
export function keptSecret(file: string, make: () => string): string {
  return readSecret(file) ?? createSecret(file, make());
}

/** The secrets in the text of a kept file, one a line, newest first. */
export function keptList(text: string): string[] {
  return text.split(/\s+/).filter((secret) => secret !== '');
}

export const NOTHING_KEPT = 'there is no kept secret yet: the service makes it at its first start';

/** Why a kept secret was not rotated; shows nothing of it. */
export class RotationError extends Error {}

/**
 * Puts a new secret in front of those of a kept file. The file is the old or the new one, whole, whatever happens
 * (written aside, fsynced, renamed, directory fsynced), of mode 0600, and its owner's. Of two at once one is lost: hold a
 * lock.
 * @param most secrets to keep, the new one included; older ones are dropped, or with `drop: false` refused
 * @returns how many secrets the file has now
 * @throws RotationError where there is no file, or it is full
 */
export function rotateKeptSecret(
  file: string,
  make: () => string,
  { most, drop }: { most: number; drop: boolean },
): number {
  const text = readSecret(file);
  if (text === null) throw new RotationError(NOTHING_KEPT);
  const known = keptList(text);
  if (!drop && known.length >= most) throw new RotationError(`it has ${known.length} keys already`);
  const secrets = [make(), ...known].slice(0, most);
  const { uid, gid } = statSync(file);
  const draft = writeDraft(file, `${secrets.join('\n')}\n`, { uid, gid });
  renameSync(draft, file);
  syncDirectory(dirname(file));
  return secrets.length;
}

function readSecret(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function createSecret(file: string, secret: string): string {
  const draft = writeDraft(file, `${secret}\n`);
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  syncDirectory(dirname(file));
  return readSecret(file) ?? secret;
}

/** @param owner whose it is to be: root rotates the secret of a service that is not root */
function writeDraft(file: string, text: string, owner?: { uid: number; gid: number }): string {
  const draft = join(dirname(file), `.${randomBytes(8).toString('hex')}.tmp`);
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    if (owner) fchownSync(descriptor, owner.uid, owner.gid);
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return draft;
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
