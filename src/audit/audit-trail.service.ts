import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Principal } from '../auth/principal';
import { momentOf } from '../common/moment';
import { cutPage, decodeCursor, DEFAULT_PAGE } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { AuditEntryView, AuditFilter, AuditListAnswer, AuditListQuery } from './dto/audit.dto';

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

interface Row {
  /** `bigint`: the driver gives it as text. */
  readonly id: string;
  readonly at: Date;
  /** `at` to the microsecond, as PostgreSQL has it. */
  readonly moment: string;
  readonly actor_id: number | null;
  readonly actor_name: string | null;
  readonly actor_email: string | null;
  readonly club_id: number | null;
  readonly action: string;
  readonly target: string | null;
  readonly ip: string | null;
  readonly details: Record<string, unknown>;
}

/** Where a line stands in the trail: by time, and lines of one moment by id. */
export interface TrailPlace {
  /** ISO 8601 in UTC, to the microsecond. */
  readonly moment: string;
  readonly id: number;
}

/** A line and its place. */
export interface TrailLine {
  readonly place: TrailPlace;
  readonly entry: AuditEntryView;
}

/** Which lines somebody may read, and wants to. `clubId` `null`: of every club and of none. */
export interface TrailScope {
  readonly clubId: number | null;
  readonly filter: AuditFilter;
}

/** Reads the audit trail, newest line first. */
@Injectable()
export class AuditTrail {
  constructor(private readonly database: DataSource) {}

  /**
   * What of the trail is open to an admin: everything to a SUPER_ADMIN, to a CLUB_ADMIN their active club.
   * @throws ProblemException `forbidden`; `not_found` for another club
   */
  scope(principal: Principal, filter: AuditFilter): TrailScope {
    if (principal.role === 'SUPER_ADMIN') return { clubId: filter.club_id ?? null, filter };
    if (filter.club_id !== undefined && filter.club_id !== principal.clubId) throw new ProblemException('not_found');
    if (principal.role !== 'CLUB_ADMIN' || principal.clubId === null) throw new ProblemException('forbidden');
    return { clubId: principal.clubId, filter };
  }

  /** @throws ProblemException `forbidden`, `not_found`, `validation_failed` (cursor) */
  async list(principal: Principal, query: AuditListQuery): Promise<AuditListAnswer> {
    const scope = this.scope(principal, query);
    const limit = query.limit ?? DEFAULT_PAGE;
    const before = query.cursor === undefined ? null : lastOfPage(query.cursor);
    const lines = await this.read(scope, before, limit + 1);
    const { items, next_cursor } = cutPage(lines, limit, ({ place }) => [place.moment, place.id]);
    const answer: AuditListAnswer = { success: true, entries: items.map(({ entry }) => entry), count: items.length };
    return next_cursor === null ? answer : { ...answer, next_cursor };
  }

  /**
   * The next lines, older than `before`.
   * @param before place of the last line that was read; `null`: from the newest on
   */
  async read({ clubId, filter }: TrailScope, before: TrailPlace | null, most: number): Promise<TrailLine[]> {
    const parameters: unknown[] = [];
    const conditions: string[] = [];
    const where = (value: unknown, condition: (parameter: string) => string): void => {
      if (value !== undefined && value !== null) conditions.push(condition(`$${parameters.push(value)}`));
    };
    if (before !== null) {
      const place = [before.moment, before.id].map((value) => `$${parameters.push(value)}`);
      conditions.push(`(l.at, l.id) < (${place.join()})`);
    }
    where(clubId, (value) => `l.club_id = ${value}`);
    if (filter.action?.endsWith('.')) {
      where(filter.action, (value) => `l.action COLLATE "C" >= ${value}`);
      // The sign behind the dot: everything that begins with it lies before.
      where(filter.action.replace(/\.$/, '/'), (value) => `l.action COLLATE "C" < ${value}`);
    } else {
      where(filter.action, (value) => `l.action COLLATE "C" = ${value}`);
    }
    where(filter.actor_id, (value) => `l.actor_id = ${value}`);
    where(filter.target, (value) => `l.target = ${value}`);
    where(momentOf(filter.from), (value) => `l.at >= ${value}`);
    where(momentOf(filter.to), (value) => `l.at < ${value}`);
    const rows = await this.database.query<Row[]>(
      `SELECT l.id, l.at, to_char(l.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS moment, l.actor_id, u.name AS actor_name, u.email AS actor_email, l.club_id, l.action, l.target,
              host(l.ip) AS ip, l.details
         FROM (SELECT * FROM audit_log l ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
                ORDER BY l.at DESC, l.id DESC LIMIT $${parameters.push(most)}) l
         LEFT JOIN users u ON u.id = l.actor_id
        ORDER BY l.at DESC, l.id DESC`,
      parameters,
    );
    return rows.map((row) => ({ place: { moment: row.moment, id: Number(row.id) }, entry: viewOf(row) }));
  }
}

function lastOfPage(cursor: string): TrailPlace {
  const [moment, id] = decodeCursor(cursor, ['string', 'number']) as [string, number];
  if (MOMENT.test(moment) && !Number.isNaN(Date.parse(moment)) && Number.isSafeInteger(id)) return { moment, id };
  throw new ProblemException('validation_failed', 'The cursor is not one this list gave out.');
}

function viewOf(row: Row): AuditEntryView {
  const { actor_id, actor_name: name, actor_email: email, club_id, action, target, ip, details } = row;
  return {
    id: Number(row.id),
    at: row.at.toISOString(),
    actor_id,
    actor: actor_id === null || name === null || email === null ? null : { id: actor_id, name, email },
    club_id,
    action,
    target,
    ip,
    details,
  };
}
