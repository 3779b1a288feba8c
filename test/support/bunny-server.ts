import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A storage zone and its pull zone as bunny.net has them, on this machine. */
export class BunnyServer {
  readonly objects = new Map<string, Buffer>();
  readonly asked: string[] = [];
  /** The next uploads, each: cut in the middle, or kept as something else. */
  readonly faults: ('cut' | 'damage' | 500)[] = [];

  private constructor(
    private readonly server: Server,
    readonly password: string,
    readonly tokenKey: string,
  ) {}

  static async start(password = 'zone-password', tokenKey = 'pull-zone-key'): Promise<BunnyServer> {
    const server = createServer();
    const bunny = new BunnyServer(server, password, tokenKey);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void bunny.take(request, response).catch(() => response.destroy());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return bunny;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    this.asked.push(`${request.method} ${pathname}`);
    if (searchParams.has('token')) return this.pull(pathname, searchParams, request, response);
    const key = pathname.replace(/^\/club-zone\//, '');
    const fault = request.method === 'PUT' ? this.faults.shift() : undefined;
    if (fault === 'cut') {
      request.once('data', () => request.destroy());
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (request.headers.accesskey !== this.password) return void response.writeHead(401).end('{}');
    if (fault === 500) return void response.writeHead(500).end('{}');
    if (request.method === 'PUT') {
      if (request.headers.checksum !== sum(body)) return void response.writeHead(400).end('{}');
      this.objects.set(key, fault === 'damage' ? Buffer.concat([body.subarray(1), Buffer.from('x')]) : body);
      return void response.writeHead(201).end('{"HttpCode":201}');
    }
    if (request.method === 'DELETE') {
      return void response.writeHead(this.objects.delete(key) ? 200 : 404).end('{}');
    }
    if (pathname.endsWith('/')) return this.list(key, response);
    give(this.objects.get(key), request, response);
  }

  private list(folder: string, response: ServerResponse): void {
    const files = [...this.objects].filter(([key]) => key.startsWith(folder));
    const list = files.map(([key, bytes]) => {
      return { ObjectName: key.slice(folder.length), Length: bytes.length, Checksum: sum(bytes), IsDirectory: false };
    });
    response.writeHead(list.length > 0 ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(list));
  }

  /** By the vendor's words: URL-safe base64 of SHA-256 over key, path and expiry. */
  private pull(path: string, query: URLSearchParams, request: IncomingMessage, response: ServerResponse): void {
    const expires = query.get('expires') ?? '';
    const digest = createHash('sha256')
      .update(this.tokenKey + path + expires)
      .digest('base64');
    const token = digest.replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
    if (query.get('token') !== token || Number(expires) * 1000 < Date.now()) return void response.writeHead(403).end();
    give(this.objects.get(path.slice(1)), request, response);
  }
}

function sum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').toUpperCase();
}

function give(bytes: Buffer | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (!bytes) return void response.writeHead(404).end('{}');
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined) return void response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  const body = bytes.subarray(Number(from), Number(to) + 1);
  const headers = { 'content-length': body.length, 'content-range': `bytes ${from}-${to}/${bytes.length}` };
  response.writeHead(206, headers).end(body);
}
