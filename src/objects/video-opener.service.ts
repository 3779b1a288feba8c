import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DiskEntry, DiskFile } from '../storage/disk';
import { VideoStore } from '../storage/video-store';
import { AwayVideo } from './away-video';
import { ClubStores } from './club-stores.service';
import { ObjectBook, ObjectRow } from './object-book.service';
import { RemoteFile } from './remote-file';

/** A video to read, wherever it is. */
export interface ReadableVideo {
  readonly file: DiskFile;
  readonly entry: Pick<DiskEntry, 'bytes'>;
}

/** Opens videos where they are: here, else in their club's storage. */
@Injectable()
export class VideoOpener {
  constructor(
    private readonly local: VideoStore,
    private readonly stores: ClubStores,
    private readonly book: ObjectBook,
    private readonly clock: Clock,
  ) {}

  /** The caller closes it. `null`: it is nowhere. @throws ObjectFault */
  async open(clubId: number, sessionId: string): Promise<ReadableVideo | null> {
    const here = await this.local.openVideo(clubId, sessionId);
    if (here) return here;
    const away = await this.away(clubId, sessionId);
    if (!away) return null;
    const { bytes } = away;
    return { file: new RemoteFile(away), entry: { bytes } };
  }

  /** Of a video that is not here; `null`: it is not there either. @throws ObjectFault `storage_unreadable` */
  async away(clubId: number, sessionId: string): Promise<AwayVideo | null> {
    const row = await this.book.find(sessionId);
    if (!row || row.club_id !== clubId || !isAway(row)) return null;
    const found = await this.stores.of(clubId);
    if (!found) return null;
    const { store, deliver } = found;
    const isSame = async (): Promise<boolean> => {
      const now = await this.book.find(sessionId);
      return now?.state === 'remote' && now.sha256 === row.sha256;
    };
    return new AwayVideo(store, row.object_key, Number(row.bytes), row.stamp, deliver, this.clock, isSame);
  }
}

function isAway(row: ObjectRow): row is ObjectRow & { stamp: string; bytes: string } {
  return row.state === 'remote' && row.stamp !== null && row.bytes !== null;
}
