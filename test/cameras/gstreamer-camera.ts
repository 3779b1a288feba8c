import { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { endChild, repositoryRoot, spawnTied } from './child-process';

export interface GstreamerCameraOptions {
  readonly codec?: 'h264' | 'h265' | 'mjpeg';
  /** Colour of motion JPEG: at half the height, too, or not. */
  readonly sampling?: '4:2:0' | '4:2:2';
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  readonly gopSeconds?: number;
  readonly bframes?: number;
  readonly bitrate?: number;
  readonly auth?: 'none' | 'basic' | 'digest';
  readonly username?: string;
  readonly password?: string;
  readonly port?: number;
}

const PATH = '/test';

/**
 * A camera nobody here wrote: GStreamer's RTSP server, x264enc, x265enc or jpegenc, and videotestsrc. Needs Debian's
 * gir1.2-gst-rtsp-server-1.0, python3-gi and the GStreamer plugins base, good, bad and ugly.
 */
export class GstreamerCamera {
  private child: ChildProcess | null = null;
  private boundPort: number;

  constructor(private readonly options: GstreamerCameraOptions = {}) {
    this.boundPort = options.port ?? 0;
  }

  get port(): number {
    return this.boundPort;
  }

  /** Of the server's process, to stop or kill it; undefined while it does not run. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** With credentials, percent-encoded. */
  get url(): string {
    const { auth = 'none', username = '', password = '' } = this.options;
    const user = auth === 'none' ? '' : `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
    return `rtsp://${user}127.0.0.1:${this.boundPort}${PATH}`;
  }

  /** @throws Error with the program's last words where GStreamer or one of its parts is missing. */
  async start(): Promise<void> {
    const { options } = this;
    const script = join(repositoryRoot(), 'test', 'cameras', 'gstreamer-camera.py');
    const child = spawnTied('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child = child;
    const settings = {
      codec: options.codec ?? 'h264',
      sampling: options.sampling ?? '4:2:0',
      width: options.width ?? 640,
      height: options.height ?? 360,
      fps: options.fps ?? 25,
      gop_seconds: options.gopSeconds ?? 1,
      b_frames: options.bframes ?? 0,
      profile: (options.bframes ?? 0) > 0 ? 'main' : 'constrained-baseline',
      bitrate: options.bitrate ?? 1_000_000,
      auth: options.auth ?? 'none',
      username: options.username ?? '',
      password: options.password ?? '',
      path: PATH,
      port: this.boundPort,
    };
    child.stdin?.on('error', () => undefined);
    child.stdin?.write(`${JSON.stringify(settings)}\n`);
    let words = '';
    child.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4000)));
    this.boundPort = await new Promise<number>((settle, reject) => {
      let said = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const port = /port (\d+)/.exec(said)?.[1];
        if (port !== undefined) settle(Number(port));
      });
      child.on('error', reject);
      child.on('close', (code) => reject(new Error(`GStreamer's RTSP server ended with ${code}: ${words}`)));
    });
  }

  /** Ends the server; settles when its process is gone. */
  async stop(): Promise<void> {
    const child = this.child;
    this.child = null;
    await endChild(child);
  }
}
