import { basename, dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Disk, isErrno } from './disk';
import { VideoPathError, VideoStore } from './video-store';

const RECORDINGS = '.recordings';
const QUARANTINE = '.quarantine';
/** Names of one day that lead to the same place. */
const MOST_NAMESAKES = 1_000;

/** Something below VIDEOS_DIR that may belong to nobody. */
export interface Stray {
  /** Relative to VIDEOS_DIR. */
  readonly path: string;
  /** Of a folder: of all in it. */
  readonly bytes: number;
  /** Epoch milliseconds; of a folder: of the newest in it. */
  readonly modifiedAt: number;
}

/**
 * What really lies below VIDEOS_DIR, whatever its name, and the place where what nobody knows is put: it keeps its path
 * below `VIDEOS_DIR/.quarantine/<yyyy-mm-dd>/`, stays on its file system, and is never removed by us. Looked at are files in
 * VIDEOS_DIR itself and in the clubs' folders, and all of `.recordings`; names with a dot, symbolic links, and folders that
 * are no club's are left alone.
 */
@Injectable()
export class Quarantine {
  constructor(
    private readonly disk: Disk,
    private readonly store: VideoStore,
  ) {}

  /** Clubs that have a folder. */
  async clubs(): Promise<number[]> {
    const names = (await this.disk.list(this.store.root)).filter((name) => /^[1-9]\d{0,15}$/.test(name));
    return names.map(Number).filter(Number.isSafeInteger);
  }

  /** Names in a club's folder, of files and of anything else; none where it has no folder. */
  names(clubId: number): Promise<string[]> {
    return this.list(String(clubId));
  }

  /** Names in VIDEOS_DIR itself that are no club's folder. */
  async looseNames(): Promise<string[]> {
    return (await this.list('.')).filter((name) => !/^[1-9]\d{0,15}$/.test(name));
  }

  /** Names in the folder of recordings. */
  recordings(): Promise<string[]> {
    return this.list(RECORDINGS);
  }

  /** Where a recording's folder lies, relative to VIDEOS_DIR. */
  recordingPath(name: string): string {
    return join(RECORDINGS, name);
  }

  /**
   * @param path relative to VIDEOS_DIR
   * @returns `null` where there is nothing (any more), or nothing of the wanted kind
   */
  async look(path: string, kind: 'file' | 'folder'): Promise<Stray | null> {
    const absolute = this.absolute(path);
    const entry = await this.disk.stat(absolute);
    if (entry?.kind !== kind) return null;
    let bytes = entry.kind === 'file' ? entry.bytes : 0;
    let modifiedAt = entry.modifiedAt.getTime();
    if (entry.kind === 'folder') {
      for (const name of await this.disk.list(absolute).catch(noneIfMissing)) {
        const inside = await this.disk.stat(join(absolute, name));
        if (inside?.kind === 'file') bytes += inside.bytes;
        modifiedAt = Math.max(modifiedAt, inside?.modifiedAt.getTime() ?? 0);
      }
    }
    return { path, bytes, modifiedAt };
  }

  /**
   * Moves something into quarantine, durably.
   * @param day `yyyy-mm-dd`
   * @returns where it lies now, relative to VIDEOS_DIR
   */
  async take({ path }: Stray, day: string): Promise<string> {
    const from = this.absolute(path);
    await this.mustBeOurs(dirname(from));
    const folder = join(QUARANTINE, day, dirname(path));
    for (const made of [QUARANTINE, folder]) {
      await this.disk.makeFolder(join(this.store.root, made));
      await this.mustBeOurs(join(this.store.root, made));
    }
    const place = await this.freeName(join(folder, basename(path)));
    await this.disk.rename(from, join(this.store.root, place));
    await this.disk.syncFolder(join(this.store.root, folder));
    await this.disk.syncFolder(dirname(from));
    return place;
  }

  /** One process does this at a time: nobody takes the name between look and rename. */
  private async freeName(path: string): Promise<string> {
    for (let number = 0; number < MOST_NAMESAKES; number++) {
      const name = number === 0 ? path : `${path}.${number}`;
      if ((await this.disk.stat(join(this.store.root, name))) === null) return name;
    }
    throw new VideoPathError('too many things of one name are in quarantine');
  }

  private async list(folder: string): Promise<string[]> {
    const absolute = join(this.store.root, folder);
    if ((await this.disk.stat(absolute))?.kind !== 'folder') return [];
    const names = await this.disk.list(absolute).catch(noneIfMissing);
    return names.filter((name) => !name.startsWith('.')).sort();
  }

  private absolute(path: string): string {
    const absolute = join(this.store.root, path);
    if (!absolute.startsWith(join(this.store.root, '/'))) throw new VideoPathError('not a path of the videos');
    return absolute;
  }

  private async mustBeOurs(folder: string): Promise<void> {
    if ((await this.disk.realPath(folder)) !== folder)
      throw new VideoPathError('a symbolic link leads out of the videos');
  }
}

function noneIfMissing(error: unknown): string[] {
  if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
  throw error;
}
