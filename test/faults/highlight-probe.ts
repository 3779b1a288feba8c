import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How long FFmpeg finds a film, and what it says of it while it decodes all of it. */
export async function probe(path: string): Promise<{ seconds: number; complaints: string }> {
  const { stderr } = await run('ffmpeg', ['-v', 'warning', '-nostdin', '-i', path, '-f', 'null', '-']);
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path]);
  return { seconds: Number(stdout), complaints: stderr };
}
