import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One of FFmpeg's programs, the real one, that writes down what every run of it is told: arguments and environment. */
export class WatchedTool {
  /** For `FFMPEG_PATH` or `FFPROBE_PATH`. */
  readonly path: string;

  /** @param folder one of its own */
  constructor(
    private readonly folder: string,
    private readonly name: 'ffmpeg' | 'ffprobe',
  ) {
    this.path = join(folder, name);
    const real = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    const seen = `"${folder}/${name}.$$.seen"`;
    // The process itself, before it becomes the real program: what anybody with an eye on /proc would see.
    const lines = ['#!/bin/sh', `cat /proc/$$/cmdline /proc/$$/environ > ${seen}`, `exec '${real}' "$@"`];
    writeFileSync(this.path, `${lines.join('\n')}\n`);
    chmodSync(this.path, 0o755);
  }

  /** What each run was told. */
  get runs(): string[] {
    return readdirSync(this.folder)
      .filter((file) => file.startsWith(`${this.name}.`))
      .map((file) => readFileSync(join(this.folder, file), 'utf8').replaceAll('\0', '\n'));
  }
}
