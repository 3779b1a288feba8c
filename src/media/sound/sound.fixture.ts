import { execFileSync } from 'node:child_process';
import { AdtsSplitter } from './adts-splitter';

/** Length of a beep, and how often there is one, in seconds. */
export const BEEP_SECONDS = 0.1;

/** A tone of 1 kHz for a tenth of every second, and nothing between, as FFmpeg's `lavfi` draws it. */
export function beepSource(seconds: number, rate: number): string {
  return `aevalsrc='0.7*sin(2*PI*1000*t)*lt(mod(t,1),${BEEP_SECONDS})':s=${rate}:d=${seconds}`;
}

/**
 * Beeps as frames of AAC, mono: frame 0 begins at 0, each lasts 1024 samples. What the encoder has to hear before its first
 * sample is left out.
 */
export function drawBeeps(seconds: number, rate = 16_000): Buffer[] {
  const source = ['-f', 'lavfi', '-i', `${beepSource(seconds, rate)},pan=mono|c0=c0`];
  const adts = execFileSync('ffmpeg', ['-v', 'error', ...source, '-c:a', 'aac', '-b:a', '48k', '-f', 'adts', '-']);
  const frames: Buffer[] = [];
  new AdtsSplitter((frame) => frames.push(frame)).push(adts);
  // FFmpeg's first frame lies before the sound.
  return frames.slice(1);
}

/** When each beep of a file begins, in seconds of the film, as FFmpeg plays it: by the times the file has. */
export function beepsOf(path: string): number[] {
  const rate = 16_000;
  const args = ['-v', 'error', '-i', path, '-map', '0:a:0', '-af', 'aresample=async=1:first_pts=0'];
  const pcm = execFileSync('ffmpeg', [...args, '-f', 's16le', '-ac', '1', '-ar', `${rate}`, '-'], {
    maxBuffer: 1 << 28,
  });
  const begins: number[] = [];
  let quiet = rate;
  for (let i = 0; 2 * i + 1 < pcm.length; i++) {
    const loud = Math.abs(pcm.readInt16LE(2 * i)) > 8_000;
    if (loud && quiet > rate / 4) begins.push(i / rate);
    quiet = loud ? 0 : quiet + 1;
  }
  return begins;
}
