import { Observable, Subscriber } from 'rxjs';
import { Clock } from '../common/clock';
import { Frame, VideoConfig, VideoFrame, TICKS_PER_SECOND } from '../media/access-unit';
import { frameFragment } from '../media/fmp4/fragment';
import { buildInitSegment } from '../media/fmp4/init-segment';
import { CameraProxy } from '../proxy/camera-proxy';
import { FrameConsumer } from '../proxy/frame-consumer';
import { LiveItem } from './court-runtime';

/** Frames are taken at once, so that none ever waits; the proxy's queue asks for a number all the same. */
const QUEUE_BYTES = 16 * 1024 * 1024;
/** Until the distance of two frames is known. */
const EXPECTED_STEP = TICKS_PER_SECOND / 25;

/** A court's video as fragments for Media Source Extensions. Nothing is made of it while nobody watches. */
export class CourtLive {
  private readonly subscribers = new Set<Subscriber<LiveItem>>();
  private closed = false;

  constructor(
    private readonly proxy: Pick<CameraProxy, 'subscribe' | 'facts' | 'now'>,
    private readonly clock: Clock,
  ) {}

  /** What {@link CourtRuntime.live} promises. */
  watch(): Observable<LiveItem> {
    return new Observable((subscriber) => {
      if (this.closed) return subscriber.complete();
      this.subscribers.add(subscriber);
      const reader = new LiveReader(subscriber, this.proxy, this.clock);
      const unsubscribe = this.proxy.subscribe(reader);
      reader.beginNow();
      return () => {
        this.subscribers.delete(subscriber);
        unsubscribe();
      };
    });
  }

  /** Completes every watch. */
  close(): void {
    this.closed = true;
    for (const subscriber of [...this.subscribers]) subscriber.complete();
  }
}

/** Turns frames into items, for one subscriber. The bytes of a frame's fragment are the same for all. */
class LiveReader implements FrameConsumer {
  readonly name = 'live';
  readonly maxQueueBytes = QUEUE_BYTES;
  private config: VideoConfig | null = null;
  private newest: VideoFrame | null = null;
  private step = EXPECTED_STEP;
  /** Frames of the GOP buffer have been there for a while; later ones come the moment they are there. */
  private backlog = true;

  constructor(
    private readonly subscriber: Subscriber<LiveItem>,
    private readonly proxy: Pick<CameraProxy, 'facts' | 'now'>,
    private readonly clock: Clock,
  ) {}

  /** What it has taken so far was the GOP buffer. */
  beginNow(): void {
    this.backlog = false;
  }

  take(frame: Frame): void {
    const at = this.arrivalOf(frame);
    const afterLoss = frame.after !== undefined;
    if (frame.kind === 'jpeg') {
      this.config = null;
      this.subscriber.next({ type: 'jpeg', data: frame.data, afterLoss, at });
      return;
    }
    if (this.config?.fingerprint !== frame.config.fingerprint) this.begin(frame.config);
    const data = frameFragment(frame, this.stepTo(frame));
    this.subscriber.next({ type: 'fragment', data, keyframe: frame.keyframe, afterLoss, at });
  }

  private begin(config: VideoConfig): void {
    this.config = config;
    const { codec, width, height } = config;
    const fps = this.proxy.facts?.fps ?? null;
    this.subscriber.next({ type: 'init', data: buildInitSegment(config), codec, width, height, fps });
  }

  /** The distance to the next frame, as far as the one before tells: the next one is not there yet. */
  private stepTo(frame: VideoFrame): number {
    const { newest } = this;
    this.newest = frame;
    if (newest && frame.after === undefined) this.step = Math.min(frame.dts - newest.dts, TICKS_PER_SECOND);
    return this.step;
  }

  private arrivalOf({ dts }: Frame): number {
    const now = this.clock.now();
    return this.backlog ? now - Math.max(0, (this.proxy.now() - dts) * 1000) / TICKS_PER_SECOND : now;
  }
}
