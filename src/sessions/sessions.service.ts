import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Author, authorOf, BY_SERVICE } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { isAdminOf } from '../auth/tenant';
import { CameraAccess, CamerasService } from '../clubs/cameras.service';
import { CourtsService } from '../clubs/courts.service';
import { UsersService } from '../clubs/users.service';
import { CameraLooks } from '../clubs/watch/camera-looks.service';
import { isDatabaseUnavailable } from '../common/database-error';
import { cutPage, decodeCursor, DEFAULT_PAGE } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { AppConfig } from '../config/app-config';
import { RecordingLog } from '../recording/recording-log.service';
import { isActive } from '../recording/recording-state';
import { Admission } from '../runtime/admission.service';
import { CourtRuntime, ResumeSpec } from '../runtime/court-runtime';
import { isOwn } from '../runtime/process-identity';
import { Angles } from './angles.service';
import { CameraSlots } from './camera-slots.service';
import { CreateSessionDto, SessionListQuery } from './dto/session.dto';
import { CameraSession } from './entities/camera-session.entity';
import { MatchAngles } from './match-angles.service';
import { MatchNames, MatchNamesService } from './match-names.service';
import { maySee, requireSession, SessionAccess } from './session-access';
import { SessionHealth } from './session-health';
import { SessionLimits } from './session-limits';
import { SessionMirror } from './session-mirror.service';
import { SessionOwners } from './session-owners.service';
import { isOpen } from './session-state';
import { NewSession, SessionStore } from './session-store';
import { SessionView, viewOfSession } from './session-view';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A session to be opened. */
export interface WantedSession extends Omit<NewSession, 'id'> {
  /** Its owner may have but so many open at once. */
  readonly limited: boolean;
}

/** A session that has a court. */
export interface Occupant {
  readonly id: string;
  readonly userId: number;
  /** Its camera is being reached for the first time. */
  readonly connecting: boolean;
  /** The process that moves its bytes: this one, another one, or one that is gone. */
  readonly place: 'here' | 'elsewhere' | 'gone';
}

/** Opens, shows and closes camera sessions. */
@Injectable()
export class SessionsService {
  /** Sessions that are being gone on with; callers who want something of one wait for that. */
  private readonly resuming = new Map<string, Promise<unknown>>();

  constructor(
    private readonly store: SessionStore,
    private readonly courts: CourtsService,
    private readonly cameras: CamerasService,
    private readonly looks: CameraLooks,
    private readonly users: UsersService,
    private readonly names: MatchNamesService,
    private readonly recordings: RecordingLog,
    private readonly runtime: CourtRuntime,
    private readonly admission: Admission,
    private readonly health: SessionHealth,
    private readonly owners: SessionOwners,
    private readonly mirror: SessionMirror,
    private readonly slots: CameraSlots,
    private readonly angles: Angles,
    private readonly matchAngles: MatchAngles,
    private readonly config: AppConfig,
  ) {}

  /**
   * Opens a session on a court, once its camera gave a real frame.
   * @throws ProblemException `not_found`, `validation_failed` (players), `terrain_in_session`, `session_limit`, `overloaded`,
   *   or the camera's.
   */
  async create(principal: Principal, dto: CreateSessionDto, caller: Caller): Promise<SessionView> {
    const court = await this.courts.require(principal, dto.terrain_id, 'member');
    const playerIds = await this.checkPlayers(court.clubId, principal, dto.player_ids ?? []);
    await this.refuseOccupied(principal, court.id);
    const id = await this.open({
      ...{ courtId: court.id, clubId: court.clubId, userId: principal.userId, playerIds },
      ...{ limited: !isAdminOf(principal, court.clubId), author: authorOf(principal, caller) },
    });
    if (id !== null) return this.view(principal, id);
    await this.refuseOccupied(principal, court.id);
    throw new ProblemException('terrain_in_session');
  }

  /**
   * Opens a session whoever asks, once the court's camera gave a real frame.
   * @returns its id; `null`: the court has an open one
   * @throws ProblemException `not_found` (the court is gone), `session_limit`, `overloaded`, or the camera's
   */
  async open({ limited, ...wanted }: WantedSession): Promise<string | null> {
    this.slots.admit();
    this.admission.admit('session');
    const id = randomUUID();
    const { courtId } = wanted;
    return this.slots.during(id, async () => {
      const camera = await this.cameras.accessTo(courtId);
      const user = limited ? this.config.maxSessionsPerUser : null;
      const hold = async (manager: EntityManager): Promise<SessionLimits> => {
        return { club: await this.courts.hold(manager, courtId), user };
      };
      const begun = await this.store.begin({ id, ...wanted }, hold).catch((error: unknown) => {
        // The answer to its COMMIT may be all that was lost: a row that nobody stands behind must not keep the court.
        if (isDatabaseUnavailable(error)) this.mirror.fail(id, 'database_unavailable');
        throw error;
      });
      if (!begun) return null;
      await this.looks.giveWay(courtId);
      await this.connect({ id, ...wanted }, camera);
      return id;
    });
  }

  /** Who has the court just now; `null`: nobody. */
  async onCourt(courtId: number): Promise<Occupant | null> {
    const [session] = await this.store.openOnCourts([courtId]);
    if (!session) return null;
    const { id, userId, status } = session;
    const here = session.owner !== null && isOwn(session.owner);
    return { id, userId, connecting: status === 'connecting', place: here ? 'here' : this.placeOf(session) };
  }

  /**
   * Closes a session; closing a closed one gives the same answer.
   * @throws ProblemException `not_found`, `forbidden`, `is_an_angle`, or `in_use` while it records.
   */
  async close(principal: Principal, id: string, caller: Caller): Promise<SessionView> {
    const session = await this.require(principal, id, 'run');
    if (isOpen(session.status)) {
      const recording = await this.recordings.viewOf(id);
      if (recording?.active)
        throw new ProblemException('in_use', 'The session is recording: stop the recording first.');
      const reason = principal.userId === session.userId ? 'closed_by_owner' : 'closed_by_admin';
      await this.end(id, reason, authorOf(principal, caller));
    }
    return this.view(principal, id);
  }

  /**
   * Ends a session whoever asks: row first, with those of its angles, so that the next match finds the court free, then the
   * camera. The angles' cameras are let go of behind it.
   */
  async end(id: string, reason: string, author: Author = BY_SERVICE): Promise<boolean> {
    const ended = await this.store.end(id, { status: 'closed', reason, last: this.runtime.status(id), author });
    void this.angles.leave(id);
    await this.runtime.close(id);
    return ended;
  }

  /** Nobody moves this session's bytes any more: its process is gone, or this one knows nothing of them. */
  async isAbandoned(id: string): Promise<boolean> {
    const session = await this.store.find(id);
    if (!session?.owner) return true;
    if (isOwn(session.owner)) {
      return !this.runtime.recording(id) && !this.runtime.status(id) && !this.slots.isOpening(id);
    }
    return this.owners.isGone(session) && !(await this.isForAnother(session));
  }

  /** An angle is gone on with, or finished, by the process that has its match. */
  private async isForAnother({ angleOf }: CameraSession): Promise<boolean> {
    const match = angleOf === null ? null : await this.store.find(angleOf);
    if (!match?.owner || !isOpen(match.status) || isOwn(match.owner)) return false;
    return !this.owners.isGone(match);
  }

  /**
   * Goes on with a session whose process is gone and whose recording has not come to its end. The session is this process's
   * when this settles; the camera is reached for behind it.
   * @param recording as its rows have it
   * @returns whether it goes on here; false: another process has it, it has ended, or its recording is to be finished
   * @throws where its journal cannot be gone on with
   */
  async resume(id: string, recording: ResumeSpec['recording']): Promise<boolean> {
    const session = await this.store.find(id);
    const facts = session && factsOf(session);
    if (!session?.zero || !facts || !isOpen(session.status)) return false;
    const match = session.angleOf === null ? null : this.angles.match(session.angleOf);
    // An angle whose match is not being recorded any more is finished as that is.
    if (session.angleOf !== null && !isActive(this.runtime.recording(session.angleOf)?.phase ?? 'failed')) return false;
    if (!session.owner || !isOwn(session.owner)) {
      if (!(await this.store.claim(id, session.owner))) return false;
    }
    const shared = match ? { sharedZero: match.zero, reference: match.id } : {};
    const known = { zero: session.zero, facts, recording, ...shared };
    const resuming = this.slots.during(id, () => this.reconnect(session, known));
    this.resuming.set(id, resuming);
    try {
      return await resuming;
    } finally {
      this.resuming.delete(id);
    }
  }

  /** @throws ProblemException `not_found` */
  async view(principal: Principal, id: string): Promise<SessionView> {
    const session = await this.require(principal, id, 'see');
    return (await this.views([session]))[0] as SessionView;
  }

  /** Admins: the club's; a player: those they own or take part in. Newest first. */
  async list(
    principal: Principal,
    query: SessionListQuery,
  ): Promise<{ sessions: SessionView[]; nextCursor: string | null }> {
    const limit = query.limit ?? DEFAULT_PAGE;
    const before = query.cursor === undefined ? null : lastOfPage(query.cursor);
    const rows = await this.store.list({ principal, openOnly: query.open === true, limit: limit + 1, before });
    const page = cutPage(rows, limit, (row) => [row.createdAt.getTime(), row.id]);
    return { sessions: await this.views(page.items), nextCursor: page.next_cursor };
  }

  /**
   * The session's row, if the principal may do this with it; notes the use.
   * @throws ProblemException `not_found`, `is_an_angle` (all but `see`) or `forbidden`.
   */
  async require(principal: Principal, id: string, access: SessionAccess): Promise<CameraSession> {
    const [session, players] = await Promise.all([this.store.find(id), this.store.playersOf([id])]);
    const allowed = requireSession(principal, session, players.get(id) ?? [], access);
    if (access === 'run') await this.resuming.get(id)?.catch(() => undefined);
    if (isOpen(allowed.status)) await this.store.touch([allowed]);
    return allowed;
  }

  /**
   * Who may see these sessions as they are now: asked at once for all who watch. Looking is using: none of them is idle.
   */
  async visibility(ids: readonly string[]): Promise<(principal: Principal, id: string) => boolean> {
    const [rows, players] = await Promise.all([this.store.findAll(ids), this.store.playersOf(ids)]);
    await this.store.touch(rows.filter((row) => isOpen(row.status)));
    const byId = new Map(rows.map((row) => [row.id, row]));
    return (principal, id) => {
      const row = byId.get(id);
      return row !== undefined && maySee(principal, row, players.get(id) ?? []);
    };
  }

  private placeOf(session: CameraSession): Occupant['place'] {
    return this.owners.isGone(session) ? 'gone' : 'elsewhere';
  }

  private async views(sessions: readonly CameraSession[]): Promise<SessionView[]> {
    const ids = sessions.map((session) => session.id);
    const [names, recordings, angles] = await Promise.all([
      this.names.of(ids),
      this.recordings.viewsOf(ids),
      this.matchAngles.of(ids),
    ]);
    return sessions.map((session) =>
      viewOfSession(
        session,
        // Rows of sessions, courts and people are never deleted.
        names.get(session.id) as MatchNames,
        { recording: recordings.get(session.id) ?? null, angles: angles.get(session.id) ?? [] },
        this.runtime.status(session.id),
        (status) => this.health.of(session.id, status),
      ),
    );
  }

  private async reconnect(
    session: CameraSession,
    known: Omit<ResumeSpec, 'sessionId' | keyof CameraAccess>,
  ): Promise<boolean> {
    const { id, courtId, cameraPosition, angleOf } = session;
    const camera = await this.cameras.accessTo(courtId, cameraPosition);
    const resumed = await this.runtime.resume({ sessionId: id, ...camera, ...known });
    if (resumed === null) return false;
    if (await this.store.setResumed(id, resumed.proxyPort)) {
      if (angleOf === null) this.angles.follow({ ...session, zero: known.zero });
      else this.angles.resumed(angleOf, session);
      return true;
    }
    await this.runtime.close(id);
    return false;
  }

  private async connect(session: NewSession, camera: CameraAccess): Promise<void> {
    const { id } = session;
    try {
      const opened = await this.runtime.open({ sessionId: id, ...camera });
      if (await this.store.setLive(id, opened)) return this.angles.follow({ ...session, zero: opened.zero });
      throw new ProblemException('session_not_live', 'The session was closed while its camera was being reached.');
    } catch (error) {
      const closed = (await this.store.find(id).catch(() => null))?.status === 'closed';
      await this.abandon(id, error);
      if (closed)
        throw new ProblemException('session_not_live', 'The session was closed while its camera was being reached.');
      throw error;
    }
  }

  private async abandon(id: string, error: unknown): Promise<void> {
    await this.runtime.close(id);
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'internal_error';
    await this.store.end(id, { status: 'failed', reason }).catch(() => this.mirror.fail(id, reason));
  }

  private async refuseOccupied(principal: Principal, courtId: number): Promise<void> {
    const [occupant] = await this.store.openOnCourts([courtId]);
    if (!occupant) return;
    const players = await this.store.playersOf([occupant.id]);
    const visible = maySee(principal, occupant, players.get(occupant.id) ?? []);
    throw new ProblemException('terrain_in_session', undefined, visible ? { session_id: occupant.id } : {});
  }

  private async checkPlayers(clubId: number, principal: Principal, ids: readonly number[]): Promise<number[]> {
    const others = ids.filter((id) => id !== principal.userId);
    const members = new Set(await this.users.membersAmong(clubId, others));
    const strangers = others.filter((id) => !members.has(id));
    if (strangers.length === 0) return others;
    throw new ProblemException('validation_failed', 'Some players are not members of this club.', {
      errors: strangers.map((id) => ({ field: 'player_ids', message: `${id} is not a member of this club` })),
    });
  }
}

/** What its camera was; `null` where it was never reached. */
function factsOf({ protocol, codec, width, height, fps }: CameraSession): ResumeSpec['facts'] | null {
  if (protocol === null || codec === null || width === null || height === null) return null;
  return { protocol, codec, width, height, fps };
}

function lastOfPage(cursor: string): { createdAt: Date; id: string } {
  const [at, id] = decodeCursor(cursor, ['number', 'string']) as [number, string];
  const createdAt = new Date(at);
  if (!Number.isNaN(createdAt.getTime()) && UUID.test(id)) return { createdAt, id };
  throw new ProblemException('validation_failed', 'The cursor is not one this list gave out.');
}
