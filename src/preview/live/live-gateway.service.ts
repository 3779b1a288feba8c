import { IncomingMessage, Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, Logger, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { WebSocketServer } from 'ws';
import { Clock } from '../../common/clock';
import { isAllowedOrigin } from '../../common/allowed-origin';
import { isOwnHost } from '../../common/own-host';
import { problemBody } from '../../common/problem.filter';
import { PROBLEMS, ProblemException } from '../../common/problem';
import { AppConfig } from '../../config/app-config';
import { SessionsService } from '../../sessions/sessions.service';
import { LiveSlots } from '../viewer-slots';
import { LiveConnection, LiveContext } from './live-connection';
import { LiveHub } from './live-hub.service';
import { CLOSE, LIVE_PATH, MAX_MESSAGE_BYTES } from './live-protocol';
import { LiveRights } from './live-rights.service';
import { LiveSocket } from './live-socket';
import { LiveTickets } from './live-tickets.service';

/** Connections that have not said who they are; each is given five seconds, less where others come: the oldest goes. */
const MAX_STRANGERS = 500;
/** A page needs one. */
const MAX_OF_ONE_USER = 20;
/** Fragments of one message: nobody has a reason to cut 4 KiB into more. */
const MAX_FRAGMENTS = 64;
const RETRY_AFTER_SECONDS = 5;

/**
 * Opens `/api/preview/live` on the service's own port, as ws recommends: by the server's `upgrade`. Nest's gateways were no
 * help here. Their adapter reads every message as `{event, data}` and drops in silence what is not, where this protocol has
 * its own forms and counts what is no message; its origin check would have to be written before configuration is there; and
 * it hangs up at the end without a word.
 */
@Injectable()
export class LiveGateway implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly context: LiveContext;
  private readonly connections = new Set<LiveConnection>();
  private readonly strangers = new Set<LiveConnection>();
  private closing = false;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
    // JPEG and H.264 do not get smaller, and a window for each viewer costs memory.
    perMessageDeflate: false,
  });
  private readonly onUpgrade = (request: IncomingMessage, socket: Socket, head: Buffer): void =>
    this.upgrade(request, socket, head);

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly config: AppConfig,
    tickets: LiveTickets,
    sessions: SessionsService,
    slots: LiveSlots,
    hub: LiveHub,
    rights: LiveRights,
    private readonly clock: Clock,
  ) {
    this.context = { tickets, sessions, slots, hub, rights, clock, logger: new Logger(LiveGateway.name) };
  }

  onApplicationBootstrap(): void {
    (this.host.httpAdapter.getHttpServer() as Server).on('upgrade', this.onUpgrade);
  }

  /** Before sessions end: viewers are told that the service goes, not that their courts do. */
  async onModuleDestroy(): Promise<void> {
    this.closing = true;
    const ending = [...this.connections].map((connection) => connection.close(CLOSE.goingAway, 'the service ends'));
    await Promise.all(ending);
  }

  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    // A socket that breaks before its handshake is nobody's.
    socket.on('error', () => undefined);
    const problem = this.refusal(request);
    if (problem) return refuse(socket, problem);
    this.sockets.handleUpgrade(request, socket, head, (ws) => {
      const outlet: LiveSocket = new LiveSocket(ws, socket, this.clock, () => connection.drained());
      const connection = new LiveConnection(outlet, this.context, () => this.welcomed(connection));
      this.connections.add(connection);
      this.strangers.add(connection);
      const [oldest] = this.strangers;
      // Whoever has a ticket shows it at once: that nobody can keep out who comes with many lines and none.
      if (this.strangers.size > MAX_STRANGERS) void oldest?.close(CLOSE.tooSlow, 'others came');
      void outlet.gone.then(() => {
        this.connections.delete(connection);
        this.strangers.delete(connection);
      });
    });
  }

  private welcomed(connection: LiveConnection): void {
    this.strangers.delete(connection);
    const { userId } = connection.principal;
    const own = [...this.connections].filter((one) => !this.strangers.has(one) && one.principal.userId === userId);
    if (own.length > MAX_OF_ONE_USER) void own[0]?.close(CLOSE.flood, 'too many connections');
  }

  private refusal({ url, headers }: IncomingMessage): ProblemException | null {
    if (url?.split('?')[0] !== LIVE_PATH) return new ProblemException('not_found');
    if (!isOwnHost(headers.host, this.config.publicUrl)) return new ProblemException('misdirected_request');
    if (!isAllowedOrigin(headers.origin, headers.host, this.config)) {
      return new ProblemException('forbidden', 'Pages of this origin may not watch: see CORS_ORIGINS.');
    }
    const { maxSessions, maxLiveViewers } = this.config;
    const full = this.connections.size >= MAX_STRANGERS + maxSessions * maxLiveViewers;
    if (!full && !this.closing) return null;
    return new ProblemException('overloaded', undefined, { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
}

/** Answers a handshake by hand: there is no response object for one. */
function refuse(socket: Socket, problem: ProblemException): void {
  const body = JSON.stringify(problemBody(problem));
  const [status] = PROBLEMS[problem.code];
  const { retryAfterSeconds } = problem.extras;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Cache-Control: no-store',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(retryAfterSeconds === undefined ? [] : [`Retry-After: ${retryAfterSeconds}`]),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
