import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { tokenHash } from '../auth/token-text';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { toProblem } from '../common/to-problem';
import { Branding, SHARED_FACTS, SHARE_STATE, SHARE_TABLES, ShareState } from './share-state';
import { SharedThing } from './shared-media';

/** What the other end of an open stream may have taken back: looked at so often, it ends within 10 s. */
const CHECK_MS = 4_000;
/** As `newToken()` makes them. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** A share that is good, and what its page says. */
export interface OpenShare extends SharedThing {
  readonly id: number;
  /** `null`: whoever has the link may come in. */
  readonly passphraseHash: string | null;
  readonly allowDownload: boolean;
  /** `null`: the recording as it is. */
  readonly branding: Branding | null;
  /** How much of the film with the logo is made, 0 to 1. */
  readonly brandingProgress: number;
  readonly expiresAt: Date;
  readonly clubName: string;
  readonly timeZone: string;
  readonly courtName: string;
  /** When the match began. */
  readonly at: Date;
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
  /** When the club's logo was made; `null`: it has none. */
  readonly logoAt: Date | null;
}

interface Row {
  readonly id: number;
  readonly state: ShareState;
  readonly session_id: string;
  readonly highlight_id: string | null;
  readonly club_id: number;
  readonly passphrase_hash: string | null;
  readonly allow_download: boolean;
  readonly branding: Branding | null;
  readonly branding_progress: number | null;
  readonly expires_at: Date;
  readonly club_name: string;
  readonly time_zone: string;
  readonly court_name: string;
  readonly at: Date;
  readonly duration_seconds: number;
  readonly width: number;
  readonly height: number;
  readonly logo_at: Date | null;
}

/** Shares as whoever has a link comes to them: one query a request, so that whatever ends one ends it at once. */
@Injectable()
export class OpenShares {
  private readonly logger = new Logger(OpenShares.name);

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemException `not_found`: nobody made that link; `share_ended`: it is no longer good, whatever the cause */
  async find(token: string): Promise<OpenShare> {
    if (!TOKEN.test(token)) throw new ProblemException('not_found');
    const [row] = await this.database.query<Row[]>(
      `SELECT h.id, ${SHARE_STATE} AS state, h.session_id, h.highlight_id, h.club_id, h.passphrase_hash, h.allow_download, h.branding, h.branding_progress,
              h.expires_at,
              c.name AS club_name, c.time_zone, k.name AS court_name, 
              coalesce(r.started_at, v.created_at, s.created_at) + make_interval(secs => coalesce(g.start_seconds, 0)) AS at,
              ${SHARED_FACTS}, c.logo_at
         FROM ${SHARE_TABLES}
         JOIN courts k ON k.id = s.court_id
         LEFT JOIN recordings r ON r.session_id = h.session_id
        WHERE h.hash = $1`,
      [tokenHash(token)],
    );
    if (!row) throw new ProblemException('not_found');
    if (row.state !== 'live') throw new ProblemException('share_ended');
    return openShareOf(row);
  }

  /** Counts a visitor. That it could not be counted keeps nobody from watching. */
  async count({ id }: OpenShare, what: 'views' | 'downloads'): Promise<void> {
    await this.database
      .query(`UPDATE shares SET ${what} = ${what} + 1 WHERE id = $1`, [id])
      .catch((error: unknown) => this.logger.debug({ err: error, share: id }, 'A visit could not be counted.'));
  }

  /**
   * Asks again and again, while somebody reads, whether the share is still good.
   * @param ended is called once, when it is not
   * @returns ends the watch
   */
  watch({ id }: OpenShare, ended: () => void): () => void {
    let over = false;
    const later = (): (() => void) => this.clock.after(CHECK_MS, () => void check());
    let cancel = later();
    const check = async (): Promise<void> => {
      const good = await this.isGood(id);
      if (over) return;
      if (good) cancel = later();
      else ended();
    };
    return () => {
      over = true;
      cancel();
    };
  }

  private async isGood(id: number): Promise<boolean> {
    try {
      const [row] = await this.database.query<{ state: ShareState }[]>(
        `SELECT ${SHARE_STATE} AS state FROM ${SHARE_TABLES} WHERE h.id = $1`,
        [id],
      );
      return row?.state === 'live';
    } catch (error) {
      const { code } = toProblem(error);
      // While the database is away nobody can take a link back through it; who watches goes on.
      if (code === 'database_unavailable' || code === 'overloaded') return true;
      this.logger.error({ err: error, share: id }, 'Whether a share is still good could not be checked.');
      return false;
    }
  }
}

function openShareOf(row: Row): OpenShare {
  return {
    id: row.id,
    sessionId: row.session_id,
    highlightId: row.highlight_id,
    clubId: row.club_id,
    passphraseHash: row.passphrase_hash,
    allowDownload: row.allow_download,
    branding: row.branding,
    brandingProgress: row.branding_progress ?? 0,
    expiresAt: row.expires_at,
    clubName: row.club_name,
    timeZone: row.time_zone,
    courtName: row.court_name,
    at: row.at,
    durationSeconds: row.duration_seconds,
    width: row.width,
    height: row.height,
    logoAt: row.logo_at,
  };
}
