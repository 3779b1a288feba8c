import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AdtsSplitter } from '../../src/media/sound/adts-splitter';
import { beepSource } from '../../src/media/sound/sound.fixture';

/** What a camera's microphone hears, in units of one packet each; it repeats without a break. */
export interface SoundClip {
  readonly codec: 'aac' | 'pcma' | 'pcmu';
  /** Samples a second: also the RTP clock. */
  readonly rate: number;
  /** Samples in a unit. */
  readonly unitSamples: number;
  /** A frame of AAC, or 20 ms of G.711. */
  readonly units: readonly Buffer[];
}

const AAC_RATE = 16_000;
/** After so long a whole number of AAC frames is a whole number of seconds, too. */
const AAC_LOOP_SECONDS = 8;
const AAC_LOOP_UNITS = (AAC_LOOP_SECONDS * AAC_RATE) / 1024;
const G711_RATE = 8_000;
const G711_UNIT = 160;

/** A beep of a tenth of a second at each whole second, counted from the camera's first picture as it is shown. */
export async function beeps(codec: SoundClip['codec']): Promise<SoundClip> {
  if (codec !== 'aac') {
    const format = { pcma: 'alaw', pcmu: 'mulaw' }[codec];
    const samples = await ffmpeg(beepSource(1, G711_RATE), ['-f', format]);
    const units = Array.from({ length: G711_RATE / G711_UNIT }, (_, i) =>
      samples.subarray(i * G711_UNIT, (i + 1) * G711_UNIT),
    );
    return { codec, rate: G711_RATE, unitSamples: G711_UNIT, units };
  }
  // The second of three rounds: what an encoder does at an end or a beginning is not in it.
  const adts = await ffmpeg(beepSource(3 * AAC_LOOP_SECONDS, AAC_RATE), ['-c:a', 'aac', '-b:a', '48k', '-f', 'adts']);
  const frames: Buffer[] = [];
  new AdtsSplitter((frame) => frames.push(frame)).push(adts);
  // FFmpeg's first frame lies before the sound.
  const units = frames.slice(1 + AAC_LOOP_UNITS, 1 + 2 * AAC_LOOP_UNITS);
  return { codec, rate: AAC_RATE, unitSamples: 1024, units };
}

async function ffmpeg(source: string, output: string[]): Promise<Buffer> {
  const args = ['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', source, '-ac', '1', ...output, '-'];
  const { stdout } = await promisify(execFile)('ffmpeg', args, { encoding: 'buffer', maxBuffer: 1 << 26 });
  return stdout;
}
