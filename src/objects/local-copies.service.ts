import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock';
import { faultPoint } from '../common/fault-point';
import { ProblemException } from '../common/problem';
import { etagOf } from '../files/send-file';
import { VideoFiles } from '../files/video-files.service';
import { VideoTurns } from '../files/video-turns';
import { VideoStore } from '../storage/video-store';
import { ClubRounds } from './club-rounds';
import { ClubStores } from './club-stores.service';
import { BEING_COMPRESSED } from './may-upload';
import { ObjectBook, ObjectRow } from './object-book.service';

/** In one run; of clubs in turn, so that one whose files stay takes no other club's place. */
const MOST = 100;
const MOST_OF_A_CLUB = 20;
/** Somebody may still be watching: as retention has it. */
const UNREAD = `interval '60 minutes'`;
const PATIENCE_MS = 60_000;
/** Who reads now is not waited for: the next run comes soon. */
const READERS_MS = 500;

/**
 * Takes the files of videos that are in their club's storage, when the club's policy says so. Invariant: a file goes only after its
 * upload was verified, the storage has just been asked once more, the file is still the one that was uploaded, and its row says that
 * the other copy is the one that counts. A crash after that leaves a file that the next run takes.
 */
@Injectable()
export class LocalCopies {
  private readonly logger = new Logger(LocalCopies.name);

  constructor(
    private readonly database: DataSource,
    private readonly book: ObjectBook,
    private readonly stores: ClubStores,
    private readonly rounds: ClubRounds,
    private readonly videos: VideoStore,
    private readonly files: VideoFiles,
    private readonly turns: VideoTurns,
    private readonly clock: Clock,
  ) {}

  async leave(): Promise<{ removed: number; postponed: number }> {
    const rows = await this.database.query<ObjectRow[]>(
      `SELECT * FROM (
         SELECT o.*, row_number() OVER (PARTITION BY o.club_id ORDER BY o.local_since, o.session_id) AS place
           FROM video_objects o JOIN club_storage s ON s.club_id = o.club_id JOIN videos v ON v.session_id = o.session_id
          -- Where the file is missing, the copy is the one that is left: nobody touches its row.
          WHERE o.state = 'remote' AND v.deleted_at IS NULL AND v.missing_since IS NULL
            AND (o.local = 'leaving' OR o.local = 'here' AND s.keep_local_days IS NOT NULL AND NOT ${BEING_COMPRESSED}
                 AND o.local_since <= now() - make_interval(days => s.keep_local_days)
                 AND (v.last_read_at IS NULL OR v.last_read_at NOT BETWEEN now() - ${UNREAD} AND now() + ${UNREAD}))
       ) due WHERE place <= ${MOST_OF_A_CLUB} ORDER BY place, local_since LIMIT ${MOST}`,
    );
    const { done, left } = await this.rounds.go(rows, async (row) => {
      const { club_id: clubId, session_id: sessionId } = row;
      try {
        return await this.take(row);
      } catch (error) {
        this.logger.warn(
          { err: error, clubId, sessionId },
          'The file of a video that is in its storage stays for now.',
        );
        throw error;
      }
    });
    return { removed: done, postponed: left };
  }

  private async take(row: ObjectRow): Promise<boolean> {
    const { session_id: sessionId, club_id: clubId } = row;
    if (row.local === 'here' && !(await this.mayGo(row))) return false;
    const waiting = new AbortController();
    const cancel = this.clock.after(READERS_MS, () => waiting.abort());
    const removed = await this.turns.changing(sessionId, () => this.remove(row), waiting.signal).finally(cancel);
    if (removed) this.logger.log({ clubId, sessionId }, 'The file of a video was removed: its storage has it.');
    return removed ?? false;
  }

  private async mayGo(row: ObjectRow): Promise<boolean> {
    const { session_id: sessionId, club_id: clubId, object_key: key } = row;
    const club = await this.stores.of(clubId);
    if (!club) return false;
    const here = await this.stamp(row);
    // Somebody else took it, or the disk lost it: what the storage has is all there is, and must not be given up.
    if (here === null) return false;
    const there = await club.store.size(key, AbortSignal.timeout(PATIENCE_MS));
    if (there !== Number(row.bytes) || here !== row.stamp) {
      // Lost there, or written to here: chapters, a smaller film. It is uploaded anew.
      await this.book.again(sessionId);
      return false;
    }
    await this.keepPicture(sessionId);
    return true;
  }

  /** Pictures for lists stay here; made now, for it is cheaper than later. */
  private async keepPicture(sessionId: string): Promise<void> {
    try {
      await this.files.thumbnail(await this.files.find(sessionId));
    } catch (error) {
      if (!(error instanceof ProblemException) || error.code !== 'thumbnail_unavailable') throw error;
    }
  }

  private async remove(row: ObjectRow): Promise<boolean> {
    const { session_id: sessionId, club_id: clubId } = row;
    if (row.local === 'here' && ((await this.stamp(row)) !== row.stamp || !(await this.book.leaving(sessionId))))
      return false;
    faultPoint('local.leaving');
    await this.videos.deleteVideo(clubId, sessionId);
    faultPoint('local.removed');
    await this.book.gone(sessionId);
    return true;
  }

  private async stamp({ club_id: clubId, session_id: sessionId }: ObjectRow): Promise<string | null> {
    const opened = await this.videos.openVideo(clubId, sessionId);
    await opened?.file.close();
    return opened ? etagOf(opened.entry) : null;
  }
}
