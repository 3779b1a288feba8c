import { once } from 'node:events';
import { AddressInfo, createServer, connect, Server, Socket } from 'node:net';

export interface LinkSpeed {
  /** Bits a second, for all connections together. */
  readonly down: number;
  readonly up: number;
  /** Milliseconds there and back. */
  readonly roundTrip: number;
}

/** A few packets: connections take turns with so many bytes. */
const SLICE = 2_920;

/**
 * A slow line before a service on this machine: a proxy that lets through so many bits a second, late. The browser's own
 * throttle (`Network.emulateNetworkConditions`) holds for a page, but not for what its service worker asks for.
 */
export class SlowLink {
  private readonly sockets = new Set<Socket>();

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(target: string, speed: LinkSpeed): Promise<SlowLink> {
    const port = Number(new URL(target).port);
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const link = new SlowLink(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    const up = new Lane(speed.up, speed.roundTrip / 2);
    const down = new Lane(speed.down, speed.roundTrip / 2);
    server.on('connection', (near) => {
      // The handshake costs a round trip, which the loopback gave away.
      near.pause();
      setTimeout(() => link.join(near, connect({ port, host: '127.0.0.1', noDelay: true }), up, down), speed.roundTrip);
    });
    return link;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket, far: Socket, up: Lane, down: Lane): void {
    for (const [from, to, lane] of [
      [near, far, up],
      [far, near, down],
    ] as const) {
      this.sockets.add(from);
      lane.carry(from, to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.end();
      });
    }
    near.resume();
  }
}

/** One direction of the line: what waits goes out slice by slice, each connection in its turn. */
class Lane {
  private readonly waiting: { readonly to: Socket; readonly chunks: Buffer[] }[] = [];
  private freeAt = 0;
  private busy = false;

  constructor(
    private readonly bitsPerSecond: number,
    private readonly lateMs: number,
  ) {}

  carry(from: Socket, to: Socket): void {
    const queue = { to, chunks: [] as Buffer[] };
    from.on('data', (chunk) => {
      if (queue.chunks.push(chunk as Buffer) === 1) this.waiting.push(queue);
      if (!this.busy) this.next();
    });
  }

  private next(): void {
    const queue = this.waiting.shift();
    this.busy = queue !== undefined;
    if (queue === undefined) return;
    const [first = Buffer.alloc(0)] = queue.chunks;
    const slice = first.subarray(0, SLICE);
    if (first.length > SLICE) queue.chunks[0] = first.subarray(SLICE);
    else queue.chunks.shift();
    if (queue.chunks.length > 0) this.waiting.push(queue);
    const now = performance.now();
    // By the plan and not by when timers fire: what fired late does not make the line slower.
    this.freeAt = Math.max(now, this.freeAt) + (slice.length * 8 * 1000) / this.bitsPerSecond;
    setTimeout(() => queue.to.writable && queue.to.write(slice), this.freeAt + this.lateMs - now);
    setTimeout(() => this.next(), this.freeAt - now);
  }
}
