import { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { endChild, spawnTied } from './child-process';
import { MjpegClip } from './clips';

/** Whether a TCP socket listens on this loopback port (proc(5)); dialling would use up FFmpeg's one client. */
async function listens(port: number): Promise<boolean> {
  const wanted = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const table = await readFile('/proc/net/tcp', 'utf8');
  return table.split('\n').some((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return local === wanted && state === '0A';
  });
}

/**
 * A camera nobody here wrote: `ffmpeg -f mpjpeg -listen 1`, which serves one client at a time and ends with it; it is
 * started again for the next one and emits `listening` each time it can be dialled.
 */
export class FfmpegMjpegCamera extends EventEmitter<{ listening: [] }> {
  private child: ChildProcess | null = null;
  private running = false;
  private words = '';
  private boundPort: number;

  constructor(private readonly options: { readonly clip: MjpegClip; readonly port?: number }) {
    super();
    this.boundPort = options.port ?? 0;
  }

  get port(): number {
    return this.boundPort;
  }

  /** Of the FFmpeg that listens or serves now. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  get url(): string {
    return `http://127.0.0.1:${this.boundPort}/`;
  }

  /** Settles when it listens. */
  async start(): Promise<void> {
    if (this.boundPort === 0) {
      do this.boundPort = randomInt(20_000, 32_000);
      while (await listens(this.boundPort));
    }
    this.running = true;
    await this.launch();
  }

  async stop(): Promise<void> {
    this.running = false;
    await endChild(this.child);
    this.child = null;
  }

  private async launch(): Promise<void> {
    const { clip } = this.options;
    const input = ['-re', '-stream_loop', '-1', '-f', 'mjpeg', '-framerate', String(clip.fps), '-i', clip.file];
    const output = ['-c', 'copy', '-f', 'mpjpeg', '-flush_packets', '1', '-listen', '1', this.url];
    const child = spawnTied('ffmpeg', ['-hide_banner', '-nostdin', '-v', 'error', ...input, ...output], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child = child;
    child.stderr?.on('data', (chunk: Buffer) => (this.words = (this.words + chunk.toString()).slice(-2000)));
    let ended = false;
    child.on('error', () => (ended = true));
    child.on('exit', () => {
      ended = true;
      if (this.running && this.child === child) void this.launch().catch(() => (this.running = false));
    });
    while (!(await listens(this.boundPort))) {
      if (ended || !this.running) throw new Error(`ffmpeg does not listen: ${this.words}`);
      await delay(20);
    }
    this.emit('listening');
  }
}
