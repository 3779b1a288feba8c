import { EventEmitter, once } from 'node:events';
import { WebSocket } from 'ws';
import { monotonic } from '../cameras';
import { Api } from './api';

/** A text message of the service. */
export type LiveMessage = { readonly type: string; readonly stream?: number } & Readonly<Record<string, unknown>>;

/** A binary message of the service, taken apart. */
export interface LiveMedia {
  readonly stream: number;
  readonly kind: 'init' | 'fragment' | 'jpeg';
  readonly keyframe: boolean;
  readonly discontinuity: boolean;
  readonly sequence: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly data: Buffer;
  /** Monotonic milliseconds at which it came. */
  readonly cameAt: number;
}

interface Events {
  message: [LiveMessage];
  media: [LiveMedia];
  close: [number];
}

const KINDS = ['init', 'fragment', 'jpeg'] as const;

/** A viewer of `/api/preview/live` that says exactly what the test tells it to. Keeps all it hears. */
export class LiveClient extends EventEmitter<Events> {
  readonly messages: LiveMessage[] = [];
  readonly media: LiveMedia[] = [];
  closeCode: number | null = null;

  private constructor(readonly ws: WebSocket) {
    super();
    this.setMaxListeners(0);
    ws.on('error', () => undefined);
    ws.on('close', (code) => {
      this.closeCode = code;
      this.emit('close', code);
    });
    ws.on('message', (data: Buffer, binary) => {
      if (binary) this.hearMedia(data);
      else this.hearMessage(JSON.parse(data.toString()) as LiveMessage);
    });
  }

  /** Connects; `status` is that of a handshake that was refused. */
  static async dial(
    base: string,
    options: { origin?: string; path?: string; autoPong?: boolean } = {},
  ): Promise<{ client: LiveClient; status: number; body: string }> {
    const { origin, path = '/api/preview/live', autoPong = true } = options;
    const ws = new WebSocket(`${base.replace(/^http/, 'ws')}${path}`, { ...(origin && { origin }), autoPong });
    const client = new LiveClient(ws);
    return await new Promise((resolve, reject) => {
      ws.once('open', () => resolve({ client, status: 101, body: '' }));
      ws.once('error', reject);
      ws.once('unexpected-response', (_request, response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += String(chunk)));
        response.on('end', () => resolve({ client, status: response.statusCode ?? 0, body }));
      });
    });
  }

  /** Connects with a fresh ticket and waits for the welcome. */
  static async open(base: string, api: Api, options: { autoPong?: boolean } = {}): Promise<LiveClient> {
    const { body } = await api.post<{ ticket: string }>('/api/preview/ticket');
    const { client } = await LiveClient.dial(base, options);
    client.say({ ticket: body.ticket });
    await client.hears('welcome');
    return client;
  }

  say(message: unknown): void {
    this.ws.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** Asks for a court and waits for what the service says to that: `subscribed` or `error`. */
  async subscribe(stream: number, sessionId: string, mode?: string): Promise<LiveMessage> {
    const answer = this.next(
      (message) => message.stream === stream && (message.type === 'subscribed' || message.type === 'error'),
    );
    this.say({ type: 'subscribe', stream, session_id: sessionId, ...(mode && { mode }) });
    return answer;
  }

  /** The first message of this type there was, or the next one. */
  async hears(type: string, stream?: number): Promise<LiveMessage> {
    const fits = (message: LiveMessage): boolean =>
      message.type === type && (stream === undefined || message.stream === stream);
    return this.messages.find(fits) ?? (await this.next(fits));
  }

  /** The next message that fits. */
  next(fits: (message: LiveMessage) => boolean): Promise<LiveMessage> {
    return this.await('message', fits);
  }

  /** The next media of a stream that fits. */
  nextMedia(stream: number, fits: (media: LiveMedia) => boolean = () => true): Promise<LiveMedia> {
    return this.await('media', (media) => media.stream === stream && fits(media));
  }

  async takeMedia(stream: number, count: number): Promise<LiveMedia[]> {
    const taken: LiveMedia[] = [];
    while (taken.length < count) taken.push(await this.nextMedia(stream));
    return taken;
  }

  /** The code it was closed with. */
  async closed(): Promise<number> {
    if (this.closeCode !== null) return this.closeCode;
    const [code] = (await once(this, 'close')) as [number];
    return code;
  }

  /** Takes nothing from its socket any more. */
  pause(): void {
    this.ws.pause();
  }

  resume(): void {
    this.ws.resume();
  }

  hangUp(): void {
    this.ws.terminate();
  }

  private await<K extends 'message' | 'media'>(event: K, fits: (item: Events[K][0]) => boolean): Promise<Events[K][0]> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.off(event, onItem as never);
        this.off('close', onClose);
      };
      const onItem = (item: Events[K][0]): void => {
        if (!fits(item)) return;
        settle();
        resolve(item);
      };
      const onClose = (code: number): void => {
        settle();
        reject(new Error(`the connection was closed with ${code}`));
      };
      if (this.closeCode !== null) return onClose(this.closeCode);
      this.on(event, onItem as never);
      this.on('close', onClose);
    });
  }

  private hearMessage(message: LiveMessage): void {
    this.messages.push(message);
    this.emit('message', message);
  }

  private hearMedia(data: Buffer): void {
    const flags = data.readUInt8(3);
    const media: LiveMedia = {
      stream: data.readUInt16BE(0),
      kind: KINDS[data.readUInt8(2)] as LiveMedia['kind'],
      keyframe: (flags & 1) !== 0,
      discontinuity: (flags & 2) !== 0,
      sequence: data.readUInt32BE(4),
      at: data.readDoubleBE(8),
      data: data.subarray(16),
      cameAt: monotonic(),
    };
    this.media.push(media);
    this.emit('media', media);
  }
}
