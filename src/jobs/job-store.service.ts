import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import PgBoss from 'pg-boss';
import { DataSource, EntityManager } from 'typeorm';
import { deleteInSteps } from '../database/delete-in-steps';
import { JOBS_SCHEMA } from '../database/service-role';
import { isElsewhere, isGone, isOwn, ownIdentity, ProcessIdentity } from '../runtime/process-identity';
import { InTransaction, onPool } from './boss-database';
import { JobData, JobKind } from './job-kind';

/** A process of another machine whose sign of life is older is dead. */
const LEASE_SECONDS = 15;
/** A job that takes its process along so often is not given another one. */
const MOST_DEATHS = 5;
const DEFAULT_MOST_BACKOFF_SECONDS = 3600;
/** How long a job that has ended is kept, to be looked at. */
const KEPT_DAYS = 14;
const LONG_OVER = `state >= 'completed' AND completed_on < now() - interval '${KEPT_DAYS} days'`;

/** A job that this process has taken. */
export interface TakenJob {
  readonly id: string;
  readonly kind: string;
  readonly runId: string;
  readonly data: JobData;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly last: boolean;
}

/** One run, as the rows name it. */
export type RunKey = Pick<TakenJob, 'id' | 'kind' | 'runId'>;

export interface EnqueueOptions {
  /** One job of the kind waits or runs for a key. */
  readonly key?: string;
  readonly startAfter?: Date;
  /** Of the transaction that the job belongs to: there is no job before its COMMIT. */
  readonly manager?: EntityManager;
}

/** Two services may live in one process, one after the other or side by side, as in tests. */
interface Owner extends ProcessIdentity {
  readonly service: string;
}

/** The services of this process that have not ended. */
const LIVING = new Set<string>();

interface Owned extends RunKey {
  readonly owner: Owner;
  readonly lapsed: boolean;
  readonly deaths: number;
}

/**
 * The rows of background work. pg-boss queues, hands out, and counts tries; which process has a job, and how far that is,
 * stands beside it in `job_runs`. Whoever ends a run does so by its run's id, in the same transaction, so that a process
 * that was believed dead ends nobody else's.
 *
 * Of pg-boss its statements are used, not its workers: those do not wait for what they write at a job's end, so a database
 * that is away at that moment would end the process (pg-boss 10, `manager.js`, `onFetch`); nor its supervision, which opens
 * transactions on a pool's connection and leaves one that failed open.
 */
@Injectable()
export class JobStore {
  private readonly boss: PgBoss;
  private readonly identity: Owner = { ...ownIdentity(), service: randomUUID() };
  /** Kinds that have their row in pg-boss's list of queues. */
  private readonly known = new Map<string, Promise<unknown>>();

  constructor(private readonly database: DataSource) {
    const options = { schema: JOBS_SCHEMA, migrate: false, supervise: false, schedule: false };
    this.boss = new PgBoss({ ...options, db: onPool(database) });
    // An 'error' that nobody listens to would end the process.
    this.boss.on('error', () => undefined);
    LIVING.add(this.identity.service);
  }

  /** This service does no more jobs; what it still has goes to others. */
  end(): void {
    LIVING.delete(this.identity.service);
  }

  /** @returns the id of the job; of the one that waits or runs already, where the key has one */
  async enqueue<T extends JobData>(
    kind: JobKind<T>,
    data: T,
    { key, startAfter, manager }: EnqueueOptions,
  ): Promise<string> {
    await this.introduce(kind);
    const db = manager ? new InTransaction(manager) : undefined;
    for (;;) {
      const id = await this.boss.send(kind.name, data, {
        id: randomUUID(),
        retryLimit: kind.retries,
        retryDelay: kind.backoffSeconds,
        retryBackoff: kind.backoffSeconds > 0,
        expireInSeconds: kind.expireSeconds,
        ...(key !== undefined && { singletonKey: key }),
        ...(startAfter && { startAfter }),
        ...(db && { db }),
      });
      const found = id ?? (await this.live(kind.name, key ?? '', manager));
      // It ended between the two: now there is room for another one.
      if (found !== null) return found;
    }
  }

  /** The job that waits or runs for a key. */
  async live(kind: string, key: string, manager: EntityManager = this.database.manager): Promise<string | null> {
    const [row] = await manager.query<{ id: string }[]>(
      `SELECT id FROM pgboss.job WHERE name = $1 AND singleton_key = $2 AND state < 'completed'`,
      [kind, key],
    );
    return row?.id ?? null;
  }

  /** How the newest job of a key stands; `null`: there is none, or it was forgotten. */
  async lastState(kind: string, key: string): Promise<string | null> {
    const [row] = await this.database.query<{ state: string }[]>(
      `SELECT state::text AS state FROM pgboss.job WHERE name = $1 AND singleton_key = $2 ORDER BY created_on DESC LIMIT 1`,
      [kind, key],
    );
    return row?.state ?? null;
  }

  /** Which of these kinds have something that could begin now. */
  async due(kinds: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ name: string }[]>(
      `SELECT DISTINCT name FROM pgboss.job WHERE name = ANY ($1) AND state < 'active' AND start_after < now()`,
      [kinds],
    );
    return rows.map(({ name }) => name);
  }

  /**
   * Takes up to so many jobs for this process. `FOR UPDATE SKIP LOCKED`: of several processes one gets each.
   * @param runId of this taking; whoever looks for runs that nobody remembers has to know it before
   */
  take(kind: JobKind<JobData>, most: number, runId: string): Promise<TakenJob[]> {
    return this.database.transaction(async (manager) => {
      const db = new InTransaction(manager);
      const jobs = await this.boss.fetch<JobData>(kind.name, { batchSize: most, includeMetadata: true, db });
      if (db.failure !== null) throw db.failure;
      if (jobs.length === 0) return [];
      await manager.query(
        `INSERT INTO job_runs (job_id, run_id, owner) SELECT id, $2, $3 FROM unnest($1::uuid[]) AS id
         ON CONFLICT (job_id) DO UPDATE SET run_id = $2, owner = $3, beat_at = now(), progress = 0`,
        [jobs.map(({ id }) => id), runId, JSON.stringify(this.identity)],
      );
      return jobs.map((job) => {
        return {
          id: job.id,
          kind: kind.name,
          runId,
          data: job.data,
          attempt: job.retryCount + 1,
          last: job.retryCount >= job.retryLimit,
        };
      });
    });
  }

  /** This process is alive and so far. @returns the runs that are not its any more: cancelled, or given to another */
  async beat(runs: readonly (RunKey & { progress: number })[]): Promise<RunKey[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `WITH told AS (
         UPDATE job_runs r SET beat_at = now(), progress = b.progress
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::real[]) AS b (id, run_id, kind, progress)
          WHERE r.job_id = b.id AND r.run_id = b.run_id
            AND EXISTS (SELECT FROM pgboss.job j WHERE j.name = b.kind AND j.id = b.id AND j.state = 'active')
        RETURNING r.job_id AS id)
       SELECT id FROM told`,
      [
        runs.map(({ id }) => id),
        runs.map(({ runId }) => runId),
        runs.map(({ kind }) => kind),
        runs.map(({ progress }) => progress),
      ],
    );
    const told = new Set(rows.map(({ id }) => id));
    return runs.filter(({ id }) => !told.has(id));
  }

  /** It is done. Nothing happens where the run is not this one's any more, as also the second time. */
  async completed(run: RunKey): Promise<void> {
    await this.ending(run, async (db, manager) => {
      await this.boss.complete(run.kind, run.id, {}, { db });
      await manager.query('UPDATE job_runs SET progress = 1 WHERE job_id = $1', [run.id]);
    });
  }

  /**
   * This try failed.
   * @param message a sentence for admins
   * @param final no other try is made
   * @returns in how many milliseconds the next one may begin; `null`: there is none
   */
  async failed(run: RunKey, kind: JobKind<JobData> | null, message: string, final: boolean): Promise<number | null> {
    let next: number | null = null;
    await this.ending(run, async (db, manager) => {
      next = await this.fail(run, kind?.maxBackoffSeconds ?? DEFAULT_MOST_BACKOFF_SECONDS, message, final, db, manager);
    });
    return next;
  }

  /** Its process will not go on with it: it may begin at once, anywhere, as if this try had not been. */
  async giveBack(run: RunKey): Promise<void> {
    await this.ending(run, (_, manager) => this.putBack(run, manager));
  }

  /**
   * Jobs whose process is gone, here or (by its lease) on another machine, and those that this process took and does not
   * remember, for the answer to its COMMIT was lost: they go on.
   * @param remembers whether a run of this process is under way
   * @returns how many were put back
   */
  async freeLost(remembers: (run: RunKey) => boolean): Promise<number> {
    const owned = await this.database.query<Owned[]>(
      `SELECT j.id, j.name AS kind, r.run_id AS "runId", r.owner, r.deaths,
              r.beat_at < now() - interval '${LEASE_SECONDS} seconds' AS lapsed
         FROM job_runs r JOIN pgboss.job j ON j.id = r.job_id
        WHERE r.run_id IS NOT NULL AND j.state = 'active'`,
    );
    const lost = owned.filter((run) => {
      if (this.isMine(run)) return !remembers(run);
      if (isOwn(run.owner)) return !LIVING.has(run.owner.service);
      return isGone(run.owner) || (isElsewhere(run.owner) && run.lapsed);
    });
    for (const run of lost) await this.free(run);
    return lost.length;
  }

  /** @returns false: it had ended, or there is no such job */
  async cancel(kind: string, id: string, manager?: EntityManager): Promise<boolean> {
    const cancelled = await (manager ?? this.database.manager).query<{ id: string }[]>(
      `WITH done AS (UPDATE pgboss.job SET state = 'cancelled', completed_on = now()
                      WHERE name = $1 AND id = $2 AND state < 'completed' RETURNING id)
       SELECT id FROM done`,
      [kind, id],
    );
    return cancelled.length > 0;
  }

  /** Deletes what ended long ago. @returns how many jobs */
  async forget(): Promise<number> {
    const [before] = await this.database.query<{ count: number }[]>(
      `SELECT count(*)::integer AS count FROM pgboss.job WHERE ${LONG_OVER}`,
    );
    await deleteInSteps(this.database, 'pgboss.job', LONG_OVER);
    await this.database.query(
      `DELETE FROM job_runs r WHERE r.run_id IS NULL AND r.beat_at < now() - interval '1 day'
          AND NOT EXISTS (SELECT FROM pgboss.job j WHERE j.id = r.job_id)`,
    );
    return before?.count ?? 0;
  }

  private isMine({ owner }: Owned): boolean {
    return isOwn(owner) && owner.service === this.identity.service;
  }

  private async free(run: Owned): Promise<void> {
    const own = this.isMine(run);
    await this.ending(run, async (db, manager) => {
      if (own) return this.putBack(run, manager);
      await manager.query('UPDATE job_runs SET deaths = deaths + 1 WHERE job_id = $1', [run.id]);
      if (run.deaths + 1 < MOST_DEATHS) return this.putBack(run, manager);
      await this.fail(run, 0, 'The process that did it ended over it several times.', true, db, manager);
    });
  }

  /** `started_on` goes, by which pg-boss counts tries. */
  private async putBack({ id, kind }: RunKey, manager: EntityManager): Promise<void> {
    await manager.query(
      `UPDATE pgboss.job SET state = 'retry', started_on = NULL, start_after = now()
        WHERE name = $1 AND id = $2 AND state = 'active'`,
      [kind, id],
    );
  }

  private async fail(
    { id, kind }: RunKey,
    mostSeconds: number,
    message: string,
    final: boolean,
    db: InTransaction,
    manager: EntityManager,
  ): Promise<number | null> {
    if (final) {
      await manager.query('UPDATE pgboss.job SET retry_limit = retry_count WHERE name = $1 AND id = $2', [kind, id]);
    }
    // Of a job that was cancelled meanwhile it would make one that failed.
    const [active] = await manager.query<unknown[]>(
      `SELECT 1 FROM pgboss.job WHERE name = $1 AND id = $2 AND state = 'active' FOR UPDATE`,
      [kind, id],
    );
    if (!active) return null;
    await this.boss.fail(kind, id, { message }, { db });
    const [row] = await manager.query<{ ms: number }[]>(
      `WITH bounded AS (
         UPDATE pgboss.job SET start_after = least(start_after, now() + $3 * interval '1 second')
          WHERE name = $1 AND id = $2 AND state = 'retry'
        RETURNING start_after)
       SELECT (1000 * extract(epoch FROM start_after - now()))::float8 AS ms FROM bounded`,
      [kind, id, mostSeconds],
    );
    return row?.ms ?? null;
  }

  /** Ends a run, where it is still this one; a COMMIT whose answer was lost and that is tried again does nothing. */
  private ending(run: RunKey, work: (db: InTransaction, manager: EntityManager) => Promise<unknown>): Promise<void> {
    return this.database.transaction(async (manager) => {
      const [, ended]: [unknown, number] = await manager.query(
        'UPDATE job_runs SET run_id = NULL, owner = NULL, beat_at = now() WHERE job_id = $1 AND run_id = $2',
        [run.id, run.runId],
      );
      if (ended > 0) await work(new InTransaction(manager), manager);
    });
  }

  /** pg-boss puts nothing into a queue that is not in its list. Outside the caller's transaction, which others would wait for. */
  private introduce({ name }: JobKind<JobData>): Promise<unknown> {
    let introduced = this.known.get(name);
    if (!introduced) {
      introduced = this.database
        .query(
          `INSERT INTO pgboss.queue (name, policy, partition_name) VALUES ($1, 'standard', 'job_all') ON CONFLICT DO NOTHING`,
          [name],
        )
        .catch((error: unknown) => {
          this.known.delete(name);
          throw error;
        });
      this.known.set(name, introduced);
    }
    return introduced;
  }
}
