import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock';
import { Jobs } from '../jobs/jobs';
import { RunOptions, ScheduledTasks } from '../maintenance/scheduled-tasks.service';
import { Counts, TASKS } from '../maintenance/task-table';
import { IncomingVideos } from '../storage/incoming-videos';
import { ClubRounds } from './club-rounds';
import { ClubStores } from './club-stores.service';
import { LocalCopies } from './local-copies.service';
import { UPLOADABLE } from './may-upload';
import { ObjectBook, ObjectRow } from './object-book.service';
import { ObjectFault } from './object-store';
import { clubFolder, objectKey } from './store-place';
import { UPLOAD_VIDEO, VideoUploads } from './video-uploads.service';

/** Of each thing, in one run. */
const MOST = 50;
const MOST_OF_A_CLUB = 20;
const STALE_EVERY_MS = 3_600_000;
/** Longer than any upload of ours rests. */
const STALE_MS = 7 * 24 * 3_600_000;
/** What is fetched back is written to all the while. */
const LEFT_MS = 3_600_000;
/** One club's storage that stands still must not keep the others waiting. */
const PATIENCE_MS = 60_000;

interface Candidate {
  readonly session_id: string;
  readonly club_id: number;
  /** `null`: it has no row yet. */
  readonly state: 'waiting' | 'uploading' | null;
}

/** What is to be done with clubs' storages, found in the rows: nothing is lost with a process. */
@Injectable()
export class StorageUpkeep implements OnApplicationBootstrap {
  private readonly logger = new Logger(StorageUpkeep.name);
  private staleAt = 0;

  constructor(
    private readonly database: DataSource,
    private readonly book: ObjectBook,
    private readonly stores: ClubStores,
    private readonly rounds: ClubRounds,
    private readonly uploads: VideoUploads,
    private readonly copies: LocalCopies,
    private readonly incoming: IncomingVideos,
    private readonly jobs: Jobs,
    private readonly tasks: ScheduledTasks,
    private readonly clock: Clock,
  ) {}

  /** Not waited for. */
  onApplicationBootstrap(): void {
    void this.look();
  }

  @Interval(TASKS.storage.everyMs)
  async tick(): Promise<void> {
    await this.look();
  }

  /** Never throws: the task's outcome says how it went. */
  async look(options: RunOptions = {}): Promise<void> {
    await this.tasks.run('storage', () => this.work(), options);
  }

  private async work(): Promise<Counts> {
    const begun_uploads = await this.begin();
    const { removed, postponed } = await this.copies.leave();
    const deleted_objects = await this.delete();
    const cleaned = await this.clean();
    return { begun_uploads, removed_files: removed, postponed_files: postponed, deleted_objects, ...cleaned };
  }

  /** Once an hour. */
  private async clean(): Promise<{ aborted_uploads: number; cleaned_files: number }> {
    if (this.clock.monotonic() < this.staleAt) return { aborted_uploads: 0, cleaned_files: 0 };
    this.staleAt = this.clock.monotonic() + STALE_EVERY_MS;
    const cleaned_files = await this.incoming.sweep(new Date(this.clock.now() - LEFT_MS));
    return { aborted_uploads: await this.abortStale(), cleaned_files };
  }

  /** Oldest first. @returns how many uploads were asked for */
  private async begin(): Promise<number> {
    const found = await this.database.query<Candidate[]>(
      `SELECT v.session_id, v.club_id, o.state
         FROM videos v JOIN club_storage s ON s.club_id = v.club_id AND s.enabled
         LEFT JOIN video_objects o ON o.session_id = v.session_id
        WHERE ${UPLOADABLE}
          AND (o.state IS NULL OR o.state IN ('waiting', 'uploading'))
          AND NOT EXISTS (SELECT FROM pgboss.job j
                           WHERE j.name = $1 AND j.singleton_key = v.session_id::text AND j.state < 'completed')
        ORDER BY v.created_at, v.session_id LIMIT ${MOST}`,
      [UPLOAD_VIDEO.name],
    );
    let begun = 0;
    for (const candidate of found) if (await this.enter(candidate)) begun += 1;
    return begun;
  }

  private async enter({ session_id: sessionId, club_id: clubId, state }: Candidate): Promise<boolean> {
    if (state !== null && (await this.jobs.wasGivenUp(UPLOAD_VIDEO, sessionId))) {
      await this.book.faulted(sessionId, 'failed', new ObjectFault('storage_failed', 'The upload was ended.'));
      return false;
    }
    return this.database.transaction(async (manager) => {
      // Against a change of the storage, which forgets what is not there yet.
      const [row] = await manager.query<{ prefix: string }[]>(
        `SELECT place->>'prefix' AS prefix FROM club_storage WHERE club_id = $1 AND enabled FOR SHARE`,
        [clubId],
      );
      if (!row) return false;
      await this.book.enter(manager, sessionId, clubId, objectKey(row.prefix, clubId, sessionId));
      await this.uploads.enqueue(clubId, sessionId, manager);
      return true;
    });
  }

  /** @returns how many are gone from where they were */
  private async delete(): Promise<number> {
    const rows = await this.database.query<ObjectRow[]>(
      `SELECT * FROM (
         SELECT *, row_number() OVER (PARTITION BY club_id ORDER BY next_try_at, session_id) AS place
           FROM video_objects WHERE state = 'deleting' AND next_try_at <= now()
       ) due WHERE place <= ${MOST_OF_A_CLUB} ORDER BY place, next_try_at LIMIT ${MOST}`,
    );
    return (await this.rounds.go(rows, (row) => this.deleteOne(row))).done;
  }

  /** @throws what it failed of, once that is noted */
  private async deleteOne(row: ObjectRow): Promise<boolean> {
    const { session_id: sessionId, club_id: clubId, object_key: key, upload_id: uploadId } = row;
    try {
      const wasUploading = await this.jobs.cancelKey(UPLOAD_VIDEO, sessionId);
      const club = await this.stores.of(clubId);
      const signal = AbortSignal.timeout(PATIENCE_MS);
      if (uploadId !== null) await club?.store.parts?.abort(key, uploadId, signal);
      await club?.store.delete(key, signal);
      if (wasUploading) {
        // What was on its way may arrive behind the deletion: it is deleted once more.
        await this.book.deletedOnce(sessionId);
        return false;
      }
      await this.book.deleted(sessionId);
      return true;
    } catch (error) {
      const fault = error instanceof ObjectFault ? error : new ObjectFault('storage_unreachable');
      await this.book.deletionFailed(sessionId, fault);
      this.logger.warn({ err: error, clubId, sessionId }, 'A deleted video is still in its storage.');
      throw error;
    }
  }

  private async abortStale(): Promise<number> {
    const clubs = await this.database.query<{ club_id: number }[]>('SELECT club_id FROM club_storage');
    const uploads = await this.database.query<{ upload_id: string }[]>(
      'SELECT upload_id FROM video_objects WHERE upload_id IS NOT NULL',
    );
    const living = new Set(uploads.map(({ upload_id }) => upload_id));
    const before = new Date(this.clock.now() - STALE_MS);
    let aborted = 0;
    for (const { club_id: clubId } of clubs) {
      try {
        const club = await this.stores.of(clubId);
        if (!club?.store.parts) continue;
        const wanted = { folder: clubFolder(club.prefix, clubId), before, living };
        aborted += await club.store.parts.abortStale(wanted, AbortSignal.timeout(PATIENCE_MS));
      } catch (error) {
        this.logger.debug({ err: error, clubId }, 'Uploads that nobody goes on with could not be looked for.');
      }
    }
    return aborted;
  }
}
