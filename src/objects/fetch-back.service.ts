import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';
import { etagOf } from '../files/send-file';
import { CourtRuntime } from '../runtime/court-runtime';
import { IncomingVideos, NoRoom } from '../storage/incoming-videos';
import { VideoStore } from '../storage/video-store';
import { LocalStore } from './local-store';
import { ObjectBook, ObjectRow } from './object-book.service';
import { ObjectFault } from './object-store';
import { VideoOpener } from './video-opener.service';

const MEBIBYTE = 2 ** 20;

/** Brings videos back for what needs a file of this machine. By the club's policy they leave again. */
@Injectable()
export class FetchBack {
  private readonly here: LocalStore;

  constructor(
    private readonly opener: VideoOpener,
    private readonly book: ObjectBook,
    private readonly videos: VideoStore,
    incoming: IncomingVideos,
    config: AppConfig,
    runtime: CourtRuntime,
  ) {
    const reserve = (): number => runtime.bytesToCome() + config.diskReserveMb * MEBIBYTE;
    this.here = new LocalStore(videos, incoming, reserve);
  }

  /**
   * Where the video is not here, copies it here and verifies it; where it is here and its row does not say so, notes it. Several
   * may ask for one video at once. Nothing happens where it is here by its row.
   * @throws ProblemException `not_found`, `disk_full`; ObjectFault; the signal's reason
   */
  async bring(clubId: number, sessionId: string, signal: AbortSignal): Promise<void> {
    const key = this.videos.relativePath(clubId, sessionId);
    const row = await this.book.find(sessionId);
    if ((await this.here.size(key)) === null) await this.copy(row, clubId, sessionId, key, signal);
    else if (!(await this.isUnnoted(row, key, signal))) return;
    const opened = await this.videos.openVideo(clubId, sessionId);
    if (!opened) throw new ProblemException('not_found');
    await opened.file.close();
    // What was seen then: the one who brought it before us has noted it, and it may have been changed since.
    if (row?.stamp) await this.book.back(sessionId, { from: row.stamp, to: etagOf(opened.entry) });
  }

  /** A crash between the file's name and its row leaves the very film that the storage has. Any other one is left alone. */
  private async isUnnoted(row: ObjectRow | null, key: string, signal: AbortSignal): Promise<boolean> {
    if (row?.state !== 'remote' || row.local !== 'gone' || row.sha256 === null) return false;
    try {
      await this.here.verify(key, { bytes: Number(row.bytes), sha256: row.sha256, parts: [] }, signal);
      return true;
    } catch (error) {
      if (error instanceof ObjectFault && error.code === 'storage_checksum') return false;
      throw error;
    }
  }

  private async copy(
    row: ObjectRow | null,
    clubId: number,
    sessionId: string,
    key: string,
    signal: AbortSignal,
  ): Promise<void> {
    const away = await this.opener.away(clubId, sessionId);
    if (!away || !row?.sha256) throw new ProblemException('not_found');
    const { bytes } = away;
    const { sha256 } = row;
    try {
      const body = (): Readable => Readable.from(away.read({ from: 0, to: bytes }, signal), { objectMode: false });
      await this.here.put(key, { bytes, sha256 }, body, signal);
    } catch (error) {
      if (error instanceof NoRoom) throw new ProblemException('disk_full', undefined, {}, { cause: error });
      throw error;
    }
  }
}
