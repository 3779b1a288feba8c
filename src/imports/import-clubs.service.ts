import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AuditService } from '../auth/audit.service';
import { AppConfig } from '../config/app-config';
import { ImportCommand } from './import-command';
import { ImportStopped, Refusal } from './refusal';
import { shown } from './source-folder';

/** A club of ours that videos are adopted into. */
export interface ReceivingClub {
  /** `null`: it would be made, were this no dry run. */
  readonly id: number | null;
  readonly name: string;
  readonly timeZone: string;
  /** At which age its videos are deleted, in days; `null`: never. */
  readonly retentionDays: number | null;
  readonly quotaBytes: number | null;
  /** Whose the videos become. */
  readonly ownerId: number;
}

interface ClubRow {
  readonly id: number;
  readonly name: string;
  readonly time_zone: string;
  readonly retention_days: number | null;
  readonly quota_bytes: string | null;
}

const IMPORTED_COURT = 'Imported';
const MAX_NAME = 120;
const CLUB = 'SELECT id, name, time_zone, retention_days, quota_bytes FROM clubs WHERE deleted_at IS NULL';

/** Which club of ours a folder of the first system is, whose its videos become, and on which court they are said to be played. */
@Injectable()
export class ImportClubs {
  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditService,
    private readonly config: AppConfig,
  ) {}

  /**
   * What the command says of clubs, courts and the owner exists.
   * @throws ImportStopped
   */
  async check({ clubs, courts, owner }: ImportCommand): Promise<void> {
    const known = await this.database.query<{ id: number }[]>(`${CLUB} AND id = ANY($1::integer[])`, [
      [...clubs.values()],
    ]);
    const missing = [...clubs].filter(([, id]) => !known.some((club) => club.id === id));
    for (const [folder, id] of missing)
      throw new ImportStopped(`--map ${shown(folder)}=${id}: there is no club ${id}.`);
    const places = await this.database.query<{ id: number; club_id: number }[]>(
      'SELECT id, club_id FROM courts WHERE id = ANY($1::integer[])',
      [[...courts]],
    );
    for (const id of courts)
      if (!places.some((court) => court.id === id)) throw new ImportStopped(`There is no court ${id}.`);
    if (new Set(places.map((court) => court.club_id)).size < places.length) {
      throw new ImportStopped('--court names two courts of one club.');
    }
    if (owner !== null && (await this.personId(owner)) === null) {
      throw new ImportStopped(`Nobody with an account has the address ${shown(owner)}.`);
    }
  }

  /** @throws Refusal `unknown_club`, `no_owner`, `owner_not_member` */
  async of(folder: string, command: ImportCommand): Promise<ReceivingClub> {
    const { createClubs, dryRun, owner } = command;
    const known = await this.find(folder, command);
    if (known) return this.describe(known, owner);
    const name = newName(folder);
    if (!createClubs || name === null) throw new Refusal('unknown_club', await this.lineToType(folder));
    if (dryRun) {
      const ownerId = await this.ownerOf(null, owner);
      const limits = { retentionDays: this.config.retentionDays, quotaBytes: null };
      return { id: null, name, timeZone: 'UTC', ...limits, ownerId };
    }
    return this.describe(await this.create(name), owner);
  }

  /** The court of a club's adopted videos, made where there is none. */
  async court(clubId: number, courts: readonly number[], manager: EntityManager): Promise<number> {
    const [named] = await manager.query<{ id: number }[]>(
      'SELECT id FROM courts WHERE club_id = $1 AND id = ANY($2::integer[])',
      [clubId, [...courts]],
    );
    if (named) return named.id;
    // Deleted from the start: a court that is there no more keeps its name on its videos, and asks for no camera.
    const [kept] = await manager.query<{ id: number }[]>(
      `SELECT c.id FROM courts c WHERE c.club_id = $1 AND c.name = $2 AND c.deleted_at IS NOT NULL
          AND NOT EXISTS (SELECT FROM cameras a WHERE a.court_id = c.id) ORDER BY c.id LIMIT 1`,
      [clubId, IMPORTED_COURT],
    );
    if (kept) return kept.id;
    const [made] = await manager.query<{ id: number }[]>(
      'INSERT INTO courts (club_id, name, deleted_at) VALUES ($1, $2, now()) RETURNING id',
      [clubId, IMPORTED_COURT],
    );
    const id = (made as { id: number }).id;
    const details = { imported: true };
    await this.audit.record(
      { action: 'court.created', actorId: null, clubId, target: `court:${id}`, details },
      manager,
    );
    return id;
  }

  private async find(folder: string, { clubs, createClubs }: ImportCommand): Promise<ClubRow | undefined> {
    const id = clubs.get(folder);
    if (id !== undefined) return (await this.database.query<ClubRow[]>(`${CLUB} AND id = $1`, [id]))[0];
    // The ids of two systems have nothing to do with each other: a number is a club's only where somebody says so.
    const name = createClubs ? newName(folder) : isNumber(folder) ? null : folder;
    const named = await this.database.query<ClubRow[]>(`${CLUB} AND lower(name) = lower($1) LIMIT 2`, [name]);
    return named.length === 1 ? named[0] : undefined;
  }

  private async describe(row: ClubRow, owner: string | null): Promise<ReceivingClub> {
    return {
      id: row.id,
      name: row.name,
      timeZone: row.time_zone,
      retentionDays: row.retention_days ?? this.config.retentionDays,
      quotaBytes: row.quota_bytes === null ? null : Number(row.quota_bytes),
      ownerId: await this.ownerOf(row.id, owner),
    };
  }

  private async create(name: string): Promise<ClubRow> {
    return this.database.transaction(async (manager) => {
      const [row] = await manager.query<ClubRow[]>(
        `INSERT INTO clubs (name, time_zone) VALUES ($1, 'UTC')
         RETURNING id, name, time_zone, retention_days, quota_bytes`,
        [name],
      );
      const { id } = row as ClubRow;
      const details = { imported: true };
      const entry = { action: 'club.created', actorId: null, clubId: id, target: `club:${id}`, details } as const;
      await this.audit.record(entry, manager);
      return row as ClubRow;
    });
  }

  /** Who was named, else the club's first admin, else the first SUPER_ADMIN where the club has nobody yet. */
  private async ownerOf(clubId: number | null, owner: string | null): Promise<number> {
    const named = owner === null ? null : await this.personId(owner);
    const [row] = await this.database.query<{ id: number }[]>(
      `SELECT u.id FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.club_id = $1 AND m.disabled_at IS NULL
        WHERE u.deleted_at IS NULL AND u.disabled_at IS NULL
          AND CASE WHEN $2::integer IS NOT NULL THEN u.id = $2 AND (m.club_id IS NOT NULL OR u.is_super_admin)
                   ELSE m.role = 'CLUB_ADMIN'
                        OR (u.is_super_admin AND NOT EXISTS (SELECT FROM memberships o WHERE o.club_id = $1)) END
        ORDER BY m.created_at, u.id LIMIT 1`,
      [clubId, named],
    );
    if (row) return row.id;
    throw new Refusal(owner === null ? 'no_owner' : 'owner_not_member');
  }

  private async personId(email: string): Promise<number | null> {
    const [row] = await this.database.query<{ id: number }[]>(
      'SELECT id FROM users WHERE email = lower($1) AND deleted_at IS NULL',
      [email.trim()],
    );
    return row?.id ?? null;
  }

  private async lineToType(folder: string): Promise<string> {
    const clubs = await this.database.query<ClubRow[]>(`${CLUB} ORDER BY id LIMIT 20`);
    const known = clubs.map(({ id, name }) => `${id} ${shown(name)}`).join(', ');
    const mapped = `--map ${shown(folder)}=<id>`;
    return clubs.length === 0 ? 'add --create-clubs' : `add ${mapped} (clubs: ${known}), or --create-clubs`;
  }
}

function isNumber(folder: string): boolean {
  return /^\d+$/.test(folder);
}

/** How a club is called that is made of a folder; `null`: not by this name. */
function newName(folder: string): string | null {
  const name = (isNumber(folder) ? `Club ${folder}` : folder).trim();
  return name.length > 0 && name.length <= MAX_NAME && !/[\p{Cc}\p{Cs}]/u.test(name) ? name : null;
}
