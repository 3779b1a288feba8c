import { BeforeApplicationShutdown, Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Subscription } from 'rxjs';
import { BY_SERVICE } from '../auth/audit.service';
import { Clock } from '../common/clock';
import { faultPoint } from '../common/fault-point';
import { ProblemCode } from '../common/problem';
import { toProblem } from '../common/to-problem';
import { ScheduledTasks } from '../maintenance/scheduled-tasks.service';
import { Counts, TASKS } from '../maintenance/task-table';
import { RecordingLog } from '../recording/recording-log.service';
import { RecordingView } from '../recording/recording-view';
import { RecordingService } from '../recording/recording.service';
import { CourtRuntime } from '../runtime/court-runtime';
import { SessionsService } from '../sessions/sessions.service';
import { isOfBooking, SLACK_MS } from './booked-match';
import { BookingStore, DueBooking } from './booking-store';

/** A session is opened so long before its recording begins: a camera takes some seconds to give its first picture. */
export const LEAD_MS = 10_000;
/** Between two tries of a camera that is away, of a service that is full. */
const PAUSES_MS = [3_000, 5_000, 10_000, 20_000, 30_000];
/** It records already: somebody pressed the button in these seconds. */
const RECORDS: readonly ProblemCode[] = ['already_recording', 'already_recorded'];

/** A session for a booking. `opened`: by this very try. */
interface Found {
  readonly id: string;
  readonly opened: boolean;
}

/**
 * Records what is booked. Every process looks every few seconds at all bookings whose time has come; what it finds says what is
 * to do, so nothing is lost with a process. Invariants: a court has one open session, which the database sees to, and only the
 * process that moves its bytes acts on it; a booking names its session before that is recorded, and is `recording` before its
 * recording has a row. Whatever a crash leaves is found again as a booking without a recording. Nobody's running recording is
 * touched, nor a session in which somebody else has not recorded yet; and no two bookings have one recording.
 */
@Injectable()
export class BookingRunner implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(BookingRunner.name);
  /** By court: of two bookings in a row the second sees what the first has made of the court. */
  private readonly underWay = new Map<number, Promise<void>>();
  /** By booking: tries that failed, and when the next one is; {@link Clock.monotonic}. */
  private readonly tries = new Map<number, { readonly count: number; readonly nextAt: number }>();
  private readonly ending = new AbortController();
  private subscription: Subscription | undefined;

  constructor(
    private readonly store: BookingStore,
    private readonly sessions: SessionsService,
    private readonly recordings: RecordingService,
    private readonly log: RecordingLog,
    private readonly runtime: CourtRuntime,
    private readonly tasks: ScheduledTasks,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.subscription = this.runtime.watch().subscribe((event) => {
      // The court is free for the next one, or will be in a moment.
      const ends = event.type === 'recording.changed' && event.recording.stoppedAt !== null;
      if (ends || event.type === 'court.closed') void this.tick();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.subscription?.unsubscribe();
    this.ending.abort();
    await Promise.all(this.underWay.values());
  }

  @Interval(TASKS.bookings.everyMs)
  async tick(): Promise<void> {
    if (!this.ending.signal.aborted) await this.tasks.run('bookings', () => this.turn());
  }

  private async turn(): Promise<Counts> {
    const counts = await this.store.settle(this.clock.now());
    const due = await this.store.due(this.clock.now(), LEAD_MS);
    const ids = new Set(due.map(({ id }) => id));
    for (const id of this.tries.keys()) if (!ids.has(id)) this.tries.delete(id);
    for (const booking of due) this.take(booking);
    return { ...counts, due_bookings: due.length };
  }

  /** Not waited for: one camera that is away must not delay the others. */
  private take(booking: DueBooking): void {
    const { id, courtId } = booking;
    if (this.ending.signal.aborted || this.underWay.has(courtId)) return;
    if (this.clock.monotonic() < (this.tries.get(id)?.nextAt ?? 0)) return;
    const attempt = this.attempt(booking)
      .catch((error: unknown) => this.hindered(booking, error))
      .finally(() => this.underWay.delete(courtId));
    this.underWay.set(courtId, attempt);
  }

  private async attempt(booking: DueBooking): Promise<void> {
    if (!booking.courtThere) return this.store.fail(booking, 'court_gone');
    if (!booking.ownerThere) return this.store.fail(booking, 'owner_gone');
    const session = await this.sessionFor(booking);
    if (!session) return;
    try {
      if (!(await this.store.attach(booking, session.id, this.clock.now()))) return await this.leave(session);
      if (!(await this.reached(booking.startsAt.getTime()))) return;
      if (!(await this.store.begin(booking.id, session.id))) return await this.leave(session);
    } catch (error) {
      // The row does not say that the session is for it: the next try opens another one, or finds this one.
      await this.leave(session).catch(() => undefined);
      throw error;
    }
    await this.record(booking, session.id);
  }

  /** `null`: not now; what is in the way is noted where somebody should know it. */
  private async sessionFor(booking: DueBooking): Promise<Found | null> {
    const { courtId, ownerId, sessionId } = booking;
    const there = await this.sessions.onCourt(courtId);
    if (!there) return this.open(booking);
    if (there.place === 'gone' || there.connecting) return null;
    const recording = await this.log.viewOf(there.id);
    // A session has one recording: where that is over, the match is.
    const over = recording !== null && !recording.active && there.id !== sessionId;
    const own = there.userId === ownerId;
    if (there.place === 'elsewhere' && (over || own)) return null;
    if (over) {
      await this.sessions.end(there.id, 'next_booking');
      return this.open(booking);
    }
    if (own && !(await this.isOfAnotherMatch(booking, there.id, recording))) return { id: there.id, opened: false };
    // The match before is expected to end just when this one begins.
    if (!own || this.clock.now() > booking.startsAt.getTime() + SLACK_MS)
      await this.store.hinder(booking, 'court_busy');
    return null;
  }

  /** A session of the same owner whose recording is, or will be, the one of another match. */
  private async isOfAnotherMatch(
    booking: DueBooking,
    there: string,
    recording: RecordingView | null,
  ): Promise<boolean> {
    if (there === booking.sessionId) return false;
    if (await this.store.isAnothers(there, booking.id)) return true;
    return recording !== null && recording.active && !isOfBooking(recording, booking);
  }

  private async open({ clubId, courtId, ownerId, playerIds, ownerAdmin }: DueBooking): Promise<Found | null> {
    const others = playerIds.filter((player) => player !== ownerId);
    const wanted = { courtId, clubId, userId: ownerId, playerIds: others, limited: !ownerAdmin, author: BY_SERVICE };
    const id = await this.sessions.open(wanted);
    faultPoint('booking.opened');
    return id === null ? null : { id, opened: true };
  }

  private async record({ id, clubId, courtId, ownerId, endsAt }: DueBooking, sessionId: string): Promise<void> {
    const session = { id: sessionId, courtId, clubId, userId: ownerId, status: 'live' as const };
    try {
      await this.recordings.startUntil(() => endsAt.getTime(), session, BY_SERVICE);
      this.tries.delete(id);
      this.logger.log({ bookingId: id, sessionId }, 'A booked recording began.');
    } catch (error) {
      if (!RECORDS.includes(toProblem(error).code)) throw error;
    }
    await this.tick();
  }

  /** A session that was opened for a booking which is not to be recorded. */
  private async leave({ id, opened }: Found): Promise<void> {
    if (opened && !(await this.log.viewOf(id))) await this.sessions.end(id, 'booking_cancelled');
  }

  private async hindered(booking: DueBooking, error: unknown): Promise<void> {
    const { id } = booking;
    const { code } = toProblem(error);
    const { count } = this.tries.get(id) ?? { count: 0 };
    const pause = PAUSES_MS[Math.min(count, PAUSES_MS.length - 1)] as number;
    this.tries.set(id, { count: count + 1, nextAt: this.clock.monotonic() + pause });
    if (count === 0) this.logger.warn({ err: error, bookingId: id }, 'A booked recording cannot begin yet.');
    const noted = code === 'not_found' ? this.store.fail(booking, 'court_gone') : this.store.hinder(booking, code);
    await noted.catch(() => undefined);
  }

  /** Settles at that time. False: the service ends before. */
  private async reached(at: number): Promise<boolean> {
    const { signal } = this.ending;
    const ms = at - this.clock.now();
    if (ms <= 0 || signal.aborted) return !signal.aborted;
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(ms, resolve);
      signal.addEventListener('abort', () => (cancel(), resolve()), { once: true });
    });
    return !signal.aborted;
  }
}
