import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Principal } from '../../auth/principal';
import { PrincipalsService } from '../../auth/principals.service';
import { newToken, tokenHash } from '../../auth/token-text';

/** A page opens its WebSocket as soon as it has its ticket. */
const TICKET_SECONDS = 30;
const PRUNE_MS = 60_000;

export interface IssuedTicket {
  /** 32 random bytes in base64url: this is the only time it is known. */
  readonly ticket: string;
  readonly expiresAt: Date;
}

interface TicketRow {
  readonly sign_in_id: string;
  readonly user_id: number;
  readonly club_id: number | null;
  readonly good: boolean;
}

/**
 * Tickets for WebSockets, to which browsers add no header: good once and for half a minute, hashed at rest, worth no more
 * than the sign-in they were made in.
 */
@Injectable()
export class LiveTickets {
  private readonly logger = new Logger(LiveTickets.name);

  constructor(
    private readonly database: DataSource,
    private readonly principals: PrincipalsService,
  ) {}

  async issue({ userId, familyId, clubId }: Principal): Promise<IssuedTicket> {
    const ticket = newToken();
    const [row] = await this.database.query<{ expires_at: Date }[]>(
      `INSERT INTO live_tickets (token_hash, sign_in_id, user_id, club_id, expires_at)
       VALUES ($1, $2, $3, $4, now() + make_interval(secs => ${TICKET_SECONDS})) RETURNING expires_at`,
      [tokenHash(ticket), familyId, userId, clubId],
    );
    return { ticket, expiresAt: (row as { expires_at: Date }).expires_at };
  }

  /**
   * Takes a ticket: of those who bring the same one at once, one has it.
   * @returns who asked for it, as they are now; `null` for one that is unknown, used, too old, or whose sign-in has ended
   */
  async redeem(ticket: string): Promise<Principal | null> {
    const [[row]] = await this.database.query<[TicketRow[], number]>(
      'DELETE FROM live_tickets WHERE token_hash = $1 RETURNING sign_in_id, user_id, club_id, expires_at > now() AS good',
      [tokenHash(ticket)],
    );
    if (!row?.good) return null;
    return this.principals.byAccess({ userId: row.user_id, familyId: row.sign_in_id, clubId: row.club_id });
  }

  /** Forgets tickets nobody came with. */
  @Interval(PRUNE_MS)
  async prune(): Promise<void> {
    await this.database.query('DELETE FROM live_tickets WHERE expires_at < now()').catch((error: unknown) => {
      // While the database is away they are no good anyway; the next time finds them.
      this.logger.warn({ err: error }, 'Old tickets could not be removed.');
    });
  }
}
