import { randomBytes } from 'node:crypto';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { Frame, JpegFrame, VideoConfig, VideoFrame, TICKS_PER_SECOND } from '../media/access-unit';
import { frameFragment } from '../media/fmp4/fragment';
import { buildInitSegment } from '../media/fmp4/init-segment';
import { CameraProxy } from './camera-proxy';
import { FrameConsumer } from './frame-consumer';

/** What may wait for one reader of the port before it skips to the next keyframe. */
const READER_QUEUE_BYTES = 16 * 1024 * 1024;
const BOUNDARY = 'padelvar-frame';
const HIGHEST_PORT = 65_535;

/**
 * A session's own port on 127.0.0.1, under an unguessable path: what FFmpeg reads instead of the camera.
 *
 * | path | answer |
 * | --- | --- |
 * | `/<token>/stream.mp4` | H.264 cameras: init segment, then one fragment a frame from the newest keyframe on; ends when the camera's format changes |
 * | `/<token>/stream.mjpeg` | JPEG cameras: `multipart/x-mixed-replace` |
 * | `/<token>/snapshot.jpg` | newest picture |
 * | `/<token>/health` | {@link CameraProxy.health} as JSON |
 */
export class ProxyPort {
  private readonly token = randomBytes(16).toString('hex');
  private readonly server: Server;

  /** @param snapshot newest picture as JPEG; throws where none can be made now. */
  constructor(
    private readonly proxy: CameraProxy,
    private readonly snapshot: () => Promise<Buffer>,
  ) {
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.on('clientError', (_, socket) => socket.destroy());
  }

  /** `http://127.0.0.1:<port>/<token>`: never shown to a client of the API. */
  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}/${this.token}`;
  }

  get port(): number {
    const address = this.server.address();
    if (!address || typeof address === 'string') throw new Error('the proxy port is not open');
    return address.port;
  }

  /**
   * Listens on the first free port from `basePort` on.
   * @throws Error where none is free or sockets have run out.
   */
  async open(basePort: number): Promise<void> {
    for (let port = basePort; port <= HIGHEST_PORT; port++) {
      if (await this.listen(port)) return;
    }
    throw new Error(`no free port from ${basePort} on`);
  }

  /** Hangs up on every reader and frees the port. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private listen(port: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const onListening = (): void => {
        this.server.off('error', onError);
        resolve(true);
      };
      const onError = (error: NodeJS.ErrnoException): void => {
        this.server.off('listening', onListening);
        if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
        else reject(error);
      };
      this.server.once('error', onError);
      this.server.once('listening', onListening);
      this.server.listen(port, '127.0.0.1');
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, token, what, more] = (request.url ?? '').split('/');
    if (request.method !== 'GET' || token !== this.token || more !== undefined) return fail(response, 404);
    try {
      if (what === 'stream.mp4') return this.stream(response, new FragmentWriter(response));
      if (what === 'stream.mjpeg') return this.stream(response, new MultipartWriter(response));
      if (what === 'snapshot.jpg') {
        const jpeg = await this.snapshot();
        response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': jpeg.length });
        response.end(jpeg);
      } else if (what === 'health') {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(this.proxy.health()));
      } else fail(response, 404);
    } catch {
      fail(response, 503);
    }
  }

  private stream(response: ServerResponse, writer: FrameConsumer & { readonly contentType: string }): void {
    response.socket?.setNoDelay(true);
    response.writeHead(200, { 'content-type': writer.contentType, 'cache-control': 'no-store' });
    response.flushHeaders();
    const unsubscribe = this.proxy.subscribe(writer);
    response.once('close', unsubscribe);
  }
}

function fail(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.writeHead(status);
  response.end();
}

/** Writes to a reader that may be slow: settles when it can take more, or when it is gone. */
async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}

class FragmentWriter implements FrameConsumer {
  readonly name = 'port:stream.mp4';
  readonly contentType = 'video/mp4';
  readonly maxQueueBytes = READER_QUEUE_BYTES;
  private config: VideoConfig | undefined;
  private newest: VideoFrame | undefined;
  private step = TICKS_PER_SECOND / 25;

  constructor(private readonly response: ServerResponse) {}

  take(frame: Frame): void | Promise<void> {
    const { response } = this;
    if (response.destroyed || response.writableEnded) return;
    if (frame.kind === 'jpeg' || (this.config && this.config.fingerprint !== frame.config.fingerprint)) {
      response.end();
      return;
    }
    if (!this.config) {
      this.config = frame.config;
      response.write(buildInitSegment(frame.config));
    }
    if (this.newest) this.step = Math.min(frame.dts - this.newest.dts, TICKS_PER_SECOND);
    this.newest = frame;
    if (!response.write(frameFragment(frame, this.step))) return drained(response);
  }
}

class MultipartWriter implements FrameConsumer {
  readonly name = 'port:stream.mjpeg';
  readonly contentType = `multipart/x-mixed-replace; boundary=${BOUNDARY}`;
  readonly maxQueueBytes = READER_QUEUE_BYTES;
  private started = false;

  constructor(private readonly response: ServerResponse) {}

  take(frame: Frame): void | Promise<void> {
    const { response } = this;
    if (response.destroyed || response.writableEnded) return;
    if (frame.kind !== 'jpeg') {
      response.end();
      return;
    }
    if (!this.started) {
      this.started = true;
      response.write(PART_HEADER);
    }
    if (!this.writePart(frame)) return drained(response);
  }

  /** The next part's header follows at once: browsers show a picture only when it has come. */
  private writePart(frame: JpegFrame): boolean {
    this.response.cork();
    this.response.write(frame.data);
    const more = this.response.write(PART_HEADER);
    this.response.uncork();
    return more;
  }
}

const PART_HEADER = `\r\n--${BOUNDARY}\r\nContent-Type: image/jpeg\r\n\r\n`;
