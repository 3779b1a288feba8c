import { BackOff } from './back-off';
import { ClockOffset, localNow } from './clock-offset';
import { MediaMessage, readMediaMessage } from './media-message';
import { ErrorMessage, readServerMessage, StreamMessage, StreamMode } from './protocol';

/** To be thrown by whoever gets tickets where asking again is in vain: the connection then stays closed. */
export class SignedOutError extends Error {}

export interface LiveConnectionOptions {
  /**
   * Gets a ticket: `POST /api/preview/ticket`. Whatever it throws is tried again, but for {@link SignedOutError}.
   */
  readonly ticket: () => Promise<string>;
  /** `ws(s)://…/api/preview/live`; the page's own host unless given. */
  readonly url?: string;
  readonly socket?: (url: string) => WebSocket;
}

export type ConnectionState =
  /** Nothing is subscribed, or it was closed. */
  | 'idle'
  | 'connecting'
  | 'open'
  /** Lost, or not had: tried again by itself. */
  | 'waiting'
  /** No ticket can be had: somebody has to sign in. */
  | 'signed-out';

/** What a subscriber hears. */
export type StreamEvent =
  | Exclude<StreamMessage, ErrorMessage>
  /** The service refuses. `passing`: it is asked again by itself; otherwise this was the last event. */
  | (ErrorMessage & { readonly passing: boolean })
  | { readonly type: 'media'; readonly media: MediaMessage }
  /** The connection is gone; the stream begins anew, with `subscribed`, when it is back. */
  | { readonly type: 'disconnected' };

interface Subscription {
  readonly sessionId: string;
  readonly mode: StreamMode;
  readonly listener: (event: StreamEvent) => void;
  /** Its number in this connection; a number is not used twice in one. */
  stream: number | null;
  readonly backOff: BackOff;
  retry: ReturnType<typeof setTimeout> | undefined;
  /** Since when the service says that the session is not open. */
  closedSince: number | null;
}

const PING_MS = 4_000;
/** The clocks are compared a few times at once, so that the first delay shown is a good one. */
const FIRST_PINGS_MS = [0, 150, 500, 1_500];
/** No word for so long, not even an answer to a ping: the line is dead, whatever the socket believes. */
const SILENCE_MS = 9_000;
/** … and for so long where the browser itself says that the network is gone. */
const DOUBT_MS = 2_000;
const CONNECT_MS = 10_000;
/** So much is asked for right behind the ticket, without waiting for the welcome; the service takes a little more. */
const EARLY_STREAMS = 16;
/** A connection that lived so long was a good one: the next pause is short. */
const STABLE_MS = 10_000;
/** For so long a session that is not open is asked for again: opening takes a while, and so does a restart of the service. */
const OPENING_MS = 60_000;
/** Refusals that pass: asked again. The others are for people. */
const PASSING = new Set(['viewer_limit', 'overloaded', 'database_unavailable', 'internal_error', 'too_many_attempts']);

/**
 * One WebSocket for everything a page watches. Connects with the first subscription, comes back by itself, and then takes
 * up every subscription again.
 */
export class LiveConnection {
  private readonly subscriptions = new Set<Subscription>();
  private readonly byStream = new Map<number, Subscription>();
  private readonly stateListeners = new Set<(state: ConnectionState) => void>();
  private readonly backOff = new BackOff();
  private readonly offset = new ClockOffset();
  private current: ConnectionState = 'idle';
  private socket: WebSocket | null = null;
  /** The ticket was said: what is said now is heard when it was found good. */
  private introduced = false;
  /** Events of an attempt that was given up change nothing. */
  private attempt = 0;
  private timers: ReturnType<typeof setTimeout>[] = [];
  private heardAt = 0;
  private welcomedAt = 0;
  private nextStream = 1;

  constructor(private readonly options: LiveConnectionOptions) {
    globalThis.addEventListener?.('online', this.hurry);
    globalThis.addEventListener?.('offline', this.doubt);
  }

  get state(): ConnectionState {
    return this.current;
  }

  /** Milliseconds since 1970 by the service's clock. */
  serverNow(): number {
    return localNow() + (this.offset.value ?? 0);
  }

  /** Watches a session. @returns ends it; the listener hears nothing after that. */
  subscribe(sessionId: string, mode: StreamMode, listener: (event: StreamEvent) => void): () => void {
    const backOff = new BackOff();
    const subscription: Subscription = {
      ...{ sessionId, mode, listener, backOff },
      ...{ stream: null, retry: undefined, closedSince: null },
    };
    this.subscriptions.add(subscription);
    if (this.maySay) this.ask(subscription);
    // Who watches anew may have signed in since.
    else if (this.current === 'idle' || this.current === 'signed-out') this.connect();
    return () => this.drop(subscription, true);
  }

  /** @returns stops listening */
  onState(listener: (state: ConnectionState) => void): () => void {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  }

  /** Tries at once what would be tried later, e.g. after signing in again. */
  readonly hurry = (): void => {
    if (this.subscriptions.size > 0 && (this.current === 'waiting' || this.current === 'signed-out')) this.connect();
  };

  /** Somebody else signs in: the line goes, and what is watched is asked for again in their name. */
  reset(): void {
    this.hangUp();
    this.become('idle');
    if (this.subscriptions.size > 0) this.connect();
  }

  /** Ends it for good. */
  close(): void {
    globalThis.removeEventListener?.('online', this.hurry);
    globalThis.removeEventListener?.('offline', this.doubt);
    for (const subscription of [...this.subscriptions]) this.drop(subscription, false);
    this.hangUp();
    this.become('idle');
  }

  private connect(): void {
    this.hangUp();
    if (this.subscriptions.size === 0) return this.become('idle');
    const attempt = this.attempt;
    this.become('connecting');
    this.later(CONNECT_MS, () => this.lost());
    // The line is built while the ticket is fetched: two round trips at once. The service waits some seconds for it.
    const opened = this.dial();
    this.options.ticket().then(
      (ticket) => {
        void opened.then(() => attempt === this.attempt && this.introduce(ticket));
      },
      (error: unknown) => {
        if (attempt !== this.attempt) return;
        if (!(error instanceof SignedOutError)) return this.lost();
        this.hangUp();
        this.become('signed-out');
      },
    );
  }

  /** @returns settles when the line is open */
  private dial(): Promise<void> {
    const attempt = this.attempt;
    const url = this.options.url ?? `${location.origin.replace(/^http/, 'ws')}/api/preview/live`;
    const socket = this.options.socket?.(url) ?? new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    const mine = (): boolean => attempt === this.attempt;
    const opened = new Promise<void>((resolve) => (socket.onopen = () => resolve()));
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => mine() && this.hear(data);
    // Also with 4401: whether somebody has to sign in, the attempt to get another ticket tells.
    socket.onclose = () => mine() && this.lost();
    return opened;
  }

  private hear(data: string | ArrayBuffer): void {
    this.heardAt = localNow();
    if (typeof data !== 'string') {
      const media = readMediaMessage(data);
      if (media) this.byStream.get(media.stream)?.listener({ type: 'media', media });
      return;
    }
    const message = readServerMessage(data);
    if (message?.type === 'welcome') this.welcome();
    else if (message?.type === 'pong') this.offset.add(message.at, this.heardAt, message.now);
    else if (message && 'stream' in message && message.stream !== undefined) this.deliver(message as StreamMessage);
  }

  private deliver(message: StreamMessage): void {
    const subscription = this.byStream.get(message.stream);
    if (!subscription) return;
    if (message.type === 'error') return this.refused(subscription, message);
    if (message.type === 'subscribed') {
      subscription.backOff.reset();
      subscription.closedSince = null;
    }
    if (message.type === 'ended') this.drop(subscription, false);
    subscription.listener(message);
  }

  private refused(subscription: Subscription, message: ErrorMessage): void {
    const passing = PASSING.has(message.code) || this.mayOpen(subscription, message.code);
    this.byStream.delete(subscription.stream ?? 0);
    subscription.stream = null;
    if (passing) {
      clearTimeout(subscription.retry);
      subscription.retry = setTimeout(() => {
        if (this.current === 'open' && subscription.stream === null) this.ask(subscription);
      }, subscription.backOff.next());
    } else this.drop(subscription, false);
    subscription.listener({ ...message, passing });
  }

  /** A session that is being opened, or gone on with after a restart, is live in a moment. */
  private mayOpen(subscription: Subscription, code: string): boolean {
    if (code !== 'session_not_live') return false;
    subscription.closedSince ??= localNow();
    return localNow() - subscription.closedSince < OPENING_MS;
  }

  private introduce(ticket: string): void {
    this.send({ ticket });
    this.introduced = true;
    for (const subscription of this.subscriptions) if (this.maySay) this.ask(subscription);
  }

  private get maySay(): boolean {
    return this.current === 'open' || (this.introduced && this.byStream.size < EARLY_STREAMS);
  }

  private welcome(): void {
    this.hangUpTimers();
    this.welcomedAt = localNow();
    this.become('open');
    for (const ms of FIRST_PINGS_MS) this.later(ms, () => this.ping());
    this.timers.push(setInterval(() => this.beat(), PING_MS));
    for (const subscription of this.subscriptions) if (subscription.stream === null) this.ask(subscription);
  }

  private beat(): void {
    const now = localNow();
    if (now - this.heardAt > SILENCE_MS) return this.lost();
    if (now - this.welcomedAt > STABLE_MS) this.backOff.reset();
    this.ping();
  }

  /** Browsers err about being offline: the service may be in the next room. It is asked. */
  private readonly doubt = (): void => {
    if (this.current !== 'open') return;
    const asked = localNow();
    this.ping();
    this.later(DOUBT_MS, () => this.heardAt < asked && this.lost());
  };

  private ping(): void {
    this.send({ type: 'ping', at: localNow() });
  }

  private ask(subscription: Subscription): void {
    const stream = this.nextStream;
    this.nextStream = stream >= 65_535 ? 1 : stream + 1;
    subscription.stream = stream;
    this.byStream.set(stream, subscription);
    this.send({ type: 'subscribe', stream, session_id: subscription.sessionId, mode: subscription.mode });
  }

  private drop(subscription: Subscription, tell: boolean): void {
    if (!this.subscriptions.delete(subscription)) return;
    clearTimeout(subscription.retry);
    const { stream } = subscription;
    if (stream === null) return;
    this.byStream.delete(stream);
    if (tell && this.introduced) this.send({ type: 'unsubscribe', stream });
  }

  private lost(): void {
    this.hangUp();
    if (this.subscriptions.size === 0) return this.become('idle');
    this.become('waiting');
    this.later(this.backOff.next(), () => this.connect());
    for (const subscription of [...this.subscriptions]) subscription.listener({ type: 'disconnected' });
  }

  /** Forgets the socket and everything that belongs to it; its close handshake may take as long as it likes. */
  private hangUp(): void {
    this.attempt++;
    this.hangUpTimers();
    this.socket?.close();
    this.socket = null;
    this.introduced = false;
    this.welcomedAt = 0;
    this.byStream.clear();
    for (const subscription of this.subscriptions) {
      clearTimeout(subscription.retry);
      subscription.stream = null;
    }
  }

  private hangUpTimers(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers = [];
  }

  private later(ms: number, task: () => void): void {
    this.timers.push(setTimeout(task, ms));
  }

  private send(message: object): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  private become(state: ConnectionState): void {
    if (state === this.current) return;
    this.current = state;
    for (const listener of [...this.stateListeners]) listener(state);
  }
}
