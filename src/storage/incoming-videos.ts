import { randomUUID } from 'node:crypto';
import { constants, copyFile, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { faultPoint } from '../common/fault-point';
import { Disk, DiskEntry, DiskFile, isErrno, writeFully } from './disk';
import { VideoPathError, VideoStore } from './video-store';

const INCOMING = '.incoming';
const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const TAKEN = new RegExp(`^${ID}\\.mp4$`);
const RECEIVED = new RegExp(`^${ID}\\.${ID}\\.mp4$`);
const CHUNK_BYTES = 1024 * 1024;
/** Where a second name cannot be given: another file system, one without links, a file that is not ours (protected_hardlinks). */
const NO_LINK = ['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * How a file comes in.
 * - `copy`: with bytes of its own, which file systems that can share do not write again.
 * - `link`: the same where they can share, else as a second name of the same file, else as a copy.
 * - `move`: as a second name, or as a copy; the caller takes the old name away once the new one is sure.
 */
export type WayIn = 'copy' | 'link' | 'move';

/** A file that was brought in. */
export interface Taken {
  /** Where it lies now. */
  readonly path: string;
  /** It is another file than where it came from. */
  readonly copied: boolean;
}

/** The file is not the one it was when it was looked at. */
export class FileChanged extends Error {
  constructor() {
    super('the file has changed meanwhile');
    this.name = 'FileChanged';
  }
}

/** A copy would leave less room than must stay. */
export class NoRoom extends Error {
  constructor() {
    super('there is no room for a copy');
    this.name = 'NoRoom';
  }
}

/**
 * Files from elsewhere on their way into the store, on its file system, where nobody looks for videos:
 * `VIDEOS_DIR/.incoming/<session_id>.mp4` of the one import there is at a time, and `<session_id>.<random>.mp4` of what is
 * received, which several may do at once for one video. What a crash leaves there is also where it came from; it is removed by
 * the next import, or ({@link sweep}) once it is old.
 */
@Injectable()
export class IncomingVideos {
  constructor(
    private readonly disk: Disk,
    private readonly store: VideoStore,
  ) {}

  /** Whether a file lies on the file system of the videos. */
  async isNear({ identity }: DiskEntry): Promise<boolean> {
    const root = await this.disk.stat(this.store.root);
    return root !== null && deviceOf(root.identity) === deviceOf(identity);
  }

  /**
   * Brings a file in; its bytes are durable when this settles, its name is not. Its old name stays. No symbolic link is followed.
   * @param from absolute
   * @param seen what was looked at: anything else than that is refused
   * @param reserveBytes that a copy must leave free
   * @throws FileChanged, NoRoom, VideoPathError, the file system's error
   */
  async take(from: string, seen: DiskEntry, sessionId: string, way: WayIn, reserveBytes: number): Promise<Taken> {
    const path = await this.place(sessionId);
    await this.mustLeadTo(dirname(from));
    const shared = way !== 'move' && (await this.share(from, path));
    const linked = !shared && way !== 'copy' && (await this.link(from, path));
    if (!shared && !linked) await this.copy(from, path, seen.bytes, reserveBytes);
    faultPoint('import.taken');
    await this.mustBe(linked ? path : from, seen);
    const taken = await this.disk.stat(path);
    if (taken?.kind !== 'file' || taken.bytes !== seen.bytes) throw new FileChanged();
    await this.sync(path);
    return { path, copied: !linked };
  }

  /**
   * Writes what comes as a new file of its own; its bytes are durable when this settles, its name is not. The caller does
   * {@link publish} or {@link drop} with it.
   * @param bytes that must come, neither more nor less
   * @param reserveBytes that must stay free
   * @throws NoRoom, FileChanged (another size), what `body` throws, the file system's error
   */
  async receive(sessionId: string, body: AsyncIterable<Buffer>, bytes: number, reserveBytes: number): Promise<string> {
    if ((await this.store.freeBytes()) - bytes < reserveBytes) throw new NoRoom();
    // Never a name that somebody else writes: what is published must be what was verified.
    const path = (await this.pathOf(sessionId)).replace(/mp4$/, `${randomUUID()}.mp4`);
    const file = await this.disk.open(path, 'create');
    try {
      let at = 0;
      for await (const chunk of body) {
        if (at + chunk.length > bytes) throw new FileChanged();
        await writeFully(file, [chunk], at);
        at += chunk.length;
      }
      if (at !== bytes) throw new FileChanged();
      await file.datasync();
    } catch (error) {
      await this.remove(path);
      throw error;
    } finally {
      await file.close();
    }
    return path;
  }

  /**
   * Gives what {@link receive} wrote the name of the club's video; the name is durable when this settles. Where a file has that
   * name already it stays: somebody else has brought it, and it may have been changed since.
   */
  async publish(path: string, clubId: number, sessionId: string): Promise<void> {
    const target = await this.target(clubId, sessionId);
    try {
      if (!(await this.link(path, target))) {
        if ((await this.disk.stat(target)) === null) await this.disk.rename(path, target);
      }
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
    await this.disk.syncFolder(dirname(target));
    await this.drop(path);
  }

  /** Takes away what {@link receive} wrote, where it is still there. */
  drop(path: string): Promise<void> {
    return this.remove(path);
  }

  /** The folder and the name a video of the club is to have. */
  async target(clubId: number, sessionId: string): Promise<string> {
    const path = this.store.videoPath(clubId, sessionId);
    await this.disk.makeFolder(dirname(path));
    await this.mustLeadTo(dirname(path));
    return path;
  }

  /** Takes away what {@link take} brought, where it is still there. */
  async discard(sessionId: string): Promise<void> {
    await this.remove(join(this.folder, `${sessionId}.mp4`));
  }

  /** Removes what a crash left of an import. What is being received is none of its business. */
  async clear(): Promise<void> {
    for (const name of await this.names()) if (TAKEN.test(name)) await this.remove(join(this.folder, name));
  }

  /** Removes what crashes left of what was received: what nobody has written to since then. @returns how many went */
  async sweep(before: Date): Promise<number> {
    let gone = 0;
    for (const name of await this.names()) {
      const path = join(this.folder, name);
      const entry = RECEIVED.test(name) ? await this.disk.stat(path) : null;
      if (entry?.kind !== 'file' || entry.modifiedAt >= before) continue;
      await this.remove(path);
      gone += 1;
    }
    return gone;
  }

  /**
   * Whether two files hold the same bytes; at once for two names of one file. It reads both.
   */
  async isSame(a: string, b: string): Promise<boolean> {
    const [first, second] = await Promise.all([this.disk.stat(a), this.disk.stat(b)]);
    if (first?.kind !== 'file' || second?.kind !== 'file' || first.bytes !== second.bytes) return false;
    if (first.identity === second.identity) return true;
    const files: DiskFile[] = [];
    try {
      for (const path of [a, b]) files.push(await this.disk.open(path, 'read'));
      return await sameBytes(files[0] as DiskFile, files[1] as DiskFile);
    } finally {
      for (const file of files) await file.close();
    }
  }

  private get folder(): string {
    return join(this.store.root, INCOMING);
  }

  private async names(): Promise<string[]> {
    return (await this.disk.stat(this.folder))?.kind === 'folder' ? this.disk.list(this.folder) : [];
  }

  private async place(sessionId: string): Promise<string> {
    const path = await this.pathOf(sessionId);
    await this.remove(path);
    return path;
  }

  private async pathOf(sessionId: string): Promise<string> {
    await this.disk.makeFolder(this.folder);
    await this.mustLeadTo(this.folder);
    // The one place that makes names of ids, and checks them.
    return join(this.folder, this.store.relativePath(1, sessionId).slice('1/'.length));
  }

  /** Lets a new file share the bytes of another one (FICLONE, ioctl_ficlonerange(2)); false where the file system cannot. */
  private async share(from: string, path: string): Promise<boolean> {
    // By descriptor: a name that became a symbolic link meanwhile is not followed.
    const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      await copyFile(`/proc/self/fd/${source.fd}`, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
      return true;
    } catch (error) {
      if (isErrno(error, 'EEXIST', 'EIO', 'ENOSPC', 'EDQUOT')) throw error;
      await this.remove(path);
      return false;
    } finally {
      await source.close();
    }
  }

  private async link(from: string, path: string): Promise<boolean> {
    try {
      await this.disk.link(from, path);
      return true;
    } catch (error) {
      if (isErrno(error, ...NO_LINK)) return false;
      throw error;
    }
  }

  private async copy(from: string, path: string, bytes: number, reserveBytes: number): Promise<void> {
    if ((await this.store.freeBytes()) - bytes < reserveBytes) throw new NoRoom();
    const source = await this.disk.open(from, 'read');
    try {
      const target = await this.disk.open(path, 'create');
      try {
        const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
        for (let at = 0; ;) {
          const read = await source.read(chunk, at);
          if (read === 0) break;
          await writeFully(target, [chunk.subarray(0, read)], at);
          at += read;
          // A file that grows is no finished one, and must not fill the disk.
          if (at > bytes) throw new FileChanged();
        }
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  }

  private async sync(path: string): Promise<void> {
    const file = await this.disk.open(path, 'read');
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  private async mustBe(path: string, seen: DiskEntry): Promise<void> {
    const now = await this.disk.stat(path);
    const isSame = now?.kind === 'file' && now.identity === seen.identity && now.bytes === seen.bytes;
    if (!isSame || now.modifiedAt.getTime() !== seen.modifiedAt.getTime()) throw new FileChanged();
  }

  private async mustLeadTo(folder: string): Promise<void> {
    if ((await this.disk.realPath(folder)) !== folder) throw new VideoPathError('a symbolic link leads somewhere else');
  }

  private async remove(path: string): Promise<void> {
    await this.disk.unlink(path).catch((error: unknown) => {
      if (!isErrno(error, 'ENOENT')) throw error;
    });
  }
}

async function sameBytes(a: DiskFile, b: DiskFile): Promise<boolean> {
  const [left, right] = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)];
  for (let at = 0; ;) {
    const [inA, inB] = await Promise.all([a.read(left, at), b.read(right, at)]);
    const both = Math.min(inA, inB);
    if (!left.subarray(0, both).equals(right.subarray(0, both))) return false;
    if (both === 0) return inA === inB;
    at += both;
  }
}

function deviceOf(identity: string): string {
  return identity.slice(0, identity.indexOf(':'));
}
