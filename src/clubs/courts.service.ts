import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager, MoreThan } from 'typeorm';
import { AuditAction, AuditEntry, AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { ClubAccess, requireClub } from '../auth/tenant';
import { PageQuery } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { CamerasService } from './cameras.service';
import { ClubsService } from './clubs.service';
import { CourtUsageProvider } from './court-usage.provider';
import { CourtListAnswer, CourtWithCameras, CreateCourtDto, UpdateCourtDto, viewOfCourt } from './dto/court.dto';
import { Court } from './entities/court.entity';
import { cutIdPage, idPage } from './id-pages';
import { CameraStates } from './watch/camera-states.service';

/** Courts (`terrains` on the wire). */
@Injectable()
export class CourtsService {
  constructor(
    private readonly database: DataSource,
    private readonly clubs: ClubsService,
    private readonly cameras: CamerasService,
    private readonly audit: AuditService,
    private readonly usage: CourtUsageProvider,
    private readonly states: CameraStates,
  ) {}

  /**
   * The court with its cameras, if the principal may do this with it.
   * @throws ProblemException `not_found` (foreign, deleted or unknown) or `forbidden`
   */
  async require(principal: Principal, id: number, access: ClubAccess): Promise<CourtWithCameras> {
    const court = await this.find(id);
    requireClub(principal, court?.clubId, access);
    return court as CourtWithCameras;
  }

  /**
   * In the transaction that opens a session: the court is there, and stays until the transaction ends.
   * @returns how many sessions its club may have open at once; `null`: no limit of its own
   * @throws ProblemException `not_found`
   */
  async hold(manager: EntityManager, id: number): Promise<number | null> {
    const rows = await manager.query<{ max_sessions: number | null }[]>(
      `SELECT o.max_sessions FROM courts c JOIN clubs o ON o.id = c.club_id
       WHERE c.id = $1 AND c.deleted_at IS NULL AND o.deleted_at IS NULL FOR SHARE`,
      [id],
    );
    const [held] = rows;
    if (!held) throw new ProblemException('not_found');
    return held.max_sessions;
  }

  async list(principal: Principal, clubId: number, query: PageQuery): Promise<CourtListAnswer> {
    await this.clubs.require(principal, clubId, 'member');
    const { after, limit, take } = idPage(query);
    const rows = await this.database.manager.find(Court, {
      where: { clubId, id: MoreThan(after) },
      relations: { cameras: true },
      // Not by position: a page would be cut by cameras, not by courts.
      order: { id: 'ASC' },
      take,
    });
    const { items, next } = cutIdPage(rows as CourtWithCameras[], limit);
    for (const { cameras } of items) cameras.sort((a, b) => a.position - b.position);
    return { success: true, terrains: items.map(viewOfCourt), count: items.length, ...next };
  }

  async create(principal: Principal, clubId: number, dto: CreateCourtDto, caller: Caller): Promise<CourtWithCameras> {
    const { cameraNetworks } = await this.clubs.require(principal, clubId, 'admin');
    this.cameras.check(dto.camera_url, cameraNetworks);
    return this.database.transaction(async (manager) => {
      const { name, auto_stop_minutes: autoStopMinutes = null, record_sound: recordSound = false } = dto;
      const court = await manager.save(manager.create(Court, { clubId, name, autoStopMinutes, recordSound }));
      const camera = await this.cameras.set({ courtId: court.id }, dto.camera_url, cameraNetworks, manager);
      await this.note(manager, 'court.created', principal, court, caller);
      return Object.assign(court, { cameras: [camera] as CourtWithCameras['cameras'] });
    });
  }

  async update(principal: Principal, id: number, dto: UpdateCourtDto, caller: Caller): Promise<CourtWithCameras> {
    const found = await this.require(principal, id, 'admin');
    const { cameraNetworks } = await this.clubs.require(principal, found.clubId, 'admin');
    if (dto.camera_url !== undefined) this.cameras.check(dto.camera_url, cameraNetworks);
    return this.database.transaction(async (manager) => {
      const court = await lockCourt(manager, id);
      const turned = dto.record_sound !== undefined && dto.record_sound !== court.recordSound;
      court.name = dto.name ?? court.name;
      if (dto.auto_stop_minutes !== undefined) court.autoStopMinutes = dto.auto_stop_minutes;
      court.recordSound = dto.record_sound ?? court.recordSound;
      await manager.save(court);
      if (dto.name !== undefined || dto.auto_stop_minutes !== undefined || turned) {
        const details: AuditEntry['details'] = turned ? { record_sound: court.recordSound } : {};
        await this.note(manager, 'court.changed', principal, court, caller, details);
      }
      const { cameras } = found;
      if (dto.camera_url !== undefined) {
        cameras[0] = await this.cameras.set({ courtId: id }, dto.camera_url, cameraNetworks, manager);
        await this.note(manager, 'camera.changed', principal, court, caller);
      }
      return Object.assign(court, { cameras });
    });
  }

  /**
   * Deletes a court softly.
   * @throws ProblemException `in_use` while a session is open on it
   */
  async delete(principal: Principal, id: number, caller: Caller): Promise<void> {
    await this.require(principal, id, 'admin');
    await this.database.transaction(async (manager) => {
      const court = await lockCourt(manager, id);
      if (await this.usage.get().hasOpenSession([id])) {
        throw new ProblemException('in_use', 'A session is open on this court: close it first.');
      }
      await manager.softRemove(court);
      await this.states.end(manager, [id]);
      await this.note(manager, 'court.deleted', principal, court, caller);
    });
  }

  /** A court of a deleted club is gone too: the join leaves deleted rows out, and so the club away. */
  private async find(id: number): Promise<Court | null> {
    const court = await this.database.manager.findOne(Court, {
      where: { id },
      relations: { cameras: true, club: true },
      order: { cameras: { position: 'ASC' } },
    });
    return court?.club ? court : null;
  }

  private note(
    manager: EntityManager,
    action: AuditAction,
    principal: Principal,
    court: Court,
    caller: Caller,
    details: AuditEntry['details'] = {},
  ): Promise<void> {
    const { id, clubId } = court;
    return this.audit.record(
      { action, actorId: principal.userId, clubId, target: `court:${id}`, ip: caller.ip, details },
      manager,
    );
  }
}

/** Keeps sessions from being opened on the court (their foreign key waits) until the transaction is done. */
export async function lockCourt(manager: EntityManager, id: number): Promise<Court> {
  const court = await manager.findOne(Court, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!court) throw new ProblemException('not_found');
  return court;
}
