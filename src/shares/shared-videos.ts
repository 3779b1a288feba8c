import { Injectable } from '@nestjs/common';
import { SendableFile } from '../files/send-file';
import { VideoFiles } from '../files/video-files.service';
import { VideoReads } from '../files/video-reads.service';
import { VideoTurns } from '../files/video-turns';
import { SharedMedia, SharedThing } from './shared-media';

/** Whole matches. */
@Injectable()
export class SharedVideos extends SharedMedia {
  constructor(
    private readonly videos: VideoFiles,
    private readonly turns: VideoTurns,
    private readonly reads: VideoReads,
  ) {
    super();
  }

  async file({ sessionId }: SharedThing): Promise<Pick<SendableFile, 'path' | 'bytes' | 'etag'>> {
    return this.videos.open(await this.videos.find(sessionId));
  }

  async picture({ sessionId }: SharedThing): Promise<Buffer> {
    return this.videos.thumbnail(await this.videos.find(sessionId));
  }

  async moment({ sessionId }: SharedThing): Promise<number> {
    return this.videos.thumbnailMoment(await this.videos.find(sessionId));
  }

  reading<T>({ sessionId }: SharedThing, read: () => Promise<T>): Promise<T> {
    // From the look at the file on, so that its ETag is that of the bytes that follow.
    return this.turns.reading(sessionId, () => this.reads.during(sessionId, read));
  }
}
