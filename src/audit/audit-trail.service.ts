import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Principal } from '../auth/principal';
import { cutPage, decodeCursor, DEFAULT_PAGE } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { AuditEntryView, AuditFilter, AuditListAnswer, AuditListQuery } from './dto/audit.dto';

interface Row {
  /** `bigint`: the driver gives it as text. */
  readonly id: string;
  readonly at: Date;
  readonly actor_id: number | null;
  readonly actor_name: string | null;
  readonly actor_email: string | null;
  readonly club_id: number | null;
  readonly action: string;
  readonly target: string | null;
  readonly ip: string | null;
  readonly details: Record<string, unknown>;
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
    const { items, next_cursor } = cutPage(await this.read(scope, before, limit + 1), limit, (entry) => [entry.id]);
    const answer: AuditListAnswer = { success: true, entries: items, count: items.length };
    return next_cursor === null ? answer : { ...answer, next_cursor };
  }

  /**
   * The next lines, older than `before`.
   * @param before id of the last line that was read; `null`: from the newest on
   */
  async read({ clubId, filter }: TrailScope, before: number | null, most: number): Promise<AuditEntryView[]> {
    const parameters: unknown[] = [];
    const conditions: string[] = [];
    const where = (value: unknown, condition: (parameter: string) => string): void => {
      if (value !== undefined && value !== null) conditions.push(condition(`$${parameters.push(value)}`));
    };
    where(before, (value) => `l.id < ${value}`);
    where(clubId, (value) => `l.club_id = ${value}`);
    where(filter.action, (value) => {
      return filter.action?.endsWith('.') ? `starts_with(l.action, ${value})` : `l.action = ${value}`;
    });
    where(filter.actor_id, (value) => `l.actor_id = ${value}`);
    where(filter.target, (value) => `l.target = ${value}`);
    where(momentOf(filter.from), (value) => `l.at >= ${value}`);
    where(momentOf(filter.to), (value) => `l.at < ${value}`);
    const rows = await this.database.query<Row[]>(
      `SELECT l.id, l.at, l.actor_id, u.name AS actor_name, u.email AS actor_email, l.club_id, l.action, l.target,
              host(l.ip) AS ip, l.details
         FROM (SELECT * FROM audit_log l ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
                ORDER BY l.id DESC LIMIT $${parameters.push(most)}) l
         LEFT JOIN users u ON u.id = l.actor_id
        ORDER BY l.id DESC`,
      parameters,
    );
    return rows.map(viewOf);
  }
}

/** As PostgreSQL reads it: microseconds and all; of a mere date the time zone is UTC, whatever the server's is. */
function momentOf(text: string | undefined): string | undefined {
  return text === undefined || text.includes('T') ? text : `${text}T00:00:00Z`;
}

function lastOfPage(cursor: string): number {
  const [id] = decodeCursor(cursor, ['number']);
  if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) return id;
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
