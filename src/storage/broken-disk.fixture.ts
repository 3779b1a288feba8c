import { Disk, DiskEntry, DiskFile, NodeDisk, OpenMode } from './disk';

/** One call of the file system, before it is done. */
export interface DiskCall {
  readonly name: string;
  readonly path: string;
  /** Of a write: bytes, and where. */
  readonly bytes?: number;
  readonly position?: number;
}

/** What happens to a call: nothing (it is done), an error thrown, or a write cut short to so many bytes. */
export type Fate = void | { readonly short: number } | Promise<void>;

/** An error as the file system would throw it. */
export function errno(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** The machine's disk, with a word before every call that changes anything. */
export class BrokenDisk extends Disk {
  private readonly disk = new NodeDisk();

  constructor(private readonly before: (call: DiskCall) => Fate) {
    super();
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    if (mode === 'create') await this.before({ name: 'create', path });
    const file = await this.disk.open(path, mode);
    return {
      read: (target, position) => file.read(target, position),
      size: () => file.size(),
      close: () => file.close(),
      writev: async (buffers, position) => {
        const bytes = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
        const fate = await this.before({ name: 'write', path, bytes, position });
        if (!fate) return file.writev(buffers, position);
        return fate.short === 0 ? 0 : file.writev([Buffer.concat(buffers).subarray(0, fate.short)], position);
      },
      datasync: async () => {
        await this.before({ name: 'datasync', path });
        await file.datasync();
      },
      truncate: async (length) => {
        await this.before({ name: 'truncate', path });
        await file.truncate(length);
      },
    };
  }

  async link(existing: string, name: string): Promise<void> {
    await this.before({ name: 'link', path: name });
    await this.disk.link(existing, name);
  }

  async unlink(path: string): Promise<void> {
    await this.before({ name: 'unlink', path });
    await this.disk.unlink(path);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.before({ name: 'rename', path: to });
    await this.disk.rename(from, to);
  }

  async makeFolder(path: string): Promise<void> {
    await this.before({ name: 'makeFolder', path });
    await this.disk.makeFolder(path);
  }

  async removeFolder(path: string): Promise<void> {
    await this.before({ name: 'removeFolder', path });
    await this.disk.removeFolder(path);
  }

  async syncFolder(path: string): Promise<void> {
    await this.before({ name: 'syncFolder', path });
    await this.disk.syncFolder(path);
  }

  stat(path: string): Promise<DiskEntry | null> {
    return this.disk.stat(path);
  }

  list(folder: string): Promise<string[]> {
    return this.disk.list(folder);
  }

  realPath(path: string): Promise<string> {
    return this.disk.realPath(path);
  }

  freeBytes(path: string): Promise<number> {
    return this.disk.freeBytes(path);
  }
}
