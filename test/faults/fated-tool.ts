import { accessSync, chmodSync, constants, existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * What happens to one run of a program: it is killed before it does anything, killed when it has said a part of what it has
 * to say, or stopped.
 */
export type Fate = 'killed at its start' | 'killed in mid-answer' | 'stopped';

/** One of FFmpeg's programs, the real one, but for single runs that come to a bad end. */
export class FatedTool {
  /** For `FFMPEG_PATH` or `FFPROBE_PATH`. */
  readonly path: string;

  constructor(folder: string, name: 'ffmpeg' | 'ffprobe') {
    this.path = join(folder, name);
    const real = onPath(name);
    const lines = [
      '#!/bin/sh',
      'fate=',
      // Of runs that start together one finds the plan.
      'if mv "$0.plan" "$0.plan.$$" 2>/dev/null; then fate=$(cat "$0.plan.$$"); fi',
      'case "$fate" in',
      '  "killed at its start") kill -KILL $$ ;;',
      '  "stopped") kill -STOP $$ ;;',
      `  "killed in mid-answer") '${real}' "$@" | head -c 200; kill -KILL $$ ;;`,
      'esac',
      `exec '${real}' "$@"`,
    ];
    writeFileSync(this.path, `${lines.join('\n')}\n`);
    chmodSync(this.path, 0o755);
  }

  /** The next run's fate. */
  plan(fate: Fate): void {
    writeFileSync(`${this.path}.plan`, fate);
  }

  /** No run has met its fate yet. */
  get planned(): boolean {
    return existsSync(`${this.path}.plan`);
  }
}

function onPath(name: string): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not here.
    }
  }
  throw new Error(`${name} is not on PATH`);
}
