import * as fs from 'node:fs';
import { promisify } from 'node:util';

/** One open file. Positions and lengths in bytes; errors are Node's own, with their `code`. */
export interface DiskFile {
  /** Writes buffers in a row at `position` in one system call; may write less than all. The number of bytes written. */
  writev(buffers: readonly Buffer[], position: number): Promise<number>;
  /** Fills `target` as far as there are bytes; the number of bytes read, 0 at the end. */
  read(target: Buffer, position: number): Promise<number>;
  /** `fdatasync`. After a failure nothing is known of what was written before; calling it again proves nothing. */
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  size(): Promise<number>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** What is known of a name, without following it. */
export interface DiskEntry {
  readonly kind: 'file' | 'folder' | 'other';
  readonly bytes: number;
  /** Device and inode: equal for two names of one file. */
  readonly identity: string;
  readonly modifiedAt: Date;
}

/** `create`: read and write, must not exist. `update`: read and write, must exist. `read`: must exist. */
export type OpenMode = 'create' | 'update' | 'read';

/** The file system as recordings need it: the one seam, so that tests can break every call. */
export abstract class Disk {
  /** Never follows a symbolic link as last component (`ELOOP`). */
  abstract open(path: string, mode: OpenMode): Promise<DiskFile>;
  /** `null` where there is nothing. */
  abstract stat(path: string): Promise<DiskEntry | null>;
  abstract list(folder: string): Promise<string[]>;
  /** Makes a folder and its parents; nothing happens where it exists. */
  abstract makeFolder(path: string): Promise<void>;
  /** Gives a file a second name; `EEXIST` where that is taken. */
  abstract link(existing: string, name: string): Promise<void>;
  abstract unlink(path: string): Promise<void>;
  abstract removeFolder(path: string): Promise<void>;
  abstract rename(from: string, to: string): Promise<void>;
  /** Makes names in a folder durable. */
  abstract syncFolder(path: string): Promise<void>;
  /** The path with every symbolic link resolved. */
  abstract realPath(path: string): Promise<string>;
  /** Bytes an unprivileged user may still write on the file system that holds `path`. */
  abstract freeBytes(path: string): Promise<number>;
}

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_DIRECTORY } = fs.constants;
const FLAGS: Record<OpenMode, number> = {
  create: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
  update: O_RDWR | O_NOFOLLOW,
  read: O_RDONLY | O_NOFOLLOW,
};

// Callbacks on bare descriptors: a FileHandle costs several objects a call, and a hundred courts write every second.
const openFd = promisify(fs.open);
const closeFd = promisify(fs.close);
const fdatasync = promisify(fs.fdatasync);
const fsync = promisify(fs.fsync);
const ftruncate = promisify(fs.ftruncate);
const fstat = promisify(fs.fstat);

class NodeDiskFile implements DiskFile {
  private closed: Promise<void> | null = null;

  constructor(private readonly fd: number) {}

  writev(buffers: readonly Buffer[], position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.writev(this.fd, buffers, position, (error, written) => (error ? reject(error) : resolve(written)));
    });
  }

  read(target: Buffer, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.fd, target, 0, target.length, position, (error, read) => (error ? reject(error) : resolve(read)));
    });
  }

  datasync(): Promise<void> {
    return fdatasync(this.fd);
  }

  truncate(length: number): Promise<void> {
    return ftruncate(this.fd, length);
  }

  async size(): Promise<number> {
    return (await fstat(this.fd)).size;
  }

  /** Once: the number of a closed descriptor soon belongs to another file. */
  close(): Promise<void> {
    return (this.closed ??= closeFd(this.fd));
  }
}

/** The machine's own file system. */
export class NodeDisk extends Disk {
  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    return new NodeDiskFile(await openFd(path, FLAGS[mode], 0o640));
  }

  async stat(path: string): Promise<DiskEntry | null> {
    try {
      const entry = await fs.promises.lstat(path);
      const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
      return { kind, bytes: entry.size, identity: `${entry.dev}:${entry.ino}`, modifiedAt: entry.mtime };
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null;
      throw error;
    }
  }

  list(folder: string): Promise<string[]> {
    return fs.promises.readdir(folder);
  }

  async makeFolder(path: string): Promise<void> {
    await fs.promises.mkdir(path, { recursive: true, mode: 0o750 });
  }

  link(existing: string, name: string): Promise<void> {
    return fs.promises.link(existing, name);
  }

  unlink(path: string): Promise<void> {
    return fs.promises.unlink(path);
  }

  removeFolder(path: string): Promise<void> {
    return fs.promises.rmdir(path);
  }

  rename(from: string, to: string): Promise<void> {
    return fs.promises.rename(from, to);
  }

  async syncFolder(path: string): Promise<void> {
    const fd = await openFd(path, O_RDONLY | O_DIRECTORY);
    try {
      await fsync(fd);
    } finally {
      await closeFd(fd);
    }
  }

  realPath(path: string): Promise<string> {
    return fs.promises.realpath(path);
  }

  async freeBytes(path: string): Promise<number> {
    const { bavail, bsize } = await fs.promises.statfs(path);
    return bavail * bsize;
  }
}

/** Whether an error is one of Node's with one of these codes. */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return typeof error.code === 'string' && codes.includes(error.code);
}

/** IOV_MAX of Linux; a fragment of more frames than this goes in several writes. */
const MAX_VECTORS = 1024;

/**
 * Writes all of `buffers` at `position`, going on after short writes.
 * @throws what the write throws (`ENOSPC`, `EIO`, …); what came before it stays written
 */
export async function writeFully(file: DiskFile, buffers: readonly Buffer[], position: number): Promise<void> {
  let rest = buffers;
  let at = position;
  while (rest.length > 0) {
    const batch = rest.length > MAX_VECTORS ? rest.slice(0, MAX_VECTORS) : rest;
    let written = await file.writev(batch, at);
    if (written === 0 && batch.some((buffer) => buffer.length > 0)) {
      throw Object.assign(new Error('the file system wrote nothing'), { code: 'EIO' });
    }
    at += written;
    let whole = 0;
    while (whole < batch.length && written >= batch[whole]!.length) written -= batch[whole++]!.length;
    if (whole === rest.length) return;
    rest = rest.slice(whole);
    if (written > 0) rest = [rest[0]!.subarray(written), ...rest.slice(1)];
  }
}

/** `length` bytes at `position`. @throws RangeError where the file ends before */
export async function readFully(file: DiskFile, position: number, length: number): Promise<Buffer> {
  const out = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length;) {
    const read = await file.read(out.subarray(filled), position + filled);
    if (read === 0) throw new RangeError(`the file ends before byte ${position + length}`);
    filled += read;
  }
  return out;
}
