import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PersonView } from '../auth/person-view';
import { Principal } from '../auth/principal';
import { isAdminOf } from '../auth/tenant';
import { BookingView } from './dto/bookings.dto';

/** A recording is there some seconds after it was asked for; only what is later than that is late. */
const PUNCTUAL_SECONDS = 5;

interface Row {
  readonly id: number;
  readonly club_id: number;
  readonly court_id: number;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly status: BookingView['status'];
  readonly reason: string | null;
  readonly source: BookingView['source'];
  readonly title: string | null;
  readonly owner: PersonView;
  readonly players: PersonView[];
  readonly session_id: string | null;
  readonly started_at: Date | null;
  readonly consent_by: PersonView | null;
  readonly created_at: Date;
}

const SELECT = `
  SELECT b.id, b.club_id, b.court_id, b.starts_at, b.ends_at, b.status, b.reason, b.source, b.title, b.session_id,
         b.started_at, b.created_at, json_build_object('id', o.id, 'name', o.name) AS owner,
         CASE WHEN s.id IS NOT NULL THEN json_build_object('id', s.id, 'name', s.name) END AS consent_by,
         coalesce((SELECT json_agg(json_build_object('id', u.id, 'name', u.name) ORDER BY u.id)
                     FROM booking_players p JOIN users u ON u.id = p.user_id WHERE p.booking_id = b.id), '[]') AS players
    FROM bookings b JOIN users o ON o.id = b.owner_id LEFT JOIN users s ON s.id = b.consent_by`;

/** What a list is asked for. `day`: of the club's calendar; `null`: what is not over at `now`. */
export interface WantedBookings {
  readonly clubId: number;
  readonly courtId: number | null;
  readonly day: string | null;
  readonly now: Date;
  readonly after: { readonly startsAt: Date; readonly id: number } | null;
  readonly limit: number;
}

/** Bookings as people see them: of somebody else's match a player learns when the court is taken, and no more. */
@Injectable()
export class BookingViews {
  constructor(private readonly database: DataSource) {}

  /** `null`: there is none in that club. */
  async one(principal: Principal, clubId: number, id: number): Promise<BookingView | null> {
    const [row] = await this.database.query<Row[]>(`${SELECT} WHERE b.id = $1 AND b.club_id = $2`, [id, clubId]);
    return row ? viewFor(principal, row) : null;
  }

  /** By their start; cancelled ones are only for those whose they are. */
  async list(principal: Principal, wanted: WantedBookings): Promise<BookingView[]> {
    const { clubId, courtId, day, now, after, limit } = wanted;
    const rows = await this.database.query<Row[]>(
      `${SELECT} JOIN clubs c ON c.id = b.club_id
        WHERE b.club_id = $1 AND ($2::integer IS NULL OR b.court_id = $2)
          AND CASE WHEN $3::date IS NULL THEN b.ends_at > $4 AND b.status IN ('planned', 'starting', 'recording')
                   -- A day has 23 hours, or 25, where the clocks are changed.
                   ELSE b.ends_at > $3::date::timestamp AT TIME ZONE c.time_zone
                    AND b.starts_at < ($3::date + 1)::timestamp AT TIME ZONE c.time_zone END
          AND (b.starts_at, b.id) > ($5, $6)
          AND (b.status <> 'cancelled' OR $7 OR b.owner_id = $8)
        ORDER BY b.starts_at, b.id LIMIT $9`,
      [
        ...[clubId, courtId, day, now, after?.startsAt ?? new Date(0), after?.id ?? 0],
        ...[isAdminOf(principal, clubId), principal.userId, limit],
      ],
    );
    return rows.map((row) => viewFor(principal, row));
  }
}

function viewFor(principal: Principal, row: Row): BookingView {
  const people = [row.owner, ...row.players].map(({ id }) => id);
  const mine = isAdminOf(principal, row.club_id) || people.includes(principal.userId);
  const { started_at: startedAt, starts_at: startsAt } = row;
  const late = startedAt === null ? 0 : Math.floor((startedAt.getTime() - startsAt.getTime()) / 1000);
  return {
    id: row.id,
    club_id: row.club_id,
    terrain_id: row.court_id,
    starts_at: startsAt.toISOString(),
    ends_at: row.ends_at.toISOString(),
    status: row.status,
    reason: mine ? row.reason : null,
    source: row.source,
    mine,
    title: mine ? row.title : null,
    owner: mine ? row.owner : null,
    players: mine ? row.players : [],
    session_id: mine ? row.session_id : null,
    started_at: startedAt?.toISOString() ?? null,
    late_seconds: late > PUNCTUAL_SECONDS ? late : 0,
    consent_by: mine ? row.consent_by : null,
    created_at: row.created_at.toISOString(),
  };
}
