import { Injectable } from '@nestjs/common';
import { ProblemException } from '../common/problem';
import { etagOf, SendableFile } from '../files/send-file';
import { HighlightPictures } from '../highlights/highlight-pictures.service';
import { HighlightPlace, HighlightShelf } from '../storage/highlight-shelf';
import { SharedMedia, SharedThing } from './shared-media';

/** Highlights: files of their own, which nobody changes. */
@Injectable()
export class SharedHighlights extends SharedMedia {
  constructor(
    private readonly shelf: HighlightShelf,
    private readonly pictures: HighlightPictures,
  ) {
    super();
  }

  async file(thing: SharedThing): Promise<Pick<SendableFile, 'path' | 'bytes' | 'etag'>> {
    const opened = await this.shelf.open(placeOf(thing));
    if (!opened) throw new ProblemException('not_found');
    await opened.file.close();
    const { path, entry } = opened;
    const etag = etagOf(entry);
    return { path, bytes: entry.bytes, etag };
  }

  picture(thing: SharedThing): Promise<Buffer> {
    return this.pictures.of(placeOf(thing));
  }

  moment(thing: SharedThing): Promise<number> {
    return this.pictures.moment(placeOf(thing));
  }

  reading<T>(_thing: SharedThing, read: () => Promise<T>): Promise<T> {
    return read();
  }
}

function placeOf({ highlightId, clubId }: SharedThing): HighlightPlace {
  if (highlightId === null) throw new ProblemException('not_found');
  return { id: highlightId, clubId };
}
