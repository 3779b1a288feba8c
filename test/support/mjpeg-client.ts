import { EventEmitter, once } from 'node:events';
import { get, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { monotonic } from '../cameras';

/** A picture as a browser would show it: when the next part's header has come. */
export interface ShownPicture {
  readonly jpeg: Buffer;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/** Watches a `multipart/x-mixed-replace` stream. */
export class MjpegClient extends EventEmitter<{ picture: [ShownPicture]; end: [] }> {
  /** Monotonic milliseconds at which it was asked for. */
  readonly askedAt = monotonic();
  status = 0;
  headers: IncomingHttpHeaders = {};
  /** The body of an answer that is no stream. */
  text = '';
  pictures = 0;
  ended = false;
  private response: IncomingMessage | null = null;
  private rest: Buffer = Buffer.alloc(0);

  private constructor() {
    super();
  }

  /** Settles with the answer's headers; of an answer that is no stream, with its body. */
  static async open(url: string, headers: Record<string, string>): Promise<MjpegClient> {
    const client = new MjpegClient();
    // A connection of its own: an agent would keep others waiting for it.
    const request = get(url, { headers, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    client.response = response;
    client.status = response.statusCode ?? 0;
    client.headers = response.headers;
    response.on('error', () => undefined);
    response.once('close', () => {
      client.ended = true;
      client.emit('end');
    });
    if (client.status !== 200) {
      for await (const chunk of response) client.text += String(chunk);
      return client;
    }
    response.on('data', (chunk: Buffer) => client.read(chunk));
    return client;
  }

  /** The next picture. */
  async next(): Promise<ShownPicture> {
    if (this.ended) throw new Error('the stream has ended');
    return await new Promise((resolve, reject) => {
      const onEnd = (): void => reject(new Error('the stream ended'));
      this.once('end', onEnd);
      this.once('picture', (picture) => {
        this.off('end', onEnd);
        resolve(picture);
      });
    });
  }

  async take(count: number): Promise<ShownPicture[]> {
    const pictures: ShownPicture[] = [];
    while (pictures.length < count) pictures.push(await this.next());
    return pictures;
  }

  async end(): Promise<void> {
    if (!this.ended) await once(this, 'end');
  }

  /** Takes nothing from its socket any more. */
  pause(): void {
    this.response?.pause();
  }

  resume(): void {
    this.response?.resume();
  }

  close(): void {
    this.response?.destroy();
  }

  private read(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    const boundary = /boundary=(.+)$/.exec(this.headers['content-type'] ?? '')?.[1] ?? '';
    const header = `--${boundary}\r\nContent-Type: image/jpeg\r\n\r\n`;
    if (this.rest.indexOf(header) !== 0) return;
    for (;;) {
      const end = this.rest.indexOf(`\r\n${header}`, header.length);
      if (end < 0) return;
      const jpeg = this.rest.subarray(header.length, end);
      this.rest = this.rest.subarray(end + 2);
      this.pictures++;
      this.emit('picture', { jpeg, at: monotonic() });
    }
  }
}
