import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { faultPoint } from '../common/fault-point';
import { Disk, DiskEntry, isErrno } from './disk';
import { VideoPathError, VideoStore } from './video-store';

const COMPRESSING = '.compressing';
const NAME = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[0-9a-f-]{36}\.(?:coded|placed)\.mp4$/;

/** Where one try at a video writes. */
export interface CompressionPlace {
  /** What FFmpeg makes of it. */
  readonly coded: string;
  /** The file that is to take its place. */
  readonly placed: string;
}

/** The video's file is not the one that was read. */
export class VideoChangedError extends Error {
  override readonly name = 'VideoChangedError';
}

/**
 * Videos that are coded anew: `VIDEOS_DIR/.compressing/<session_id>.<random>.coded.mp4` and `….placed.mp4`. The second takes the
 * place of the video by one rename, which gives the name to the one file or the other and never to none; whoever has the old one
 * open reads on to its end. What lies here and is not being written can go at any time.
 */
@Injectable()
export class CompressionShelf {
  constructor(
    private readonly disk: Disk,
    private readonly store: VideoStore,
  ) {}

  /** Takes what earlier tries at a video left. Names that nobody has: one of them may have left an FFmpeg that still writes. */
  async place(sessionId: string): Promise<CompressionPlace> {
    await this.sweep((others) => Promise.resolve(new Set(others.filter((id) => id !== sessionId))));
    const folder = join(this.store.root, COMPRESSING);
    await this.disk.makeFolder(folder);
    await this.mustBeOurs(folder);
    // The one place that makes names of ids, and checks them.
    const [name] = this.store.relativePath(1, sessionId).slice('1/'.length).split('.');
    const stem = join(folder, `${name}.${randomUUID()}`);
    return { coded: `${stem}.coded.mp4`, placed: `${stem}.placed.mp4` };
  }

  /** Takes both files of a try away, where they are there. */
  async discard({ coded, placed }: CompressionPlace): Promise<void> {
    for (const path of [coded, placed]) await this.unlink(path);
  }

  /** Takes what FFmpeg made away, once its pictures are in the other file. */
  async discardCoded({ coded }: CompressionPlace): Promise<void> {
    await this.unlink(coded);
  }

  /**
   * Puts a file, whose bytes are durable, in the place of a video's. Its name is durable when this settles.
   * @param seen the file that was read; where there is another one, or none, nothing happens
   * @throws VideoChangedError; the file system's error, after which either of the two has the name
   */
  async swap(clubId: number, sessionId: string, { placed }: CompressionPlace, seen: DiskEntry): Promise<void> {
    const path = this.store.videoPath(clubId, sessionId);
    await this.mustBeOurs(dirname(path));
    const now = await this.disk.stat(path);
    if (now?.kind !== 'file' || now.identity !== seen.identity || now.bytes !== seen.bytes) {
      throw new VideoChangedError('the file of the video is another one');
    }
    faultPoint('compress.rename');
    await this.disk.rename(placed, path);
    faultPoint('compress.renamed');
    await this.disk.syncFolder(dirname(path));
    faultPoint('compress.durable');
  }

  /** Removes what crashes left. @param keep which of these sessions' files may still be written @returns how many went */
  async sweep(keep: (sessionIds: string[]) => Promise<ReadonlySet<string>>): Promise<number> {
    const folder = join(this.store.root, COMPRESSING);
    if ((await this.disk.stat(folder))?.kind !== 'folder') return 0;
    await this.mustBeOurs(folder);
    const names = (await this.disk.list(folder)).filter((name) => NAME.test(name));
    if (names.length === 0) return 0;
    const sessions = names.map((name) => NAME.exec(name)?.[1] as string);
    const kept = await keep([...new Set(sessions)]);
    const gone = names.filter((_, i) => !kept.has(sessions[i] as string));
    for (const name of gone) await this.unlink(join(folder, name));
    return gone.length;
  }

  private async unlink(path: string): Promise<void> {
    await this.disk.unlink(path).catch((error: unknown) => {
      if (!isErrno(error, 'ENOENT')) throw error;
    });
  }

  private async mustBeOurs(folder: string): Promise<void> {
    if ((await this.disk.realPath(folder)) !== folder)
      throw new VideoPathError('a symbolic link leads out of the videos');
  }
}
