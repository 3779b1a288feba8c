import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Clock } from '../common/clock';
import { faultPoint } from '../common/fault-point';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';
import { VideoTurns } from '../files/video-turns';
import { JobContext, JobData, JobEnd, JobKind } from '../jobs/job-kind';
import { Jobs } from '../jobs/jobs';
import { compressFilm, likeness } from '../media/compress-film';
import { probeVideo } from '../media/ffprobe';
import { FragmentError } from '../media/fmp4/fragment-boxes';
import { PictureError } from '../media/picture';
import { Toolchain } from '../media/toolchain';
import { FetchBack } from '../objects/fetch-back.service';
import { ObjectBook } from '../objects/object-book.service';
import { ObjectFault } from '../objects/object-store';
import { placeAndCheck, RecodedFilm } from '../recording/engine/recode-gate';
import { NotTheFilmError } from '../recording/engine/recoded-film';
import { isStrained } from '../runtime/admission';
import { Admission } from '../runtime/admission.service';
import { CourtRuntime } from '../runtime/court-runtime';
import { CompressionPlace, CompressionShelf, VideoChangedError } from '../storage/compression-shelf';
import { Disk, DiskEntry } from '../storage/disk';
import { OpenVideo, VideoStore } from '../storage/video-store';
import { CompressionEnd } from './compression-end';
import { COMPRESS_VIDEO } from './compression-log.service';
import { AskedCompression, CompressionStore } from './compression-store.service';
import { CompressionReason } from './dto/compression.dto';

interface CompressVideo extends JobData {
  readonly clubId: number;
  readonly sessionId: string;
}

/** One at a time in a process: a match takes a core for as long as it lasted and longer. */
const COMPRESSION: JobKind<CompressVideo> = {
  name: COMPRESS_VIDEO,
  retries: 3,
  backoffSeconds: 600,
  expireSeconds: 23 * 3_600,
  atOnce: 1,
};

/** A file that is not smaller by a fifth is not worth what it loses. */
const WORTH_IT = 0.8;
/** SSIM. Of what a camera sees good copies have 0.9 and more; rain by night has less. Other pictures have nothing of it. */
const LEAST_LIKENESS = 0.7;
/** Where in the film it is looked. */
const LOOKED_AT = [1 / 6, 3 / 6, 5 / 6] as const;
/** How far it is is written no more often than this; so often it is looked whether recordings still have their room. */
const TELL_MS = 3_000;
const PROBE_MS = 60_000;
const MEBIBYTE = 2 ** 20;

/**
 * Codes finished videos anew, as jobs. Invariant, for a crash at any line: the video's file is the one that was recorded until
 * the other one has passed every check; which of the two has the name says its size, which is written down before
 * ({@link CompressionStore}); whoever finds a swap begun ends it so.
 */
@Injectable()
export class CompressionMaking implements OnModuleInit {
  private readonly logger = new Logger(CompressionMaking.name);

  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly rows: CompressionStore,
    private readonly shelf: CompressionShelf,
    private readonly store: VideoStore,
    private readonly turns: VideoTurns,
    private readonly toolchain: Toolchain,
    private readonly admission: Admission,
    private readonly runtime: CourtRuntime,
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly disk: Disk,
    private readonly back: FetchBack,
    private readonly book: ObjectBook,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(COMPRESSION, (job, context) => this.work(job, context));
  }

  /** @param manager of the transaction in which its row is written */
  enqueue({ sessionId, clubId }: CompressVideo, manager: EntityManager): Promise<string> {
    return this.jobs.enqueue(COMPRESSION, { clubId, sessionId }, { key: sessionId, manager });
  }

  /**
   * Ends a swap that a crash has parted, or finds that it had not begun.
   * @returns whether the video is compressed
   */
  async settle(asked: AskedCompression): Promise<boolean> {
    const { sessionId, clubId, newBytes, originalBytes } = asked;
    if (asked.state !== 'swapping' || newBytes === null || originalBytes === null) return asked.state === 'done';
    const opened = await this.store.openVideo(clubId, sessionId);
    await opened?.file.close();
    if (opened?.entry.bytes !== newBytes) return false;
    const { codec } = await probeVideo(this.toolchain, opened.path, { timeoutMs: PROBE_MS });
    await this.database.transaction(async (manager) => {
      await this.rows.askForChapters(sessionId, true, manager);
      await this.book.replaced(sessionId, manager);
      await this.rows.done(asked, { codec, bytes: newBytes, originalBytes }, manager);
    });
    return true;
  }

  private async work({ sessionId }: CompressVideo, context: JobContext): Promise<void> {
    const asked = await this.rows.find(sessionId);
    if (!asked || ['done', 'kept', 'failed'].includes(asked.state) || (await this.settle(asked))) return;
    try {
      if (!asked.there) throw new CompressionEnd('failed', 'gone');
      await this.make(asked, context);
    } catch (error) {
      await this.fail(sessionId, error, context);
    }
  }

  private async make(asked: AskedCompression, { signal, progress }: JobContext): Promise<void> {
    const { sessionId, codec } = asked;
    const began = this.clock.monotonic();
    const { path, entry } = await this.here(asked, signal);
    await this.rows.begin(sessionId, entry.bytes);
    faultPoint('compress.begun');
    if (!(await this.toolchain.canCode(codec))) throw new CompressionEnd('failed', 'codec_unavailable');
    await this.requireRoom(2 * entry.bytes);
    const place = await this.shelf.place(sessionId);
    try {
      const film = await this.code(asked, path, entry, place, signal, progress);
      await this.swap(asked, film, entry, place, signal);
      const tookMs = Math.round(this.clock.monotonic() - began);
      this.logger.log({ sessionId, codec, from: entry.bytes, to: film.bytes, tookMs }, 'A video was compressed.');
    } finally {
      await this.shelf.discard(place).catch((error: unknown) => {
        this.logger.warn({ err: error, sessionId }, 'What a compression left is still there.');
      });
    }
  }

  /** The video's file; where it is, by its row, in the club's storage alone, it is brought back first. */
  private async here({ clubId, sessionId }: AskedCompression, signal: AbortSignal): Promise<Omit<OpenVideo, 'file'>> {
    for (let again = true; ; again = false) {
      // Also where it is here: its row may not say so, and then it could not be replaced.
      await this.back.bring(clubId, sessionId, signal).catch((error: unknown) => {
        // Its row says that it is there, and its storage does not have it.
        const nowhere = error instanceof ProblemException && error.code === 'not_found';
        throw nowhere ? new CompressionEnd('failed', 'away') : error;
      });
      const opened = await this.store.openVideo(clubId, sessionId);
      await opened?.file.close();
      if (opened) return opened;
      // It was just being taken away.
      if (!again) throw new CompressionEnd('failed', 'away');
    }
  }

  /** @returns the film that may take the place of the video, as it lies in `place.placed` */
  private async code(
    { sessionId, codec, crf, durationSeconds }: AskedCompression,
    from: string,
    { bytes: originalBytes }: DiskEntry,
    place: CompressionPlace,
    signal: AbortSignal,
    progress: (share: number) => void,
  ): Promise<RecodedFilm> {
    const { otherStreams, sound } = await probeVideo(this.toolchain, from, { timeoutMs: PROBE_MS, nice: 10 });
    // What is coded anew has its pictures alone.
    if (otherStreams > 0) throw new CompressionEnd('kept', sound.streams > 0 ? 'sound' : 'different');
    const own = new AbortController();
    const either = AbortSignal.any([signal, own.signal]);
    const most = Math.floor(WORTH_IT * originalBytes);
    let told = this.clock.monotonic();
    const tell = (share: number, bytes: number): void => {
      progress(share);
      if (bytes > most) own.abort(new CompressionEnd('kept', 'not_smaller'));
      if (this.clock.monotonic() - told < TELL_MS) return;
      told = this.clock.monotonic();
      void this.goesOn(sessionId, share).catch((error: unknown) => own.abort(error));
    };
    const busy = (): boolean => isStrained(this.admission.load());
    const options = { codec, crf, from, to: place.coded, session: sessionId, durationSeconds };
    await compressFilm(this.toolchain, { ...options, signal: either, busy, progress: tell });
    faultPoint('compress.coded');
    const paths = { original: from, coded: place.coded, target: place.placed };
    const film = await placeAndCheck(this.disk, this.toolchain, paths, signal);
    if (film.bytes > most) throw new CompressionEnd('kept', 'not_smaller');
    const moments = LOOKED_AT.map((share) => share * durationSeconds);
    const alike = await likeness(this.toolchain, { a: from, b: place.placed, session: sessionId }, moments);
    if (alike < LEAST_LIKENESS) throw new CompressionEnd('kept', 'quality');
    await this.shelf.discardCoded(place);
    return film;
  }

  private async goesOn(sessionId: string, share: number): Promise<void> {
    if (!(await this.rows.tell(sessionId, share))) throw new CompressionEnd('failed', 'gone');
    await this.requireRoom(0);
  }

  private async swap(
    asked: AskedCompression,
    film: RecodedFilm,
    seen: DiskEntry,
    place: CompressionPlace,
    signal: AbortSignal,
  ): Promise<void> {
    const { sessionId, clubId } = asked;
    const now = async (): Promise<true> => {
      faultPoint('compress.passed');
      if (!(await this.rows.intend(sessionId, film.bytes))) throw new Error('It has come to its end elsewhere.');
      faultPoint('compress.intended');
      await this.database.transaction(async (manager) => {
        if (!(await this.rows.lock(sessionId, manager))) throw new CompressionEnd('failed', 'gone');
        const opened = await this.store.openVideo(clubId, sessionId);
        await opened?.file.close();
        const touched = opened?.entry.modifiedAt.getTime() !== seen.modifiedAt.getTime();
        await this.rows.askForChapters(sessionId, touched, manager);
        if (!(await this.book.replaced(sessionId, manager)))
          throw new VideoChangedError('the file is being taken away');
        await this.shelf.swap(clubId, sessionId, place, seen);
        const { codec, bytes } = film;
        await this.rows.done(asked, { codec, bytes, originalBytes: seen.bytes }, manager);
      });
      faultPoint('compress.done');
      return true;
    };
    // Who has looked at the file gets the bytes of that very one.
    if ((await this.turns.changing(sessionId, now, signal)) === null) signal.throwIfAborted();
  }

  /** @throws ProblemException `disk_full` */
  private async requireRoom(bytes: number): Promise<void> {
    const kept = this.runtime.bytesToCome() + this.config.diskReserveMb * MEBIBYTE;
    if ((await this.store.freeBytes()) < bytes + kept) throw new ProblemException('disk_full');
  }

  /** Says how it ended, or that it goes on; throws where another try is to be made, or none was to be made any more. */
  private async fail(sessionId: string, error: unknown, { signal, last }: JobContext): Promise<void> {
    const asked = await this.rows.find(sessionId);
    // Elsewhere; or the name had gone to the smaller file before something broke.
    if (asked?.state === 'done') return;
    if (asked?.state === 'swapping' && (await this.settle(asked))) return;
    const why = signal.aborted && signal.reason instanceof JobEnd ? signal.reason.why : null;
    if (why === 'shutting_down') {
      await this.rows.giveBack(sessionId, null);
      throw error;
    }
    if (why === 'cancelled') {
      await this.rows.cancelled(sessionId);
      throw error;
    }
    const end = endOf(error);
    if (end) {
      this.logger.log({ err: error, sessionId, ...end }, 'A video stays as it is.');
      return this.rows.end(sessionId, end.state, end.reason);
    }
    const reason = reasonOf(error);
    if (last) await this.rows.end(sessionId, 'failed', reason);
    else await this.rows.giveBack(sessionId, reason);
    throw error;
  }
}

/** Why a try came to nothing that may go better the next time. */
function reasonOf(error: unknown): CompressionReason {
  const code = error instanceof ProblemException ? error.code : null;
  if (code === 'storage_unreachable' || error instanceof ObjectFault) return 'away';
  return code === 'disk_full' ? code : 'error';
}

/** What is no reason to try again; `null`: it is one. */
function endOf(error: unknown): Pick<CompressionEnd, 'state' | 'reason'> | null {
  if (error instanceof CompressionEnd) return { state: error.state, reason: error.reason };
  if (error instanceof NotTheFilmError) return { state: 'kept', reason: 'different' };
  const unreadable = error instanceof FragmentError || (error instanceof PictureError && error.undecodable);
  return unreadable ? { state: 'kept', reason: 'unreadable' } : null;
}
