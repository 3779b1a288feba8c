import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { isAdminOf, roleIn } from '../auth/tenant';
import { cutPage, decodeCursor, DEFAULT_PAGE } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { JobFigures, JobsSource } from '../health/jobs-source';
import { JobListAnswer, JobListQuery, JobState, JobView } from './dto/jobs.dto';
import { Jobs } from './jobs';

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The wire's states, as pg-boss's, and which of these they are. */
const STATES: Readonly<Record<JobState, readonly string[]>> = {
  waiting: ['created', 'retry'],
  active: ['active'],
  done: ['completed'],
  failed: ['failed'],
  cancelled: ['cancelled'],
};

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly club_id: number | null;
  readonly state: string;
  readonly retry_count: number;
  readonly retry_limit: number;
  readonly started: boolean;
  readonly progress: number | null;
  readonly error: string | null;
  readonly created_on: Date;
  readonly moment: string;
  readonly started_on: Date | null;
  readonly start_after: Date;
  readonly completed_on: Date | null;
}

const VIEW = `
  SELECT j.id, j.name AS kind, (j.data ->> 'clubId')::integer AS club_id, j.state::text AS state, j.retry_count, j.retry_limit,
         j.started_on IS NOT NULL AS started, r.progress, j.output ->> 'message' AS error, j.created_on,
         to_char(j.created_on AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS moment,
         j.started_on, j.start_after, j.completed_on
    FROM pgboss.job j LEFT JOIN job_runs r ON r.job_id = j.id`;

/** Background work as admins see it: a SUPER_ADMIN all of it, a CLUB_ADMIN their club's. */
@Injectable()
export class JobList extends JobsSource {
  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly audit: AuditService,
  ) {
    super();
  }

  /** Newest first. @throws ProblemException `forbidden`, `not_found` (another club), `validation_failed` (cursor) */
  async list(principal: Principal, query: JobListQuery): Promise<JobListAnswer> {
    const clubId = scopeOf(principal, query.club_id);
    const limit = query.limit ?? DEFAULT_PAGE;
    const parameters: unknown[] = [limit + 1];
    const conditions: string[] = [];
    const where = (value: unknown, condition: (parameter: string) => string): void => {
      if (value !== undefined && value !== null) conditions.push(condition(`$${parameters.push(value)}`));
    };
    where(clubId, (value) => `(j.data ->> 'clubId')::integer = ${value}`);
    where(query.kind, (value) => `j.name = ${value}`);
    where(query.state && STATES[query.state], (value) => `j.state::text = ANY (${value})`);
    if (query.cursor !== undefined) {
      const place = placeIn(query.cursor).map((value) => `$${parameters.push(value)}`);
      conditions.push(`(j.created_on, j.id) < (${place[0]}::timestamptz, ${place[1]}::uuid)`);
    }
    const rows = await this.database.query<Row[]>(
      `${VIEW} ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
        ORDER BY j.created_on DESC, j.id DESC LIMIT $1`,
      parameters,
    );
    const { items, next_cursor } = cutPage(rows, limit, ({ moment, id }) => [moment, id]);
    const answer: JobListAnswer = { success: true, jobs: items.map(viewOf), count: items.length };
    return next_cursor === null ? answer : { ...answer, next_cursor };
  }

  /** Ends one that waits or runs; one that has ended stays as it is. @throws ProblemException `forbidden`, `not_found` */
  async cancel(principal: Principal, id: string, { ip }: Caller): Promise<void> {
    const [row] = await this.database.query<Row[]>(`${VIEW} WHERE j.id = $1`, [id]);
    const { club_id: clubId } = row ?? { club_id: null };
    const sees = row && (clubId === null ? principal.role === 'SUPER_ADMIN' : roleIn(principal, clubId) !== null);
    if (!sees) throw new ProblemException('not_found');
    if (clubId !== null && !isAdminOf(principal, clubId)) throw new ProblemException('forbidden');
    const deed = { action: 'job.cancelled', actorId: principal.userId, target: `job:${id}` } as const;
    await this.jobs.cancelWith(row.kind, id, (manager) =>
      this.audit.record({ ...deed, clubId, ip, details: { kind: row.kind } }, manager),
    );
  }

  async figures(): Promise<JobFigures> {
    const [row] = await this.database.query<JobFigures[]>(
      `SELECT count(*) FILTER (WHERE state < 'active')::integer AS waiting,
              count(*) FILTER (WHERE state = 'active')::integer AS active,
              count(*) FILTER (WHERE state = 'failed')::integer AS failed_last_day
         FROM pgboss.job WHERE state <= 'active' OR completed_on > now() - interval '1 day'`,
    );
    return row ?? { waiting: 0, active: 0, failed_last_day: 0 };
  }
}

/** `null`: of all clubs, and of none. */
function scopeOf(principal: Principal, wanted: number | undefined): number | null {
  if (principal.role === 'SUPER_ADMIN') return wanted ?? null;
  const clubId = wanted ?? principal.clubId;
  if (clubId === null || roleIn(principal, clubId) === null) throw new ProblemException('not_found');
  if (!isAdminOf(principal, clubId)) throw new ProblemException('forbidden');
  return clubId;
}

function placeIn(cursor: string): readonly [string, string] {
  const [moment, id] = decodeCursor(cursor, ['string', 'string']) as [string, string];
  if (MOMENT.test(moment) && !Number.isNaN(Date.parse(moment)) && UUID.test(id)) return [moment, id];
  throw new ProblemException('validation_failed', 'The cursor is not one this list gave out.');
}

function viewOf(row: Row): JobView {
  const [state] = Object.entries(STATES).find(([, own]) => own.includes(row.state)) as [JobState, unknown];
  return {
    id: row.id,
    kind: row.kind,
    club_id: row.club_id,
    state,
    attempts: row.retry_count + (row.started ? 1 : 0),
    max_attempts: row.retry_limit + 1,
    progress: row.progress ?? 0,
    error: row.error,
    created_at: row.created_on.toISOString(),
    started_at: row.started_on?.toISOString() ?? null,
    next_try_at: state === 'waiting' ? row.start_after.toISOString() : null,
    ended_at: row.completed_on?.toISOString() ?? null,
  };
}
