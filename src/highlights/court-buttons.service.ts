import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AttemptLimiter } from '../auth/attempt-limiter';
import { AuditService } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { networkOf } from '../auth/login-throttle';
import { Principal } from '../auth/principal';
import { requireClub } from '../auth/tenant';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { ACTIVE_STATUSES } from '../recording/recording-state';
import { ButtonKeyAnswer, PressedHighlightView } from './dto/highlights.dto';
import { HighlightsService } from './highlights.service';

const MINUTE = 60_000;
/** Presses of one button a minute, and keys that open nothing from one network a quarter of an hour. */
const PRESSES = 30;
const WRONG_KEYS = 20;
/** 256 bits in base64url. */
const KEY = /^[A-Za-z0-9_-]{43}$/;

/**
 * The key of the physical button at a court, which keeps the last seconds of the match that is recorded there. It is shown once
 * and kept as its hash; it opens nothing else.
 */
@Injectable()
export class CourtButtons {
  private readonly presses: AttemptLimiter;
  private readonly guesses: AttemptLimiter;

  constructor(
    private readonly database: DataSource,
    private readonly highlights: HighlightsService,
    private readonly audit: AuditService,
    clock: Clock,
  ) {
    this.presses = new AttemptLimiter(clock, PRESSES, MINUTE);
    this.guesses = new AttemptLimiter(clock, WRONG_KEYS, 15 * MINUTE);
  }

  /** Makes a court's key; the one before opens nothing any more. @throws ProblemException `not_found`, `forbidden` */
  async rotate(principal: Principal, clubId: number, courtId: number, { ip }: Caller): Promise<ButtonKeyAnswer> {
    await this.require(principal, clubId, courtId);
    const key = randomBytes(32).toString('base64url');
    const createdAt = await this.database.transaction(async (manager) => {
      const [row] = await manager.query<{ created_at: Date }[]>(
        `INSERT INTO court_buttons (court_id, key_hash) VALUES ($1, $2)
         ON CONFLICT (court_id) DO UPDATE SET key_hash = EXCLUDED.key_hash, created_at = now()
         RETURNING created_at`,
        [courtId, hashOf(key)],
      );
      const actorId = principal.userId;
      await this.audit.record(
        { action: 'court.button_key_made', actorId, clubId, target: `court:${courtId}`, ip },
        manager,
      );
      return (row as { created_at: Date }).created_at;
    });
    return { success: true, key, path: `/api/button/${key}`, created_at: createdAt.toISOString() };
  }

  /** Nothing where there is none. @throws ProblemException `not_found`, `forbidden` */
  async remove(principal: Principal, clubId: number, courtId: number, { ip }: Caller): Promise<void> {
    await this.require(principal, clubId, courtId);
    await this.database.transaction(async (manager) => {
      const [, removed]: [unknown, number] = await manager.query('DELETE FROM court_buttons WHERE court_id = $1', [
        courtId,
      ]);
      if (removed === 0) return;
      const actorId = principal.userId;
      await this.audit.record(
        { action: 'court.button_key_removed', actorId, clubId, target: `court:${courtId}`, ip },
        manager,
      );
    });
  }

  /** @throws ProblemException `not_found` (no such key), `too_many_attempts`, `not_recording`, and what a highlight may be refused for */
  async press(key: string, seconds: number | undefined, { ip }: Caller): Promise<PressedHighlightView> {
    const place = networkOf(ip);
    const court = KEY.test(key) ? await this.courtOf(key) : null;
    if (!court) {
      // Of wrong keys alone: all that is on the club's Wi-Fi has one address, and somebody there may try keys.
      refuse(this.guesses.blockedFor(place));
      this.guesses.take(place);
      throw new ProblemException('not_found');
    }
    refuse(this.presses.blockedFor(String(court.id)));
    this.presses.take(String(court.id));
    if (court.sessionId === null) throw new ProblemException('not_recording');
    const asked = seconds === undefined ? {} : { seconds };
    const wish = { sessionId: court.sessionId, clubId: court.clubId, authorId: null, ip, asked, text: null };
    const { id, status, start_seconds, end_seconds } = await this.highlights.ask({ ...wish, cut: 'keyframes' });
    return { id, status, start_seconds, end_seconds };
  }

  private async courtOf(key: string): Promise<{ id: number; clubId: number; sessionId: string | null } | null> {
    const [court] = await this.database.query<{ id: number; clubId: number; sessionId: string | null }[]>(
      `SELECT c.id, c.club_id AS "clubId", r.session_id AS "sessionId"
         FROM court_buttons b JOIN courts c ON c.id = b.court_id JOIN clubs k ON k.id = c.club_id
         LEFT JOIN recordings r ON r.court_id = c.id AND r.camera_position = 0 AND r.status = ANY ($2)
        WHERE b.key_hash = $1 AND c.deleted_at IS NULL AND k.deleted_at IS NULL`,
      [hashOf(key), [...ACTIVE_STATUSES]],
    );
    return court ?? null;
  }

  private async require(principal: Principal, clubId: number, courtId: number): Promise<void> {
    const [court] = await this.database.query<unknown[]>(
      'SELECT 1 FROM courts WHERE id = $1 AND club_id = $2 AND deleted_at IS NULL',
      [courtId, clubId],
    );
    requireClub(principal, court ? clubId : null, 'admin');
  }
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function refuse(blockedMs: number): void {
  if (blockedMs <= 0) return;
  throw new ProblemException('too_many_attempts', undefined, { retryAfterSeconds: Math.ceil(blockedMs / 1000) });
}
