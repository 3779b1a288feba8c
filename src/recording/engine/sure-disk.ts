import { Cancel, Clock } from '../../common/clock';
import { isOverloaded } from '../../common/to-problem';
import { Disk, DiskEntry, DiskFile, OpenMode } from '../../storage/disk';
import { JournalError } from './journal-error';

/** A sync that takes longer has failed. */
const PATIENCE_MS = 30_000;

/** Waits for a sync, but not for ever. @throws JournalError `sync_timeout`, and what the sync throws */
export async function inTime(clock: Clock, sync: Promise<void>): Promise<void> {
  let cancel: Cancel = () => undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(PATIENCE_MS, () =>
      reject(new JournalError('sync_timeout', 'The disk did not answer in time')),
    );
  });
  // Should it fail after nobody waits any more, nobody is there to hear of it.
  sync.catch(() => undefined);
  await Promise.race([sync, late]).finally(cancel);
}

/**
 * The disk as the finaliser needs it: a sync that fails, or hangs, ends the work for good. What the kernel could not write it
 * forgets, and the next fsync reports success (fsync(2), "Linux kernel" of the PostgreSQL wiki's "Fsync Errors"); so such a
 * file must never become a video by trying again.
 * Its syncs throw JournalError `sync_failed` or `sync_timeout`; all else is the disk's own.
 */
export class SureDisk extends Disk {
  constructor(
    private readonly disk: Disk,
    private readonly clock: Clock,
  ) {
    super();
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    const file = await this.disk.open(path, mode);
    return {
      writev: (buffers, position) => file.writev(buffers, position),
      read: (target, position) => file.read(target, position),
      datasync: () => this.sure(file.datasync()),
      truncate: (length) => file.truncate(length),
      size: () => file.size(),
      close: () => file.close(),
    };
  }

  syncFolder(path: string): Promise<void> {
    return this.sure(this.disk.syncFolder(path));
  }

  stat(path: string): Promise<DiskEntry | null> {
    return this.disk.stat(path);
  }

  list(folder: string): Promise<string[]> {
    return this.disk.list(folder);
  }

  makeFolder(path: string): Promise<void> {
    return this.disk.makeFolder(path);
  }

  link(existing: string, name: string): Promise<void> {
    return this.disk.link(existing, name);
  }

  unlink(path: string): Promise<void> {
    return this.disk.unlink(path);
  }

  removeFolder(path: string): Promise<void> {
    return this.disk.removeFolder(path);
  }

  rename(from: string, to: string): Promise<void> {
    return this.disk.rename(from, to);
  }

  realPath(path: string): Promise<string> {
    return this.disk.realPath(path);
  }

  freeBytes(path: string): Promise<number> {
    return this.disk.freeBytes(path);
  }

  private async sure(sync: Promise<void>): Promise<void> {
    try {
      await inTime(this.clock, sync);
    } catch (cause) {
      // Where a folder could not even be opened, nothing is lost by trying again.
      if (cause instanceof JournalError || isOverloaded(cause)) throw cause;
      throw new JournalError('sync_failed', 'The disk could not keep the video', { cause });
    }
  }
}
