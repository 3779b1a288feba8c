import { Observable, Subscriber } from 'rxjs';
import { Cancel } from '../common/clock';
import { Frame, VideoFrame, TICKS_PER_SECOND } from '../media/access-unit';
import { ChildExit, FfmpegContext } from '../media/process';
import { CameraProxy } from '../proxy/camera-proxy';
import { FrameConsumer } from '../proxy/frame-consumer';
import { CourtPicture, PictureDetail } from './court-runtime';
import { PreviewDecoder } from './preview-decoder';

export interface CourtPicturesOptions {
  readonly detail: PictureDetail;
  readonly ffmpeg: FfmpegContext;
  readonly session: string;
  readonly proxy: Pick<CameraProxy, 'subscribe' | 'gopFrames' | 'facts' | 'now'>;
  /** The decoder died; the next run begins after `pauseMs`. */
  readonly onRestart?: (exit: ChildExit, pauseMs: number) => void;
}

/** What makes pictures goes on for so long after the last viewer: a reload of the page finds it running. */
const LINGER_MS = 4_000;
/** What may wait for the decoder before it goes on at the next keyframe. */
const QUEUE_BYTES = 16 * 1024 * 1024;
/** Session ticks between two pictures of a tile, at least: a second, give or take what cameras jitter. */
const TILE_TICKS = 0.95 * TICKS_PER_SECOND;
/** The names under which they stand among the proxy's consumers. */
export const PICTURES_CONSUMER = 'preview';
export const TILES_CONSUMER = 'preview:tile';

/**
 * A court's pictures as JPEG, for any number of viewers: the camera's own, untouched, or those of one decoder that they
 * share. Nothing runs without viewers. It goes on over the camera's outages and changes of format. Tiles are made of
 * keyframes alone, so that a wall of courts costs next to nothing.
 */
export class CourtPictures implements FrameConsumer {
  readonly name: string;
  readonly maxQueueBytes = QUEUE_BYTES;

  private readonly subscribers = new Set<Subscriber<CourtPicture>>();
  private readonly ending = new Set<Promise<void>>();
  private unsubscribe: (() => void) | null = null;
  private decoder: PreviewDecoder | null = null;
  private newest: CourtPicture | null = null;
  private linger: Cancel | null = null;
  private closed = false;
  private readonly tile: boolean;
  /** Session time of the newest frame that a tile was made of. */
  private shownDts = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: CourtPicturesOptions) {
    this.tile = options.detail === 'tile';
    this.name = this.tile ? TILES_CONSUMER : PICTURES_CONSUMER;
  }

  get viewers(): number {
    return this.subscribers.size;
  }

  /** Whether a decoder is there. */
  get decoding(): boolean {
    return this.decoder !== null;
  }

  /**
   * Every picture from now on, and at once the newest one where there is one. Subscribing is watching. Completes when the
   * session closes.
   */
  watch(): Observable<CourtPicture> {
    return new Observable((subscriber) => {
      if (this.closed) return subscriber.complete();
      this.subscribers.add(subscriber);
      subscriber.add(() => this.leave(subscriber));
      this.linger?.();
      this.linger = null;
      if (this.unsubscribe) {
        if (this.newest) subscriber.next(this.newest);
        return;
      }
      this.unsubscribe = this.options.proxy.subscribe(this);
    });
  }

  take(frame: Frame): void | Promise<void> {
    if (this.tile) {
      if (!frame.keyframe || frame.dts - this.shownDts < TILE_TICKS) return;
      this.shownDts = frame.dts;
    }
    if (frame.kind !== 'jpeg') return this.decode(frame);
    this.endDecoder();
    this.publish(frame.data, frame.width, frame.height, frame.dts);
  }

  /** Ends every watch; when this settles no decoder is left. */
  async close(): Promise<void> {
    this.closed = true;
    for (const subscriber of [...this.subscribers]) subscriber.complete();
    this.rest();
    await Promise.all(this.ending);
  }

  private decode(frame: VideoFrame): void | Promise<void> {
    if (this.decoder && !this.decoder.decodes(frame.config)) this.endDecoder();
    if (!this.decoder) {
      const { ffmpeg, session, detail, proxy, onRestart } = this.options;
      this.decoder = new PreviewDecoder({
        ffmpeg,
        session,
        detail,
        config: frame.config,
        fps: proxy.facts?.fps ?? null,
        backlog: () => proxy.gopFrames,
        onPicture: (data, width, height, dts) => this.publish(data, width, height, dts),
        onRestart: (exit, pauseMs) => onRestart?.(exit, pauseMs),
      });
      this.decoder.start();
    }
    return this.decoder.take(frame);
  }

  /** @param dts when its frame was there; without it, that is now */
  private publish(data: Buffer, width: number, height: number, dts: number | null): void {
    const { ffmpeg, proxy } = this.options;
    const ageMs = dts === null ? 0 : Math.max(0, ((proxy.now() - dts) * 1000) / TICKS_PER_SECOND);
    const at = ffmpeg.clock.now() - ageMs;
    this.newest = { data, width, height, at };
    for (const subscriber of this.subscribers) subscriber.next(this.newest);
  }

  private leave(subscriber: Subscriber<CourtPicture>): void {
    this.subscribers.delete(subscriber);
    if (this.subscribers.size > 0 || this.closed) return;
    this.linger?.();
    this.linger = this.options.ffmpeg.clock.after(LINGER_MS, () => this.rest());
  }

  /** Nobody watches: nothing runs. */
  private rest(): void {
    this.linger?.();
    this.linger = null;
    this.unsubscribe?.();
    this.unsubscribe = null;
    this.newest = null;
    this.shownDts = Number.NEGATIVE_INFINITY;
    this.endDecoder();
  }

  private endDecoder(): void {
    const { decoder } = this;
    if (!decoder) return;
    this.decoder = null;
    const ended: Promise<void> = decoder.stop().finally(() => this.ending.delete(ended));
    this.ending.add(ended);
  }
}
