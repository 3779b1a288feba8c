import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, SelectQueryBuilder } from 'typeorm';
import { authorOf } from '../auth/audit.service';
import { Caller } from '../auth/caller';
import { Principal } from '../auth/principal';
import { requireClub } from '../auth/tenant';
import { momentOf } from '../common/moment';
import { cutPage, decodeCursor, DEFAULT_PAGE } from '../common/pagination';
import { ProblemException } from '../common/problem';
import { CompressionLog } from '../compression/compression-log.service';
import { CompressionView } from '../compression/dto/compression.dto';
import { MatchAngle, MatchAngles } from '../sessions/match-angles.service';
import { MatchNames, MatchNamesService } from '../sessions/match-names.service';
import { SessionsService } from '../sessions/sessions.service';
import { VideoStore } from '../storage/video-store';
import { ClubQuery, VideoAngleView, VideoListQuery, VideoStatsAnswer, VideoView } from './dto/files.dto';
import { Video } from './entities/video.entity';
import { standsForMatch } from './match-videos';
import { DownloadableVideo, VideoFiles } from './video-files.service';
import { VideoRemoval } from './video-removal.service';

export type { DownloadableVideo } from './video-files.service';

const MEBIBYTE = 2 ** 20;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Finished videos: who sees which, their figures, their bytes, their end. */
@Injectable()
export class FilesService {
  constructor(
    private readonly database: DataSource,
    private readonly sessions: SessionsService,
    private readonly names: MatchNamesService,
    private readonly angles: MatchAngles,
    private readonly store: VideoStore,
    private readonly removal: VideoRemoval,
    private readonly videos: VideoFiles,
    private readonly compression: CompressionLog,
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
    return { videos: await this.views(page.items), nextCursor: page.next_cursor };
  }

  /** As {@link download}, also where its file is missing. @throws ProblemException `not_found` */
  async one(principal: Principal, sessionId: string, query: ClubQuery): Promise<VideoView> {
    const [view] = await this.views([await this.require(principal, sessionId, query)]);
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

  private async views(videos: readonly Video[]): Promise<VideoView[]> {
    const ids = videos.map(({ sessionId }) => sessionId);
    const [names, compression, angles] = await Promise.all([
      this.names.of(ids),
      this.compression.of(ids),
      this.angles.of(ids),
    ]);
    return videos.map((video) => {
      const { sessionId } = video;
      return viewOf(video, {
        // Rows of sessions, courts and people are never deleted.
        names: names.get(sessionId) as MatchNames,
        compression: compression(sessionId),
        angles: angles.get(sessionId) ?? [],
      });
    });
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

function filenameOf(video: Video): string {
  return `${video.sessionId}.mp4`;
}

/** What is known of a video besides its row. */
interface VideoAsides {
  readonly names: MatchNames;
  readonly compression: CompressionView;
  readonly angles: readonly MatchAngle[];
}

function viewOf(video: Video, { names, compression, angles }: VideoAsides): VideoView {
  const bytes = Number(video.sizeBytes);
  return {
    session_id: video.sessionId,
    terrain_id: video.courtId,
    terrain_name: names.terrainName,
    club_id: video.clubId,
    user_id: video.userId,
    owner: names.owner,
    players: [...names.players],
    filename: filenameOf(video),
    size_bytes: bytes,
    size_mb: Math.round((bytes / MEBIBYTE) * 100) / 100,
    duration_seconds: Math.round(video.durationSeconds * 1000) / 1000,
    width: video.width,
    height: video.height,
    codec: video.codec,
    created_at: video.createdAt.toISOString(),
    missing_since: video.missingSince?.toISOString() ?? null,
    gaps: video.gaps as VideoView['gaps'],
    compression,
    camera_name: names.cameraName,
    angle_of: video.angleOf,
    angles: angles.flatMap(viewOfAngle),
  };
}

/** An angle of which nothing was recorded is none of the film. */
function viewOfAngle(angle: MatchAngle): VideoAngleView[] {
  const { sessionId, position, name, recordingStatus: status, durationSeconds, sizeBytes, offsetSeconds } = angle;
  if (status === null) return [];
  return [
    {
      session_id: sessionId,
      position,
      name,
      status,
      duration_seconds: durationSeconds === null ? null : Math.round(durationSeconds * 1000) / 1000,
      size_bytes: sizeBytes,
      offset_seconds: offsetSeconds,
    },
  ];
}
