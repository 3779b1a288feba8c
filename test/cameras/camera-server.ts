import { EventEmitter, once } from 'node:events';
import { randomInt } from 'node:crypto';
import { createServer, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { AuthOptions, Authenticator, AuthScheme } from './camera-auth';
import { Clip } from './clips';
import { monotonic } from './pacer';
import { PlayedFrame, Playback } from './playback';
import { Wire } from './wire';

export interface CameraServerOptions extends Partial<Omit<AuthOptions, 'auth'>> {
  readonly clip: Clip;
  /** 0 (the default): any free port below the ephemeral range, kept over {@link CameraServer.refuse}. */
  readonly port?: number;
  /** Path and query of the stream. */
  readonly path?: string;
  /** Digest when a user name is given, none otherwise. */
  readonly auth?: AuthScheme;
  /** What happens to a second connection while one is open: its socket is closed, or its requests get 453/503. */
  readonly onlyOneConnection?: 'refuse' | 'busy';
  /** Makes it `rtsps`/`https`. PEM. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
}

/** Payload of the `frame` event. */
export interface SentFrame extends PlayedFrame {
  /** Monotonic milliseconds at which it was handed to the kernel. */
  readonly at: number;
  /** Clients it was sent to. */
  readonly clients: number;
}

export interface CameraEvents {
  /** A connection was accepted (`open` counts it) … */
  connection: [{ id: number; open: number }];
  /** … and is gone. */
  disconnection: [{ id: number; open: number }];
  /** A request was read. */
  request: [{ id: number; method: string; uri: string; headers: Record<string, string> }];
  /** Frames go to this client from now on. */
  play: [{ id: number }];
  /** The client said good-bye (RTSP). */
  teardown: [{ id: number }];
  /** The client let its session run out (RTSP). */
  timeout: [{ id: number }];
  /** A picture went out (or would have, with `clients: 0`). */
  frame: [SentFrame];
  /** A client read too slowly; frames up to the next keyframe are dropped for it. */
  overrun: [{ id: number }];
}

/** Ports below the ephemeral range: a client that dials a closed one cannot connect to itself by accident. */
function anyPort(): number {
  return randomInt(20_000, 32_000);
}

/**
 * What all simulated cameras share: a loopback server, a clip played in real time, authentication, counters, and the
 * faults that belong to a connection whatever the protocol.
 */
export abstract class CameraServer extends EventEmitter<CameraEvents> {
  protected readonly wires = new Set<Wire>();
  protected readonly playback: Playback;
  readonly authenticator: Authenticator;
  readonly path: string;
  private server: Server | null = null;
  private boundPort: number;
  private reopen: NodeJS.Timeout | null = null;
  private unmute: NodeJS.Timeout | null = null;
  private muted = false;
  private dripMs = 0;
  private counted = 0;
  private peak = 0;

  protected constructor(
    protected readonly scheme: 'rtsp' | 'http',
    protected readonly options: CameraServerOptions,
    defaultPath: string,
  ) {
    super();
    this.boundPort = options.port ?? 0;
    this.path = options.path ?? defaultPath;
    const { username = '', password = '' } = options;
    const auth = options.auth ?? (username === '' ? 'none' : 'digest');
    this.authenticator = new Authenticator({ ...options, username, password, auth });
    this.playback = new Playback(options.clip, (frame) => this.play(frame));
  }

  /** A client has connected; called once its socket may be read. `busy`: answer that no second client is allowed. */
  protected abstract serve(wire: Wire, busy: boolean): void;
  /** Sends a frame to whoever plays; returns how many clients that were. */
  protected abstract push(frame: PlayedFrame): number;

  get port(): number {
    return this.boundPort;
  }

  /** With credentials, percent-encoded. */
  get url(): string {
    const { username, password = '' } = this.options;
    const user = username === undefined ? '' : `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
    return this.urlFor(user);
  }

  get urlWithoutCredentials(): string {
    return this.urlFor('');
  }

  /** Connections open now, those the client has closed on its side not counted. */
  get connections(): number {
    return [...this.wires].filter((wire) => !wire.closed).length;
  }

  /** Most connections ever open at one time. */
  get peakConnections(): number {
    return this.peak;
  }

  /** Connections accepted since the camera was made. */
  get totalConnections(): number {
    return this.counted;
  }

  async start(): Promise<void> {
    await this.listen();
    this.playback.start();
  }

  /** Ends everything: connections, timers, the port. May be started again. */
  async stop(): Promise<void> {
    this.playback.stop();
    this.clearTimers();
    const closing = [...this.wires].map((wire) => (wire.socket.closed ? undefined : once(wire.socket, 'close')));
    this.cutWires('close');
    await Promise.all([...closing, this.unlisten()]);
  }

  /**
   * Cuts all connections. `how`: TCP reset or an orderly end. With `refuseMs` the port is closed for that long (Infinity:
   * until {@link accept}).
   */
  async cut(options: { how?: 'reset' | 'close'; refuseMs?: number } = {}): Promise<void> {
    const refused = options.refuseMs === undefined ? undefined : this.refuse(options.refuseMs);
    this.cutWires(options.how ?? 'reset');
    await refused;
  }

  /** Closes the port (connections stay) and opens it again after `ms`; settles when it is closed. */
  async refuse(ms = Infinity): Promise<void> {
    if (this.reopen !== null) clearTimeout(this.reopen);
    this.reopen = ms === Infinity ? null : setTimeout(() => void this.accept(), ms);
    await this.unlisten();
  }

  /** Listens again on the same port. */
  async accept(): Promise<void> {
    if (this.reopen !== null) clearTimeout(this.reopen);
    this.reopen = null;
    if (this.server === null) await this.listen();
  }

  /**
   * Keeps every connection, also new ones, but sends nothing and obeys nothing, like a stopped process; goes on after
   * `ms`, or with {@link speak}. The pictures of that time are lost and it goes on at a keyframe.
   */
  silence(ms = Infinity): void {
    this.muted = true;
    for (const wire of this.wires) wire.setDeaf(true);
    if (this.unmute !== null) clearTimeout(this.unmute);
    this.unmute = ms === Infinity ? null : setTimeout(() => this.speak(), ms);
  }

  speak(): void {
    if (this.unmute !== null) clearTimeout(this.unmute);
    this.unmute = null;
    this.muted = false;
    for (const wire of this.wires) wire.setDeaf(false);
  }

  /** Every connection gets one byte each `ms` milliseconds; 0 ends it. */
  oneByteEvery(ms: number): void {
    this.dripMs = ms;
    for (const wire of this.wires) wire.dripEvery(ms);
  }

  /** Sends bytes that are no part of the protocol to all clients. */
  sendGarbage(bytes: number | Buffer): void {
    const junk = typeof bytes === 'number' ? Buffer.from(Array.from({ length: bytes }, () => randomInt(256))) : bytes;
    for (const wire of this.wires) wire.send(junk);
  }

  /** From the next frame on another clip of the same codec: new resolution, new parameter sets. */
  switchClip(clip: Clip): void {
    if (clip.codec !== this.playback.clip.codec) throw new Error('a camera keeps its codec');
    this.playback.switchTo(clip);
  }

  /** Sends so many frames a second while time stamps keep saying what the clip says; `null`: the truth again. */
  setSendFps(fps: number | null): void {
    this.playback.setSendFps(fps);
  }

  /** Says nothing just now, see {@link silence}. */
  protected get isMuted(): boolean {
    return this.muted;
  }

  private play(frame: PlayedFrame): void {
    const clients = this.muted ? this.skipped() : this.push(frame);
    if (this.listenerCount('frame') > 0) this.emit('frame', { ...frame, at: monotonic(), clients });
  }

  /** Frames were not sent: whoever plays has to go on at a keyframe. */
  protected abstract waitForKeyframe(): void;

  private skipped(): number {
    this.waitForKeyframe();
    return 0;
  }

  private urlFor(user: string): string {
    const scheme = this.options.tls === undefined ? this.scheme : `${this.scheme}s`;
    return `${scheme}://${user}127.0.0.1:${this.boundPort}${this.path}`;
  }

  private async listen(): Promise<void> {
    const { tls } = this.options;
    const accept = (socket: Socket): void => this.connected(socket);
    for (let attempt = 0; ; attempt++) {
      const server = tls === undefined ? createServer(accept) : createTlsServer({ ...tls }, accept);
      try {
        server.listen(this.boundPort === 0 ? anyPort() : this.boundPort, '127.0.0.1');
        await once(server, 'listening');
        const address = server.address();
        if (address !== null && typeof address === 'object') this.boundPort = address.port;
        this.server = server;
        return;
      } catch (error) {
        if (this.boundPort !== 0 || attempt === 50) throw error;
      }
    }
  }

  private async unlisten(): Promise<void> {
    const server = this.server;
    this.server = null;
    // Node's close callback waits for open connections; the port itself is free at once.
    server?.close();
    await new Promise((settle) => setImmediate(settle));
  }

  private connected(socket: Socket): void {
    const wire = new Wire(socket, ++this.counted);
    this.wires.add(wire);
    socket.on('close', () => {
      this.wires.delete(wire);
      this.emit('disconnection', { id: wire.id, open: this.connections });
    });
    // The end of an earlier connection may stand in the same batch of events: count after it has been read.
    setImmediate(() => {
      if (wire.closed) return;
      const open = this.connections;
      this.peak = Math.max(this.peak, open);
      this.emit('connection', { id: wire.id, open });
      const second = open > 1 && this.options.onlyOneConnection !== undefined;
      if (second && this.options.onlyOneConnection === 'refuse') {
        socket.destroy();
        return;
      }
      if (this.dripMs > 0) wire.dripEvery(this.dripMs);
      if (this.muted) wire.setDeaf(true);
      this.serve(wire, second);
    });
  }

  private cutWires(how: 'reset' | 'close'): void {
    for (const wire of this.wires) {
      if (how === 'reset' && this.options.tls === undefined) wire.socket.resetAndDestroy();
      else wire.socket.destroy();
    }
  }

  private clearTimers(): void {
    for (const timer of [this.reopen, this.unmute]) if (timer !== null) clearTimeout(timer);
    this.reopen = null;
    this.unmute = null;
    this.muted = false;
  }
}
