import { Injectable, Logger } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { ProblemException } from '../common/problem';
import { unreachable } from '../objects/away-video';
import { ObjectFault } from '../objects/object-store';
import { VideoOpener } from '../objects/video-opener.service';
import { VideoStore } from '../storage/video-store';
import { Video } from './entities/video.entity';
import { etagOf, SendableFile } from './send-file';
import { Thumbnails, VideoPlace } from './thumbnails.service';

/** A video's file, let in. */
export interface DownloadableVideo extends SendableFile {
  readonly sessionId: string;
  readonly clubId: number;
}

/** The files of finished videos and their pictures. Whether somebody may have them is the caller's to ask. */
@Injectable()
export class VideoFiles {
  private readonly logger = new Logger(VideoFiles.name);

  constructor(
    private readonly database: DataSource,
    private readonly store: VideoStore,
    private readonly opener: VideoOpener,
    private readonly thumbnails: Thumbnails,
  ) {}

  /** @throws ProblemException `not_found`: there is none, or no more */
  async find(sessionId: string): Promise<Video> {
    const video = await this.database.getRepository(Video).findOneBy({ sessionId, deletedAt: IsNull() });
    if (!video) throw new ProblemException('not_found');
    return video;
  }

  /** @throws ProblemException `not_found`: its file is missing */
  async open(video: VideoPlace): Promise<DownloadableVideo> {
    const { sessionId, clubId } = video;
    return { sessionId, clubId, filename: `${sessionId}.mp4`, ...(await this.look(video)) };
  }

  /**
   * A JPEG that stands for the video, at most 640 pixels wide.
   * @throws ProblemException `not_found` (its file is missing), `thumbnail_unavailable`, `overloaded`
   */
  async thumbnail(video: VideoPlace): Promise<Buffer> {
    await this.look(video);
    return this.thumbnails.of(video);
  }

  /**
   * Where the picture of {@link thumbnail} lies in the video, in seconds.
   * @throws ProblemException `not_found`, `thumbnail_unavailable`
   */
  thumbnailMoment(video: VideoPlace): Promise<number> {
    return this.thumbnails.moment(video);
  }

  private async look({ clubId, sessionId }: VideoPlace): Promise<Omit<SendableFile, 'filename'>> {
    const opened = await this.store.openVideo(clubId, sessionId);
    if (opened) {
      await opened.file.close();
      const { path, entry } = opened;
      return { path, bytes: entry.bytes, etag: etagOf(entry) };
    }
    const away = await this.opener.away(clubId, sessionId).catch((error: unknown) => {
      throw error instanceof ObjectFault ? unreachable(error) : error;
    });
    if (!away) {
      this.logger.error({ sessionId }, 'A video has a row and no file.');
      throw new ProblemException('not_found');
    }
    const { bytes, etag } = away;
    return { path: null, away, bytes, etag };
  }
}
