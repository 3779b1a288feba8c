import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AuditEntry, AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { ProblemException } from '../common/problem';
import { CamerasService, MAIN_CAMERA } from './cameras.service';
import { ClubsService } from './clubs.service';
import { CourtUsageProvider } from './court-usage.provider';
import { CourtsService, lockCourt } from './courts.service';
import { AddCameraDto, ChangeCameraDto } from './dto/court-camera.dto';
import { Camera, MOST_CAMERAS } from './entities/camera.entity';
import { Court } from './entities/court.entity';

type Deed = 'camera.added' | 'camera.changed' | 'camera.removed';

/**
 * A court's cameras: the main one, without which there is no court, and up to three further ones, which film the same matches
 * from elsewhere. Changes of one court wait for each other, and for sessions that are being opened on it.
 */
@Injectable()
export class CourtCameras {
  constructor(
    private readonly database: DataSource,
    private readonly clubs: ClubsService,
    private readonly courts: CourtsService,
    private readonly cameras: CamerasService,
    private readonly usage: CourtUsageProvider,
    private readonly audit: AuditService,
  ) {}

  /** By position. @throws ProblemException `not_found`, `forbidden` */
  async list(principal: Principal, courtId: number): Promise<readonly Camera[]> {
    return (await this.courts.require(principal, courtId, 'admin')).cameras;
  }

  /**
   * Adds a further camera at the lowest free position. A match that is on has it as an angle within seconds.
   * @throws ProblemException `not_found`, `forbidden`, `camera_limit`; CameraError
   */
  async add(principal: Principal, courtId: number, dto: AddCameraDto, caller: Caller): Promise<Camera> {
    const networks = await this.networksOf(principal, courtId);
    this.cameras.check(dto.camera_url, networks);
    return this.database.transaction(async (manager) => {
      const court = await lockCourt(manager, courtId);
      const taken = (await manager.findBy(Camera, { courtId })).map(({ position }) => position);
      let position = MAIN_CAMERA;
      while (taken.includes(position)) position += 1;
      if (position >= MOST_CAMERAS) {
        throw new ProblemException('camera_limit', `A court has at most ${MOST_CAMERAS} cameras.`);
      }
      const camera = await this.cameras.set({ courtId, position }, dto.camera_url, networks, manager);
      await this.rename(manager, camera, dto.name);
      await this.note(manager, 'camera.added', principal, court, { position }, caller);
      return camera;
    });
  }

  /** Sessions that are open keep the address they began with. @throws as {@link add}, but `camera_limit` */
  async change(
    principal: Principal,
    courtId: number,
    position: number,
    dto: ChangeCameraDto,
    caller: Caller,
  ): Promise<Camera> {
    const networks = await this.networksOf(principal, courtId);
    if (dto.camera_url !== undefined) this.cameras.check(dto.camera_url, networks);
    return this.database.transaction(async (manager) => {
      const court = await lockCourt(manager, courtId);
      let camera = await manager.findOneBy(Camera, { courtId, position });
      if (!camera) throw new ProblemException('not_found');
      if (dto.camera_url !== undefined) {
        camera = await this.cameras.set({ courtId, position }, dto.camera_url, networks, manager);
      }
      await this.rename(manager, camera, dto.name);
      const fields = Object.keys(dto).filter((field) => dto[field as keyof ChangeCameraDto] !== undefined);
      if (fields.length > 0) {
        await this.note(manager, 'camera.changed', principal, court, { position, fields }, caller);
      }
      return camera;
    });
  }

  /**
   * Takes a further camera away; what it filmed stays.
   * @throws ProblemException `not_found`, `forbidden`, `validation_failed` (the main one), `in_use`
   */
  async remove(principal: Principal, courtId: number, position: number, caller: Caller): Promise<void> {
    await this.courts.require(principal, courtId, 'admin');
    if (position === MAIN_CAMERA) {
      const message = 'The main camera goes with its court; change its address instead.';
      throw new ProblemException('validation_failed', message, { errors: [{ field: 'position', message }] });
    }
    await this.database.transaction(async (manager) => {
      const court = await lockCourt(manager, courtId);
      const camera = await manager.findOneBy(Camera, { courtId, position });
      if (!camera) throw new ProblemException('not_found');
      if (await this.usage.get().hasOpenSession([courtId])) {
        throw new ProblemException('in_use', 'A session is open on this court: close it first.');
      }
      await manager.remove(camera);
      await this.note(manager, 'camera.removed', principal, court, { position }, caller);
    });
  }

  /** @throws ProblemException `not_found`, `forbidden` */
  private async networksOf(principal: Principal, courtId: number): Promise<readonly string[] | null> {
    const { clubId } = await this.courts.require(principal, courtId, 'admin');
    return (await this.clubs.require(principal, clubId, 'admin')).cameraNetworks;
  }

  private async rename(manager: EntityManager, camera: Camera, name: string | null | undefined): Promise<void> {
    if (name === undefined) return;
    camera.name = name;
    await manager.update(Camera, { id: camera.id }, { name });
  }

  private note(
    manager: EntityManager,
    action: Deed,
    principal: Principal,
    { id, clubId }: Court,
    details: NonNullable<AuditEntry['details']>,
    { ip }: Caller,
  ): Promise<void> {
    const entry = { action, actorId: principal.userId, clubId, target: `court:${id}`, ip, details };
    return this.audit.record(entry, manager);
  }
}
