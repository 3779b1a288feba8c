import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';

/** A camera and a file, and what stands between them on FFmpeg's command line. */
export interface BareJob {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly file: string;
}

const QUIET = ['-nostdin', '-hide_banner', '-loglevel', 'error', '-y'];
const END_MS = 5_000;

/** As one would type it: the camera's stream as it is, into an MP4. */
export function copyJob(url: string, file: string): BareJob {
  return { input: ['-rtsp_transport', 'tcp', '-i', url], output: ['-c', 'copy', '-f', 'mp4'], file };
}

/** As one would type it: motion JPEG to H.264, with the preset and quality that the service uses, threads as FFmpeg likes. */
export function encodeJob(url: string, file: string): BareJob {
  const output = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-f', 'mp4'];
  return { input: ['-f', 'mpjpeg', '-i', url], output, file };
}

/** What the bench compares with: one FFmpeg a camera, nothing else. */
export class BareFfmpeg {
  private readonly children: ChildProcess[];
  private ended = false;

  constructor(private readonly jobs: readonly BareJob[]) {
    this.children = jobs.map(({ input, output, file }) =>
      spawn('ffmpeg', [...QUIET, ...input, ...output, file], { stdio: ['ignore', 'ignore', 'inherit'] }),
    );
    for (const child of this.children) child.on('error', () => undefined);
  }

  get pids(): number[] {
    return this.children.map((child) => child.pid as number);
  }

  /** @throws Error where one has ended, or has written nothing */
  check(): void {
    this.children.forEach(({ exitCode, signalCode, pid }, i) => {
      const { file } = this.jobs[i] as BareJob;
      if (pid === undefined || exitCode !== null || signalCode !== null) throw new Error('a bare FFmpeg has ended');
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) throw new Error('a bare FFmpeg wrote nothing');
    });
  }

  /** As Ctrl-C does; who does not listen is killed. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await Promise.all(
      this.children.map(async (child) => {
        if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        const late = setTimeout(() => child.kill('SIGKILL'), END_MS);
        child.kill('SIGINT');
        await gone;
        clearTimeout(late);
      }),
    );
  }
}
