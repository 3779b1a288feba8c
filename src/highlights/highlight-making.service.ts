import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Clock } from '../common/clock';
import { faultPoint } from '../common/fault-point';
import { ProblemException } from '../common/problem';
import { toProblem } from '../common/to-problem';
import { AppConfig } from '../config/app-config';
import { JobContext, JobKind, JobRefused } from '../jobs/job-kind';
import { Jobs } from '../jobs/jobs';
import { TICKS_PER_SECOND } from '../media/access-unit';
import { CutFilm, cutFilm } from '../recording/engine/cut-film';
import { CourtRuntime } from '../runtime/court-runtime';
import { HighlightShelf } from '../storage/highlight-shelf';
import { HighlightFilm, isHopeless } from './highlight-film.service';
import { HighlightRow, HighlightStore } from './highlight-store.service';

/** Ids only: the row says the rest. */
export interface HighlightJob {
  readonly clubId: number;
  readonly highlightId: string;
}

export const HIGHLIGHT: JobKind<HighlightJob> = {
  name: 'highlight',
  retries: 4,
  backoffSeconds: 1,
  maxBackoffSeconds: 60,
  expireSeconds: 120,
  atOnce: 2,
};

/**
 * Makes highlights, as jobs that begin with the press. Invariant, for a crash at any line: the row is there before anything
 * else; a film has its name before its row says so, and a name it gets twice is the same film; a row that is deleted meanwhile
 * takes its film along, whichever of the two comes last.
 */
@Injectable()
export class HighlightMaking implements OnModuleInit {
  private readonly logger = new Logger(HighlightMaking.name);

  constructor(
    private readonly jobs: Jobs,
    private readonly store: HighlightStore,
    private readonly film: HighlightFilm,
    private readonly shelf: HighlightShelf,
    private readonly runtime: CourtRuntime,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(HIGHLIGHT, (job, context) => this.make(job, context));
  }

  /** @param manager of the transaction in which the row is written */
  ask({ id, clubId }: { id: string; clubId: number }, manager?: EntityManager): Promise<string> {
    return this.jobs.enqueue(HIGHLIGHT, { clubId, highlightId: id }, { key: id, ...(manager && { manager }) });
  }

  /**
   * Asks for one that nobody made: where a job of it waits or runs, that is the one. One whose job ended in vain (it took five
   * processes along, or its time ran out) or was cancelled is not made.
   */
  async askAgain(place: { id: string; clubId: number }): Promise<void> {
    if (await this.jobs.wasGivenUp(HIGHLIGHT, place.id))
      await this.store.failed(place.id, 'It could not be made.', true);
    else await this.ask(place);
  }

  /** @throws ProblemException `disk_full` where so many bytes, and what recordings need, do not fit */
  async requireRoom(bytes: number): Promise<void> {
    const free = await this.shelf.freeBytes();
    if (free - bytes - this.runtime.bytesToCome() >= this.config.diskReserveMb * 2 ** 20) return;
    throw new ProblemException(
      'disk_full',
      'There is no room on the disk for a highlight beside what recordings need.',
    );
  }

  private async make({ highlightId, clubId }: HighlightJob, context: JobContext): Promise<void> {
    const began = this.clock.monotonic();
    const row = await this.store.begin(highlightId);
    if (!row) {
      // Made by a try whose end nobody heard of; or deleted, and the film came after whoever looked for it.
      if (!(await this.store.find(highlightId))) await this.shelf.remove({ id: highlightId, clubId });
      return;
    }
    faultPoint('highlight.making');
    try {
      const made = await this.cut(row, context);
      faultPoint('highlight.row');
      if (await this.store.made(row, made)) {
        const { bytes } = made;
        const tookMs = Math.round(this.clock.monotonic() - began);
        this.logger.log({ sessionId: row.session_id, highlight: row.id, bytes, tookMs }, 'A highlight is made.');
      } else {
        await this.shelf.remove({ id: row.id, clubId: row.club_id });
      }
      faultPoint('highlight.made');
    } catch (error) {
      await this.fail(row, error, context);
    }
  }

  private async cut(row: HighlightRow, { signal, progress }: JobContext) {
    const { id, session_id: sessionId, club_id: clubId, start_seconds: start, end_seconds: end } = row;
    const { file, cut, zero } = await this.film.find(
      { sessionId, clubId, start, end, exact: row.cut === 'exact' },
      signal,
    );
    try {
      await this.requireRoom(cut.samples.reduce((sum, { size }) => sum + size, 0));
      const made = await this.shelf.put({ id, clubId }, (target): Promise<CutFilm> => {
        return cutFilm(file, target, cut, { signal, progress });
      });
      const seconds = (ticks: number): number => Math.max(0, (ticks - zero) / TICKS_PER_SECOND);
      return { startSeconds: seconds(made.from), endSeconds: seconds(made.to), bytes: made.bytes };
    } finally {
      await file.close();
    }
  }

  private async fail(row: HighlightRow, error: unknown, { last, signal }: JobContext): Promise<never> {
    // It goes on elsewhere, or was cancelled: neither is said of the highlight by this try.
    if (signal.aborted) throw error;
    const hopeless = isHopeless(error);
    const problem = toProblem(error);
    const words = problem.code === 'internal_error' ? 'It could not be made.' : problem.detail;
    await this.store.failed(row.id, hopeless ? 'There are no pictures of this stretch.' : words, hopeless || last);
    if (hopeless) throw new JobRefused('There are no pictures of this stretch.', { cause: error });
    throw error;
  }
}
