import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, EntityManager } from 'typeorm';
import { ClubLogos } from '../clubs/club-logos.service';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';
import { etagOf, SendableFile } from '../files/send-file';
import { JobContext, JobData, JobEnd, JobKind, JobRefused } from '../jobs/job-kind';
import { Jobs } from '../jobs/jobs';
import { brandFilm } from '../media/brand-film';
import { PictureError } from '../media/picture';
import { Toolchain } from '../media/toolchain';
import { FetchBack } from '../objects/fetch-back.service';
import { CourtRuntime } from '../runtime/court-runtime';
import { BrandedPlace, BrandedShelf } from '../storage/branded-shelf';
import { VideoStore } from '../storage/video-store';
import { Branding, SHARED_FACTS, SHARE_STATE, SHARE_TABLES, ShareState } from './share-state';
import { SharedMedia } from './shared-media';

interface BrandShare extends JobData, BrandedPlace {
  readonly clubId: number;
}

/** One at a time in a process: a match of 90 minutes takes a core for half an hour and more. */
const BRAND_SHARE: JobKind<BrandShare> = {
  name: 'brand_share',
  retries: 2,
  backoffSeconds: 60,
  expireSeconds: 12 * 3_600,
  atOnce: 1,
};

const SWEEP_MS = 3_600_000;
/** How far it is is written no more often than this. */
const TELL_MS = 3_000;
const MEBIBYTE = 2 ** 20;

interface Row {
  readonly state: ShareState;
  readonly branding: Branding | null;
  readonly session_id: string;
  readonly highlight_id: string | null;
  readonly width: number;
  readonly height: number;
  readonly duration_seconds: number;
}

/**
 * Films of shares with the club's logo laid over, each made by a background job from the recording, which stays as it is. Invariant: a row says
 * `ready` once the file has its name; what no living share has is swept away.
 */
@Injectable()
export class BrandedFilms implements OnModuleInit {
  private readonly logger = new Logger(BrandedFilms.name);

  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly media: SharedMedia,
    private readonly logos: ClubLogos,
    private readonly shelf: BrandedShelf,
    private readonly store: VideoStore,
    private readonly toolchain: Toolchain,
    private readonly clock: Clock,
    private readonly config: AppConfig,
    private readonly runtime: CourtRuntime,
    private readonly back: FetchBack,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(BRAND_SHARE, (place, context) => this.work(place, context));
  }

  /** @param manager of the transaction in which the share is made */
  async enqueue({ clubId, shareId }: BrandedPlace, manager?: EntityManager): Promise<void> {
    await this.jobs.enqueue(BRAND_SHARE, { clubId, shareId }, { key: `${shareId}`, ...(manager && { manager }) });
  }

  /** @throws ProblemException `not_found`: it is not there */
  async file(place: BrandedPlace): Promise<Pick<SendableFile, 'path' | 'bytes' | 'etag'>> {
    const found = await this.shelf.find(place);
    if (!found) throw new ProblemException('not_found');
    const { path, entry } = found;
    const etag = etagOf(entry);
    return { path, bytes: entry.bytes, etag };
  }

  /** Ends the making of a share's film that has ended, and takes it; what is left goes with the next sweep. */
  async remove(place: BrandedPlace): Promise<void> {
    try {
      await this.jobs.cancelKey(BRAND_SHARE, `${place.shareId}`);
      await this.shelf.remove(place);
    } catch (error) {
      this.logger.warn({ err: error, share: place.shareId }, 'The film of a share is still there.');
    }
  }

  /** Removes films of shares that have ended, and asks again for those whose job is gone. */
  @Interval(SWEEP_MS)
  async sweep(): Promise<void> {
    try {
      const before = this.clock.now() - BRAND_SHARE.expireSeconds * 1000;
      await this.shelf.sweep((clubId, ids) => this.living(clubId, ids), before);
      const rows = await this.database.query<{ id: number; club_id: number }[]>(
        `SELECT h.id, h.club_id FROM ${SHARE_TABLES} WHERE h.branding IN ('waiting', 'making') AND ${SHARE_STATE} = 'live'`,
      );
      for (const { id, club_id: clubId } of rows) {
        if (await this.jobs.wasGivenUp(BRAND_SHARE, `${id}`)) await this.tell(id, 'failed', 0);
        else await this.enqueue({ clubId, shareId: id });
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'Films of shares could not be looked through.');
    }
  }

  private async living(clubId: number, ids: number[]): Promise<ReadonlySet<number>> {
    const rows = await this.database.query<{ id: number }[]>(
      `SELECT h.id FROM ${SHARE_TABLES}
        WHERE h.club_id = $1 AND h.id = ANY($2) AND h.branding IS NOT NULL AND ${SHARE_STATE} IN ('live', 'suspended')`,
      [clubId, ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  private async work(place: BrandShare, context: JobContext): Promise<void> {
    const { shareId } = place;
    const [row] = await this.database.query<Row[]>(
      `SELECT ${SHARE_STATE} AS state, h.branding, h.session_id, h.highlight_id, ${SHARED_FACTS}
         FROM ${SHARE_TABLES} WHERE h.id = $1`,
      [shareId],
    );
    // It ended meanwhile, or an earlier try came to its end and could not say so.
    if (!row || (row.state !== 'live' && row.state !== 'suspended') || row.branding === 'ready') return;
    try {
      await this.tell(shareId, 'making', 0);
      await this.make(place, row, context);
      if (await this.tell(shareId, 'ready', 1)) return;
      await this.shelf.remove(place);
    } catch (error) {
      const { signal, last } = context;
      const ending = signal.aborted && signal.reason instanceof JobEnd && signal.reason.why === 'shutting_down';
      const hopeless = error instanceof JobRefused || (error instanceof PictureError && error.undecodable);
      const cancelled = signal.aborted && signal.reason instanceof JobEnd && signal.reason.why === 'cancelled';
      await this.tell(shareId, !ending && (hopeless || last || cancelled) ? 'failed' : 'waiting', 0);
      if (hopeless && !(error instanceof JobRefused)) {
        throw new JobRefused('The film cannot be read.', { cause: error });
      }
      throw error;
    }
  }

  private async make(place: BrandShare, row: Row, { signal, progress }: JobContext): Promise<void> {
    const { clubId, shareId } = place;
    const { session_id: sessionId, width, height, duration_seconds: durationSeconds } = row;
    const logo = await this.logos.of(clubId);
    if (!logo) throw new JobRefused('The club has no logo any more.');
    let told = this.clock.monotonic();
    const tell = (share: number): void => {
      progress(share);
      if (this.clock.monotonic() - told < TELL_MS) return;
      told = this.clock.monotonic();
      void this.tellProgress(shareId, share);
    };
    const thing = { sessionId, clubId, highlightId: row.highlight_id };
    await this.media.reading(thing, async () => {
      if (thing.highlightId === null) await this.back.bring(clubId, sessionId, signal);
      const { path: from, bytes } = await this.media.file(thing);
      if (from === null) throw new ProblemException('not_found');
      const kept = this.runtime.bytesToCome() + this.config.diskReserveMb * MEBIBYTE;
      if ((await this.store.freeBytes()) < 2 * bytes + kept) {
        throw new ProblemException('disk_full');
      }
      const film = { from, width, height, durationSeconds, logo, session: sessionId, signal, progress: tell };
      await this.shelf.put(place, (to) => brandFilm(this.toolchain, { ...film, to }));
    });
  }

  /** Only while it is being made: whichever of two statements comes last, `ready` stays. */
  private async tellProgress(shareId: number, share: number): Promise<void> {
    await this.database
      .query(`UPDATE shares SET branding_progress = $2 WHERE id = $1 AND branding = 'making'`, [shareId, share])
      .catch((error: unknown) => this.logger.debug({ err: error, share: shareId }, 'Progress could not be written.'));
  }

  /** @returns false: the share has ended */
  private async tell(shareId: number, branding: Branding, share: number): Promise<boolean> {
    const [, changed] = await this.database.query<[unknown[], number]>(
      'UPDATE shares SET branding = $2, branding_progress = $3 WHERE id = $1 AND revoked_at IS NULL',
      [shareId, branding, share],
    );
    return changed > 0;
  }
}
