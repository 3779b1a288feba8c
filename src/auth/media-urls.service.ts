import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { MediaPurpose, mediaUrlPath } from './media-url-path';
import { Principal } from './principal';
import { newToken, tokenHash } from './token-text';

/** Of one sign-in so many are good at a time; one more takes the place of the oldest. */
const MAX_OF_ONE_SIGN_IN = 100;
const PRUNE_MS = 300_000;

export interface IssuedMediaUrl {
  readonly id: string;
  /** This is the only time it is known. */
  readonly path: string;
  readonly expiresAt: Date;
}

/**
 * URLs for players that send neither headers nor cookies: random, for one session and one purpose, hashed at rest. One is
 * worth no more than the sign-in it was made in, and ends with it, when it is revoked, or when its time is over.
 */
@Injectable()
export class MediaUrls {
  private readonly logger = new Logger(MediaUrls.name);

  constructor(private readonly database: DataSource) {}

  /** @param minutes it is good for. Whether the principal may see the session is the caller's to ask. */
  async issue(
    { familyId }: Principal,
    sessionId: string,
    purpose: MediaPurpose,
    minutes: number,
  ): Promise<IssuedMediaUrl> {
    const token = newToken();
    const id = randomUUID();
    const [row] = await this.database.query<{ expires_at: Date }[]>(
      `WITH surplus AS (
         DELETE FROM media_urls WHERE id IN (
           SELECT id FROM media_urls WHERE sign_in_id = $2 ORDER BY created_at DESC OFFSET ${MAX_OF_ONE_SIGN_IN - 1})
       )
       INSERT INTO media_urls (id, hash, sign_in_id, session_id, purpose, expires_at)
       VALUES ($1, $3, $2, $4, $5, now() + make_interval(mins => $6)) RETURNING expires_at`,
      [id, familyId, tokenHash(token), sessionId, purpose, minutes],
    );
    const { expires_at: expiresAt } = row as { expires_at: Date };
    return { id, path: mediaUrlPath(sessionId, token, purpose), expiresAt };
  }

  /** Ends a URL of this person's. @returns whether there was one */
  async revoke({ userId }: Principal, id: string): Promise<boolean> {
    const [rows] = await this.database.query<[unknown[], number]>(
      `DELETE FROM media_urls u USING sign_ins s
       WHERE u.id = $1 AND s.id = u.sign_in_id AND s.user_id = $2 RETURNING u.id`,
      [id, userId],
    );
    return rows.length > 0;
  }

  /** Forgets URLs whose time is over. */
  @Interval(PRUNE_MS)
  async prune(): Promise<void> {
    await this.database.query('DELETE FROM media_urls WHERE expires_at < now()').catch((error: unknown) => {
      this.logger.warn({ err: error }, 'Old media URLs could not be removed.');
    });
  }
}
