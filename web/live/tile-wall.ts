import { JpegPlayer } from './jpeg-player';
import { LatencyMeter } from './latency-meter';
import type { LiveConnection, StreamEvent } from './live-connection';
import type { StreamMode } from './protocol';

export interface Tile {
  readonly latency: LatencyMeter;
  remove(): void;
}

export interface TileOptions {
  /** One picture a keyframe unless told otherwise: that costs the service next to nothing. */
  readonly mode?: Exclude<StreamMode, 'video'>;
  /** Everything but the pictures: states, errors, the end. */
  readonly onEvent?: (event: Exclude<StreamEvent, { type: 'media' }>) => void;
  readonly onPicture?: () => void;
}

/** Many courts as small pictures over one connection; only those that can be seen are asked for. */
export class TileWall {
  private readonly tiles = new Map<Element, (visible: boolean) => void>();
  private readonly observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) this.tiles.get(target)?.(isIntersecting);
    },
    { rootMargin: '100px' },
  );

  constructor(private readonly connection: LiveConnection) {}

  /** Shows a session on a canvas until it is removed. */
  add(canvas: HTMLCanvasElement, sessionId: string, options: TileOptions = {}): Tile {
    const latency = new LatencyMeter(20);
    const player = new JpegPlayer(canvas, (arrivedAt) => {
      latency.add(this.connection.serverNow() - arrivedAt);
      options.onPicture?.();
    });
    const hear = (event: StreamEvent): void => {
      if (event.type !== 'media') options.onEvent?.(event);
      else if (event.media.kind === 'jpeg') player.show(event.media.data, event.media.at);
    };
    let stop: (() => void) | null = null;
    let visible = false;
    const update = (): void => {
      const wanted = visible && !document.hidden;
      if (wanted) stop ??= this.connection.subscribe(sessionId, options.mode ?? 'tile', hear);
      else {
        stop?.();
        stop = null;
      }
    };
    this.tiles.set(canvas, (seen) => {
      visible = seen;
      update();
    });
    this.observer.observe(canvas);
    document.addEventListener('visibilitychange', update);
    return {
      latency,
      remove: () => {
        document.removeEventListener('visibilitychange', update);
        this.observer.unobserve(canvas);
        this.tiles.delete(canvas);
        stop?.();
        player.destroy();
      },
    };
  }
}
