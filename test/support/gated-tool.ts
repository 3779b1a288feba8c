import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, constants, existsSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until';

/** FFmpeg, the real one, whose runs wait at a gate while it is shut. */
export class GatedTool {
  /** For `FFMPEG_PATH`. */
  readonly path: string;
  private readonly gate: string;

  /** @param folder one of its own */
  constructor(private readonly folder: string) {
    this.path = join(folder, 'ffmpeg');
    this.gate = join(folder, 'gate');
    const real = execFileSync('sh', ['-c', 'command -v ffmpeg'], { encoding: 'utf8' }).trim();
    // Whoever opens the pipe to read waits for somebody who opens it to write.
    const wait = `if [ -p '${this.gate}' ]; then : > "${folder}/$$.waited"; read -r _ < '${this.gate}'; fi`;
    writeFileSync(this.path, ['#!/bin/sh', wait, `exec '${real}' "$@"`, ''].join('\n'));
    chmodSync(this.path, 0o755);
  }

  shut(): void {
    execFileSync('mkfifo', [this.gate]);
  }

  /** Lets everybody through who waits or comes. Twice is once. */
  open(): void {
    if (!existsSync(this.gate)) return;
    const pipe = openSync(this.gate, constants.O_RDWR | constants.O_NONBLOCK);
    rmSync(this.gate);
    closeSync(pipe);
  }

  /** Processes that have waited at the gate so far. */
  get waited(): number[] {
    return readdirSync(this.folder).flatMap((name) => {
      const pid = /^(\d+)\.waited$/.exec(name)?.[1];
      return pid === undefined ? [] : [Number(pid)];
    });
  }

  /** Forgets who has waited. */
  forget(): void {
    for (const pid of this.waited) rmSync(join(this.folder, `${pid}.waited`));
  }

  /** Settles when so many have come to the gate. */
  waiting(count: number): Promise<number[]> {
    return until(() => this.waited.length >= count && this.waited);
  }
}
