import { Socket } from 'node:net';
import { Cancel, Clock } from '../../../common/clock';
import { CameraDialer } from '../../camera-dialer';
import { CameraError } from '../../camera-error';
import { CameraTarget, SourceLimits } from '../stream-source';
import { RtspAuthenticator } from './rtsp-auth';
import { formatRequest, header, RtspMessage, RtspResponse } from './rtsp-message';
import { RtspReader } from './rtsp-reader';
import { statusError } from './rtsp-status';

/** Enough for a burst between two turns of the event loop; a read allocates nothing. */
const READ_BUFFER_BYTES = 64 * 1024;
/** With credentials, per request: the second one answers a stale nonce or a broken algorithm. */
const MAX_AUTHORIZED_TRIES = 2;
const USER_AGENT = 'PadelVar';

export interface RtspConnectionOptions {
  readonly target: CameraTarget;
  readonly dialer: CameraDialer;
  readonly limits: SourceLimits;
  readonly clock: Clock;
  readonly onInterleaved: (channel: number, buffer: Buffer, start: number, end: number) => void;
  readonly isChannel: (channel: number) => boolean;
}

interface Pending {
  readonly resolve: (response: RtspResponse) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: Cancel;
}

/** One TCP or TLS connection that speaks RTSP: requests matched to answers, logged in, each with a time limit. */
export class RtspConnection {
  /** Rejects when the connection ends, with the reason. */
  readonly ended: Promise<never>;
  /** Goes into every request once the camera has given one. */
  sessionId: string | null = null;

  private socket: Socket | null = null;
  private connecting: Promise<unknown> = Promise.resolve();
  private readonly reader: RtspReader;
  private readonly pending = new Map<number, Pending>();
  private readonly authenticator: RtspAuthenticator | null;
  private sequence = 0;
  private error: Error | null = null;
  private rejectEnded: (error: Error) => void = () => undefined;
  private answered = false;

  constructor(private readonly options: RtspConnectionOptions) {
    const { target, limits, onInterleaved, isChannel } = options;
    this.ended = new Promise<never>((_, reject) => (this.rejectEnded = reject));
    this.ended.catch(() => undefined);
    this.reader = new RtspReader({
      maxHeaderBytes: limits.maxHeaderBytes,
      maxBodyBytes: limits.maxSdpBytes,
      onInterleaved,
      isChannel,
      onMessage: (message) => this.onMessage(message),
    });
    this.authenticator =
      target.username === null
        ? null
        : new RtspAuthenticator({ username: target.username, password: target.password ?? '' });
  }

  /** Dials the camera. @throws CameraError */
  async connect(signal: AbortSignal): Promise<void> {
    const { dialer, target, limits } = this.options;
    const onread = {
      buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
      callback: (length: number, buffer: Uint8Array): boolean => {
        this.onRead(buffer as Buffer, length);
        return true;
      },
    };
    const connecting = dialer.connect(target, limits.timeoutMs, signal, onread).then((socket) => this.adopt(socket));
    this.connecting = connecting.catch(() => undefined);
    await connecting;
  }

  /**
   * Sends a request and gives its answer, whatever its status but 401: that is answered with credentials.
   * @throws CameraError `camera_unauthorized`, `camera_timeout`, or what ended the connection
   */
  async request(method: string, uri: string, headers: Readonly<Record<string, string>> = {}): Promise<RtspResponse> {
    for (let tries = 0; ; tries++) {
      const response = await this.exchange(method, uri, headers);
      if (response.status !== 401) {
        this.authenticator?.accepted();
        return response;
      }
      if (this.authenticator === null) {
        throw new CameraError('camera_unauthorized', 'The camera wants a user name and password.');
      }
      if (tries >= MAX_AUTHORIZED_TRIES || !this.authenticator.accept(response.headers.get('www-authenticate') ?? [])) {
        throw statusError(401, method);
      }
    }
  }

  /** As {@link request}, once, without logging in. */
  exchange(method: string, uri: string, headers: Readonly<Record<string, string>>): Promise<RtspResponse> {
    return new Promise((resolve, reject) => {
      if (this.error !== null || this.socket === null) {
        reject(this.error ?? new CameraError('camera_unreachable', 'The camera is not connected.'));
        return;
      }
      const sequence = ++this.sequence;
      const cancel = this.options.clock.after(this.options.limits.timeoutMs, () => {
        this.pending.delete(sequence);
        reject(this.silence());
      });
      this.pending.set(sequence, { resolve, reject, cancel });
      const authorization = this.authenticator?.authorize(method, uri) ?? null;
      this.socket.write(
        formatRequest(method, uri, {
          CSeq: String(sequence),
          ...(authorization === null ? {} : { Authorization: authorization }),
          'User-Agent': USER_AGENT,
          ...(this.sessionId === null ? {} : { Session: this.sessionId }),
          ...headers,
        }),
      );
    });
  }

  /** What a camera that says nothing in time is told to be. */
  silence(): CameraError {
    return !this.answered && this.reader.garbageBytes > 0
      ? new CameraError('camera_unsupported', 'The camera does not speak RTSP at this port.')
      : new CameraError('camera_timeout', 'The camera did not answer in time.');
  }

  /** Sends bytes as they are (interleaved RTCP). */
  send(bytes: Buffer): void {
    if (this.socket?.writable === true) {
      this.socket.write(bytes);
    }
  }

  get isOpen(): boolean {
    return this.socket !== null && this.error === null && !this.socket.destroyed;
  }

  /** Ends the connection for a reason. */
  fail(error: Error): void {
    if (this.error !== null) {
      return;
    }
    this.error = error;
    for (const { cancel, reject } of this.pending.values()) {
      cancel();
      reject(error);
    }
    this.pending.clear();
    this.rejectEnded(error);
    this.socket?.destroy();
  }

  /** Destroys the socket; resolves when it is gone. */
  async close(): Promise<void> {
    this.fail(new CameraError('camera_unreachable', 'The connection to the camera was closed.'));
    await this.connecting;
    const { socket } = this;
    if (socket !== null && !socket.closed) {
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve());
        socket.destroy();
      });
    }
  }

  private adopt(socket: Socket): void {
    this.socket = socket;
    const lost = (cause?: Error): void =>
      this.fail(new CameraError('camera_unreachable', 'The camera closed the connection.', { cause }));
    socket.on('error', lost);
    socket.on('end', () => lost());
    socket.on('close', () => lost());
    // Only TLS sockets emit this; plain ones read by `onread`.
    socket.on('data', (chunk: Buffer) => this.onRead(chunk, chunk.length));
    socket.resume();
    if (this.error !== null) {
      socket.destroy();
    }
  }

  private onRead(buffer: Buffer, length: number): void {
    if (this.error !== null) {
      return;
    }
    try {
      this.reader.push(buffer, length);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private onMessage(message: RtspMessage): void {
    this.answered = true;
    const sequence = header(message, 'cseq');
    if (message.kind === 'request') {
      if (message.method === 'REDIRECT') {
        throw statusError(302, message.method);
      }
      this.send(Buffer.from(`RTSP/1.0 200 OK\r\nCSeq: ${sequence?.replace(/\D/g, '') ?? '0'}\r\n\r\n`));
      return;
    }
    // Some cameras leave CSeq out; they answer in order.
    const key = sequence === null ? this.pending.keys().next().value : Number(sequence);
    const found = key === undefined ? undefined : this.pending.get(key);
    if (key === undefined || found === undefined || (message.status >= 100 && message.status < 200)) {
      return;
    }
    this.pending.delete(key);
    found.cancel();
    found.resolve(message);
  }
}
