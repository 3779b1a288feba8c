import { once } from 'node:events';
import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';

/** Whether a statement is meant: everything that the service sent in one go, as text; its parameters are in it. */
type Meant = (statement: string) => boolean;

/** Sees every statement before it passes. @returns whether it has been dealt with */
type Trap = (link: Link, statement: string, chunk: Buffer) => boolean;

/** One connection of the service and the one made for it to the server. */
interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** What comes from the server is thrown away; called with the first of it. */
  swallow: (() => void) | null;
}

/**
 * Stands between the service and PostgreSQL and does what networks do: connections are cut, go silent, or end just when an
 * answer was on its way.
 */
export class DatabaseProxy {
  private readonly links = new Set<Link>();
  private readonly traps = new Set<Trap>();
  private readonly server: Server;
  private silent = false;
  private refusing = false;

  private constructor(private readonly target: URL) {
    this.server = createServer((client) => this.accept(client));
  }

  /** @param url of the server; see {@link DatabaseProxy.url} for where services go instead */
  static async start(url: string): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(new URL(url));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    const url = new URL(this.target.href);
    url.hostname = '127.0.0.1';
    url.port = `${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  get connections(): number {
    return this.links.size;
  }

  /** Every connection ends with a reset, and new ones too until {@link heal}. */
  cut(): void {
    this.refusing = true;
    for (const link of this.links) this.end(link);
  }

  /** Connections stay, also new ones, and nothing passes in either direction until {@link heal}: a cable pulled. */
  hang(): void {
    this.silent = true;
    for (const { client, server } of this.links) {
      client.pause();
      server.pause();
    }
  }

  /** All is well again; what waited is passed on. */
  heal(): void {
    this.refusing = this.silent = false;
    for (const { client, server } of this.links) {
      client.resume();
      server.resume();
    }
  }

  /**
   * The COMMIT of the next transaction that has such a statement reaches the server, and its answer never comes back: the
   * connection ends instead. Settles when it has.
   */
  loseCommitOf(meant: Meant): Promise<void> {
    let marked: Link | null = null;
    return new Promise((resolve) => {
      const trap: Trap = (link, statement, chunk) => {
        if (!isCommit(statement)) {
          if (meant(statement)) marked = link;
          return false;
        }
        if (marked !== link) return false;
        this.traps.delete(trap);
        this.endAtAnswer(link, resolve);
        link.server.write(chunk);
        return true;
      };
      this.traps.add(trap);
    });
  }

  /** The next such statement reaches the server, and its answer never comes back: the connection ends instead. */
  loseAnswerTo(meant: Meant): Promise<void> {
    return new Promise((resolve) => {
      const trap: Trap = (link, statement, chunk) => {
        if (!meant(statement)) return false;
        this.traps.delete(trap);
        this.endAtAnswer(link, resolve);
        link.server.write(chunk);
        return true;
      };
      this.traps.add(trap);
    });
  }

  /** Goes silent, as {@link hang}, just before the next such statement passes; it is passed on when all is well again. */
  hangBefore(meant: Meant): Promise<void> {
    return new Promise((resolve) => {
      const trap: Trap = (link, statement, chunk) => {
        if (!meant(statement)) return false;
        this.traps.delete(trap);
        this.hang();
        link.client.unshift(chunk);
        resolve();
        return true;
      };
      this.traps.add(trap);
    });
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private accept(client: Socket): void {
    if (this.refusing) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const server = connect({ host: this.target.hostname, port: Number(this.target.port), noDelay: true });
    client.setNoDelay(true);
    const link: Link = { client, server, swallow: null };
    this.links.add(link);
    for (const socket of [client, server]) {
      // Whoever leaves may do so rudely; 'close' follows.
      socket.on('error', () => undefined);
      socket.on('close', () => this.end(link));
    }
    client.on('data', (chunk: Buffer) => this.toServer(link, chunk));
    server.on('data', (chunk: Buffer) => {
      if (link.swallow) link.swallow();
      else client.write(chunk);
    });
    if (!this.silent) return;
    client.pause();
    server.pause();
  }

  private toServer(link: Link, chunk: Buffer): void {
    const statement = chunk.toString('latin1');
    for (const trap of this.traps) if (trap(link, statement, chunk)) return;
    link.server.write(chunk);
  }

  /** The answer is the proof that it was done. */
  private endAtAnswer(link: Link, then: () => void): void {
    link.swallow = () => {
      this.end(link);
      then();
    };
  }

  private end(link: Link): void {
    if (!this.links.delete(link)) return;
    link.client.resetAndDestroy();
    link.server.destroy();
  }
}

/** The simple query `COMMIT` (PostgreSQL manual, "Frontend/Backend Protocol"): `Q`, length, text, NUL. */
function isCommit(statement: string): boolean {
  return /^Q[^]{4}COMMIT\0/.test(statement);
}
