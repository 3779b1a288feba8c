import { Injectable } from '@nestjs/common';
import { Principal } from '../auth/principal';
import { CompressionLog } from '../compression/compression-log.service';
import { CompressionView } from '../compression/dto/compression.dto';
import { HighlightCounts } from '../highlights/highlight-counts.service';
import { ObjectBook } from '../objects/object-book.service';
import { MatchAngle, MatchAngles } from '../sessions/match-angles.service';
import { MatchNames, MatchNamesService } from '../sessions/match-names.service';
import { VideoAngleView, VideoStorageView, VideoView } from './dto/files.dto';
import { Video } from './entities/video.entity';
import { storageOf } from './video-storage';

const MEBIBYTE = 2 ** 20;

/** Videos as they are shown, with what other rooms know of them: one question to each for a whole page. */
@Injectable()
export class VideoViews {
  constructor(
    private readonly names: MatchNamesService,
    private readonly angles: MatchAngles,
    private readonly highlights: HighlightCounts,
    private readonly compression: CompressionLog,
    private readonly objects: ObjectBook,
  ) {}

  /** In the order of the rows, as somebody who may see them sees them. */
  async of(principal: Principal, videos: readonly Video[]): Promise<VideoView[]> {
    const ids = videos.map(({ sessionId }) => sessionId);
    const [names, compression, angles, highlights, objects] = await Promise.all([
      this.names.of(ids),
      this.compression.of(ids),
      this.angles.of(ids),
      this.highlights.of(ids),
      this.objects.findAll(ids),
    ]);
    return videos.map((video) => {
      const { sessionId } = video;
      return viewOf(video, {
        // Rows of sessions, courts and people are never deleted.
        names: names.get(sessionId) as MatchNames,
        compression: compression(sessionId),
        angles: angles.get(sessionId) ?? [],
        highlights: highlights.get(sessionId) ?? 0,
        storage: storageOf(objects.get(sessionId), principal.role !== 'PLAYER'),
      });
    });
  }
}

function filenameOf(video: Video): string {
  return `${video.sessionId}.mp4`;
}

/** What is known of a video besides its row. */
interface Asides {
  readonly names: MatchNames;
  readonly compression: CompressionView;
  readonly angles: readonly MatchAngle[];
  readonly highlights: number;
  readonly storage: VideoStorageView;
}

function viewOf(video: Video, { names, angles, ...asides }: Asides): VideoView {
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
    ...asides,
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
