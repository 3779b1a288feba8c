import { ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keptSecret } from '../../config/kept-secret';
import { Binaries, binariesCopied, binariesInPlace } from './binaries';
import { strangerInPidFile } from './postmaster';
import { ServerUser, serverUser } from './server-user';

/** For root: a place that other users can enter, wherever the project lies. */
const ROOT_BASE = '/var/lib/padelvar';
export const ADMIN = 'padelvar';

/** The files of one cluster: `<home>/data`, `password`, `port`, `lock`, `users/`. */
export interface Cluster {
  readonly home: string;
  readonly data: string;
  readonly password: string;
  readonly binaries: Binaries;
  readonly user: ServerUser | null;
}

/** Where the cluster of a `DATA_DIR` lives. */
export function clusterHome(dataDir: string): string {
  if (process.getuid?.() !== 0) return join(dataDir, 'postgres');
  return join(ROOT_BASE, createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
}

/** Makes the directory that the lock lies in. */
export async function makeHome(home: string): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o755 });
  // The server's user passes through and sees nothing but its data; a strict umask must not lock it out.
  await chmod(home, 0o711);
}

/** Programs, user, password and an initialised data directory. To be called under the cluster's lock. */
export async function prepareCluster(home: string, durable: boolean): Promise<Cluster> {
  const data = join(home, 'data');
  const user = await serverUser(data);
  if (user) {
    await mkdir(ROOT_BASE, { recursive: true });
    await chmod(ROOT_BASE, 0o755);
  }
  const binaries = user ? await binariesCopied(ROOT_BASE) : await binariesInPlace();
  const password = keptSecret(join(home, 'password'), () => randomBytes(24).toString('hex'));
  const cluster = { home, data, password, binaries, user };
  if (!(await exists(join(data, 'PG_VERSION')))) await initialise(cluster, durable);
  return cluster;
}

/** Runs initdb aside and moves the result into place, so that a data directory is whole or absent. */
async function initialise({ home, data, password, binaries, user }: Cluster, durable: boolean): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith('draft-')) await rm(join(home, name), { recursive: true, force: true });
  }
  const draft = join(home, `draft-${randomBytes(6).toString('hex')}`);
  const passwordFile = `${draft}.password`;
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
  if (user) await Promise.all([draft, passwordFile].map((path) => chown(path, user.uid, user.gid)));
  try {
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const access = [`--username=${ADMIN}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    const args = ['-D', draft, ...access, ...locale, '--no-instructions', ...(durable ? [] : ['--no-sync'])];
    await promisify(execFile)(binaries.initdb, args, { ...spawnAs(user), env: cleanEnvironment(), timeout: 120_000 });
    await rename(draft, data);
    await syncDirectory(home);
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(`PostgreSQL could not be initialised: ${stderr.trim().slice(-1000) || String(error)}`, {
      cause: error,
    });
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Starts the server, detached: it outlives us, and a Ctrl-C in the terminal does not reach it.
 * @param output descriptor of its log
 */
export async function spawnServer(
  cluster: Cluster,
  port: number,
  durable: boolean,
  output: number,
): Promise<ChildProcess> {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '64MB',
    io_method: 'sync',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  const stranger = await strangerInPidFile(cluster.data);
  return spawn(
    cluster.binaries.postgres,
    ['-D', cluster.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...spawnAs(cluster.user),
      env: { ...cleanEnvironment(), ...(stranger !== null && { PG_GRANDPARENT_PID: String(stranger) }) },
      stdio: ['ignore', output, output],
      detached: true,
    },
  );
}

/** A directory that every user can enter, and the user. */
function spawnAs(user: ServerUser | null): { cwd: string; uid?: number; gid?: number } {
  return { cwd: '/', ...(user && { uid: user.uid, gid: user.gid }) };
}

/** Nothing of ours: no secret, no PG* variable, no foreign locale or library path. */
function cleanEnvironment(): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
