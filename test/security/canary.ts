import { once } from 'node:events';
import { AddressInfo, createServer, Server } from 'node:net';

/** Something on this machine that no camera's address may lead to: it counts whoever connects, and hangs up. */
export class Canary {
  /** Connections there were. */
  visits = 0;

  private constructor(
    readonly port: number,
    private readonly servers: readonly Server[],
  ) {}

  /** On 127.0.0.1 and, where there is one, on ::1, at the same port. */
  static async start(): Promise<Canary> {
    const first = createServer();
    await once(first.listen(0, '127.0.0.1'), 'listening');
    const { port } = first.address() as AddressInfo;
    const second = createServer();
    const listens = await once(second.listen(port, '::1'), 'listening').then(
      () => true,
      () => false,
    );
    const canary = new Canary(port, listens ? [first, second] : [first]);
    for (const server of canary.servers) {
      server.on('connection', (socket) => {
        canary.visits++;
        socket.destroy();
      });
    }
    return canary;
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}
