import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../common/clock';
import { H264Frame } from '../../media/access-unit';
import { MediaTools } from '../../media/media-tool';
import { Disk, NodeDisk } from '../../storage/disk';
import { Journal, JournalEvents, JournalOptions, JournalResult } from './journal';

/** The programs as specs run them. */
export const TOOLS: MediaTools = { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', clock: new SystemClock() };

/** A folder of a spec, gone after it. */
export class Room {
  readonly path = mkdtempSync(join(tmpdir(), 'padelvar-recording-'));

  at(...names: string[]): string {
    return join(this.path, ...names);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Options of a journal in a folder. */
export function journalOptions(folder: string, disk: Disk = new NodeDisk()): JournalOptions {
  return { disk, clock: new SystemClock(), folder, plannedSeconds: 60, fps: 25 };
}

/** Records frames and ends at a time. */
export async function record(
  options: JournalOptions,
  frames: readonly H264Frame[],
  endTicks: number,
  events: JournalEvents = {},
): Promise<JournalResult> {
  const journal = Journal.start(options, events);
  for (const frame of frames) journal.append(frame);
  return journal.close(endTicks);
}

/** The MD5 of every decoded picture in the order shown. */
export function pictures(path: string): string[] {
  const args = ['-v', 'error', '-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'framemd5', '-'];
  const lines = execFileSync('ffmpeg', args).toString().trim().split('\n');
  return lines.filter((line) => !line.startsWith('#')).map((line) => line.split(',').pop()!.trim());
}

/** What FFmpeg says of a file while it plays the whole of it, in steps of the rate it guesses. */
export function complaints(path: string): string {
  return spawnSync('ffmpeg', ['-v', 'warning', '-nostdin', '-i', path, '-f', 'null', '-']).stderr.toString();
}

/** Presentation times of a file's packets in ticks, in decode order, and its length in seconds. */
export function times(path: string): { pts: number[]; dts: number[]; seconds: number } {
  const entries = 'packet=pts,dts:stream=duration';
  const json = JSON.parse(
    execFileSync('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'json', path], {
      maxBuffer: 1 << 28,
    }).toString(),
  ) as { packets: { pts: number; dts: number }[]; streams: { duration: string }[] };
  return {
    pts: json.packets.map((packet) => packet.pts),
    dts: json.packets.map((packet) => packet.dts),
    seconds: Number(json.streams[0]!.duration),
  };
}
