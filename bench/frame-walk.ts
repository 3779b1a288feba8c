import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { belongsInSample, nalType } from '../src/media/h264/nal';
import { ClipAccessUnit, H264Clip } from '../test/cameras';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** A clip's picture as it must stand in a file: NAL units behind their lengths (ISO/IEC 14496-15 §5.3.3). */
export function sampleOf(unit: ClipAccessUnit): Buffer {
  const parts: Buffer[] = [];
  for (const nal of unit.nals) {
    if (!belongsInSample(nalType(nal))) continue;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(nal.length);
    parts.push(length, nal);
  }
  return Buffer.concat(parts);
}

/** Pictures in a finished file, by its own tables. */
export async function countFrames(path: string): Promise<number> {
  const entries = ['-select_streams', 'v:0', '-show_entries', 'stream=nb_frames', '-of', 'csv=p=0'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...entries, path]);
  return Number.parseInt(stdout, 10);
}

export interface Walk {
  readonly frames: number;
  /** Pictures of the clip that should stand in the file and do not. */
  readonly lost: number;
}

/**
 * Reads the sizes of a file's pictures with ffprobe and follows them through the clip that the camera plays over and over:
 * each picture must be the clip's next one. Sizes tell pictures apart; a picture that is none of the clip's throws.
 */
export async function walkFile(path: string, clip: H264Clip): Promise<Walk> {
  const { stdout } = await run(
    'ffprobe',
    ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'packet=size', '-of', 'csv=p=0', path],
    { maxBuffer: MAX_OUTPUT_BYTES },
  );
  const sizes = stdout.split('\n').flatMap((line) => (line === '' ? [] : [Number.parseInt(line, 10)]));
  return walk(
    sizes,
    clip.units.map((unit) => sampleOf(unit).length),
  );
}

/** @throws Error where `sizes` is no walk through `clip`, whatever is left out */
export function walk(sizes: readonly number[], clip: readonly number[]): Walk {
  const first = startOf(sizes, clip);
  let at = first;
  let lost = 0;
  for (const size of sizes) {
    const skipped = distance(clip, at, size);
    if (skipped === null) throw new Error('the file holds a picture that the camera never sent');
    lost += skipped;
    at += skipped + 1;
  }
  return { frames: sizes.length, lost };
}

/** Two pictures may have one size: begin where the most of the file's first ones follow without a hole. */
function startOf(sizes: readonly number[], clip: readonly number[]): number {
  let best = 0;
  let longest = -1;
  for (let start = 0; start < clip.length; start++) {
    let length = 0;
    while (length < sizes.length && length < clip.length && sizes[length] === clip[(start + length) % clip.length]) {
      length++;
    }
    if (length > longest) [best, longest] = [start, length];
  }
  return best;
}

/** How many pictures stand between place `at` and the next picture of this size; `null`: there is none. */
function distance(clip: readonly number[], at: number, size: number): number | null {
  for (let steps = 0; steps < clip.length; steps++) if (clip[(at + steps) % clip.length] === size) return steps;
  return null;
}
