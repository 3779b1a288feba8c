import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Whom PostgreSQL runs as; it refuses to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

const OWN_USER = 'padelvar-db';

/**
 * The user for the server when we are root, `null` when we are not: the owner of the data where there is some, else
 * `postgres`, else one of our own that is made now, else `nobody`.
 */
export async function serverUser(dataDirectory: string): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(dataDirectory).catch(() => null);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (
    (await lookUp('postgres')) ??
    (await lookUp(OWN_USER)) ??
    (await createUser()) ??
    (await lookUp('nobody')) ??
    missing()
  );
}

async function lookUp(name: string): Promise<ServerUser | null> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid && uid !== '0' ? { uid: Number(uid), gid: Number(gid) } : null;
}

async function createUser(): Promise<ServerUser | null> {
  const options = ['--system', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin'];
  try {
    await promisify(execFile)('useradd', [...options, '--user-group', OWN_USER], { timeout: 10_000 });
  } catch {
    // No such program, or a read-only system: the caller tries the next user.
  }
  return lookUp(OWN_USER);
}

function missing(): never {
  throw new Error('PostgreSQL does not run as root and no other user could be found or made. Set DATABASE_URL.');
}
