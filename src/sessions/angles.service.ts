import { randomUUID } from 'node:crypto';
import { Injectable, Logger, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Observable, Subject, Subscription } from 'rxjs';
import { CamerasService } from '../clubs/cameras.service';
import { Cancel, Clock, jitter } from '../common/clock';
import { ProblemException } from '../common/problem';
import { Admission } from '../runtime/admission.service';
import { CourtRuntime } from '../runtime/court-runtime';
import { isOwn } from '../runtime/process-identity';
import { SessionZero } from '../runtime/session-zero';
import { AngleStore } from './angle-store';
import { CameraSlots } from './camera-slots.service';
import { CameraSession } from './entities/camera-session.entity';
import { SessionOwners } from './session-owners.service';
import { SessionStore } from './session-store';

/** Between two tries of a camera that does not answer; the last one repeats. */
const PAUSES_MS = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000] as const;
/** So often it is looked whether the court has got further cameras, or an angle has ended by itself. */
const LOOK_MS = 10_000;

/** A match whose main camera this process holds. */
export interface FollowedMatch {
  readonly id: string;
  readonly courtId: number;
  readonly clubId: number;
  readonly userId: number;
  /** The zero of its clock. */
  readonly zero: SessionZero;
}

/** An angle that this process holds, or reaches for. */
export interface FollowedAngle {
  /** Its session. */
  readonly id: string;
  readonly position: number;
}

interface Angle extends FollowedAngle {
  tries: number;
  opening: boolean;
  cancel: Cancel;
}

interface Match extends FollowedMatch {
  readonly angles: Map<number, Angle>;
  looking: boolean;
  over: boolean;
  cancel: Cancel;
}

/**
 * Opens the further cameras of matches whose main camera is there, and keeps them open as long as that is. A match waits for
 * none of them, and ends with none of them: one that fails is tried again while the match is on, in the same session, whose row
 * says why. Of matches in this process; what a killed one left open is taken over with its match.
 */
@Injectable()
export class Angles implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(Angles.name);
  private readonly matches = new Map<string, Match>();
  private readonly news = new Subject<string>();
  private subscription: Subscription | undefined;
  private ended = false;

  constructor(
    private readonly rows: AngleStore,
    private readonly store: SessionStore,
    private readonly owners: SessionOwners,
    private readonly cameras: CamerasService,
    private readonly slots: CameraSlots,
    private readonly runtime: CourtRuntime,
    private readonly admission: Admission,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.subscription = this.runtime.watch().subscribe((event) => {
      if (event.type === 'court.closed') void this.leave(event.sessionId);
    });
  }

  /** What is open stays open: the runtime lets go of it, and the next process finds it. */
  onModuleDestroy(): void {
    this.ended = true;
    this.subscription?.unsubscribe();
    for (const match of this.matches.values()) this.forget(match);
  }

  /** Matches of which an angle has come, or something of it is to be seen to. */
  changes(): Observable<string> {
    return this.news.asObservable();
  }

  /** The angles of a match that this process holds. */
  of(matchId: string): readonly FollowedAngle[] {
    return [...(this.matches.get(matchId)?.angles.values() ?? [])];
  }

  /** The match as it is followed here; `null`: it is not. */
  match(matchId: string): FollowedMatch | null {
    return this.matches.get(matchId) ?? null;
  }

  /** Whether this session is an angle, as far as this process holds it. */
  isAngle(sessionId: string): boolean {
    return [...this.matches.values()].some(({ angles }) => [...angles.values()].some(({ id }) => id === sessionId));
  }

  /** Opens the angles of a match from now on. Not waited for. */
  follow(match: FollowedMatch): void {
    if (this.ended || this.matches.has(match.id)) return;
    const { id, courtId, clubId, userId, zero } = match;
    const about = { id, courtId, clubId, userId, zero };
    const followed: Match = { ...about, angles: new Map(), looking: false, over: false, cancel: () => undefined };
    this.matches.set(match.id, followed);
    void this.look(followed);
  }

  /** An angle's interrupted recording goes on here. */
  resumed(matchId: string, { id, cameraPosition: position }: CameraSession): void {
    const match = this.matches.get(matchId);
    if (match) this.adopt(match, { id, position });
    this.news.next(matchId);
  }

  /** The match is over: lets go of its angles' cameras, their recordings finished. Their rows have ended with the match's. */
  async leave(matchId: string): Promise<void> {
    const match = this.matches.get(matchId);
    if (!match) return;
    this.forget(match);
    const closed = [...match.angles.values()].map(({ id }) => this.runtime.close(id));
    await Promise.all(closed).catch((error: unknown) =>
      this.logger.error({ err: error, sessionId: matchId }, 'An angle of a match that is over could not be closed.'),
    );
  }

  private forget(match: Match): void {
    match.over = true;
    match.cancel();
    for (const { cancel } of match.angles.values()) cancel();
    this.matches.delete(match.id);
  }

  private async look(match: Match): Promise<void> {
    if (match.over || match.looking) return;
    match.looking = true;
    try {
      await this.tend(match);
    } catch (error) {
      this.logger.warn({ err: error, sessionId: match.id }, 'The angles of a match could not be looked after.');
    } finally {
      match.looking = false;
    }
    if (!match.over) match.cancel = this.clock.after(LOOK_MS, () => void this.look(match));
  }

  private async tend(match: Match): Promise<void> {
    const cameras = await this.cameras.furtherOf(match.courtId);
    if (cameras.length === 0 && match.angles.size === 0) return;
    if (!(await this.rows.isOpen(match.id))) return this.leave(match.id);
    const open = new Map((await this.rows.openOf(match.id)).map((row) => [row.cameraPosition, row]));
    for (const [position, angle] of match.angles) {
      if (open.get(position)?.id === angle.id) continue;
      // It ended by itself: its recording could not be gone on with.
      angle.cancel();
      match.angles.delete(position);
      await this.runtime.close(angle.id);
    }
    for (const { position } of cameras) {
      if (match.over) return;
      if (match.angles.has(position)) continue;
      const id = await this.sessionAt(match, position, open.get(position));
      if (id !== null) this.adopt(match, { id, position });
    }
    this.news.next(match.id);
  }

  /** @param row as it is open already. `null`: another process has it, or its recording is being seen to */
  private async sessionAt(
    { id: matchId }: Match,
    position: number,
    row: CameraSession | undefined,
  ): Promise<string | null> {
    if (!row) {
      const id = randomUUID();
      return (await this.rows.begin({ id, matchId, position })) ? id : null;
    }
    if (await this.rows.isRecording(row.id)) return null;
    if (row.owner && isOwn(row.owner)) return row.id;
    if (!this.owners.isGone(row) || !(await this.store.claim(row.id, row.owner))) return null;
    await this.store.setState(row.id, 'reconnecting', null);
    return row.id;
  }

  private adopt(match: Match, { id, position }: FollowedAngle): void {
    const known = match.angles.get(position);
    if (known?.id === id) return;
    known?.cancel();
    const angle: Angle = { id, position, tries: 0, opening: false, cancel: () => undefined };
    match.angles.set(position, angle);
    if (this.runtime.status(id) === null) void this.open(match, angle);
  }

  /** Never throws. */
  private async open(match: Match, angle: Angle): Promise<void> {
    const isOver = (): boolean => match.over || match.angles.get(angle.position) !== angle;
    if (angle.opening || isOver()) return;
    angle.opening = true;
    try {
      this.slots.admit();
      this.admission.admit('session');
      await this.slots.during(angle.id, () => this.connect(match, angle));
      // A match that ended meanwhile has closed what was open then.
      if (isOver()) return await this.runtime.close(angle.id);
      angle.tries = 0;
      this.logger.log({ sessionId: match.id, angle: angle.id, position: angle.position }, 'An angle is there.');
      this.news.next(match.id);
    } catch (error) {
      await this.runtime.close(angle.id).catch(() => undefined);
      if (!isOver()) await this.postpone(match, angle, error);
    } finally {
      angle.opening = false;
    }
  }

  private async connect(match: Match, { id, position }: Angle): Promise<void> {
    const camera = await this.cameras.accessTo(match.courtId, position);
    const spec = { sessionId: id, ...camera, sharedZero: match.zero, reference: match.id };
    const opened = await this.runtime.open(spec);
    if (!(await this.store.setLive(id, opened))) throw new ProblemException('session_not_live', 'The match is over.');
  }

  private async postpone(match: Match, angle: Angle, error: unknown): Promise<void> {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'internal_error';
    const pause = jitter(PAUSES_MS[Math.min(angle.tries, PAUSES_MS.length - 1)] as number);
    if (angle.tries === 0) {
      const about = { err: error, sessionId: match.id, angle: angle.id, position: angle.position };
      this.logger.warn(about, 'An angle of a match is not there; it is tried again.');
    }
    angle.tries += 1;
    angle.cancel = this.clock.after(pause, () => void this.open(match, angle));
    await this.rows.hinder(angle.id, code).catch(() => undefined);
  }
}
