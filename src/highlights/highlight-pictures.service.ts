import { Injectable, Logger, OnModuleDestroy } from '@nestjs/common';
import { ProblemException } from '../common/problem';
import { Turns } from '../common/turns';
import { FragmentError } from '../media/fmp4/fragment-boxes';
import { readMovieKeyframes } from '../media/fmp4/movie-keyframes';
import { isWholeJpeg } from '../media/jpeg';
import { makeSnapshot, SnapshotError } from '../media/snapshot';
import { Toolchain } from '../media/toolchain';
import { HighlightPlace, HighlightShelf } from '../storage/highlight-shelf';

const DECODERS = 1;
/** Pictures that may wait for that: more than a page shows. */
const MOST_WAITING = 64;
const SNAPSHOT = { maxWidth: 640, quality: 5, nice: 10, timeoutMs: 10_000 } as const;

/** A picture for each highlight: of the keyframe in its middle, made when somebody first wants it, kept beside its film. */
@Injectable()
export class HighlightPictures implements OnModuleDestroy {
  private readonly logger = new Logger(HighlightPictures.name);
  private readonly turns = new Turns(DECODERS);
  private readonly making = new Map<string, Promise<Buffer>>();
  private readonly ending = new AbortController();

  constructor(
    private readonly shelf: HighlightShelf,
    private readonly toolchain: Toolchain,
  ) {}

  async onModuleDestroy(): Promise<void> {
    this.ending.abort();
    await this.turns.idle();
  }

  /** @throws ProblemException `not_found`, `thumbnail_unavailable`, `overloaded` */
  async of(place: HighlightPlace): Promise<Buffer> {
    const kept = await this.shelf.picture(place);
    if (kept && isWholeJpeg(kept)) return kept;
    let making = this.making.get(place.id);
    if (!making) {
      if (this.making.size >= MOST_WAITING)
        throw new ProblemException('overloaded', undefined, { retryAfterSeconds: 5 });
      making = this.turns.take(() => this.make(place)).finally(() => this.making.delete(place.id));
      this.making.set(place.id, making);
    }
    return making;
  }

  /** Where its picture lies in the film, in seconds. @throws ProblemException `not_found`, `thumbnail_unavailable` */
  async moment(place: HighlightPlace): Promise<number> {
    const film = await this.shelf.open(place);
    if (!film) throw new ProblemException('not_found');
    try {
      const { seconds } = await readMovieKeyframes(film.file, film.entry.bytes);
      return Math.max(0, seconds[seconds.length >> 1] ?? 0);
    } catch (error) {
      if (!(error instanceof FragmentError)) throw error;
      throw new ProblemException('thumbnail_unavailable', undefined, {}, { cause: error });
    } finally {
      await film.file.close();
    }
  }

  private async make(place: HighlightPlace): Promise<Buffer> {
    const jpeg = await this.decode(place);
    try {
      await this.shelf.putPicture(place, jpeg);
    } catch (error) {
      // It is made anew the next time: who asks has their picture.
      this.logger.warn({ err: error, highlight: place.id }, 'The picture of a highlight could not be kept.');
    }
    // A deletion marks the row before it takes files: a film that is gone takes a picture along that came late.
    const film = await this.shelf.open(place);
    await film?.file.close();
    if (film) return jpeg;
    await this.shelf.remove(place);
    throw new ProblemException('not_found');
  }

  private async decode(place: HighlightPlace): Promise<Buffer> {
    const film = await this.shelf.open(place);
    if (!film) throw new ProblemException('not_found');
    try {
      const { seconds, read } = await readMovieKeyframes(film.file, film.entry.bytes);
      const keyframe = await read(seconds.length >> 1);
      const { signal } = this.ending;
      return await makeSnapshot(keyframe, { ...SNAPSHOT, ffmpeg: this.toolchain, session: place.id, signal });
    } catch (error) {
      if (error instanceof FragmentError || (error instanceof SnapshotError && error.undecodable)) {
        throw new ProblemException('thumbnail_unavailable', undefined, {}, { cause: error });
      }
      if (error instanceof SnapshotError) throw new ProblemException('overloaded', undefined, { retryAfterSeconds: 5 });
      throw error;
    } finally {
      await film.file.close();
    }
  }
}
