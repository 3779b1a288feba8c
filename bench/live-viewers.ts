import { WebSocket } from 'ws';
import { serve } from './worker';

/** Many viewers of one court over WebSockets, as the page opens them. */
export interface ViewersSpec {
  readonly url: string;
  readonly sessionId: string;
  readonly tickets: readonly string[];
  /** Subscribes and then takes nothing from its socket any more. */
  readonly reads: boolean;
}

export interface ViewersFacts {
  /** Pictures each viewer got, fewest and most. */
  readonly fewest: number;
  readonly most: number;
  readonly bytes: number;
  /** How long pictures took from the service’s having them to being here, milliseconds. */
  readonly delays: readonly number[];
  readonly skipped: number;
  readonly closed: number;
}

const HEADER_BYTES = 16;
const FRAGMENT = 1;

class Viewer {
  pictures = 0;
  bytes = 0;
  skipped = 0;
  closed = false;
  delays: number[] = [];
  private readonly socket: WebSocket;

  constructor({ url, sessionId, reads }: ViewersSpec, ticket: string, onFirst: (error?: Error) => void) {
    this.socket = new WebSocket(url);
    this.socket.on('error', onFirst);
    this.socket.on('close', (code) => {
      this.closed = true;
      onFirst(new Error(`closed with ${code}`));
    });
    this.socket.on('open', () => this.socket.send(JSON.stringify({ ticket })));
    this.socket.on('message', (data: Buffer, binary: boolean) => {
      if (binary) {
        this.take(data);
        if (!reads) this.socket.pause();
        return onFirst();
      }
      const message = JSON.parse(data.toString('utf8')) as { type: string };
      if (message.type === 'welcome') {
        this.socket.send(JSON.stringify({ type: 'subscribe', stream: 1, session_id: sessionId, mode: 'video' }));
      } else if (message.type === 'skipped') this.skipped++;
      else if (message.type === 'error') onFirst(new Error(data.toString('utf8')));
    });
  }

  reset(): void {
    this.pictures = 0;
    this.bytes = 0;
    this.delays = [];
  }

  end(): void {
    this.socket.terminate();
  }

  private take(data: Buffer): void {
    this.bytes += data.length;
    if (data.length < HEADER_BYTES || data[2] !== FRAGMENT) return;
    this.pictures++;
    // Of the many pictures of a second a few tell enough.
    if (this.pictures % 25 === 0) this.delays.push(performance.timeOrigin + performance.now() - data.readDoubleBE(8));
  }
}

const viewers: Viewer[] = [];
const silent: Viewer[] = [];

const methods = {
  /** Settles when each has its first picture. */
  async open(spec: ViewersSpec): Promise<void> {
    await Promise.all(
      spec.tickets.map(
        (ticket) =>
          new Promise<void>((resolve, reject) => {
            const viewer: Viewer = new Viewer(spec, ticket, (error) => (error ? reject(error) : resolve()));
            (spec.reads ? viewers : silent).push(viewer);
          }),
      ),
    );
  },

  /** Counts from now. */
  reset(): void {
    for (const viewer of viewers) viewer.reset();
  },

  facts(): ViewersFacts {
    const counts = viewers.map(({ pictures }) => pictures);
    return {
      fewest: Math.min(...counts),
      most: Math.max(...counts),
      bytes: viewers.reduce((sum, { bytes }) => sum + bytes, 0),
      delays: viewers.flatMap(({ delays }) => delays),
      skipped: viewers.reduce((sum, { skipped }) => sum + skipped, 0),
      closed: viewers.filter(({ closed }) => closed).length,
    };
  },

  close(): void {
    for (const viewer of [...viewers.splice(0), ...silent.splice(0)]) viewer.end();
  },
};

export type LiveViewers = typeof methods;

serve(methods, async () => methods.close());
