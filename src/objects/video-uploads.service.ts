import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Clock } from '../common/clock';
import { faultPoint } from '../common/fault-point';
import { ProblemException } from '../common/problem';
import { etagOf } from '../files/send-file';
import { VideoTurns } from '../files/video-turns';
import { JobContext, JobData, JobEnd, JobKind, JobRefused } from '../jobs/job-kind';
import { Jobs } from '../jobs/jobs';
import { DiskFile, readFully } from '../storage/disk';
import { OpenVideo, VideoStore } from '../storage/video-store';
import { ClubStore, ClubStores } from './club-stores.service';
import { chunksOf } from './local-store';
import { mayUpload } from './may-upload';
import { ObjectBook, ObjectRow, UploadStart } from './object-book.service';
import { ObjectFault, ObjectStore, PartUploads, SentPart } from './object-store';
import { sumsOf } from './object-sums';
import { planParts } from './part-plan';
import { persistently } from './persistently';
import { objectKey } from './store-place';

interface UploadVideo extends JobData {
  readonly clubId: number;
  readonly sessionId: string;
}

/** Two at a time in a process, so that one club's slow storage leaves room; a day of trying before an admin has to look. */
export const UPLOAD_VIDEO: JobKind<UploadVideo> = {
  name: 'upload_video',
  retries: 12,
  backoffSeconds: 15,
  maxBackoffSeconds: 3 * 3_600,
  expireSeconds: 20 * 3_600,
  atOnce: 2,
};

type Begun = Pick<ObjectRow, 'stamp' | 'object_key' | 'upload_id' | 'part_bytes'>;
const NOTHING: Begun = { stamp: null, object_key: '', upload_id: null, part_bytes: null };

/** What arrived as something else is sent again. */
const SENT_AGAIN = 'storage_checksum';
/** So often a storage may have something else than was sent. */
const MOST_MISMATCHES = 3;

/**
 * Copies finished videos to their club's storage. Invariant, for a crash at any line: what the storage has acknowledged is in a row
 * before the next step, so another process goes on behind it; a row says `remote` only once the storage was asked for size and
 * checksum of the whole, and both are those of the file. Nobody changes the file meanwhile (`VideoTurns`); where another process
 * did, its stamp says so and the upload begins anew.
 */
@Injectable()
export class VideoUploads implements OnModuleInit {
  private readonly logger = new Logger(VideoUploads.name);

  constructor(
    private readonly database: DataSource,
    private readonly book: ObjectBook,
    private readonly stores: ClubStores,
    private readonly videos: VideoStore,
    private readonly turns: VideoTurns,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(UPLOAD_VIDEO, (video, context) => this.work(video, context));
  }

  /** @param manager of the transaction in which the row is made or set back */
  async enqueue(clubId: number, sessionId: string, manager?: EntityManager): Promise<void> {
    await this.jobs.enqueue(UPLOAD_VIDEO, { clubId, sessionId }, { key: sessionId, ...(manager && { manager }) });
  }

  private async work({ clubId, sessionId }: UploadVideo, context: JobContext): Promise<void> {
    const { signal } = context;
    try {
      const row = await this.book.find(sessionId);
      const club = await this.stores.of(clubId);
      // Over, or not wanted any more; the next look asks again for what is still to do.
      if (!row || !club?.enabled || !['waiting', 'uploading'].includes(row.state)) return;
      if (!(await mayUpload(this.database, sessionId))) return;
      await this.turns.reading(sessionId, () => this.upload(row, club, context));
    } catch (error) {
      const ending = signal.aborted && signal.reason instanceof JobEnd && signal.reason.why === 'shutting_down';
      if (ending) throw error;
      const cancelled = signal.aborted && signal.reason instanceof JobEnd && signal.reason.why === 'cancelled';
      const final = context.last || cancelled || error instanceof JobRefused;
      await this.book.faulted(sessionId, final ? 'failed' : 'waiting', faultIn(error));
      if (error instanceof ObjectFault) {
        // Neither is cured by waiting; the admin who cures it asks again.
        if (error.code === 'storage_unreadable') throw new JobRefused(error.message, { cause: error });
        throw new ProblemException('storage_unreachable', error.message, {}, { cause: error });
      }
      throw error;
    }
  }

  private async upload(row: ObjectRow, club: ClubStore, context: JobContext): Promise<void> {
    const { session_id: sessionId, club_id: clubId } = row;
    const opened = await this.videos.openVideo(clubId, sessionId);
    if (!opened) throw new JobRefused('The file of the video is not there.');
    try {
      const start = await this.startOf(row, opened, club, context.signal);
      for (let begun: Begun = row; ; begun = NOTHING) {
        const parts = await this.send(start, begun, opened.file, club.store, context);
        if (await this.isThere(sessionId, start, parts, club.store, context.signal)) break;
      }
      await this.mustBeUnchanged(clubId, sessionId, start.stamp);
      faultPoint('upload.verified');
      if (await this.book.arrived(sessionId)) {
        this.logger.log({ clubId, sessionId, bytes: start.bytes }, 'A video was copied to its storage.');
      } else {
        // It was deleted meanwhile, and whoever takes the copy may have looked before it was there.
        await club.store.delete(start.key, context.signal);
      }
    } finally {
      await opened.file.close();
    }
  }

  /** What was begun goes on where it is of this very file. */
  private async startOf(
    row: ObjectRow,
    { entry, file }: OpenVideo,
    { store, prefix }: ClubStore,
    signal: AbortSignal,
  ): Promise<UploadStart> {
    const { session_id: sessionId, club_id: clubId } = row;
    const stamp = etagOf(entry);
    const key = objectKey(prefix, clubId, sessionId);
    if (row.stamp === stamp && row.sha256 !== null && row.object_key === key) {
      if (row.state === 'waiting') await this.book.resumed(sessionId);
      return { sessionId, stamp, bytes: entry.bytes, sha256: row.sha256, key };
    }
    if (row.upload_id !== null) await store.parts?.abort(row.object_key, row.upload_id, signal);
    const sha256 = await hashOf(file, entry.bytes, signal);
    const start = { sessionId, stamp, bytes: entry.bytes, sha256, key };
    await this.book.start(start);
    faultPoint('upload.started');
    return start;
  }

  /** @returns the parts it was sent in; empty: in one piece */
  private async send(
    start: UploadStart,
    row: Begun,
    file: DiskFile,
    store: ObjectStore,
    context: JobContext,
  ): Promise<readonly SentPart[]> {
    const { bytes, sha256, key } = start;
    const { signal } = context;
    if (store.parts) return this.sendParts(start, row, file, store.parts, context);
    const range = { from: 0, to: bytes };
    const body = (): Readable => Readable.from(chunksOf(file, range, signal), { objectMode: false });
    await persistently(this.clock, signal, () => store.put(key, { bytes, sha256 }, body, signal), SENT_AGAIN);
    faultPoint('upload.finished');
    return [];
  }

  private async sendParts(
    start: UploadStart,
    row: Begun,
    file: DiskFile,
    store: PartUploads,
    { signal, progress }: JobContext,
  ): Promise<readonly SentPart[]> {
    const { bytes, key } = start;
    const { sessionId } = start;
    const goesOn =
      row.stamp === start.stamp && row.object_key === key && row.upload_id !== null && row.part_bytes !== null;
    const partBytes = goesOn ? (row.part_bytes as number) : store.partBytes(bytes);
    const uploadId = goesOn ? (row.upload_id as string) : await this.begin(sessionId, key, partBytes, store, signal);
    const known = new Map((goesOn ? await this.book.parts(sessionId) : []).map((part) => [part.number, part]));
    const sent: SentPart[] = [];
    try {
      for (const { number, from, to } of planParts(bytes, partBytes)) {
        signal.throwIfAborted();
        const part =
          known.get(number) ?? (await this.sendPart(key, uploadId, number, { file, from, to }, store, signal));
        if (!known.has(number)) await this.book.sent(sessionId, part);
        faultPoint('upload.part_sent');
        sent.push(part);
        progress(to / Math.max(1, bytes));
      }
      await persistently(this.clock, signal, () => store.finish(key, uploadId, sent, signal));
    } catch (error) {
      // It was finished by a process that did not live to say so, or the storage gave it up: the look at the whole says which.
      const isGone = error instanceof ObjectFault && error.code === 'storage_missing';
      if (!isGone || !goesOn) throw error;
      return sent.length === planParts(bytes, partBytes).length ? sent : this.afresh(sessionId);
    }
    faultPoint('upload.finished');
    return sent;
  }

  private async begin(
    sessionId: string,
    key: string,
    partBytes: number,
    store: PartUploads,
    signal: AbortSignal,
  ): Promise<string> {
    const uploadId = await persistently(this.clock, signal, () => store.begin(key, signal));
    // A crash here leaves one at the storage that nobody knows; the task `storage` ends it.
    faultPoint('upload.begun');
    await this.book.begun(sessionId, uploadId, partBytes);
    return uploadId;
  }

  private async sendPart(
    key: string,
    uploadId: string,
    number: number,
    { file, from, to }: { file: DiskFile; from: number; to: number },
    store: PartUploads,
    signal: AbortSignal,
  ): Promise<SentPart> {
    const bytes = await readFully(file, from, to - from);
    const sums = await sumsOf(bytes);
    const part = { number, bytes, ...sums };
    const etag = await persistently(this.clock, signal, () => store.putPart(key, uploadId, part, signal), SENT_AGAIN);
    return { number, etag, ...sums };
  }

  /** The upload is not at the storage any more: the next try begins another one. */
  private async afresh(sessionId: string): Promise<never> {
    await this.book.forget(sessionId);
    throw new ObjectFault('storage_failed', 'The storage has given up the upload: it begins anew.');
  }

  /**
   * Whether the storage has what was sent. What it has instead is deleted there.
   * @throws JobRefused once that was so too often
   */
  private async isThere(
    sessionId: string,
    { key, bytes, sha256 }: UploadStart,
    parts: readonly SentPart[],
    store: ObjectStore,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      await persistently(this.clock, signal, () => store.verify(key, { bytes, sha256, parts }, signal));
      return true;
    } catch (error) {
      if (!(error instanceof ObjectFault)) throw error;
      if (error.code !== 'storage_checksum' && error.code !== 'storage_missing') throw error;
      await store.delete(key, signal);
      const often = await this.book.mismatched(sessionId);
      if (often >= MOST_MISMATCHES) throw new JobRefused(error.message, { cause: error });
      this.logger.warn({ sessionId, err: error }, 'A storage has something else than was sent; it is sent again.');
      return false;
    }
  }

  private async mustBeUnchanged(clubId: number, sessionId: string, stamp: string): Promise<void> {
    const opened = await this.videos.openVideo(clubId, sessionId);
    await opened?.file.close();
    if (!opened || etagOf(opened.entry) !== stamp) throw new Error('the file was changed while it was uploaded');
  }
}

async function hashOf(file: DiskFile, bytes: number, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(file, { from: 0, to: bytes }, signal)) hash.update(chunk);
  return hash.digest('hex');
}

function faultIn(error: unknown): ObjectFault {
  if (error instanceof ObjectFault) return error;
  const { cause } = error as { cause?: unknown };
  if (cause instanceof ObjectFault) return cause;
  return new ObjectFault(
    'storage_failed',
    error instanceof JobRefused ? error.message : 'It failed; the log says why.',
  );
}
