import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, EntityManager } from 'typeorm';
import { AuditService, authorOf } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { PasswordHasher } from '../auth/password-hasher';
import { Principal } from '../auth/principal';
import { isAdminOf } from '../auth/tenant';
import { newToken, tokenHash } from '../auth/token-text';
import { cutPage, decodeCursor, DEFAULT_PAGE } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { deleteInSteps } from '../database/delete-in-steps';
import { SessionsService } from '../sessions/sessions.service';
import { CreateShareDto, DEFAULT_SHARE_HOURS, ShareListQuery, ShareView } from './dto/shares.dto';
import { BrandedFilms } from './branded-films.service';
import { Branding, SHARE_STATE, SHARE_TABLES, ShareState } from './share-state';

/** Links of a match that are good at a time; everybody of the match and a few for the club's wall. */
export const MOST_SHARES = 50;
/** Those that ended are counted as well: nobody fills the table by making and revoking. */
export const MOST_SHARES_EVER = 500;
/** Of these with a film of their own: each is as large as the match. */
const MOST_FILMS = 3;
const FILM_LIMIT = `At most ${MOST_FILMS} links of a match have the club's logo in the film. Take one back first.`;
/** How long what ended is still in the list. */
const KEPT_DAYS = 90;
const PRUNE_MS = 3_600_000;

interface ShareRow {
  readonly id: number;
  readonly session_id: string;
  readonly highlight_id: string | null;
  readonly author_id: number;
  readonly author_name: string;
  readonly state: ShareState;
  readonly passphrase: boolean;
  readonly allow_download: boolean;
  readonly branding: Branding | null;
  readonly branding_progress: number | null;
  readonly views: number;
  readonly downloads: number;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
}

const VIEW = `
  SELECT h.id, h.session_id, h.highlight_id, h.author_id, u.name AS author_name, ${SHARE_STATE} AS state,
         h.passphrase_hash IS NOT NULL AS passphrase, h.allow_download, h.branding, h.branding_progress,
         h.views, h.downloads, h.created_at, h.expires_at, h.revoked_at
    FROM ${SHARE_TABLES}`;

/**
 * Links that show a match to whoever has them. Everybody who sees the match makes them; its owner, the admins and whoever made
 * one take it back. What one is worth is asked on each request ({@link SHARE_STATE}).
 */
@Injectable()
export class SharesService {
  private readonly logger = new Logger(SharesService.name);

  constructor(
    private readonly database: DataSource,
    private readonly sessions: SessionsService,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditService,
    private readonly films: BrandedFilms,
  ) {}

  /**
   * @returns with the word for the link, which is known this once
   * @throws ProblemException `not_found`, `validation_failed`, `highlight_not_ready`, `sharing_disabled`, `share_limit`, `logo_missing`, `overloaded`
   */
  async create(
    principal: Principal,
    dto: CreateShareDto,
    caller: Caller,
  ): Promise<{ share: ShareView; token: string }> {
    const { expires_in_hours: hours = DEFAULT_SHARE_HOURS, passphrase } = dto;
    const { sessionId, highlightId } = await this.thingOf(dto);
    const { clubId } = await this.sessions.require(principal, sessionId, 'act');
    const { branded = false, allow_download: allowDownload = true } = dto;
    const passphraseHash = passphrase === undefined ? null : await this.hasher.hash(passphrase);
    const token = newToken();
    const id = await this.database.transaction(async (manager) => {
      await this.requireThere(manager, sessionId, highlightId);
      await this.requireRoom(manager, sessionId, clubId, branded);
      const [row] = await manager.query<{ id: number }[]>(
        `INSERT INTO shares (hash, session_id, highlight_id, club_id, author_id, passphrase_hash, allow_download, branding, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(hours => $9)) RETURNING id`,
        [
          tokenHash(token),
          sessionId,
          highlightId,
          clubId,
          principal.userId,
          passphraseHash,
          allowDownload,
          branded ? 'waiting' : null,
          hours,
        ],
      );
      const { id: made } = row as { id: number };
      const limits = { passphrase: passphrase !== undefined, allow_download: allowDownload, branded };
      const details = { share_id: made, hours, ...limits };
      const { actorId, ip } = authorOf(principal, caller);
      await this.audit.record({ action: 'share.created', actorId, ip, clubId, target: sessionId, details }, manager);
      if (branded) await this.films.enqueue({ clubId, shareId: made }, manager);
      return made;
    });
    return { share: await this.view(id), token };
  }

  /** Newest first. @throws ProblemException `not_found` */
  async list(
    principal: Principal,
    { session_id: sessionId, limit = DEFAULT_PAGE, cursor }: ShareListQuery,
  ): Promise<{ shares: ShareView[]; nextCursor: string | null }> {
    await this.sessions.require(principal, sessionId, 'see');
    const [before = null] = cursor === undefined ? [] : decodeCursor(cursor, ['number']);
    const rows = await this.database.query<ShareRow[]>(
      `${VIEW} WHERE h.session_id = $1 AND ($2::double precision IS NULL OR h.id < $2::double precision)
        ORDER BY h.id DESC LIMIT $3`,
      [sessionId, before, limit + 1],
    );
    const page = cutPage(rows, limit, (row) => [row.id]);
    return { shares: page.items.map(viewOf), nextCursor: page.next_cursor };
  }

  /** Taking back what was taken back changes nothing. @throws ProblemException `not_found`, `forbidden` */
  async revoke(principal: Principal, id: number, caller: Caller): Promise<void> {
    const [share] = await this.database.query<{ session_id: string; author_id: number }[]>(
      'SELECT session_id, author_id FROM shares WHERE id = $1',
      [id],
    );
    if (!share) throw new ProblemException('not_found');
    const session = await this.sessions.require(principal, share.session_id, 'see');
    const own = [share.author_id, session.userId].includes(principal.userId);
    if (!own && !isAdminOf(principal, session.clubId)) {
      throw new ProblemException(
        'forbidden',
        'Only who made it, the owner of the session and the admins of the club may do this.',
      );
    }
    await this.database.transaction(async (manager) => {
      const [, revoked] = await manager.query<[unknown[], number]>(
        'UPDATE shares SET revoked_at = now(), passphrase_hash = NULL WHERE id = $1 AND revoked_at IS NULL',
        [id],
      );
      if (revoked === 0) return;
      const { actorId, ip } = authorOf(principal, caller);
      const { clubId, id: target } = session;
      const details = { share_id: id };
      await this.audit.record({ action: 'share.revoked', actorId, ip, clubId, target, details }, manager);
    });
    await this.films.remove({ clubId: session.clubId, shareId: id });
  }

  /** Forgets what ended long ago, the links of deleted videos too. */
  @Interval(PRUNE_MS)
  async prune(): Promise<void> {
    const long = `now() - interval '${KEPT_DAYS} days'`;
    const where = `expires_at < ${long} OR revoked_at < ${long}
      OR session_id IN (SELECT session_id FROM videos WHERE deleted_at < ${long})`;
    await deleteInSteps(this.database, 'shares', where).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'Old shares could not be removed.');
    });
  }

  /** @throws ProblemException `validation_failed` unless one of the two is named; `not_found` */
  private async thingOf(dto: CreateShareDto): Promise<{ sessionId: string; highlightId: string | null }> {
    const { session_id: sessionId, highlight_id: highlightId } = dto;
    if ((sessionId === undefined) === (highlightId === undefined)) {
      const errors = ['session_id', 'highlight_id'].map((field) => ({ field, message: 'give either of the two' }));
      throw new ProblemException('validation_failed', 'Say what by one of session_id and highlight_id.', { errors });
    }
    if (sessionId !== undefined) return { sessionId, highlightId: null };
    const [row] = await this.database.query<{ session_id: string }[]>(
      'SELECT session_id FROM highlights WHERE id = $1 AND deleted_at IS NULL',
      [highlightId],
    );
    if (!row) throw new ProblemException('not_found');
    return { sessionId: row.session_id, highlightId: highlightId as string };
  }

  /** Holds the row: its deletion waits. */
  private async requireThere(manager: EntityManager, sessionId: string, highlightId: string | null): Promise<void> {
    if (highlightId === null) {
      const [video] = await manager.query<unknown[]>(
        'SELECT 1 FROM videos WHERE session_id = $1 AND deleted_at IS NULL FOR SHARE',
        [sessionId],
      );
      if (!video) throw new ProblemException('not_found', 'There is no finished video of this match.');
      return;
    }
    const [highlight] = await manager.query<{ ready: boolean }[]>(
      `SELECT status = 'ready' AS ready FROM highlights WHERE id = $1 AND deleted_at IS NULL FOR SHARE`,
      [highlightId],
    );
    if (!highlight) throw new ProblemException('not_found');
    if (!highlight.ready) throw new ProblemException('highlight_not_ready');
  }

  /** Those who share one match wait for each other, so that its limits hold. */
  private async requireRoom(
    manager: EntityManager,
    sessionId: string,
    clubId: number,
    branded: boolean,
  ): Promise<void> {
    await manager.query("SELECT pg_advisory_xact_lock(hashtextextended('shares ' || $1, 0))", [sessionId]);
    const [club] = await manager.query<{ logo: boolean }[]>(
      'SELECT logo_at IS NOT NULL AS logo FROM clubs WHERE id = $1 AND sharing_enabled AND deleted_at IS NULL',
      [clubId],
    );
    if (!club) throw new ProblemException('sharing_disabled');
    if (branded && !club.logo) throw new ProblemException('logo_missing');
    const [counts] = await manager.query<{ live: number; films: number; ever: number }[]>(
      `SELECT count(*) FILTER (WHERE revoked_at IS NULL AND expires_at > now())::integer AS live,
              count(branding) FILTER (WHERE revoked_at IS NULL AND expires_at > now())::integer AS films,
              count(*)::integer AS ever
         FROM shares WHERE session_id = $1`,
      [sessionId],
    );
    const { live, films, ever } = counts as { live: number; films: number; ever: number };
    if (live >= MOST_SHARES || ever >= MOST_SHARES_EVER) throw new ProblemException('share_limit');
    if (branded && films >= MOST_FILMS) throw new ProblemException('share_limit', FILM_LIMIT);
  }

  private async view(id: number): Promise<ShareView> {
    const [row] = await this.database.query<ShareRow[]>(`${VIEW} WHERE h.id = $1`, [id]);
    if (!row) throw new ProblemException('not_found');
    return viewOf(row);
  }
}

function viewOf(row: ShareRow): ShareView {
  return {
    id: row.id,
    session_id: row.session_id,
    highlight_id: row.highlight_id,
    author: { id: row.author_id, name: row.author_name },
    state: row.state,
    passphrase: row.passphrase,
    allow_download: row.allow_download,
    branding: row.branding,
    branding_progress: row.branding_progress,
    views: row.views,
    downloads: row.downloads,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    revoked_at: row.revoked_at?.toISOString() ?? null,
  };
}
