import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService, authorOf } from '../../auth/audit.service';
import { Caller } from '../../auth/caller';
import { Principal } from '../../auth/principal';
import { ClubsService } from '../../clubs/clubs.service';
import { CourtsService } from '../../clubs/courts.service';
import { Clock } from '../../common/clock';
import { ProblemException } from '../../common/problem';
import { SecretBox } from '../../common/secret-box';
import { OutgoingHttp } from '../../proxy/outgoing-http';
import { originOf } from '../../proxy/outgoing-origin';
import { CalendarView, SetCalendarDto } from '../dto/calendar.dto';
import { CalendarBookings } from './calendar-bookings.service';
import { CalendarFetcher, ownerOfCalendar } from './calendar-fetcher.service';

interface Row {
  readonly court_id: number;
  readonly origin: string;
  readonly fetched_at: Date | null;
  readonly read_at: Date | null;
  readonly events: number;
  readonly skipped: number;
  readonly error: string | null;
}

/** The calendars that courts' bookings come from: an admin's affair. */
@Injectable()
export class CourtCalendars {
  constructor(
    private readonly database: DataSource,
    private readonly clubs: ClubsService,
    private readonly courts: CourtsService,
    private readonly bookings: CalendarBookings,
    private readonly fetcher: CalendarFetcher,
    private readonly http: OutgoingHttp,
    private readonly box: SecretBox,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** It is asked for at once. @throws ProblemException `not_found`, `forbidden`, `url_forbidden`, `validation_failed` (consent) */
  async set(
    principal: Principal,
    clubId: number,
    courtId: number,
    dto: SetCalendarDto,
    caller: Caller,
  ): Promise<CalendarView> {
    const { cameraNetworks, consentNote } = await this.require(principal, clubId, courtId);
    if (consentNote !== null && dto.consent !== true) {
      const message = 'the club has a note for those who are filmed: confirm that those who book there are told of it';
      throw new ProblemException('validation_failed', undefined, { errors: [{ field: 'consent', message }] });
    }
    const url = dto.url.trim();
    const origin = originOf(this.http, url, cameraNetworks);
    const now = new Date(this.clock.now());
    const consentAt = consentNote === null ? null : now;
    await this.database.transaction(async (manager) => {
      await this.courts.hold(manager, courtId);
      await manager.query(
        `INSERT INTO court_calendars (court_id, url_sealed, key_id, origin, set_by, consent_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (court_id) DO UPDATE
           SET url_sealed = EXCLUDED.url_sealed, key_id = EXCLUDED.key_id, origin = EXCLUDED.origin, set_by = EXCLUDED.set_by,
               consent_at = EXCLUDED.consent_at, set_at = now(), next_fetch_at = now(), etag = NULL, last_modified = NULL,
               error = NULL`,
        [courtId, this.box.seal(url, ownerOfCalendar(courtId)), this.box.keyId, origin, principal.userId, consentAt],
      );
      const owner = { clubId, courtId, userId: principal.userId, consentAt };
      await this.bookings.handOver(manager, owner, now);
      const entry = { action: 'calendar.set', clubId, target: `court:${courtId}`, details: { origin } } as const;
      await this.audit.record({ ...entry, ...authorOf(principal, caller) }, manager);
    });
    void this.fetcher.tick();
    return (await this.view(courtId)) as CalendarView;
  }

  /** `null`: it has none. @throws ProblemException `not_found`, `forbidden` */
  async see(principal: Principal, clubId: number, courtId: number): Promise<CalendarView | null> {
    await this.require(principal, clubId, courtId);
    return this.view(courtId);
  }

  /** What it planned is cancelled. Again: nothing happens. @throws ProblemException `not_found`, `forbidden` */
  async remove(principal: Principal, clubId: number, courtId: number, caller: Caller): Promise<void> {
    await this.require(principal, clubId, courtId);
    await this.database.transaction(async (manager) => {
      const [, removed] = await manager.query<[unknown, number]>('DELETE FROM court_calendars WHERE court_id = $1', [
        courtId,
      ]);
      if (removed === 0) return;
      await manager.query(
        `UPDATE bookings SET status = 'cancelled', reason = 'left_calendar', updated_at = now()
          WHERE court_id = $1 AND source = 'ical' AND status IN ('planned', 'starting')`,
        [courtId],
      );
      const entry = { action: 'calendar.removed', clubId, target: `court:${courtId}` } as const;
      await this.audit.record({ ...entry, ...authorOf(principal, caller) }, manager);
    });
  }

  private async require(
    principal: Principal,
    clubId: number,
    courtId: number,
  ): Promise<{ cameraNetworks: string[] | null; consentNote: string | null }> {
    const club = await this.clubs.require(principal, clubId, 'admin');
    const court = await this.courts.require(principal, courtId, 'admin');
    if (court.clubId !== clubId) throw new ProblemException('not_found');
    return club;
  }

  private async view(courtId: number): Promise<CalendarView | null> {
    const [row] = await this.database.query<Row[]>('SELECT * FROM court_calendars WHERE court_id = $1', [courtId]);
    if (!row) return null;
    const { origin, events, skipped, error } = row;
    return {
      ...{ terrain_id: courtId, origin, events, skipped, error },
      fetched_at: row.fetched_at?.toISOString() ?? null,
      read_at: row.read_at?.toISOString() ?? null,
    };
  }
}
