import { EventEmitter, once } from 'node:events';
import { AddressInfo, createServer, Server, Socket } from 'node:net';

/** Something at a camera's address that is no camera: answers every connection with the same bytes. */
export class RawCamera extends EventEmitter<{ disconnection: [] }> {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  /**
   * @param options.greets sent as soon as somebody connects, before any request
   * @param options.answer sent once the first bytes of a request have come; none: silence
   * @param options.hangsUp closes behind its words
   */
  constructor(
    private readonly options: {
      readonly scheme: 'rtsp' | 'http';
      readonly greets?: Buffer | string;
      readonly answer?: Buffer | string;
      readonly hangsUp?: boolean;
    },
  ) {
    super();
    this.server = createServer((socket) => this.serve(socket));
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `${this.options.scheme}://127.0.0.1:${port}/live`;
  }

  get connections(): number {
    return this.sockets.size;
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private serve(socket: Socket): void {
    const { greets, answer, hangsUp } = this.options;
    this.sockets.add(socket);
    // Whoever leaves may do so rudely; 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.sockets.delete(socket);
      this.emit('disconnection');
    });
    const say = (words: Buffer | string | undefined): void => {
      if (words !== undefined) socket.write(words);
      if (hangsUp) socket.end();
    };
    if (greets !== undefined || answer === undefined) say(greets);
    if (answer !== undefined) socket.once('data', () => say(answer));
    socket.resume();
  }
}
