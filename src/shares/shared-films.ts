import { Injectable } from '@nestjs/common';
import { SendableFile } from '../files/send-file';
import { SharedHighlights } from './shared-highlights';
import { SharedMedia, SharedThing } from './shared-media';
import { SharedVideos } from './shared-videos';

/** Whatever can be shared. */
@Injectable()
export class SharedFilms extends SharedMedia {
  constructor(
    private readonly videos: SharedVideos,
    private readonly highlights: SharedHighlights,
  ) {
    super();
  }

  file(thing: SharedThing): Promise<Pick<SendableFile, 'path' | 'bytes' | 'etag'>> {
    return this.of(thing).file(thing);
  }

  picture(thing: SharedThing): Promise<Buffer> {
    return this.of(thing).picture(thing);
  }

  moment(thing: SharedThing): Promise<number> {
    return this.of(thing).moment(thing);
  }

  reading<T>(thing: SharedThing, read: () => Promise<T>): Promise<T> {
    return this.of(thing).reading(thing, read);
  }

  private of({ highlightId }: SharedThing): SharedMedia {
    return highlightId === null ? this.videos : this.highlights;
  }
}
