import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { faultPoint } from '../common/fault-point';
import { Disk, isErrno, readFully, writeFully } from './disk';
import { VideoPathError, VideoStore } from './video-store';

const THUMBNAILS = '.thumbnails';
/** Pictures of 640 pixels take 20 to 100 kB. */
const LARGEST_BYTES = 8 * 1024 * 1024;

/** A file among a club's thumbnails, whatever its name. */
export interface ShelvedFile {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/**
 * The pictures that stand for videos: `VIDEOS_DIR/.thumbnails/<club_id>/<session_id>.jpg`. They can all be made again, so they
 * are no files of anybody's: what no living video has is removed, not put into quarantine. One is there whole or not at all.
 */
@Injectable()
export class ThumbnailShelf {
  constructor(
    private readonly disk: Disk,
    private readonly store: VideoStore,
  ) {}

  /** `null` where there is none. */
  async read(clubId: number, sessionId: string): Promise<Buffer | null> {
    const path = this.path(clubId, sessionId);
    const entry = await this.disk.stat(path);
    if (entry?.kind !== 'file' || entry.bytes > LARGEST_BYTES) return null;
    await this.mustBeOurs(dirname(path));
    try {
      const file = await this.disk.open(path, 'read');
      try {
        return await readFully(file, 0, entry.bytes);
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return null;
      throw error;
    }
  }

  /** Keeps a picture, in the place of an older one. */
  async put(clubId: number, sessionId: string, jpeg: Buffer): Promise<void> {
    const path = this.path(clubId, sessionId);
    await this.disk.makeFolder(dirname(path));
    await this.mustBeOurs(dirname(path));
    const temporary = join(dirname(path), `${randomUUID()}.tmp`);
    try {
      const file = await this.disk.open(temporary, 'create');
      try {
        await writeFully(file, [jpeg], 0);
        // Or the name may be durable before the bytes are.
        await file.datasync();
      } finally {
        await file.close();
      }
      faultPoint('thumbnail.rename');
      await this.disk.rename(temporary, path);
      faultPoint('thumbnail.renamed');
    } catch (error) {
      await this.disk.unlink(temporary).catch(() => undefined);
      throw error;
    }
  }

  /** @returns false where there was none */
  remove(clubId: number, sessionId: string): Promise<boolean> {
    return this.unlink(this.path(clubId, sessionId));
  }

  /** What lies in a club's folder of thumbnails. */
  async list(clubId: number): Promise<ShelvedFile[]> {
    const folder = this.folder(clubId);
    if ((await this.disk.stat(folder))?.kind !== 'folder') return [];
    const files: ShelvedFile[] = [];
    for (const name of await this.disk.list(folder)) {
      const entry = await this.disk.stat(join(folder, name));
      if (entry?.kind === 'file') files.push({ name, modifiedAt: entry.modifiedAt.getTime() });
    }
    return files;
  }

  /** Removes a file of {@link list}. @returns false where it is gone */
  async discard(clubId: number, { name }: ShelvedFile): Promise<boolean> {
    if (name === '' || name.includes('/')) throw new VideoPathError('not a name');
    return this.unlink(join(this.folder(clubId), name));
  }

  private async unlink(path: string): Promise<boolean> {
    try {
      if ((await this.disk.stat(path)) === null) return false;
      await this.mustBeOurs(dirname(path));
      await this.disk.unlink(path);
      return true;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    }
  }

  private path(clubId: number, sessionId: string): string {
    return join(this.store.root, THUMBNAILS, this.store.relativePath(clubId, sessionId).replace(/mp4$/, 'jpg'));
  }

  private folder(clubId: number): string {
    if (!Number.isSafeInteger(clubId) || clubId < 1) throw new VideoPathError('not a club id');
    return join(this.store.root, THUMBNAILS, String(clubId));
  }

  private async mustBeOurs(folder: string): Promise<void> {
    if ((await this.disk.realPath(folder)) !== folder)
      throw new VideoPathError('a symbolic link leads out of the videos');
  }
}
