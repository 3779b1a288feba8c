import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AuditEntry, AuditService, authorOf } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { ClubsService } from '../clubs/clubs.service';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { SecretBox } from '../common/secret-box';
import { ClubStore, ClubStores } from './club-stores.service';
import { DeliveryOrigins } from './delivery-origins.service';
import { SetStorageDto, StorageAnswer, StorageTestAnswer, StorageView } from './dto/storage.dto';
import { ObjectFault, ObjectStore } from './object-store';
import { mustHash, sumsOf } from './object-sums';
import { StorageUpkeep } from './storage-upkeep.service';
import { StoragePlaces } from './storage-places';
import { faultOf } from './store-http';
import { ownerOfStorage, StorageRow } from './store-place';

const TEST_BYTES = 1_024;
const TEST_MS = 30_000;
/** Something of the club is at the storage, or may be. */
const THERE = `(state IN ('uploading', 'remote', 'deleting') OR uploaded_at IS NOT NULL) AND state <> 'deleted'`;

/** An upload in parts of which the storage has some. */
interface LeftUpload {
  readonly object_key: string;
  readonly upload_id: string;
}

/** Where else a club keeps its videos: its admins' affair, as what it is told by webhooks. */
@Injectable()
export class ClubStorageService {
  private readonly logger = new Logger(ClubStorageService.name);

  constructor(
    private readonly database: DataSource,
    private readonly clubs: ClubsService,
    private readonly places: StoragePlaces,
    private readonly stores: ClubStores,
    private readonly delivery: DeliveryOrigins,
    private readonly upkeep: StorageUpkeep,
    private readonly box: SecretBox,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemException `not_found`, `forbidden` */
  async get(principal: Principal, clubId: number): Promise<Omit<StorageAnswer, 'success'>> {
    await this.clubs.require(principal, clubId, 'admin');
    const row = await this.stores.row(clubId);
    const [counts] = await this.database.query<StorageAnswer['counts'][]>(
      `SELECT count(*) FILTER (WHERE state IN ('waiting', 'uploading'))::integer AS waiting,
              count(*) FILTER (WHERE state = 'remote')::integer AS stored,
              count(*) FILTER (WHERE state = 'remote' AND local <> 'here')::integer AS only_stored,
              count(*) FILTER (WHERE state = 'failed')::integer AS failed
         FROM video_objects WHERE club_id = $1`,
      [clubId],
    );
    return { storage: row && viewOf(row), counts: counts as StorageAnswer['counts'] };
  }

  /** @throws ProblemException `not_found`, `forbidden`, `validation_failed`, `url_forbidden`, `storage_in_use` */
  async set(principal: Principal, clubId: number, dto: SetStorageDto, caller: Caller): Promise<void> {
    const { cameraNetworks } = await this.clubs.require(principal, clubId, 'admin');
    const place = this.places.placeOf(dto, cameraNetworks);
    const before = await this.before(clubId);
    const left = await this.database.transaction(async (manager) => {
      await manager.query('SELECT FROM clubs WHERE id = $1 FOR NO KEY UPDATE', [clubId]);
      const known = await this.hold(manager, clubId);
      const moved = known !== null && !this.places.isSame(known, dto.kind, place);
      const uploads = moved ? await this.mustBeEmpty(manager, clubId) : [];
      const kept = known !== null && !moved ? this.places.open(known) : null;
      const keys = JSON.stringify(this.places.keysOf(dto, kept));
      await manager.query(
        `INSERT INTO club_storage (club_id, kind, enabled, place, keys_sealed, key_id, deliver, keep_local_days, upload_mbit)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (club_id) DO UPDATE
           SET kind = $2, enabled = $3, place = $4, keys_sealed = $5, key_id = $6, deliver = $7, keep_local_days = $8,
               upload_mbit = $9, changed_at = now()`,
        [
          ...[clubId, dto.kind, dto.enabled ?? true, JSON.stringify(place)],
          ...[this.box.seal(keys, ownerOfStorage(clubId)), this.box.keyId],
          ...[dto.deliver ?? 'proxy', dto.keep_local_days ?? null, dto.upload_mbit ?? null],
        ],
      );
      const details = { kind: dto.kind, host: hostOf(place), enabled: dto.enabled ?? true };
      await this.note('set', principal, clubId, caller, manager, details);
      return uploads;
    });
    await this.delivery.refresh();
    // Neither is waited for: what there is to upload need not wait for the clock.
    void this.abort(left, before);
    void this.upkeep.look();
  }

  /**
   * @param forget what is there stays there, where every video has its file here too
   * @throws ProblemException `not_found`, `forbidden`, `storage_in_use`
   */
  async remove(principal: Principal, clubId: number, forget: boolean, caller: Caller): Promise<void> {
    await this.clubs.require(principal, clubId, 'admin');
    const before = await this.before(clubId);
    const left = await this.database.transaction(async (manager) => {
      const known = await this.hold(manager, clubId);
      if (!known) throw new ProblemException('not_found');
      const uploads = await this.mustBeEmpty(manager, clubId, forget);
      await manager.query('DELETE FROM club_storage WHERE club_id = $1', [clubId]);
      const details = { kind: known.kind, host: hostOf(known.place), forget };
      await this.note('removed', principal, clubId, caller, manager, details);
      return uploads;
    });
    // Not waited for.
    void this.abort(left, before);
  }

  /** Writes, reads and deletes a small file. @throws ProblemException `not_found`, `forbidden` */
  async test(principal: Principal, clubId: number, caller: Caller): Promise<Omit<StorageTestAnswer, 'success'>> {
    await this.clubs.require(principal, clubId, 'admin');
    if (!(await this.stores.row(clubId))) throw new ProblemException('not_found');
    await this.note('tested', principal, clubId, caller, this.database.manager);
    const began = this.clock.monotonic();
    const signal = AbortSignal.timeout(TEST_MS);
    let fault: ObjectFault | null = null;
    try {
      const club = await this.stores.of(clubId);
      if (!club) throw new ProblemException('not_found');
      await this.tryOut(club.store, `${club.prefix}padelvar-test/${randomUUID()}.txt`, signal);
    } catch (error) {
      // Also of a connection that is cut while the file is read back.
      const known = faultOf(error);
      if (known instanceof ObjectFault) fault = known;
      else if (signal.aborted) fault = new ObjectFault('storage_unreachable', undefined, { cause: error });
      else throw error;
    }
    const duration_ms = Math.round(this.clock.monotonic() - began);
    return { ok: fault === null, fault: fault?.code ?? null, detail: fault?.message ?? null, duration_ms };
  }

  private async tryOut(store: ObjectStore, key: string, signal: AbortSignal): Promise<void> {
    const bytes = randomBytes(TEST_BYTES);
    const whole = { bytes: TEST_BYTES, sha256: (await sumsOf(bytes)).sha256, parts: [] };
    await store.put(key, whole, () => bytes, signal);
    await store.verify(key, whole, signal);
    await mustHash(await store.read(key, { from: 0, to: TEST_BYTES }, signal), whole);
    await store.delete(key, signal);
  }

  private async hold(manager: EntityManager, clubId: number): Promise<StorageRow | null> {
    const [row] = await manager.query<StorageRow[]>('SELECT * FROM club_storage WHERE club_id = $1 FOR UPDATE', [
      clubId,
    ]);
    return row ?? null;
  }

  /**
   * What was never there is forgotten, and asked for anew at the new place.
   * @returns uploads that were begun there and that nobody goes on with
   * @throws ProblemException `storage_in_use`
   */
  private async mustBeEmpty(manager: EntityManager, clubId: number, forget = false): Promise<LeftUpload[]> {
    // Against a file that is just leaving: from here on it stays, or its row says that the copy is the one that counts.
    await manager.query('SELECT FROM video_objects WHERE club_id = $1 ORDER BY session_id FOR UPDATE', [clubId]);
    const [there] = await manager.query<{ some: boolean }[]>(
      `SELECT EXISTS (SELECT FROM video_objects WHERE club_id = $1 AND ${THERE}
                         AND (NOT $2 OR local <> 'here' OR state = 'uploading')) AS some`,
      [clubId, forget],
    );
    if (there?.some) throw new ProblemException('storage_in_use');
    const [rows] = await manager.query<[{ object_key: string; upload_id: string | null }[], number]>(
      `DELETE FROM video_objects WHERE club_id = $1 AND state <> 'deleted' RETURNING object_key, upload_id`,
      [clubId],
    );
    return rows.flatMap(({ object_key, upload_id }) => (upload_id === null ? [] : [{ object_key, upload_id }]));
  }

  /** Best effort: the place may be given up because it is not there any more. Never throws. */
  private async abort(uploads: readonly LeftUpload[], club: ClubStore | null): Promise<void> {
    const signal = AbortSignal.timeout(TEST_MS);
    try {
      for (const { object_key, upload_id } of uploads) await club?.store.parts?.abort(object_key, upload_id, signal);
    } catch (error) {
      this.logger.warn(
        { err: error, uploads: uploads.length },
        'Parts of uploads are left in a storage that was given up.',
      );
    }
  }

  /** As it is before it is changed. */
  private async before(clubId: number): Promise<ClubStore | null> {
    return this.stores.of(clubId).catch((error: unknown) => {
      if (error instanceof ObjectFault) return null;
      throw error;
    });
  }

  private note(
    deed: 'set' | 'removed' | 'tested',
    principal: Principal,
    clubId: number,
    caller: Caller,
    manager: EntityManager,
    details?: AuditEntry['details'],
  ): Promise<void> {
    const entry = { action: `storage.${deed}`, clubId, target: `club:${clubId}`, details } as const;
    return this.audit.record({ ...entry, ...authorOf(principal, caller) }, manager);
  }
}

function hostOf({ endpoint }: StorageRow['place']): string {
  return new URL(endpoint).hostname;
}

function viewOf(row: StorageRow): StorageView {
  const { kind, enabled, deliver, keep_local_days, upload_mbit } = row;
  const { endpoint, prefix } = row.place;
  const nothing = { region: null, bucket: null, path_style: null, storage_zone: null, pull_zone_url: null };
  const own =
    row.kind === 's3'
      ? { region: row.place.region, bucket: row.place.bucket, path_style: row.place.pathStyle }
      : { storage_zone: row.place.zone, pull_zone_url: row.place.pullZone };
  const changed_at = row.changed_at.toISOString();
  return { kind, enabled, endpoint, prefix, ...nothing, ...own, deliver, keep_local_days, upload_mbit, changed_at };
}
