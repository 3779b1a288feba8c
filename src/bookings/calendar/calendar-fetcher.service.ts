import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock, jitter } from '../../common/clock';
import { isDatabaseUnavailable } from '../../common/database-error';
import { SecretBox, SecretBoxError } from '../../common/secret-box';
import { AppConfig } from '../../config/app-config';
import { ScheduledTasks } from '../../maintenance/scheduled-tasks.service';
import { Counts, TASKS } from '../../maintenance/task-table';
import { OutgoingError } from '../../proxy/outgoing-error';
import { OutgoingAnswer, OutgoingHttp } from '../../proxy/outgoing-http';
import { CalendarBookings } from './calendar-bookings.service';
import { NoCalendar, readCalendar } from './calendar-events';

const MINUTE_MS = 60_000;
const EVERY_MS = 5 * MINUTE_MS;
const AHEAD_MS = 14 * 24 * 60 * MINUTE_MS;
const READ_AGAIN_MS = 60 * MINUTE_MS;
const PATIENCE_MS = 10_000;
const MOST_BYTES = 1024 * 1024;
/** Of one turn, and of them at once. */
const MOST_A_TURN = 40;
const AT_ONCE = 4;

interface DueCalendar {
  readonly court_id: number;
  readonly club_id: number;
  readonly time_zone: string;
  readonly camera_networks: string[] | null;
  readonly url_sealed: string;
  readonly set_by: number;
  readonly set_at: Date;
  readonly consent_at: Date | null;
  readonly etag: string | null;
  readonly last_modified: string | null;
  readonly read_at: Date | null;
  /** Who set it is an admin in force. */
  readonly owner_there: boolean;
}

/** A fault that admins are told of in these words. */
class CalendarFault extends Error {}

/**
 * Asks for courts' calendars every few minutes, and lets bookings follow them. One that cannot be read changes nothing: what was
 * known of it stays booked.
 */
@Injectable()
export class CalendarFetcher {
  private readonly logger = new Logger(CalendarFetcher.name);

  constructor(
    private readonly database: DataSource,
    private readonly bookings: CalendarBookings,
    private readonly http: OutgoingHttp,
    private readonly box: SecretBox,
    private readonly tasks: ScheduledTasks,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  @Interval(TASKS.booking_calendars.everyMs)
  async tick(): Promise<void> {
    await this.tasks.run('booking_calendars', () => this.turn());
  }

  private async turn(): Promise<Counts> {
    const due = await this.database.query<DueCalendar[]>(
      `SELECT k.*, c.club_id, o.time_zone, o.camera_networks,
              u.disabled_at IS NULL AND u.deleted_at IS NULL AND (u.is_super_admin OR EXISTS
                (SELECT FROM memberships m WHERE m.user_id = u.id AND m.club_id = c.club_id AND m.role = 'CLUB_ADMIN'
                    AND m.disabled_at IS NULL)) AS owner_there
         FROM court_calendars k JOIN courts c ON c.id = k.court_id AND c.deleted_at IS NULL
         JOIN clubs o ON o.id = c.club_id AND o.deleted_at IS NULL JOIN users u ON u.id = k.set_by
        WHERE k.next_fetch_at <= now() ORDER BY k.next_fetch_at LIMIT ${MOST_A_TURN}`,
    );
    let faults = 0;
    for (let at = 0; at < due.length; at += AT_ONCE) {
      const well = await Promise.all(due.slice(at, at + AT_ONCE).map((calendar) => this.see(calendar)));
      faults += well.filter((one) => !one).length;
    }
    return { fetched_calendars: due.length, failed_calendars: faults };
  }

  private async see(calendar: DueCalendar): Promise<boolean> {
    try {
      await this.fetch(calendar);
      return true;
    } catch (error) {
      const told = error instanceof CalendarFault || error instanceof OutgoingError || error instanceof NoCalendar;
      if (told) await this.note(calendar, error.message);
      // Nothing can be noted either; the next turn begins with it again.
      else if (isDatabaseUnavailable(error)) throw error;
      else {
        // One club's calendar must not cost the others theirs.
        this.logger.error({ err: error, courtId: calendar.court_id }, 'The events of a calendar cannot be entered.');
        await this.note(calendar, 'Its events cannot be entered.');
      }
      return false;
    }
  }

  private async fetch(calendar: DueCalendar): Promise<void> {
    if (!calendar.owner_there) {
      throw new CalendarFault('Who entered this calendar is no admin of the club any more: enter it again.');
    }
    const answer = await this.http.send(this.open(calendar), {
      method: 'GET',
      headers: {
        accept: 'text/calendar',
        ...this.condition(calendar),
      },
      networks: calendar.camera_networks,
      timeoutMs: PATIENCE_MS,
      maxBytes: MOST_BYTES,
    });
    if (answer.status === 304) return this.note(calendar, null);
    if (answer.status !== 200) throw new CalendarFault(`The calendar's address answered ${answer.status}.`);
    await this.follow(calendar, answer);
  }

  private async follow(calendar: DueCalendar, { headers, body }: OutgoingAnswer): Promise<void> {
    const now = this.clock.now();
    const reading = await readCalendar(body.toString('utf8'), {
      ...{ from: now, to: now + AHEAD_MS, timeZone: calendar.time_zone },
      longestMs: this.config.maxDurationMinutes * MINUTE_MS,
    });
    const { court_id: courtId, club_id: clubId, set_by: userId, consent_at: consentAt, set_at: setAt } = calendar;
    await this.database.transaction(async (manager) => {
      // Another address was entered, or none is wanted any more, while this one was read.
      const [same] = await manager.query<unknown[]>(
        'SELECT 1 FROM court_calendars WHERE court_id = $1 AND set_at = $2 FOR UPDATE',
        [courtId, setAt],
      );
      if (!same) return;
      const owner = { clubId, courtId, userId, consentAt };
      const outcome = await this.bookings.follow(manager, owner, reading, new Date(now));
      await manager.query(
        `UPDATE court_calendars
            SET fetched_at = now(), read_at = now(), next_fetch_at = now() + $2::float8 * interval '1 millisecond',
                events = $3, skipped = $4, error = NULL, etag = $5, last_modified = $6
          WHERE court_id = $1`,
        [
          ...[courtId, jitter(EVERY_MS, 0.1), outcome.events, reading.skipped + outcome.overlapping],
          ...[short(headers.etag), short(headers['last-modified'])],
        ],
      );
      if (outcome.changes > 0) this.logger.log({ courtId, ...outcome }, 'Bookings follow a calendar.');
    });
  }

  /** How it went, unless another address was entered meanwhile. @param error a sentence for people */
  private async note({ court_id: courtId, set_at: setAt }: DueCalendar, error: string | null): Promise<void> {
    await this.database.query(
      `UPDATE court_calendars
          SET fetched_at = now(), next_fetch_at = now() + $2::float8 * interval '1 millisecond', error = $4
        WHERE court_id = $1 AND set_at = $3`,
      [courtId, jitter(EVERY_MS, 0.1), setAt, error],
    );
  }

  /** For an hour: the window moves on, so the same file comes to hold other events. */
  private condition({ etag, last_modified: modified, read_at: readAt }: DueCalendar): Record<string, string> {
    if (readAt === null || this.clock.now() - readAt.getTime() > READ_AGAIN_MS) return {};
    if (etag !== null) return { 'if-none-match': etag };
    return modified === null ? {} : { 'if-modified-since': modified };
  }

  private open({ court_id: courtId, url_sealed: sealed }: DueCalendar): string {
    try {
      return this.box.open(sealed, ownerOfCalendar(courtId));
    } catch (error) {
      if (!(error instanceof SecretBoxError)) throw error;
      throw new CalendarFault("The calendar's address cannot be read: enter it again.");
    }
  }
}

/** What a sealed address is bound to: copied to another court's row, it does not open. */
export function ownerOfCalendar(courtId: number): string {
  return `calendar:${courtId}`;
}

function short(header: string | undefined): string | null {
  return header !== undefined && header.length <= 512 ? header : null;
}
