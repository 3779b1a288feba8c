import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Subscription } from 'rxjs';
import { Cancel, Clock } from '../common/clock';
import { faultPoint } from '../common/fault-point';
import { Turns } from '../common/turns';
import { VideoTurns } from '../files/video-turns';
import { ScheduledTasks } from '../maintenance/scheduled-tasks.service';
import { Counts, TASKS } from '../maintenance/task-table';
import { VideoOpener } from '../objects/video-opener.service';
import { ChapterOutcome, ChapterWriter } from '../recording/engine/chapter-writer';
import { JournalError } from '../recording/engine/journal-error';
import { RecordingLog } from '../recording/recording-log.service';
import { RecordingMirror } from '../recording/recording-mirror.service';
import { CourtRuntime } from '../runtime/court-runtime';
import { Disk, isErrno } from '../storage/disk';
import { VideoStore } from '../storage/video-store';
import { ChapterBook, WaitingChapters } from './chapter-book.service';
import { chapterTitle } from './marker-kinds';

/** People change several markers in a row. */
const PAUSE_MS = 1_000;

/**
 * Makes the markers of finished matches the chapters of their files: as soon as a file is ready, and a second after the last
 * change; one file at a time, none while somebody reads it. The rows say what is still to do, so nothing is lost with the
 * process: the task `chapters` finds it.
 */
@Injectable()
export class ChapterWriting implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ChapterWriting.name);
  private readonly writer: ChapterWriter;
  private readonly pauses = new Map<string, Cancel>();
  /** Sessions being seen to; true: their markers changed again meanwhile. */
  private readonly again = new Map<string, boolean>();
  private readonly working = new Set<Promise<void>>();
  private readonly ending = new AbortController();
  private readonly one = new Turns(1);
  /** Sessions whose files the disk did not keep: not written again, even while the row cannot say so. */
  private readonly doubtful = new Set<string>();
  private readonly subscription = new Subscription();

  constructor(
    private readonly book: ChapterBook,
    private readonly runtime: CourtRuntime,
    private readonly mirror: RecordingMirror,
    private readonly recordings: RecordingLog,
    private readonly videos: VideoTurns,
    private readonly store: VideoStore,
    private readonly opener: VideoOpener,
    private readonly tasks: ScheduledTasks,
    private readonly clock: Clock,
    disk: Disk,
  ) {
    this.writer = new ChapterWriter(disk, clock);
  }

  onModuleInit(): void {
    const ended = this.runtime.watch().subscribe((event) => {
      if (event.type === 'recording.changed' && event.recording.phase === 'ready') void this.whenReady(event.sessionId);
    });
    this.subscription.add(ended);
    this.subscription.add(this.recordings.finishedLate().subscribe((sessionId) => this.begin(sessionId)));
  }

  /** Not waited for. */
  onApplicationBootstrap(): void {
    void this.tick();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    this.subscription.unsubscribe();
    for (const cancel of this.pauses.values()) cancel();
    await Promise.all(this.working);
  }

  /** The markers of a session are others now. */
  changed(sessionId: string): void {
    this.pauses.get(sessionId)?.();
    const cancel = this.clock.after(PAUSE_MS, () => {
      this.pauses.delete(sessionId);
      this.begin(sessionId);
    });
    this.pauses.set(sessionId, cancel);
  }

  /** What another process, or an earlier life of this one, left to do. */
  @Interval(TASKS.chapters.everyMs)
  async tick(): Promise<void> {
    await this.tasks.run('chapters', () => this.takeUp());
  }

  private async takeUp(): Promise<Counts> {
    const found = (await this.book.waiting()).filter((id) => !this.again.has(id) && !this.pauses.has(id));
    // Not waited for: somebody may be reading one of them, for hours.
    for (const sessionId of found) this.begin(sessionId);
    return { waiting_chapters: found.length };
  }

  private async whenReady(sessionId: string): Promise<void> {
    // The mirror hears of it in this very moment, too.
    await Promise.resolve();
    await this.mirror.written(sessionId);
    this.begin(sessionId);
  }

  private begin(sessionId: string): void {
    if (this.ending.signal.aborted) return;
    if (this.again.has(sessionId)) {
      this.again.set(sessionId, true);
      return;
    }
    this.again.set(sessionId, false);
    const work = this.bring(sessionId)
      .catch((error: unknown) => {
        this.logger.warn({ err: error, sessionId }, 'The chapters of a video could not be written yet.');
      })
      .finally(() => {
        this.working.delete(work);
        const again = this.again.get(sessionId);
        this.again.delete(sessionId);
        if (again) this.begin(sessionId);
      });
    this.working.add(work);
  }

  private async bring(sessionId: string): Promise<void> {
    const rewrite = (): Promise<void> => this.one.take(() => this.alone(sessionId));
    // Without a look, every recording that ends would wait for its readers.
    if (await this.book.next(sessionId)) await this.videos.changing(sessionId, rewrite, this.ending.signal);
  }

  private async alone(sessionId: string): Promise<void> {
    if (!(await this.book.claim(sessionId))) return;
    try {
      const waiting = await this.book.next(sessionId);
      if (waiting) await this.rewrite(waiting);
    } finally {
      // Where that fails it stays this process's, which takes it again the next time.
      await this.book.release(sessionId).catch(() => undefined);
    }
  }

  private async rewrite({ sessionId, clubId, revision, markers }: WaitingChapters): Promise<void> {
    const began = this.clock.monotonic();
    const chapters = markers.map(({ kind, text, at_seconds: atSeconds }) => {
      return { atSeconds, title: chapterTitle(kind, text) };
    });
    const outcome = await this.write({ sessionId, clubId }, chapters);
    if (outcome === null) return;
    faultPoint('chapters.row');
    await this.book.written(sessionId, revision, outcome);
    const tookMs = Math.round(this.clock.monotonic() - began);
    this.logger.log({ sessionId, outcome, chapters: chapters.length, tookMs }, 'Markers were made chapters.');
  }

  /** @returns `null` where the file is not there */
  private async write(
    { sessionId, clubId }: Pick<WaitingChapters, 'sessionId' | 'clubId'>,
    chapters: Parameters<ChapterWriter['write']>[1],
  ): Promise<ChapterOutcome | null> {
    if (this.doubtful.has(sessionId)) return 'unsupported';
    // Looked at first as by its readers: nothing that a symbolic link leads to is written.
    const opened = await this.store.openVideo(clubId, sessionId);
    // What lies in a storage is not written again: its markers stay in the database.
    if (!opened) return (await this.opener.away(clubId, sessionId)) ? 'unsupported' : null;
    await opened.file.close();
    try {
      return await this.writer.write(opened.path, chapters);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return null;
      if (!(error instanceof JournalError)) throw error;
      // The film is whole, with the old chapters or the new ones; nobody knows which, so it is left alone from now on.
      this.doubtful.add(sessionId);
      this.logger.error({ err: error, sessionId }, 'The disk did not keep the chapters of a video.');
      return 'unsupported';
    }
  }
}
