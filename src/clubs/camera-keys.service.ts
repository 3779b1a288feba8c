import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, EntityManager } from 'typeorm';
import { faultPoint } from '../common/fault-point';
import { SecretBox, SecretBoxError } from '../common/secret-box';
import { KeyFigures, KeySource } from '../health/key-source';
import { MaintenanceAlarm } from '../maintenance/maintenance-alarm';
import { ScheduledTasks } from '../maintenance/scheduled-tasks.service';
import { Counts, TASKS } from '../maintenance/task-table';
import { ownerOfCamera } from './cameras.service';
import { resealTables, SEALED_KEYS } from './sealed-tables';

/** Cameras sealed anew in one transaction: a crash costs no more than so many, done again. */
const BATCH = 100;
/** As people are told of them. */
const SEALED = 'sealed addresses or secrets (cameras, webhooks, calendars)';

interface SealedCamera {
  readonly id: number;
  readonly court_id: number;
  readonly position: number;
  readonly url_sealed: string;
}

/**
 * Seals what clubs gave in confidence (cameras' addresses; webhooks, calendars: `sealed-tables.ts`) anew after `SECRETS_KEY`
 * got a newer key, at the start and then by the clock. Invariant: a row is opened before it is written, and written only as it was read, so that at any moment it opens with one of the
 * keys. What does not open is left as it is. Batches are transactions of their own; two processes at once take different
 * rows.
 */
@Injectable()
export class CameraKeys extends KeySource implements OnApplicationBootstrap {
  private readonly logger = new Logger(CameraKeys.name);

  constructor(
    private readonly database: DataSource,
    private readonly box: SecretBox,
    private readonly tasks: ScheduledTasks,
  ) {
    super();
  }

  /** Not waited for: the service works with every key it has. */
  onApplicationBootstrap(): void {
    void this.tick();
  }

  @Interval(TASKS.camera_keys.everyMs)
  async tick(): Promise<void> {
    await this.tasks.run('camera_keys', () => this.reseal());
  }

  /** How many cameras, webhooks and calendars wait for the newest key, and how many of them are sealed with one that is not there. */
  async figures(): Promise<KeyFigures> {
    const [row] = await this.database.query<{ waiting: number; unreadable: number }[]>(
      `SELECT count(*)::integer AS waiting, (count(*) FILTER (WHERE key_id <> ALL ($2)))::integer AS unreadable
         FROM (${SEALED_KEYS}) AS sealed WHERE key_id <> $1`,
      [this.box.keyId, this.box.keyIds],
    );
    return { waiting: row?.waiting ?? 0, unreadable: row?.unreadable ?? 0 };
  }

  /** @throws MaintenanceAlarm where something cannot be opened with any key */
  async reseal(): Promise<Counts> {
    let resealed = 0;
    let damaged = 0;
    for (let after = 0; ;) {
      const batch = await this.resealBatch(after);
      resealed += batch.resealed;
      damaged += batch.damaged.length;
      if (batch.last === null) break;
      after = batch.last;
      faultPoint('cameras.reseal.committed');
    }
    const others = await resealTables(this.database, this.box);
    damaged += others.damaged.length;
    for (const row of others.damaged) {
      this.logger.error({ row }, 'What is sealed in a row cannot be opened; it is left as it is.');
    }
    const { unreadable } = await this.figures();
    if (resealed + others.resealed > 0) {
      this.logger.log({ resealed, others: others.resealed }, 'What was sealed with an older key has the newest one.');
    }
    const counts: Counts = {
      resealed_cameras: resealed,
      unreadable_cameras: unreadable + damaged,
      ...(others.resealed > 0 && { resealed_others: others.resealed }),
    };
    if (unreadable > 0) throw await this.missingKey(unreadable, counts);
    if (damaged > 0) throw new MaintenanceAlarm(`${damaged} ${SEALED} are damaged: enter them again.`, {}, counts);
    return counts;
  }

  /** @param after id of the last camera of the batch before. @returns `last` `null`: nothing is left */
  private async resealBatch(
    after: number,
  ): Promise<{ resealed: number; damaged: readonly number[]; last: number | null }> {
    const older = this.box.keyIds.slice(1);
    if (older.length === 0) return { resealed: 0, damaged: [], last: null };
    return this.database.transaction(async (manager) => {
      const cameras = await manager.query<SealedCamera[]>(
        `SELECT id, court_id, position, url_sealed FROM cameras WHERE key_id = ANY ($1) AND id > $2
          ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
        [older, after],
      );
      if (cameras.length === 0) return { resealed: 0, damaged: [], last: null };
      const damaged: number[] = [];
      const sealed: [number, string][] = [];
      for (const camera of cameras) {
        const text = this.sealedAnew(camera);
        if (text === null) damaged.push(camera.court_id);
        else sealed.push([camera.id, text]);
      }
      await this.write(manager, sealed);
      faultPoint('cameras.reseal.uncommitted');
      return { resealed: sealed.length, damaged, last: cameras[cameras.length - 1]?.id ?? null };
    });
  }

  private sealedAnew({ court_id: courtId, position, url_sealed: sealed }: SealedCamera): string | null {
    const owner = ownerOfCamera(courtId, position);
    try {
      return this.box.seal(this.box.open(sealed, owner), owner);
    } catch (error) {
      if (!(error instanceof SecretBoxError)) throw error;
      this.logger.error(
        { err: error, courtId, position },
        'The address of a camera cannot be opened; it is left as it is.',
      );
      return null;
    }
  }

  private async write(manager: EntityManager, sealed: readonly [number, string][]): Promise<void> {
    await manager.query(
      `UPDATE cameras c SET url_sealed = new.url_sealed, key_id = $3
         FROM unnest($1::integer[], $2::text[]) AS new (id, url_sealed) WHERE c.id = new.id`,
      [sealed.map(([id]) => id), sealed.map(([, text]) => text), this.box.keyId],
    );
  }

  /** A key was taken away too early. The addresses are still there: they open again once it is back. */
  private async missingKey(count: number, counts: Counts): Promise<MaintenanceAlarm> {
    const rows = await this.database.query<{ key_id: string }[]>(
      `SELECT DISTINCT key_id FROM (${SEALED_KEYS}) AS sealed WHERE key_id <> ALL ($1) ORDER BY key_id LIMIT 20`,
      [this.box.keyIds],
    );
    const message =
      `${count} ${SEALED} have a key that SECRETS_KEY no longer has: put it back behind the newest one. ` +
      'Nothing is lost; until then nothing can be reached with them.';
    return new MaintenanceAlarm(message, { keyIds: rows.map((row) => row.key_id) }, counts);
  }
}
