import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { AuditService, authorOf } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { ProblemException } from '../common/problem';
import { Turns } from '../common/turns';
import { makeLogo, PictureError, pictureFormatOf } from '../media/picture';
import { Toolchain } from '../media/toolchain';
import { ClubsService } from './clubs.service';

/** Logos that may be made or wait for it; an admin sets one in years. */
const MOST_MAKING = 8;

/**
 * Clubs' logos. What an admin uploads is decoded by FFmpeg, behind pipes, and what is kept and shown is the PNG it makes of the
 * pixels: nothing that somebody put into a file is ever served from here.
 */
@Injectable()
export class ClubLogos {
  private readonly turns = new Turns(1);
  private making = 0;

  constructor(
    private readonly database: DataSource,
    private readonly clubs: ClubsService,
    private readonly toolchain: Toolchain,
    private readonly audit: AuditService,
  ) {}

  /** A PNG. Whether somebody may see it is the caller's to ask. */
  async of(clubId: number): Promise<Buffer | null> {
    const [row] = await this.database.query<{ png: Buffer }[]>(
      `SELECT l.png FROM club_logos l JOIN clubs c ON c.id = l.club_id WHERE l.club_id = $1 AND c.deleted_at IS NULL`,
      [clubId],
    );
    return row?.png ?? null;
  }

  /** For its members. @throws ProblemException `not_found`: also where it has none */
  async show(principal: Principal, clubId: number): Promise<Buffer> {
    await this.clubs.require(principal, clubId, 'member');
    const png = await this.of(clubId);
    if (!png) throw new ProblemException('not_found');
    return png;
  }

  /** @throws ProblemException `not_found`, `forbidden`: asked before a body is read */
  async requireMayChange(principal: Principal, clubId: number): Promise<void> {
    await this.clubs.require(principal, clubId, 'admin');
  }

  /** @throws ProblemException `not_found`, `forbidden`, `unsupported_media_type`, `picture_unreadable`, `overloaded` */
  async set(principal: Principal, clubId: number, picture: Buffer, caller: Caller): Promise<void> {
    await this.requireMayChange(principal, clubId);
    const png = await this.make(picture);
    await this.change(principal, clubId, caller, async (manager) => {
      await manager.query(
        'INSERT INTO club_logos (club_id, png) VALUES ($1, $2) ON CONFLICT (club_id) DO UPDATE SET png = excluded.png',
        [clubId, png],
      );
      return true;
    });
  }

  /** That it has none already changes nothing. @throws ProblemException `not_found`, `forbidden` */
  async remove(principal: Principal, clubId: number, caller: Caller): Promise<void> {
    await this.requireMayChange(principal, clubId);
    await this.change(principal, clubId, caller, async (manager) => {
      const [, removed] = await manager.query<[unknown[], number]>('DELETE FROM club_logos WHERE club_id = $1', [
        clubId,
      ]);
      return removed > 0;
    });
  }

  private async make(picture: Buffer): Promise<Buffer> {
    const format = pictureFormatOf(picture);
    if (!format) throw new ProblemException('unsupported_media_type', 'Send a PNG, a JPEG or a WebP.');
    if (this.making >= MOST_MAKING) {
      throw new ProblemException('overloaded', 'Too many pictures are being made.', { retryAfterSeconds: 5 });
    }
    this.making++;
    try {
      return await this.turns.take(() => makeLogo(this.toolchain, picture, format));
    } catch (error) {
      if (!(error instanceof PictureError)) throw error;
      if (error.undecodable) throw new ProblemException('picture_unreadable', undefined, {}, { cause: error });
      const detail = 'The picture could not be made now.';
      throw new ProblemException('overloaded', detail, { retryAfterSeconds: 5 }, { cause: error });
    } finally {
      this.making--;
    }
  }

  private async change(
    principal: Principal,
    clubId: number,
    caller: Caller,
    work: (manager: EntityManager) => Promise<boolean>,
  ): Promise<void> {
    await this.database.transaction(async (manager) => {
      if (!(await work(manager))) return;
      await manager.query(
        `UPDATE clubs SET logo_at = (SELECT now() FROM club_logos WHERE club_id = $1), updated_at = now() WHERE id = $1`,
        [clubId],
      );
      const { actorId, ip } = authorOf(principal, caller);
      const entry = { action: 'club.changed', actorId, ip, clubId, target: `club:${clubId}` } as const;
      await this.audit.record({ ...entry, details: { fields: ['logo'] } }, manager);
    });
  }
}
