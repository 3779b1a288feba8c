import { get, IncomingMessage } from 'node:http';
import { monotonic } from '../test/cameras';

/** A JPEG as a browser would show it: when the next part's header has come. Monotonic milliseconds. */
export interface ReadJpeg {
  readonly jpeg: Buffer;
  readonly at: number;
}

/** One viewer of an MJPEG stream. */
export class MjpegReader {
  readonly pictures: ReadJpeg[] = [];
  readonly askedAt = monotonic();
  private rest: Buffer = Buffer.alloc(0);
  private waiting: (() => void) | null = null;

  private constructor(private readonly response: IncomingMessage) {}

  /** @throws Error where the answer is no stream */
  static async open(url: string, cookie: string): Promise<MjpegReader> {
    const askedAt = monotonic();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { headers: { cookie }, agent: false }, resolve).on('error', reject);
    });
    if (response.statusCode !== 200) throw new Error(`the stream answered ${response.statusCode}`);
    const reader = new MjpegReader(response);
    Object.assign(reader, { askedAt });
    const boundary = /boundary=(.+)$/.exec(response.headers['content-type'] ?? '')?.[1] ?? '';
    const header = Buffer.from(`--${boundary}\r\nContent-Type: image/jpeg\r\n\r\n`);
    response.on('error', () => undefined);
    response.on('data', (chunk: Buffer) => reader.read(chunk, header));
    return reader;
  }

  /** Settles when so many pictures were seen. */
  async seen(count: number): Promise<void> {
    while (this.pictures.length < count) await new Promise<void>((resolve) => (this.waiting = resolve));
  }

  close(): void {
    this.response.destroy();
  }

  private read(chunk: Buffer, header: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (;;) {
      const end = this.rest.indexOf(header, header.length);
      if (end < 0) break;
      this.pictures.push({ jpeg: Buffer.from(this.rest.subarray(header.length, end - 2)), at: monotonic() });
      this.rest = this.rest.subarray(end);
    }
    this.waiting?.();
  }
}
