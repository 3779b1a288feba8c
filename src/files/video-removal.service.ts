import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditEntry, AuditService } from '../auth/audit.service';
import { faultPoint } from '../common/fault-point';
import { MarkerNews } from '../markers/marker-news.service';
import { HighlightShelf } from '../storage/highlight-shelf';
import { ThumbnailShelf } from '../storage/thumbnail-shelf';
import { VideoStore } from '../storage/video-store';

/** Why a video goes, for the audit trail. */
export interface RemovalReason {
  readonly action: 'video.deleted' | 'video.expired';
  /** `null`: the service itself. */
  readonly actorId: number | null;
  readonly ip?: string | null;
  readonly details?: AuditEntry['details'];
  /** Only if nobody has read it for so many minutes; a time to come is no reading: a clock that was ahead has left it. */
  readonly unreadMinutes?: number;
}

/**
 * The one way a video ends. Invariant, for a crash at any line: the row is marked first, in one transaction with its line
 * in the audit trail, then its thumbnail goes, then the file to the trash, then its bytes. So no row ever leads to a file that is gone; what is
 * left of the file is found by the row's mark or in the trash, and taken away by the next look (`files_and_rows`, `trash`).
 * What people marked in it, and how much moved, goes with the row; highlights of it and its angles are marked as it is, and
 * their files go when it does. The copy in a club's storage is marked too, and goes with the next look (`storage`).
 * Whoever has the file open reads on to its end.
 */
@Injectable()
export class VideoRemoval {
  private readonly logger = new Logger(VideoRemoval.name);

  constructor(
    private readonly database: DataSource,
    private readonly store: VideoStore,
    private readonly thumbnails: ThumbnailShelf,
    private readonly highlights: HighlightShelf,
    private readonly audit: AuditService,
    private readonly news: MarkerNews,
  ) {}

  /** @returns false: it was deleted before, or somebody has just read it; nothing happened */
  async remove(sessionId: string, reason: RemovalReason): Promise<boolean> {
    faultPoint('delete.row');
    const marked = await this.mark(sessionId, reason);
    if (!marked) return false;
    faultPoint('delete.row_gone');
    for (const id of [...marked.angles, sessionId]) {
      await this.takeFile(marked.clubId, id);
      faultPoint('delete.file_gone');
    }
    return true;
  }

  /**
   * Takes the file of a video that is deleted already: what a crash, or a disk that failed, has left.
   * @returns false where there is none, or where it still cannot be taken
   */
  async takeFile(clubId: number, sessionId: string): Promise<boolean> {
    await this.takeThumbnail(clubId, sessionId);
    await this.takeHighlights(clubId, sessionId);
    faultPoint('delete.thumbnail_gone');
    try {
      return await this.store.deleteVideo(clubId, sessionId);
    } catch (error) {
      this.logger.error({ err: error, clubId, sessionId }, 'The file of a deleted video is still there.');
      return false;
    }
  }

  private async takeThumbnail(clubId: number, sessionId: string): Promise<void> {
    try {
      await this.thumbnails.remove(clubId, sessionId);
    } catch (error) {
      this.logger.error({ err: error, clubId, sessionId }, 'The thumbnail of a deleted video is still there.');
    }
  }

  private async takeHighlights(clubId: number, sessionId: string): Promise<void> {
    try {
      const rows = await this.database.query<{ id: string }[]>(
        'SELECT id FROM highlights WHERE session_id = $1 AND deleted_at IS NOT NULL',
        [sessionId],
      );
      // The rows go when the next look finds no file (`highlights`).
      for (const { id } of rows) await this.highlights.remove({ id, clubId });
    } catch (error) {
      this.logger.error({ err: error, clubId, sessionId }, 'Highlights of a deleted video are still there.');
    }
  }

  /** @returns its club, and its angles that have videos; `null`: not to be deleted, or no more */
  private async mark(
    sessionId: string,
    { action, actorId, ip, details, unreadMinutes }: RemovalReason,
  ): Promise<{ clubId: number; angles: string[] } | null> {
    const marked = await this.database.transaction(async (manager) => {
      const [[row]] = await manager.query<
        [{ club_id: number; size_bytes: string; duration_seconds: number }[], number]
      >(
        `UPDATE videos SET deleted_at = now()
          WHERE session_id = $1 AND deleted_at IS NULL
            AND ($2::integer IS NULL OR last_read_at IS NULL
                 OR last_read_at NOT BETWEEN now() - make_interval(mins => $2) AND now() + make_interval(mins => $2))
      RETURNING club_id, size_bytes, duration_seconds`,
        [sessionId, unreadMinutes ?? null],
      );
      if (!row) return null;
      const [angles] = await manager.query<[{ session_id: string; size_bytes: string }[], number]>(
        `UPDATE videos SET deleted_at = now() WHERE angle_of = $1 AND deleted_at IS NULL RETURNING session_id, size_bytes`,
        [sessionId],
      );
      const [gone] = await manager.query<[{ id: number; session_id: string }[], number]>(
        'DELETE FROM markers WHERE session_id = $1 RETURNING id, session_id',
        [sessionId],
      );
      await manager.query('DELETE FROM activity_minutes WHERE session_id = $1', [sessionId]);
      await manager.query('DELETE FROM marker_chapters WHERE session_id = $1', [sessionId]);
      await manager.query('UPDATE highlights SET deleted_at = now() WHERE session_id = $1 AND deleted_at IS NULL', [
        sessionId,
      ]);
      await manager.query(
        `UPDATE video_objects SET state = 'deleting', next_try_at = now()
          WHERE session_id = ANY ($1) AND state <> 'deleted'`,
        [[sessionId, ...angles.map((angle) => angle.session_id)]],
      );
      const bytes = [row, ...angles].reduce((sum, { size_bytes }) => sum + Number(size_bytes), 0);
      const facts = {
        ...{ size_bytes: bytes, duration_seconds: row.duration_seconds },
        ...(angles.length > 0 && { angles: angles.length }),
      };
      await this.audit.record(
        { action, actorId, ip, clubId: row.club_id, target: sessionId, details: { ...facts, ...details } },
        manager,
      );
      return { clubId: row.club_id, gone, angles: angles.map((angle) => angle.session_id) };
    });
    if (marked) this.news.tellGone(marked.gone);
    return marked;
  }
}
