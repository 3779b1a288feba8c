import type { RawData } from 'ws';
import { Logger } from '@nestjs/common';
import type { Principal } from '../../auth/principal';
import { Cancel, Clock } from '../../common/clock';
import { PROBLEMS, ProblemCode, ProblemException } from '../../common/problem';
import { toProblem } from '../../common/to-problem';
import type { SessionsService } from '../../sessions/sessions.service';
import type { LiveSlots } from '../viewer-slots';
import { ClientMessage, readMessage, readTicket } from './client-message';
import { Heartbeat } from './heartbeat';
import type { LiveHub } from './live-hub.service';
import { CLOSE, EndReason, HEARTBEAT_MS, MAX_STREAMS, TICKET_WITHIN_MS } from './live-protocol';
import type { LiveRights, WatchedViewer } from './live-rights.service';
import type { LiveSocket } from './live-socket';
import type { LiveStream, StreamRequest } from './live-stream';
import type { LiveTickets } from './live-tickets.service';
import { MessageGate } from './message-gate';

/** What a connection works with. */
export interface LiveContext {
  readonly tickets: LiveTickets;
  readonly sessions: SessionsService;
  readonly slots: LiveSlots;
  readonly hub: LiveHub;
  readonly rights: LiveRights;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A place in the connection: taken when a viewer asks for it, filled when it is known that they may. */
interface Seat {
  readonly request: StreamRequest;
  stream: LiveStream | null;
  release: () => void;
}

/**
 * One viewer's WebSocket: first a ticket, then any number of subscriptions, until either side has enough. What happens to a
 * message is decided here; what it takes to see pictures is behind {@link LiveHub}.
 */
export class LiveConnection implements WatchedViewer {
  private readonly seats = new Map<number, Seat>();
  private readonly gate: MessageGate;
  private readonly heartbeat: Heartbeat;
  private readonly deadline: Cancel;
  private who: Principal | null = null;
  private unwatch: (() => void) | null = null;
  /** Messages that came behind the ticket, while it was looked at; `null` once it was. */
  private early: string[] | null = [];
  private ticketShown = false;
  private turn = 0;

  /** @param onWelcome its ticket was good */
  constructor(
    private readonly socket: LiveSocket,
    private readonly context: LiveContext,
    private readonly onWelcome: () => void,
  ) {
    const { clock } = context;
    this.gate = new MessageGate(clock);
    this.heartbeat = new Heartbeat(socket, clock);
    this.deadline = clock.after(TICKET_WITHIN_MS, () => void this.close(CLOSE.tooSlow, 'no ticket in time'));
    const { ws } = socket;
    ws.on('message', (data, binary) => this.hear(data, binary));
    for (const event of ['ping', 'pong'] as const) ws.on(event, () => this.count());
    // A frame that is too long or malformed: ws answers it with its own close code.
    ws.on('error', () => undefined);
    ws.once('close', () => this.over());
  }

  get principal(): Principal {
    return this.who as Principal;
  }

  get sessionIds(): string[] {
    return [...this.seats.values()].map(({ request }) => request.sessionId);
  }

  /** There is room for media again. */
  drained(): void {
    const seats = [...this.seats.values()];
    // Another one first each time: on a narrow line the first one takes all the room there is.
    const first = this.turn++ % Math.max(1, seats.length);
    for (const { stream } of [...seats.slice(first), ...seats.slice(0, first)]) stream?.onMedia();
  }

  judge(principal: Principal | null, maySee: (sessionId: string) => boolean): void {
    if (!principal) return void this.close(CLOSE.unauthorized, 'signed out');
    this.who = principal;
    for (const [number, { request }] of [...this.seats]) if (!maySee(request.sessionId)) this.end(number, 'withdrawn');
  }

  giveUp(): void {
    void this.close(CLOSE.internal, 'internal error');
  }

  /** Ends it. Settles when it is gone. */
  close(code: number, reason: string): Promise<void> {
    this.over();
    return this.socket.close(code, reason);
  }

  private over(): void {
    this.deadline();
    this.heartbeat.stop();
    this.unwatch?.();
    for (const [number, seat] of [...this.seats]) this.vacate(number, seat);
  }

  /** False: it is over, or over now. */
  private count(): boolean {
    if (this.socket.closed) return false;
    const early = this.early?.length ?? 0;
    if (this.gate.pass() && early < MAX_STREAMS) return true;
    void this.close(CLOSE.flood, 'too many messages');
    return false;
  }

  private hear(data: RawData, binary: boolean): void {
    if (!this.count()) return;
    // ws gives one Buffer a message unless told otherwise.
    const text = binary ? null : (data as Buffer).toString('utf8');
    if (!this.ticketShown) return void this.showTicket(text);
    if (text === null) return this.fault('validation_failed', 'A message is text.');
    if (this.early) this.early.push(text);
    else this.obey(readMessage(text));
  }

  private async showTicket(text: string | null): Promise<void> {
    this.ticketShown = true;
    const ticket = text === null ? null : readTicket(text);
    if (ticket === null) return void this.close(CLOSE.unauthorized, 'the first message has to be a ticket');
    try {
      const principal = await this.context.tickets.redeem(ticket);
      if (this.socket.closed) return;
      if (!principal) return void this.close(CLOSE.unauthorized, 'the ticket is not good');
      this.welcome(principal);
    } catch (error) {
      this.log(error, 'A ticket could not be looked at.');
      void this.close(CLOSE.tryAgainLater, 'try again later');
    }
  }

  private welcome(principal: Principal): void {
    this.who = principal;
    this.deadline();
    this.onWelcome();
    this.unwatch = this.context.rights.watch(this);
    this.socket.say({ type: 'welcome', heartbeat_ms: HEARTBEAT_MS, max_streams: MAX_STREAMS });
    this.heartbeat.start();
    const early = this.early ?? [];
    this.early = null;
    for (const text of early) this.obey(readMessage(text));
  }

  private obey(message: ClientMessage | string): void {
    if (this.socket.closed) return;
    if (typeof message === 'string') return this.fault('validation_failed', message);
    switch (message.type) {
      case 'ping':
        return this.socket.say({ type: 'pong', at: message.at, now: this.context.clock.now() });
      case 'unsubscribe':
        return this.unsubscribe(message.stream);
      case 'malformed':
        return this.refuse(message.stream, new ProblemException('validation_failed', message.detail));
      case 'subscribe':
        return void this.subscribe(message);
    }
  }

  private async subscribe(request: StreamRequest): Promise<void> {
    const { stream: number, sessionId } = request;
    if (this.seats.has(number)) {
      return this.refuse(number, new ProblemException('in_use', 'This stream number is in use.'));
    }
    if (this.seats.size >= MAX_STREAMS) {
      return this.refuse(number, new ProblemException('viewer_limit', `A connection has ${MAX_STREAMS} streams.`));
    }
    const seat: Seat = { request, stream: null, release: () => undefined };
    this.seats.set(number, seat);
    try {
      await this.context.sessions.require(this.principal, sessionId, 'see');
      // Unsubscribed, or gone, while we asked.
      if (this.seats.get(number) !== seat) return;
      seat.release = this.context.slots.take(sessionId);
      const stream = this.context.hub.join(request, this.socket, () => this.end(number, 'closed'));
      seat.stream = stream;
      if (this.seats.get(number) !== seat) this.context.hub.leave(stream);
    } catch (error) {
      if (this.seats.get(number) !== seat) return;
      this.vacate(number, seat);
      this.refuse(number, this.log(error, 'A court could not be shown.'));
    }
  }

  private unsubscribe(number: number): void {
    if (this.seats.has(number)) return this.end(number, 'unsubscribed');
    this.refuse(number, new ProblemException('not_found', 'This stream number is not in use.'));
  }

  private end(number: number, reason: EndReason): void {
    const seat = this.seats.get(number);
    if (!seat) return;
    this.vacate(number, seat);
    this.socket.say({ type: 'ended', stream: number, reason });
  }

  private vacate(number: number, seat: Seat): void {
    this.seats.delete(number);
    seat.release();
    if (seat.stream) this.context.hub.leave(seat.stream);
  }

  private refuse(stream: number, { code, detail }: ProblemException): void {
    this.socket.say({ type: 'error', stream, code, status: PROBLEMS[code][0], detail });
  }

  /** A message that is none: said so, and ten times is enough. */
  private fault(code: ProblemCode, detail: string): void {
    this.socket.say({ type: 'error', code, status: PROBLEMS[code][0], detail });
    if (!this.gate.passFault()) void this.close(CLOSE.noMessages, 'these are no messages');
  }

  private log(error: unknown, message: string): ProblemException {
    const problem = toProblem(error);
    if (problem.code === 'internal_error') this.context.logger.error({ err: error }, message);
    return problem;
  }
}
