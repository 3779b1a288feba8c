import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, SelectQueryBuilder } from 'typeorm';
import { authorOf } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { requireClub } from '../auth/tenant';
import { momentOf } from '../common/moment';
import { cutPage, decodeCursor, DEFAULT_PAGE } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { SessionsService } from '../sessions/sessions.service';
import { VideoStore } from '../storage/video-store';
import { ClubQuery, VideoListQuery, VideoStatsAnswer, VideoView } from './dto/files.dto';
import { Video } from './entities/video.entity';
import { standsForMatch } from './match-videos';
import { DownloadableVideo, VideoFiles } from './video-files.service';
import { VideoRemoval } from './video-removal.service';
import { VideoViews } from './video-views.service';

export type { DownloadableVideo } from './video-files.service';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Finished videos: who sees which, their figures, their bytes, their end. */
@Injectable()
export class FilesService {
  constructor(
    private readonly database: DataSource,
    private readonly sessions: SessionsService,
    private readonly store: VideoStore,
    private readonly removal: VideoRemoval,
    private readonly videos: VideoFiles,
    private readonly views: VideoViews,
  ) {}

  /** Newest first. A player: those of sessions they own or take part in. */
  async list(principal: Principal, query: VideoListQuery): Promise<{ videos: VideoView[]; nextCursor: string | null }> {
    const limit = query.limit ?? DEFAULT_PAGE;
    const builder = this.visible(principal, query.club_id)
      .andWhere(standsForMatch('v'))
      .orderBy('v.created_at', 'DESC')
      .addOrderBy('v.session_id', 'DESC')
      .limit(limit + 1);
    narrow(builder, query);
    if (query.cursor !== undefined) {
      const [at, id] = decodeCursor(query.cursor, ['number', 'string']) as [number, string];
      const before = new Date(at);
      if (Number.isNaN(before.getTime()) || !UUID.test(id)) {
        throw new ProblemException('validation_failed', 'The cursor is not one this list gave out.');
      }
      builder.andWhere('(v.created_at, v.session_id) < (:before, :id)', { before, id });
    }
    const page = cutPage(await builder.getMany(), limit, (video) => [video.createdAt.getTime(), video.sessionId]);
    return { videos: await this.views.of(principal, page.items), nextCursor: page.next_cursor };
  }

  /** As {@link download}, also where its file is missing. @throws ProblemException `not_found` */
  async one(principal: Principal, sessionId: string, query: ClubQuery): Promise<VideoView> {
    const [view] = await this.views.of(principal, [await this.require(principal, sessionId, query)]);
    return view as VideoView;
  }

  /** @throws ProblemException `not_found` or `forbidden` (admins only). */
  async stats(principal: Principal, query: ClubQuery): Promise<VideoStatsAnswer> {
    const clubId = query.club_id ?? principal.clubId;
    if (clubId !== null) requireClub(principal, clubId, 'admin');
    const sums = await this.visible(principal, query.club_id)
      .select(`(count(*) FILTER (WHERE ${standsForMatch('v')}))::int`, 'count')
      .addSelect('coalesce(sum(v.size_bytes), 0)::float8', 'bytes')
      .addSelect(`coalesce(sum(v.duration_seconds) FILTER (WHERE ${standsForMatch('v')}), 0)`, 'seconds')
      .addSelect('min(v.created_at)', 'oldest')
      .addSelect('max(v.created_at)', 'newest')
      .getRawOne<{ count: number; bytes: number; seconds: number; oldest: Date | null; newest: Date | null }>();
    return {
      success: true,
      count: sums?.count ?? 0,
      bytes: sums?.bytes ?? 0,
      seconds: Math.round((sums?.seconds ?? 0) * 1000) / 1000,
      oldest: sums?.oldest?.toISOString() ?? null,
      newest: sums?.newest?.toISOString() ?? null,
      disk_free: await this.store.freeBytes(),
    };
  }

  /** @throws ProblemException `not_found` */
  async download(principal: Principal, sessionId: string, query: ClubQuery): Promise<DownloadableVideo> {
    return this.videos.open(await this.require(principal, sessionId, query));
  }

  /**
   * A JPEG that stands for the video, at most 640 pixels wide.
   * @throws ProblemException `not_found` (also where its file is missing), `thumbnail_unavailable`, `overloaded`
   */
  async thumbnail(principal: Principal, sessionId: string, query: ClubQuery): Promise<Buffer> {
    return this.videos.thumbnail(await this.require(principal, sessionId, query));
  }

  /** With its angles. @throws ProblemException `not_found`, `forbidden` (admins only), `is_an_angle` where its match has a film. */
  async delete(principal: Principal, sessionId: string, query: ClubQuery, caller: Caller): Promise<void> {
    const video = await this.require(principal, sessionId, query);
    requireClub(principal, video.clubId, 'admin');
    if (!(await this.standsForMatch(video))) {
      throw new ProblemException('is_an_angle', `It is deleted with its match: ${video.angleOf}.`);
    }
    const removed = await this.removal.remove(sessionId, { action: 'video.deleted', ...authorOf(principal, caller) });
    if (!removed) throw new ProblemException('not_found');
  }

  private async require(principal: Principal, sessionId: string, query: ClubQuery): Promise<Video> {
    await this.sessions.require(principal, sessionId, 'see');
    const video = await this.database.getRepository(Video).findOneBy({ sessionId, deletedAt: IsNull() });
    if (!video || (query.club_id !== undefined && query.club_id !== video.clubId)) {
      throw new ProblemException('not_found');
    }
    return video;
  }

  private standsForMatch({ sessionId }: Video): Promise<boolean> {
    const videos = this.database.getRepository(Video).createQueryBuilder('v');
    return videos.where('v.session_id = :sessionId', { sessionId }).andWhere(standsForMatch('v')).getExists();
  }

  /** @throws ProblemException `not_found` for a club the principal is nothing in. */
  private visible(principal: Principal, club: number | undefined): SelectQueryBuilder<Video> {
    const clubId = club ?? principal.clubId;
    const builder = this.database.getRepository(Video).createQueryBuilder('v').where('v.deleted_at IS NULL');
    if (clubId === null) return builder;
    const role = requireClub(principal, clubId, 'member');
    builder.andWhere('v.club_id = :clubId', { clubId });
    if (role !== 'PLAYER') return builder;
    return builder.andWhere(tookPart('own'), { own: principal.userId });
  }
}

/** Owned the match of a video, or took part in it. @param parameter that holds the person's id */
function tookPart(parameter: string): string {
  return `(v.user_id = :${parameter} OR EXISTS
    (SELECT 1 FROM session_players p WHERE p.session_id = coalesce(v.angle_of, v.session_id) AND p.user_id = :${parameter}))`;
}

/** On top of what somebody may see, never beside it. */
function narrow(builder: SelectQueryBuilder<Video>, query: VideoListQuery): void {
  const { terrain_id: courtId, user_id: userId } = query;
  const [from, to] = [momentOf(query.from), momentOf(query.to)];
  if (courtId !== undefined) builder.andWhere('v.court_id = :courtId', { courtId });
  if (userId !== undefined) builder.andWhere(tookPart('userId'), { userId });
  if (from !== undefined) builder.andWhere('v.created_at >= :from', { from });
  if (to !== undefined) builder.andWhere('v.created_at < :to', { to });
}
