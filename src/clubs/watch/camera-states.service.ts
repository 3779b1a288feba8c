import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { WebhookOutbox } from '../../webhooks/webhook-outbox.service';
import { CameraState, outageChange } from './camera-state';

/** Looks at one camera are never exactly so far apart, so that those of many courts do not stay together. */
const SPREAD = 0.1;

/** A session's row ends before its connection to the camera does; the last of a recording may take so long. */
const JUST_CLOSED = `interval '60 seconds'`;

/** Columns of `camera_states` that are a {@link CameraState}. */
export interface CameraStateRow {
  readonly online: boolean | null;
  readonly since: Date;
  readonly last_seen_at: Date | null;
  readonly code: string | null;
  readonly failed_looks: number;
  readonly failing_since: Date | null;
}

/** What is known of a court's camera, and since when it is that camera (epoch milliseconds; `null`: always). */
export interface KnownCamera {
  readonly state: CameraState;
  readonly cameraSince: number | null;
}

/** A step of a camera's state. `null`: another step was made meanwhile, or the court is gone. */
export interface CameraStep {
  readonly before: CameraState;
  readonly after: CameraState;
}

/** How many cameras are watched, and how many of them are offline. */
export interface CameraFigures {
  readonly watched: number;
  readonly offline: number;
}

const COLUMNS = 'online, since, last_seen_at, code, failed_looks, failing_since';
/** Courts that are watched: neither they nor their club are deleted, and they have a camera. It is the main one that is watched. */
const WATCHED = `courts c JOIN clubs o ON o.id = c.club_id AND o.deleted_at IS NULL JOIN cameras a ON a.court_id = c.id AND a.position = 0
  WHERE c.deleted_at IS NULL`;

/**
 * The rows of what is known of cameras, `camera_states`, and of their outages, `camera_outages`. Of any number of service
 * processes one makes a look: it claims the court's row, for so long as a look may take. A state and its outage are written
 * in one transaction, which locks the court, then its state: in the order of whoever changes the court.
 */
@Injectable()
export class CameraStates {
  constructor(
    private readonly database: DataSource,
    private readonly outbox: WebhookOutbox,
  ) {}

  /** Enters courts that nobody has looked at yet. */
  async enterNew(): Promise<void> {
    await this.database.query(
      `INSERT INTO camera_states (court_id, since, next_look_at)
       SELECT c.id, now(), now() FROM ${WATCHED} AND NOT EXISTS (SELECT FROM camera_states t WHERE t.court_id = c.id)
       ON CONFLICT DO NOTHING`,
    );
  }

  /** Spreads looks that are due, or that another setting put far off, over the time between two of them. */
  async spread(everySeconds: number): Promise<void> {
    await this.database.query(
      `UPDATE camera_states SET next_look_at = now() + random() * $1 * interval '1 second'
        WHERE next_look_at NOT BETWEEN now() AND now() + 2 * $1 * interval '1 second'`,
      [everySeconds],
    );
  }

  /**
   * Takes the court whose look is due longest, of those without a session that is open or was until just now.
   * @param lookId names the look, for {@link settle}
   * @param leaseSeconds how long this process stands for it
   * @returns the court; `null`: none is due
   */
  async claim(lookId: string, everySeconds: number, leaseSeconds: number): Promise<number | null> {
    const [rows] = await this.database.query<[{ court_id: number }[], number]>(
      `UPDATE camera_states s
          SET look_id = $1, look_until = now() + $3 * interval '1 second',
              next_look_at = now() + (1 + random() * ${SPREAD}) * $2 * interval '1 second'
         FROM (SELECT t.court_id FROM camera_states t
                WHERE t.next_look_at <= now() AND (t.look_until IS NULL OR t.look_until <= now())
                  AND EXISTS (SELECT FROM ${WATCHED} AND c.id = t.court_id)
                  AND NOT EXISTS (SELECT FROM camera_sessions e WHERE e.court_id = t.court_id
                                     AND e.status IN ('connecting', 'live', 'reconnecting'))
                  AND NOT EXISTS (SELECT FROM camera_sessions e WHERE e.court_id = t.court_id
                                     AND e.status = 'closed' AND e.closed_at > now() - ${JUST_CLOSED})
                ORDER BY t.next_look_at LIMIT 1 FOR UPDATE SKIP LOCKED) due
        WHERE s.court_id = due.court_id
    RETURNING s.court_id`,
      [lookId, everySeconds, leaseSeconds],
    );
    return rows[0]?.court_id ?? null;
  }

  /** A look is over, whatever came of it. */
  async release(lookId: string): Promise<void> {
    await this.database.query('UPDATE camera_states SET look_id = NULL, look_until = NULL WHERE look_id = $1', [
      lookId,
    ]);
  }

  /** Whether some process looks at the court's camera just now, in another look than this one. */
  async isLookedAt(courtId: number, lookId: string | null): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      `SELECT FROM camera_states WHERE court_id = $1 AND look_until > now() AND look_id IS DISTINCT FROM $2::uuid`,
      [courtId, lookId],
    );
    return rows.length > 0;
  }

  /** What is known of these courts' cameras; courts that are not watched are not in the map. */
  async of(courtIds: readonly number[]): Promise<Map<number, KnownCamera>> {
    if (courtIds.length === 0) return new Map();
    const rows = await this.database.query<(CameraStateRow & { court_id: number; camera_since: Date | null })[]>(
      `SELECT court_id, camera_since, ${COLUMNS} FROM camera_states WHERE court_id = ANY ($1)`,
      [courtIds],
    );
    return new Map(
      rows.map((row) => [row.court_id, { state: stateOf(row), cameraSince: row.camera_since?.getTime() ?? null }]),
    );
  }

  /**
   * Makes a step of a court's camera, and begins or ends its outage with it.
   * @param next the state after it; `now` is the database's clock, epoch milliseconds
   * @param lookId only where this look still holds the court: it has the camera it had when the look began
   */
  async step(
    courtId: number,
    next: (state: CameraState, now: number) => CameraState,
    lookId: string | null = null,
  ): Promise<CameraStep | null> {
    return this.database.transaction(async (manager) => {
      const [court] = await manager.query<{ club_id: number }[]>(
        `SELECT c.club_id FROM courts c JOIN clubs o ON o.id = c.club_id
          WHERE c.id = $1 AND c.deleted_at IS NULL AND o.deleted_at IS NULL FOR KEY SHARE`,
        [courtId],
      );
      if (!court) return null;
      const [row] = await manager.query<CameraStateRow[]>(
        `SELECT ${COLUMNS} FROM camera_states WHERE court_id = $1 AND ($2::uuid IS NULL OR look_id = $2) FOR UPDATE`,
        [courtId, lookId],
      );
      if (!row) return null;
      const [clock] = await manager.query<{ now: Date }[]>('SELECT clock_timestamp() AS now');
      const before = stateOf(row);
      const after = next(before, (clock as { now: Date }).now.getTime());
      await this.write(manager, courtId, after);
      const change = outageChange(before, after);
      if (change === 'begins') await this.beginOutage(manager, courtId, court.club_id, after);
      if (change === 'ends') await this.endOutages(manager, [courtId], new Date(after.since));
      if (change !== null) {
        const data = { terrain_id: courtId, since: new Date(after.since).toISOString(), code: after.code };
        await this.outbox.tell(manager, court.club_id, change === 'begins' ? 'camera.offline' : 'camera.online', data);
      }
      return { before, after };
    });
  }

  /** The court has another camera: nothing is known of it, and a look that is under way says nothing of it. */
  async beginAnew(manager: EntityManager, courtId: number): Promise<void> {
    await this.endOutages(manager, [courtId]);
    await manager.query(
      `UPDATE camera_states
          SET online = NULL, since = clock_timestamp(), last_seen_at = NULL, code = NULL, failed_looks = 0,
              failing_since = NULL, camera_since = clock_timestamp(), next_look_at = now(),
              look_id = NULL, look_until = NULL
        WHERE court_id = $1`,
      [courtId],
    );
  }

  /** These courts are no longer watched; their outages end. */
  async end(manager: EntityManager, courtIds: readonly number[]): Promise<void> {
    await this.endOutages(manager, courtIds);
    await manager.query('DELETE FROM camera_states WHERE court_id = ANY ($1)', [courtIds]);
  }

  /** Nobody watches any more: what nobody looks after is not known, and no outage goes on for ever. */
  async endAll(): Promise<void> {
    await this.database.query(
      `WITH watched AS (DELETE FROM camera_states RETURNING court_id)
       UPDATE camera_outages SET ended_at = greatest(began_at, now()) WHERE ended_at IS NULL`,
    );
  }

  async figures(): Promise<CameraFigures> {
    const [row] = await this.database.query<CameraFigures[]>(
      `SELECT count(*)::integer AS watched, (count(*) FILTER (WHERE t.online = false))::integer AS offline
         FROM camera_states t JOIN courts c ON c.id = t.court_id AND c.deleted_at IS NULL`,
    );
    return row ?? { watched: 0, offline: 0 };
  }

  /** Deletes outages that ended before then. @returns how many */
  async forgetOutages(before: Date): Promise<number> {
    const [, deleted] = await this.database.query<[unknown, number]>('DELETE FROM camera_outages WHERE ended_at < $1', [
      before,
    ]);
    return deleted;
  }

  private async write(manager: EntityManager, courtId: number, state: CameraState): Promise<void> {
    const { online, since, lastSeenAt, code, failedLooks, failingSince } = state;
    await manager.query(
      `UPDATE camera_states SET online = $2, since = $3, last_seen_at = $4, code = $5, failed_looks = $6,
              failing_since = $7 WHERE court_id = $1`,
      [courtId, online, new Date(since), dateOf(lastSeenAt), code, failedLooks, dateOf(failingSince)],
    );
  }

  private async beginOutage(
    manager: EntityManager,
    courtId: number,
    clubId: number,
    { since, code }: CameraState,
  ): Promise<void> {
    await manager.query(
      `INSERT INTO camera_outages (court_id, club_id, began_at, code) VALUES ($1, $2, $3, $4)
       ON CONFLICT (court_id) WHERE ended_at IS NULL DO NOTHING`,
      [courtId, clubId, new Date(since), code],
    );
  }

  /** @param at `null`: now */
  private async endOutages(manager: EntityManager, courtIds: readonly number[], at: Date | null = null): Promise<void> {
    await manager.query(
      `UPDATE camera_outages SET ended_at = greatest(began_at, coalesce($2, clock_timestamp()))
        WHERE court_id = ANY ($1) AND ended_at IS NULL`,
      [courtIds, at],
    );
  }
}

export function stateOf(row: CameraStateRow): CameraState {
  return {
    online: row.online,
    since: row.since.getTime(),
    lastSeenAt: row.last_seen_at?.getTime() ?? null,
    code: row.code,
    failedLooks: row.failed_looks,
    failingSince: row.failing_since?.getTime() ?? null,
  };
}

function dateOf(epochMs: number | null): Date | null {
  return epochMs === null ? null : new Date(epochMs);
}
