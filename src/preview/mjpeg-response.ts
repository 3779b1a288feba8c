import type { ServerResponse } from 'node:http';
import { Cancel, Clock } from '../common/clock';

const BOUNDARY = 'padelvar-picture';
const PART_HEADER = `\r\n--${BOUNDARY}\r\nContent-Type: image/jpeg\r\n\r\n`;
/** A viewer whose socket took nothing for so long has gone, or never reads: its place is somebody else's. */
const STUCK_MS = 60_000;
const KEEP_ALIVE_MS = 10_000;

/** Headers of the stream, also for whoever asks with HEAD. */
export const MJPEG_HEADERS = {
  'Content-Type': `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
  'Cache-Control': 'no-store',
  // Proxies that collect an answer before they pass it on would make a still of it (nginx).
  'X-Accel-Buffering': 'no',
} as const;

/**
 * Writes pictures to one viewer as `multipart/x-mixed-replace`.
 *
 * Browsers show a part when the next one's header has come, so that header follows each picture at once, without
 * Content-Length, which nobody could know by then. A viewer that reads slowly gets the newest picture when it can take
 * one: at most the picture being written and the next one are held for it.
 */
export class MjpegResponse {
  private waiting: Buffer | null = null;
  private blocked = false;
  private stuck: Cancel | null = null;

  constructor(
    private readonly response: ServerResponse,
    private readonly clock: Clock,
  ) {}

  /** Sends the headers, and the first part's. */
  begin(): void {
    const { response } = this;
    // A viewer that vanished without a word is found out even while the camera is away and nothing is sent.
    response.socket?.setKeepAlive(true, KEEP_ALIVE_MS);
    response.socket?.setNoDelay(true);
    response.writeHead(200, MJPEG_HEADERS);
    response.on('drain', () => this.drained());
    response.once('close', () => this.stuck?.());
    this.watch(response.write(PART_HEADER.slice(2)));
  }

  /** Takes a picture now, or in place of the one that waits. */
  show(jpeg: Buffer): void {
    if (this.blocked) this.waiting = jpeg;
    else this.write(jpeg);
  }

  /** The end, after what is being written. */
  end(): void {
    this.waiting = null;
    if (this.blocked) this.response.destroy();
    else this.response.end();
  }

  private write(jpeg: Buffer): void {
    const { response } = this;
    if (response.destroyed || response.writableEnded) return;
    response.cork();
    response.write(jpeg);
    const more = response.write(PART_HEADER);
    response.uncork();
    this.watch(more);
  }

  private watch(more: boolean): void {
    this.blocked = !more;
    if (!this.blocked) return;
    this.stuck?.();
    this.stuck = this.clock.after(STUCK_MS, () => this.response.destroy());
  }

  private drained(): void {
    this.blocked = false;
    this.stuck?.();
    this.stuck = null;
    const { waiting } = this;
    this.waiting = null;
    if (waiting) this.write(waiting);
  }
}
