import { Injectable } from '@nestjs/common';
import { VideoUpkeep } from '../files/video-upkeep.service';
import { ThumbnailShelf } from '../storage/thumbnail-shelf';
import { isSessionId, isYoung } from './sweep-plan';

/** Removes thumbnails that no living video has: what a crash left of a deletion, or of the making of one. */
@Injectable()
export class ThumbnailSweep {
  constructor(
    private readonly shelf: ThumbnailShelf,
    private readonly videos: VideoUpkeep,
  ) {}

  /** Idempotent. @returns how many were removed */
  async work(clubId: number, now: number): Promise<number> {
    const files = (await this.shelf.list(clubId)).filter(({ modifiedAt }) => !isYoung(modifiedAt, now));
    const sessions = files.map(({ name }) => sessionOf(name)).filter((id) => id !== null);
    // Asked after the look at the disk: a video never comes back once it is deleted.
    const deleted = await this.videos.deletedAmong(clubId, sessions);
    let removed = 0;
    for (const file of files) {
      if (deleted.get(sessionOf(file.name) ?? '') === false) continue;
      if (await this.shelf.discard(clubId, file)) removed += 1;
    }
    return removed;
  }
}

function sessionOf(name: string): string | null {
  const id = name.endsWith('.jpg') ? name.slice(0, -'.jpg'.length) : '';
  return isSessionId(id) ? id : null;
}
