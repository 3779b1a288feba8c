import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { faultPoint } from '../common/fault-point';
import { Disk, DiskFile, isErrno, readFully, writeFully } from './disk';
import { OpenVideo, VideoPathError, VideoStore } from './video-store';

const HIGHLIGHTS = 'highlights';
const MAKING = '.making';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const LARGEST_PICTURE = 8 * 1024 * 1024;

/** A highlight among the videos. */
export interface HighlightPlace {
  readonly id: string;
  readonly clubId: number;
}

/**
 * The files of highlights:
 *
 *     VIDEOS_DIR/<club_id>/highlights/<highlight_id>.mp4, .jpg
 *     VIDEOS_DIR/.making/<random>.mp4                          being written, or what a crash left
 *
 * A file has its name once it is whole and durable. What lies in `.making` and is written no more can go at any time.
 */
@Injectable()
export class HighlightShelf {
  constructor(
    private readonly disk: Disk,
    private readonly store: VideoStore,
  ) {}

  /** Bytes that may still be written. */
  freeBytes(): Promise<number> {
    return this.store.freeBytes();
  }

  /**
   * Writes a film and gives it its name, in the place of an earlier try's.
   * @param write fills the empty file
   */
  async put<T>(place: HighlightPlace, write: (file: DiskFile) => Promise<T>): Promise<T> {
    const path = this.path(place, 'mp4');
    return this.place(path, 'mp4', write);
  }

  /** Opens a film to read it; it stays readable while it is deleted. `null` where there is none. */
  async open(place: HighlightPlace): Promise<OpenVideo | null> {
    const path = this.path(place, 'mp4');
    const entry = await this.disk.stat(path);
    if (entry?.kind !== 'file') return null;
    await this.mustBeOurs(dirname(path));
    try {
      return { path, entry, file: await this.disk.open(path, 'read') };
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return null;
      throw error;
    }
  }

  /** The picture that stands for it; `null` where there is none. */
  async picture(place: HighlightPlace): Promise<Buffer | null> {
    const path = this.path(place, 'jpg');
    const entry = await this.disk.stat(path);
    if (entry?.kind !== 'file' || entry.bytes > LARGEST_PICTURE) return null;
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

  async putPicture(place: HighlightPlace, jpeg: Buffer): Promise<void> {
    await this.place(this.path(place, 'jpg'), 'jpg', (file) => writeFully(file, [jpeg], 0));
  }

  /** Takes all files of a highlight; where there are none nothing happens. */
  async remove(place: HighlightPlace): Promise<void> {
    for (const kind of ['jpg', 'mp4'] as const) {
      const path = this.path(place, kind);
      if ((await this.disk.stat(path)) === null) continue;
      await this.mustBeOurs(dirname(path));
      await this.unlink(path);
    }
  }

  /** Removes what earlier tries left half done. @param before epoch milliseconds: what was written later may still be written */
  async clean(before: number): Promise<number> {
    const folder = join(this.store.root, MAKING);
    if ((await this.disk.stat(folder))?.kind !== 'folder') return 0;
    let removed = 0;
    for (const name of await this.disk.list(folder)) {
      const entry = await this.disk.stat(join(folder, name));
      if (entry?.kind !== 'file' || entry.modifiedAt.getTime() >= before) continue;
      await this.unlink(join(folder, name));
      removed++;
    }
    return removed;
  }

  private async place<T>(path: string, kind: string, write: (file: DiskFile) => Promise<T>): Promise<T> {
    const temporary = join(this.store.root, MAKING, `${randomUUID()}.${kind}`);
    for (const folder of [dirname(temporary), dirname(path)]) {
      await this.disk.makeFolder(folder);
      await this.mustBeOurs(folder);
    }
    try {
      const file = await this.disk.open(temporary, 'create');
      let made: T;
      try {
        made = await write(file);
        // Or the name may be durable before the bytes are.
        await file.datasync();
      } finally {
        await file.close();
      }
      faultPoint('highlight.rename');
      await this.disk.rename(temporary, path);
      faultPoint('highlight.renamed');
      await this.disk.syncFolder(dirname(path));
      return made;
    } catch (error) {
      await this.disk.unlink(temporary).catch(() => undefined);
      throw error;
    }
  }

  private async unlink(path: string): Promise<void> {
    await this.disk.unlink(path).catch((error: unknown) => {
      if (!isErrno(error, 'ENOENT')) throw error;
    });
  }

  private path({ id, clubId }: HighlightPlace, kind: 'mp4' | 'jpg'): string {
    if (!Number.isSafeInteger(clubId) || clubId < 1) throw new VideoPathError('not a club id');
    if (!UUID.test(id)) throw new VideoPathError('not the id of a highlight');
    return join(this.store.root, String(clubId), HIGHLIGHTS, `${id}.${kind}`);
  }

  private async mustBeOurs(folder: string): Promise<void> {
    if ((await this.disk.realPath(folder)) !== folder)
      throw new VideoPathError('a symbolic link leads out of the videos');
  }
}
