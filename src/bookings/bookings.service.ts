import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { isAdminOf } from '../auth/tenant';
import { ClubsService } from '../clubs/clubs.service';
import { CourtsService } from '../clubs/courts.service';
import { UsersService } from '../clubs/users.service';
import { Clock } from '../common/clock';
import { sqlState } from '../common/database-error';
import { momentOf } from '../common/moment';
import { cutPage, decodeCursor, DEFAULT_PAGE } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';
import { checkTimes } from './booking-times';
import { AHEAD, statusesBefore } from './booking-state';
import { BookingViews } from './booking-views.service';
import { BookingListQuery, BookingView, ChangeBookingDto, CreateBookingDto } from './dto/bookings.dto';
import { Booking, BookingPlayer } from './entities/booking.entity';

/** SQLSTATE exclusion_violation. */
const OVERLAPS = '23P01';
/** What a player may have ahead, in one club. */
const MOST_AHEAD = 10;

type Deed = 'created' | 'changed' | 'cancelled';

/**
 * What people do with planned recordings: admins with all of their club's; players, where the club lets them
 * (`players_book`), with their own. That no two of a court overlap, the database sees to.
 */
@Injectable()
export class BookingsService {
  constructor(
    private readonly database: DataSource,
    private readonly clubs: ClubsService,
    private readonly courts: CourtsService,
    private readonly users: UsersService,
    private readonly views: BookingViews,
    private readonly audit: AuditService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemException `not_found`, `forbidden`, `validation_failed`, `booking_overlap`, `booking_limit` */
  async create(principal: Principal, clubId: number, dto: CreateBookingDto, caller: Caller): Promise<BookingView> {
    const { consentNote } = await this.requireMayBook(principal, clubId);
    const admin = isAdminOf(principal, clubId);
    const ownerId = dto.owner_id ?? principal.userId;
    if (!admin && ownerId !== principal.userId) {
      throw new ProblemException('forbidden', 'Players book for themselves alone.');
    }
    const court = await this.courts.require(principal, dto.terrain_id, 'member');
    if (court.clubId !== clubId) throw new ProblemException('not_found');
    const times = { startsAt: instant(dto.starts_at), endsAt: instant(dto.ends_at) };
    checkTimes(times, this.clock.now(), this.config.maxDurationMinutes);
    const playerIds = (dto.player_ids ?? []).filter((id) => id !== ownerId);
    await this.requireMembers(principal, clubId, { owner_id: [ownerId], player_ids: playerIds });
    const consent = consentOf(principal, consentNote, dto.consent, this.clock.now());
    const id = await this.writing(async (manager) => {
      // Of any number of calls at once none gets past the limit, nor onto a court that is being deleted.
      await this.courts.hold(manager, court.id);
      if (!admin) await this.refuseMany(principal.userId, clubId, manager);
      const booking = await manager.save(
        manager.create(Booking, {
          ...{ clubId, courtId: court.id, ownerId, createdBy: principal.userId, title: dto.title ?? null },
          ...{ startsAt: new Date(times.startsAt), endsAt: new Date(times.endsAt), ...consent },
        }),
      );
      await setPlayers(manager, booking.id, playerIds);
      await this.note('created', principal, booking, caller, manager);
      return booking.id;
    });
    return this.view(principal, clubId, id);
  }

  /** @throws ProblemException `not_found`, `validation_failed` (cursor) */
  async list(
    principal: Principal,
    clubId: number,
    query: BookingListQuery,
  ): Promise<{ bookings: BookingView[]; nextCursor: string | null }> {
    await this.clubs.require(principal, clubId, 'member');
    const limit = query.limit ?? DEFAULT_PAGE;
    const found = await this.views.list(principal, {
      ...{ clubId, courtId: query.terrain_id ?? null, day: query.day ?? null, now: new Date(this.clock.now()) },
      after: query.cursor === undefined ? null : lastOfPage(query.cursor),
      limit: limit + 1,
    });
    const page = cutPage(found, limit, (booking) => [booking.starts_at, booking.id]);
    return { bookings: page.items, nextCursor: page.next_cursor };
  }

  /** @throws ProblemException `not_found` */
  async one(principal: Principal, clubId: number, id: number): Promise<BookingView> {
    await this.clubs.require(principal, clubId, 'member');
    return this.view(principal, clubId, id);
  }

  /**
   * Changes one that has not begun.
   * @throws ProblemException `not_found`, `forbidden`, `validation_failed`, `booking_overlap`, `booking_begun`, `from_calendar`
   */
  async change(
    principal: Principal,
    clubId: number,
    id: number,
    dto: ChangeBookingDto,
    caller: Caller,
  ): Promise<BookingView> {
    const known = await this.require(principal, clubId, id);
    if (known.source === 'ical') throw new ProblemException('from_calendar');
    await this.requireMayBook(principal, clubId);
    const playerIds = dto.player_ids?.filter((player) => player !== known.ownerId);
    if (playerIds) await this.requireMembers(principal, clubId, { player_ids: playerIds });
    await this.writing(async (manager) => {
      const booking = await manager.findOne(Booking, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (booking?.status !== 'planned') throw new ProblemException('booking_begun');
      const startsAt = dto.starts_at === undefined ? booking.startsAt.getTime() : instant(dto.starts_at);
      const endsAt = dto.ends_at === undefined ? booking.endsAt.getTime() : instant(dto.ends_at);
      if (dto.starts_at !== undefined || dto.ends_at !== undefined) {
        checkTimes({ startsAt, endsAt }, this.clock.now(), this.config.maxDurationMinutes);
      }
      const title = dto.title === undefined ? booking.title : dto.title;
      const change = { title, startsAt: new Date(startsAt), endsAt: new Date(endsAt) };
      await manager.update(Booking, { id, status: 'planned' }, change);
      if (playerIds) await setPlayers(manager, id, playerIds);
      await this.note('changed', principal, { ...booking, ...change }, caller, manager, Object.keys(dto));
    });
    return this.view(principal, clubId, id);
  }

  /**
   * Cancels one that is not recorded yet; again: nothing happens.
   * @throws ProblemException `not_found`, `forbidden`, `booking_begun`, `from_calendar`
   */
  async cancel(principal: Principal, clubId: number, id: number, caller: Caller): Promise<void> {
    const booking = await this.require(principal, clubId, id);
    if (booking.status === 'cancelled') return;
    if (booking.source === 'ical') throw new ProblemException('from_calendar');
    const reason = booking.ownerId === principal.userId ? 'cancelled_by_owner' : 'cancelled_by_admin';
    await this.database.transaction(async (manager) => {
      const [, moved] = await manager.query<[unknown, number]>(
        `UPDATE bookings SET status = 'cancelled', reason = $2, updated_at = now() WHERE id = $1 AND status = ANY ($3)`,
        [id, reason, statusesBefore('cancelled')],
      );
      if (moved === 0) throw new ProblemException('booking_begun');
      await this.note('cancelled', principal, booking, caller, manager);
    });
  }

  /** @throws ProblemException `not_found`, or `forbidden` for a player where the admins alone book */
  private async requireMayBook(principal: Principal, clubId: number): Promise<{ consentNote: string | null }> {
    const club = await this.clubs.require(principal, clubId, 'member');
    if (isAdminOf(principal, clubId) || club.playersBook) return club;
    throw new ProblemException('forbidden', 'In this club the admins book: ask at the desk.');
  }

  /** One that the principal may change. @throws ProblemException `not_found`, `forbidden` */
  private async require(principal: Principal, clubId: number, id: number): Promise<Booking> {
    await this.clubs.require(principal, clubId, 'member');
    const booking = await this.database.manager.findOneBy(Booking, { id, clubId });
    if (!booking) throw new ProblemException('not_found');
    if (booking.ownerId !== principal.userId && !isAdminOf(principal, clubId)) {
      throw new ProblemException('forbidden', 'Only its owner and the admins of the club may do this.');
    }
    return booking;
  }

  private async view(principal: Principal, clubId: number, id: number): Promise<BookingView> {
    const view = await this.views.one(principal, clubId, id);
    if (!view) throw new ProblemException('not_found');
    return view;
  }

  private async writing<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.database.transaction(work);
    } catch (error) {
      throw sqlState(error) === OVERLAPS ? new ProblemException('booking_overlap') : error;
    }
  }

  private async refuseMany(userId: number, clubId: number, manager: EntityManager): Promise<void> {
    await manager.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [userId]);
    const [row] = await manager.query<{ ahead: number }[]>(
      `SELECT count(*)::integer AS ahead FROM bookings
        WHERE owner_id = $1 AND club_id = $2 AND status = ANY ($3) AND ends_at > now()`,
      [userId, clubId, AHEAD],
    );
    if ((row?.ahead ?? 0) >= MOST_AHEAD) throw new ProblemException('booking_limit');
  }

  /** A SUPER_ADMIN is in no club, and may book for themselves in any. */
  private async requireMembers(
    principal: Principal,
    clubId: number,
    named: Readonly<Record<string, readonly number[]>>,
  ): Promise<void> {
    const members = new Set(await this.users.membersAmong(clubId, Object.values(named).flat()));
    const errors = Object.entries(named).flatMap(([field, ids]) =>
      ids
        .filter((id) => !members.has(id) && !(field === 'owner_id' && id === principal.userId))
        .map((id) => ({ field, message: `${id} is not a member of this club` })),
    );
    if (errors.length === 0) return;
    throw new ProblemException('validation_failed', 'Some people are not members of this club.', { errors });
  }

  private note(
    deed: Deed,
    principal: Principal,
    { id, clubId, courtId, ownerId, startsAt, endsAt }: Booking,
    { ip }: Caller,
    manager: EntityManager,
    fields?: readonly string[],
  ): Promise<void> {
    const details = {
      ...{ terrain_id: courtId, owner_id: ownerId, starts_at: startsAt.toISOString(), ends_at: endsAt.toISOString() },
      ...(fields && { fields }),
    };
    const entry = { actorId: principal.userId, clubId, target: `booking:${id}`, ip, details };
    return this.audit.record({ action: `booking.${deed}`, ...entry }, manager);
  }
}

async function setPlayers(manager: EntityManager, bookingId: number, userIds: readonly number[]): Promise<void> {
  await manager.delete(BookingPlayer, { bookingId });
  if (userIds.length > 0)
    await manager.insert(
      BookingPlayer,
      [...userIds].map((userId) => ({ bookingId, userId })),
    );
}

/** @throws ProblemException `validation_failed` where the club has a note and nobody says that it was told */
function consentOf(
  principal: Principal,
  note: string | null,
  consent: boolean | undefined,
  now: number,
): Pick<Booking, 'consentBy' | 'consentAt'> {
  if (note === null) return { consentBy: null, consentAt: null };
  if (consent === true) return { consentBy: principal.userId, consentAt: new Date(now) };
  const message = 'the club has a note for those who are filmed: confirm that they are told of it';
  throw new ProblemException('validation_failed', 'The club’s note must be confirmed.', {
    errors: [{ field: 'consent', message }],
  });
}

function instant(text: string): number {
  return Date.parse(momentOf(text) as string);
}

function lastOfPage(cursor: string): { startsAt: Date; id: number } {
  const [at, id] = decodeCursor(cursor, ['string', 'number']) as [string, number];
  const startsAt = new Date(at);
  if (!Number.isNaN(startsAt.getTime()) && Number.isSafeInteger(id)) return { startsAt, id };
  throw new ProblemException('validation_failed', 'The cursor is not one this list gave out.');
}
