import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { faultPoint } from '../common/fault-point';
import { Disk, DiskEntry, isErrno } from './disk';
import { VideoPathError, VideoStore } from './video-store';

const BRANDED = '.branded';

/** A film with a logo, made for one share. */
export interface BrandedPlace {
  readonly clubId: number;
  readonly shareId: number;
}

/**
 * Films that were made for shares: `VIDEOS_DIR/.branded/<club_id>/<share_id>.mp4`. One has its name once it is whole and durable.
 * They can all be made again: what no living share has is removed.
 */
@Injectable()
export class BrandedShelf {
  constructor(
    private readonly disk: Disk,
    private readonly store: VideoStore,
  ) {}

  /** `null` where there is none. */
  async find(place: BrandedPlace): Promise<{ path: string; entry: DiskEntry } | null> {
    const path = this.path(place);
    const entry = await this.disk.stat(path);
    if (entry?.kind !== 'file') return null;
    await this.mustBeOurs(dirname(path));
    return { path, entry };
  }

  /** Gives a film its name once it is written. @param write fills the file of that path */
  async put(place: BrandedPlace, write: (path: string) => Promise<void>): Promise<void> {
    const path = this.path(place);
    await this.disk.makeFolder(dirname(path));
    await this.mustBeOurs(dirname(path));
    const temporary = join(dirname(path), `${randomUUID()}.tmp`);
    try {
      await write(temporary);
      const file = await this.disk.open(temporary, 'read');
      try {
        // Or the name may be durable before the bytes are.
        await file.datasync();
      } finally {
        await file.close();
      }
      faultPoint('branded.rename');
      await this.disk.rename(temporary, path);
      await this.disk.syncFolder(dirname(path));
    } catch (error) {
      await this.disk.unlink(temporary).catch(() => undefined);
      throw error;
    }
  }

  /** Where there is none nothing happens. */
  async remove(place: BrandedPlace): Promise<void> {
    await this.unlink(this.path(place));
  }

  /** Removes whatever no share has. @param keep asked with the shares of a club that have a film @returns how many files went */
  async sweep(
    keep: (clubId: number, shareIds: number[]) => Promise<ReadonlySet<number>>,
    before: number,
  ): Promise<number> {
    const root = join(this.store.root, BRANDED);
    if ((await this.disk.stat(root))?.kind !== 'folder') return 0;
    let removed = 0;
    for (const club of (await this.disk.list(root)).filter((name) => /^[1-9]\d{0,9}$/.test(name))) {
      const folder = join(root, club);
      await this.mustBeOurs(folder);
      const names = await this.disk.list(folder);
      const kept = await keep(
        Number(club),
        names.map(shareOf).filter((id) => id !== null),
      );
      for (const name of names) {
        const id = shareOf(name);
        if (id !== null && kept.has(id)) continue;
        // What has no name yet may still be written.
        const entry = await this.disk.stat(join(folder, name));
        if (entry?.kind !== 'file' || (id === null && entry.modifiedAt.getTime() >= before)) continue;
        await this.unlink(join(folder, name));
        removed++;
      }
    }
    return removed;
  }

  private async unlink(path: string): Promise<void> {
    await this.disk.unlink(path).catch((error: unknown) => {
      if (!isErrno(error, 'ENOENT')) throw error;
    });
  }

  private path({ clubId, shareId }: BrandedPlace): string {
    for (const id of [clubId, shareId]) if (!Number.isSafeInteger(id) || id < 1) throw new VideoPathError('not an id');
    return join(this.store.root, BRANDED, String(clubId), `${shareId}.mp4`);
  }

  private async mustBeOurs(folder: string): Promise<void> {
    if ((await this.disk.realPath(folder)) !== folder)
      throw new VideoPathError('a symbolic link leads out of the videos');
  }
}

function shareOf(name: string): number | null {
  const [, id] = /^([1-9]\d{0,9})\.mp4$/.exec(name) ?? [];
  return id === undefined ? null : Number(id);
}
