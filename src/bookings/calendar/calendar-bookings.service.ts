import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { CalendarEvent, CalendarReading } from './calendar-events';

/** Whose the bookings of a court's calendar are. */
export interface CalendarOwner {
  readonly clubId: number;
  readonly courtId: number;
  readonly userId: number;
  readonly consentAt: Date | null;
}

/** What became of a calendar's events. */
export interface FollowOutcome {
  /** Events that are bookings now. */
  readonly events: number;
  /** Events at a time that is booked otherwise. */
  readonly overlapping: number;
  readonly changes: number;
}

interface Known {
  readonly id: number;
  readonly external_uid: string;
  readonly external_recurrence: string;
  readonly status: string;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly title: string | null;
}

const AHEAD = `status IN ('planned', 'starting', 'recording')`;

/**
 * Makes a court's bookings follow its calendar. In one transaction: events may change places, so what moves is first taken out of
 * the way. What is being recorded is left alone, and what people booked keeps its time.
 */
@Injectable()
export class CalendarBookings {
  /**
   * What the calendar has no more is cancelled, but for what was not read of it.
   * @param now what ends after it is followed; what is over is history
   */
  async follow(
    manager: EntityManager,
    owner: CalendarOwner,
    { events, unread }: Pick<CalendarReading, 'events' | 'unread'>,
    now: Date,
  ): Promise<FollowOutcome> {
    const known = await manager.query<Known[]>(
      `SELECT id, external_uid, external_recurrence, status, starts_at, ends_at, title FROM bookings
        WHERE court_id = $1 AND source = 'ical' AND ${AHEAD} AND ends_at > $2 ORDER BY id FOR UPDATE`,
      [owner.courtId, now],
    );
    const byKey = new Map(known.map((row) => [keyOf(row.external_uid, row.external_recurrence), row]));
    const wanted = new Set(events.map(({ uid, recurrence }) => keyOf(uid, recurrence)));
    const left = known.filter(
      (row) => row.status !== 'recording' && !wanted.has(keyOfRow(row)) && !unread.has(row.external_uid),
    );
    const kept = events.flatMap((event) => {
      const row = byKey.get(keyOf(event.uid, event.recurrence));
      return row && row.status !== 'recording' ? [{ row, event }] : [];
    });
    const moved = kept.filter(({ row, event }) => !isAt(row, event));
    const renamed = kept.filter(({ row, event }) => isAt(row, event) && row.title !== event.title);
    const away = [...left, ...moved.map(({ row }) => row)].map(({ id }) => id);
    if (away.length > 0) {
      await manager.query(
        `UPDATE bookings SET status = 'cancelled', reason = 'left_calendar', updated_at = now() WHERE id = ANY ($1)`,
        [away],
      );
    }
    for (const { row, event } of renamed) {
      await manager.query('UPDATE bookings SET title = $2, updated_at = now() WHERE id = $1', [row.id, event.title]);
    }
    let overlapping = 0;
    let changes = away.length + renamed.length;
    for (const { row, event } of moved) if (!(await this.move(manager, row.id, event))) overlapping++;
    const fresh = events.filter(({ uid, recurrence }) => !byKey.has(keyOf(uid, recurrence)));
    for (const event of fresh) {
      const outcome = await this.add(manager, owner, event);
      if (outcome === 'overlaps') overlapping++;
      if (outcome === 'added') changes++;
    }
    return { events: events.length - overlapping, overlapping, changes };
  }

  /**
   * What is planned of a court's calendar is of whoever enters it anew: who did before may be no admin any more. What holds a
   * session already begins in it within seconds, as theirs whose session it is.
   */
  async handOver(manager: EntityManager, { courtId, userId, consentAt }: CalendarOwner, now: Date): Promise<void> {
    await manager.query(
      `UPDATE bookings SET owner_id = $2::integer, created_by = $2, consent_by = CASE WHEN $3::timestamptz IS NOT NULL THEN $2 END,
              consent_at = $3, updated_at = now()
        WHERE court_id = $1 AND source = 'ical' AND status IN ('planned', 'starting') AND session_id IS NULL AND ends_at > $4`,
      [courtId, userId, consentAt, now],
    );
  }

  /**
   * One that is about to begin begins anew: without its session, {@link BookingStore.begin} refuses whoever waits for the time it
   * had, and they leave what they opened.
   */
  private async move(manager: EntityManager, id: number, event: CalendarEvent): Promise<boolean> {
    const [, moved] = await manager.query<[unknown, number]>(
      `UPDATE bookings b SET status = 'planned', reason = NULL, session_id = NULL, starts_at = $2, ends_at = $3, title = $4,
              updated_at = now()
        WHERE b.id = $1 AND NOT EXISTS
          (SELECT FROM bookings o WHERE o.court_id = b.court_id AND o.id <> b.id AND o.${AHEAD}
              AND tstzrange(o.starts_at, o.ends_at) && tstzrange($2::timestamptz, $3::timestamptz))`,
      [id, new Date(event.startsAt), new Date(event.endsAt), event.title],
    );
    return moved > 0;
  }

  /**
   * One that was recorded and stopped, or that a person cancelled, is still in its calendar until its time is over: nobody who
   * ended it is filmed again. Another time is another match.
   */
  private async add(
    manager: EntityManager,
    owner: CalendarOwner,
    event: CalendarEvent,
  ): Promise<'added' | 'ended' | 'overlaps'> {
    const { clubId, courtId, userId, consentAt } = owner;
    const [row] = await manager.query<{ ended: boolean; added: boolean }[]>(
      `WITH ended AS (
         SELECT FROM bookings WHERE court_id = $2 AND source = 'ical' AND external_uid = $7 AND external_recurrence = $8
            AND ((status IN ('done', 'failed') AND session_id IS NOT NULL)
                 -- Those of an account that was erased went with it: who enters the calendar next has them again.
                 OR (status = 'cancelled' AND reason IN ('cancelled_by_owner', 'cancelled_by_admin') AND owner_id = $3))
            -- By the club's index; no booking is longer than a day.
            AND club_id = $1 AND starts_at < $5 AND starts_at > $4::timestamptz - interval '1 day' AND ends_at > $4),
       added AS (
         INSERT INTO bookings (club_id, court_id, owner_id, created_by, starts_at, ends_at, title, source, external_uid,
                               external_recurrence, consent_by, consent_at)
         SELECT $1::integer, $2::integer, $3::integer, $3, $4, $5, $6, 'ical', $7::text, $8::text,
                CASE WHEN $9::timestamptz IS NOT NULL THEN $3 END, $9
          WHERE NOT EXISTS (SELECT FROM ended)
         ON CONFLICT DO NOTHING RETURNING id)
       SELECT EXISTS (SELECT FROM ended) AS ended, EXISTS (SELECT FROM added) AS added`,
      [
        ...[clubId, courtId, userId, new Date(event.startsAt), new Date(event.endsAt), event.title],
        ...[event.uid, event.recurrence, consentAt],
      ],
    );
    if (row?.ended) return 'ended';
    return row?.added ? 'added' : 'overlaps';
  }
}

function keyOf(uid: string, recurrence: string): string {
  return `${uid}\n${recurrence}`;
}

function keyOfRow({ external_uid: uid, external_recurrence: recurrence }: Known): string {
  return keyOf(uid, recurrence);
}

function isAt(row: Known, event: CalendarEvent): boolean {
  return row.starts_at.getTime() === event.startsAt && row.ends_at.getTime() === event.endsAt;
}
