import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager, In, MoreThan } from 'typeorm';
import { AuditEntry, AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { SignInsService } from '../auth/sign-ins.service';
import { ClubAccess, isAdminOf, requireClub, visibleClubIds } from '../auth/tenant';
import { ProblemException } from '../common/problem';
import { PageQuery } from '../common/pagination';
import { AppConfig } from '../config/app-config';
import { Toolchain } from '../media/toolchain';
import { CourtUsageProvider } from './court-usage.provider';
import { limitsFor } from './club-limit-rules';
import { ClubListAnswer, CreateClubDto, UpdateClubDto, viewOfClub } from './dto/club.dto';
import { Club } from './entities/club.entity';
import { Court } from './entities/court.entity';
import { cutIdPage, idPage } from './id-pages';
import { CameraStates } from './watch/camera-states.service';

/** Clubs. */
@Injectable()
export class ClubsService {
  constructor(
    private readonly database: DataSource,
    private readonly signIns: SignInsService,
    private readonly audit: AuditService,
    private readonly usage: CourtUsageProvider,
    private readonly config: AppConfig,
    private readonly states: CameraStates,
    private readonly toolchain: Toolchain,
  ) {}

  /**
   * The club, if the principal may do this in it.
   * @throws ProblemException `not_found` (foreign or unknown) or `forbidden`
   */
  async require(principal: Principal, clubId: number, access: ClubAccess): Promise<Club> {
    requireClub(principal, clubId, access);
    const club = await this.database.manager.findOneBy(Club, { id: clubId });
    if (!club) throw new ProblemException('not_found');
    return club;
  }

  /** The club's name, and whether players may register themselves there, for anybody; `null`: there is no such club. */
  async publicFacts(clubId: number): Promise<{ name: string; registrationOpen: boolean } | null> {
    const club = await this.database.manager.findOneBy(Club, { id: clubId });
    return club && { name: club.name, registrationOpen: club.registrationOpen };
  }

  /** A SUPER_ADMIN's are all of them, everybody else's those they are members of. */
  async list(principal: Principal, query: PageQuery): Promise<ClubListAnswer> {
    const { after, limit, take } = idPage(query);
    const ids = visibleClubIds(principal);
    const rows = await this.database.manager.find(Club, {
      where: { id: ids === null ? MoreThan(after) : In(ids.filter((id) => id > after)) },
      order: { id: 'ASC' },
      take,
    });
    const { items, next } = cutIdPage(rows, limit);
    return {
      success: true,
      clubs: items.map((club) => viewOfClub(club, isAdminOf(principal, club.id))),
      count: items.length,
      ...next,
    };
  }

  async create(principal: Principal, dto: CreateClubDto, caller: Caller): Promise<Club> {
    return this.database.transaction(async (manager) => {
      const club = await manager.save(
        manager.create(Club, {
          name: dto.name,
          timeZone: dto.time_zone ?? 'UTC',
          retentionDays: null,
          quotaBytes: null,
          cameraNetworks: null,
          consentNote: null,
          registrationOpen: false,
          sharingEnabled: true,
          logoAt: null,
          playersBook: false,
          compressionCrf: null,
          compressionSince: null,
        }),
      );
      await this.note(manager, 'club.created', principal, club.id, caller);
      return club;
    });
  }

  /**
   * @throws ProblemException `not_found`; `codec_unavailable`; `validation_failed` or `forbidden` where the club may not be given these limits
   */
  async update(principal: Principal, id: number, dto: UpdateClubDto, caller: Caller): Promise<Club> {
    await this.require(principal, id, 'admin');
    if (dto.max_sessions !== undefined && principal.role !== 'SUPER_ADMIN') {
      throw new ProblemException('forbidden', 'Only a SUPER_ADMIN sets how many sessions a club may have open.');
    }
    if (dto.camera_networks !== undefined && principal.role !== 'SUPER_ADMIN') {
      throw new ProblemException('forbidden', "Where a club's cameras may be is set by a SUPER_ADMIN.");
    }
    const { compression } = dto;
    if (compression !== undefined && compression !== 'off' && !(await this.toolchain.canCode(compression))) {
      throw new ProblemException('codec_unavailable', `The FFmpeg of this service cannot code ${compression}.`);
    }
    return this.database.transaction(async (manager) => {
      const club = await lockClub(manager, id);
      club.name = dto.name ?? club.name;
      club.timeZone = dto.time_zone ?? club.timeZone;
      club.registrationOpen = dto.registration_open ?? club.registrationOpen;
      club.sharingEnabled = dto.sharing_enabled ?? club.sharingEnabled;
      club.playersBook = dto.players_book ?? club.playersBook;
      if (dto.max_sessions !== undefined) club.maxSessions = dto.max_sessions;
      if (dto.camera_networks !== undefined) club.cameraNetworks = dto.camera_networks;
      if (dto.highlight_seconds !== undefined) club.highlightSeconds = dto.highlight_seconds;
      if (dto.consent_note !== undefined) club.consentNote = dto.consent_note;
      setCompression(club, dto);
      Object.assign(club, limitsFor(principal, club, dto, this.config.retentionDays));
      await manager.save(club);
      await this.note(manager, 'club.changed', principal, id, caller, { fields: Object.keys(dto) });
      return club;
    });
  }

  /**
   * Deletes a club softly: rows and videos stay, nobody is signed in to it any more.
   * @throws ProblemException `in_use` while a session is open on one of its courts
   */
  async delete(principal: Principal, id: number, caller: Caller): Promise<void> {
    await this.require(principal, id, 'admin');
    if (principal.role !== 'SUPER_ADMIN') throw new ProblemException('forbidden');
    await this.database.transaction(async (manager) => {
      const club = await lockClub(manager, id);
      const courts = await manager.find(Court, { where: { clubId: id }, select: { id: true } });
      const courtIds = courts.map((court) => court.id);
      if (await this.usage.get().hasOpenSession(courtIds)) {
        throw new ProblemException('in_use', 'A session is open on a court of this club: close it first.');
      }
      await manager.softRemove(club);
      await this.states.end(manager, courtIds);
      await this.signIns.revokeClub(id, manager);
      await this.note(manager, 'club.deleted', principal, id, caller);
    });
  }

  private note(
    manager: EntityManager,
    action: 'club.created' | 'club.changed' | 'club.deleted',
    principal: Principal,
    clubId: number,
    caller: Caller,
    details: AuditEntry['details'] = {},
  ): Promise<void> {
    const entry = { action, actorId: principal.userId, clubId, target: `club:${clubId}`, ip: caller.ip, details };
    return this.audit.record(entry, manager);
  }
}

/** Only what is recorded from now on is compressed: a club that switches it on does not give away what it has. */
function setCompression(club: Club, dto: UpdateClubDto): void {
  if (dto.compression !== undefined) {
    if (dto.compression === 'off') club.compressionSince = null;
    else if (club.compression === 'off') club.compressionSince = new Date();
    club.compression = dto.compression;
  }
  if (dto.compression_crf !== undefined) club.compressionCrf = dto.compression_crf;
  club.compressionAfterMinutes = dto.compression_after_minutes ?? club.compressionAfterMinutes;
}

/** Keeps sessions from being opened in the club (their foreign key waits) until the transaction is done. */
async function lockClub(manager: EntityManager, id: number): Promise<Club> {
  const club = await manager.findOne(Club, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!club) throw new ProblemException('not_found');
  return club;
}
