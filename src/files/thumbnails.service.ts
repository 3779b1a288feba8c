import { Injectable, Logger, OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { Turns } from '../common/turns';
import { FragmentError } from '../media/fmp4/fragment-boxes';
import { MovieKeyframes, readMovieKeyframes } from '../media/fmp4/movie-keyframes';
import { isWholeJpeg } from '../media/jpeg';
import { makeSnapshot, SnapshotError } from '../media/snapshot';
import { Toolchain } from '../media/toolchain';
import { VideoOpener } from '../objects/video-opener.service';
import { ThumbnailShelf } from '../storage/thumbnail-shelf';
import { Video } from './entities/video.entity';
import { keyframeForThumbnail } from './thumbnail-moment';
import { VideoCatalogue } from './video-catalogue.service';

/** Pictures that are made at once; recordings must not feel it. */
const DECODERS = 2;
/** Videos that may wait for that: more than a page shows. */
const MOST_WAITING = 64;
const MAX_WIDTH = 640;
/** `mjpeg`'s quantiser. */
const QUALITY = 5;
const NICE = 10;
/** A niced decoder of a 4K picture on a busy machine. */
const TIMEOUT_MS = 10_000;
/** A video that no picture can be made of is not tried again within this time. */
const HOPELESS_MS = 10 * 60_000;
const MOST_HOPELESS = 1_000;

export type VideoPlace = Pick<Video, 'sessionId' | 'clubId' | 'gaps'>;

/**
 * A picture for each finished video: made of one keyframe when somebody first wants it, kept until the video goes. Who wants
 * the same one meanwhile gets the same one.
 */
@Injectable()
export class Thumbnails implements OnModuleDestroy {
  private readonly logger = new Logger(Thumbnails.name);
  private readonly turns = new Turns(DECODERS);
  private readonly making = new Map<string, Promise<Buffer>>();
  /** Until when a video is not tried again; {@link Clock.monotonic}. */
  private readonly hopeless = new Map<string, number>();
  private readonly ending = new AbortController();

  constructor(
    private readonly videos: VideoOpener,
    private readonly shelf: ThumbnailShelf,
    private readonly catalogue: VideoCatalogue,
    private readonly toolchain: Toolchain,
    private readonly clock: Clock,
  ) {}

  async onModuleDestroy(): Promise<void> {
    this.ending.abort();
    await this.turns.idle();
  }

  /**
   * Of a video whose file is there.
   * @throws ProblemException `not_found` (it went meanwhile), `thumbnail_unavailable`, `overloaded`
   */
  async of(video: VideoPlace): Promise<Buffer> {
    const { sessionId, clubId } = video;
    const kept = await this.shelf.read(clubId, sessionId);
    if (kept && isWholeJpeg(kept)) return kept;
    if ((this.hopeless.get(sessionId) ?? 0) > this.clock.monotonic()) {
      throw new ProblemException('thumbnail_unavailable');
    }
    let making = this.making.get(sessionId);
    if (!making) {
      if (this.making.size >= DECODERS + MOST_WAITING) throw overloaded('Too many thumbnails are being made.');
      making = this.turns.take(() => this.make(video)).finally(() => this.making.delete(sessionId));
      this.making.set(sessionId, making);
    }
    return making;
  }

  /**
   * Where in the video the picture of {@link of} lies, in seconds.
   * @throws ProblemException `not_found` (there is no file), `thumbnail_unavailable`
   */
  async moment(video: VideoPlace): Promise<number> {
    try {
      return await this.withKeyframes(video, ({ seconds }, index) => Promise.resolve(seconds[index] as number));
    } catch (error) {
      if (error instanceof FragmentError) {
        throw new ProblemException('thumbnail_unavailable', undefined, {}, { cause: error });
      }
      throw error;
    }
  }

  private async make(video: VideoPlace): Promise<Buffer> {
    const { sessionId, clubId } = video;
    const jpeg = await this.decode(video);
    try {
      await this.shelf.put(clubId, sessionId, jpeg);
    } catch (error) {
      // It is made anew the next time: who asks has their picture.
      this.logger.warn({ err: error, sessionId }, 'A thumbnail could not be kept.');
    }
    // A deletion marks the row before it takes files: whichever of the two comes last sees the other's work.
    if (await this.catalogue.isDeleted(sessionId)) {
      await this.shelf.remove(clubId, sessionId);
      throw new ProblemException('not_found');
    }
    return jpeg;
  }

  private async decode(video: VideoPlace): Promise<Buffer> {
    const { sessionId } = video;
    try {
      const keyframe = await this.readKeyframe(video);
      return await makeSnapshot(keyframe, {
        ffmpeg: this.toolchain,
        session: sessionId,
        maxWidth: MAX_WIDTH,
        quality: QUALITY,
        nice: NICE,
        timeoutMs: TIMEOUT_MS,
        signal: this.ending.signal,
      });
    } catch (error) {
      const isFault = error instanceof FragmentError || (error instanceof SnapshotError && error.undecodable);
      if (isFault) {
        this.logger.warn({ err: error, sessionId }, 'No thumbnail can be made of a video.');
        this.giveUp(sessionId);
        throw new ProblemException('thumbnail_unavailable', undefined, {}, { cause: error });
      }
      if (error instanceof SnapshotError) throw overloaded('The picture could not be made now.');
      throw error;
    }
  }

  private readKeyframe(video: VideoPlace): Promise<Buffer> {
    return this.withKeyframes(video, ({ read }, index) => read(index));
  }

  /** @param use gets which of the keyframes stands for the video */
  private async withKeyframes<T>(
    { sessionId, clubId, gaps }: VideoPlace,
    use: (keyframes: MovieKeyframes, index: number) => Promise<T>,
  ): Promise<T> {
    const opened = await this.videos.open(clubId, sessionId);
    if (!opened) throw new ProblemException('not_found');
    try {
      const keyframes = await readMovieKeyframes(opened.file, opened.entry.bytes);
      return await use(keyframes, keyframeForThumbnail(keyframes.seconds, keyframes.durationSeconds, gaps));
    } finally {
      await opened.file.close();
    }
  }

  private giveUp(sessionId: string): void {
    this.hopeless.delete(sessionId);
    this.hopeless.set(sessionId, this.clock.monotonic() + HOPELESS_MS);
    for (const [oldest] of this.hopeless) {
      if (this.hopeless.size <= MOST_HOPELESS) break;
      this.hopeless.delete(oldest);
    }
  }
}

function overloaded(detail: string): ProblemException {
  return new ProblemException('overloaded', detail, { retryAfterSeconds: 5 });
}
