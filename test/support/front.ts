import { once } from 'node:events';
import { createServer, IncomingMessage, request, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { AddressInfo, connect, Socket } from 'node:net';
import type { Certificate } from './certificate';

/** An answer that does not come from the service. */
export interface OwnAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/**
 * Stands between browsers and the service, as a reverse proxy does: ends TLS, says who called and how, passes WebSockets on,
 * and answers 502 in words of its own while the service is away. What the deploy/ folder sets up, in small.
 */
export class Front {
  /** `null`: the service is away. */
  target: string | null = null;
  /** Asked before the service is; `null`: the service answers. */
  answer: (path: string) => Promise<OwnAnswer | null> | OwnAnswer | null = () => null;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly certificate: Certificate | null) {
    const handler = (asked: IncomingMessage, response: ServerResponse): void => void this.handle(asked, response);
    this.server = certificate ? createTlsServer({ ...certificate }, handler) : createServer(handler);
    this.server.on('upgrade', (asked, socket, head) => this.upgrade(asked, socket as Socket, head));
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** @param certificate `null`: plain HTTP */
  static async start(certificate: Certificate | null = null): Promise<Front> {
    const front = new Front(certificate);
    front.server.listen(0, '127.0.0.1');
    await once(front.server, 'listening');
    return front;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async handle(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    const own = await this.answer((asked.url ?? '/').split('?')[0] ?? '/');
    if (own) return void response.writeHead(own.status, own.headers).end(own.body);
    if (this.target === null) return this.sayAway(response);
    const { method, url } = asked;
    const onward = request(this.target + url, { method, headers: this.headers(asked), agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    onward.once('error', () => (response.headersSent ? response.destroy() : this.sayAway(response)));
    response.once('close', () => onward.destroy());
    asked.pipe(onward);
  }

  private upgrade(asked: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => undefined);
    if (this.target === null) return void socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n');
    const { hostname, port } = new URL(this.target);
    const onward = connect(Number(port), hostname, () => {
      const lines = Object.entries(this.headers(asked)).map(([name, value]) => `${name}: ${String(value)}`);
      onward.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      one.once('close', () => other.destroy());
    }
  }

  /** What the caller sent, and who it is: the last of `X-Forwarded-For` is this proxy's word. */
  private headers(asked: IncomingMessage): IncomingMessage['headers'] {
    const said = asked.headers['x-forwarded-for'];
    const caller = asked.socket.remoteAddress ?? '';
    return {
      ...asked.headers,
      'x-forwarded-for': said === undefined ? caller : `${String(said)}, ${caller}`,
      'x-forwarded-proto': this.certificate ? 'https' : 'http',
    };
  }

  private sayAway(response: ServerResponse): void {
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>');
  }
}
