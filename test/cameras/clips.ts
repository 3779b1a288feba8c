import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClipParameters, clipArguments, DEFAULT_CLIP } from './clip-drawing';
import { repositoryRoot } from './child-process';
import { H265NalType, h265NalType, nalType, NalType, splitAnnexB } from './nal';
import { TIME_BARS_MODULUS } from './time-bars';

export { ClipParameters, DEFAULT_CLIP } from './clip-drawing';

/** One coded picture of a clip, in decode order. */
export interface ClipAccessUnit {
  /** Slices and SEI without start code; no parameter sets, no access unit delimiter. */
  readonly nals: readonly Buffer[];
  readonly keyframe: boolean;
  /** Presentation and decode time in 90 kHz ticks from the start of the loop; the first dts is 0, pts ≥ dts. */
  readonly pts: number;
  readonly dts: number;
  /** Place in presentation order, 0 … n-1: what the time bars show. */
  readonly frame: number;
}

interface ClipBase extends ClipParameters {
  /** Directory and file in the cache. */
  readonly file: string;
  /** Frames of one loop. */
  readonly frameCount: number;
  /** One frame in 90 kHz ticks. */
  readonly frameTicks: number;
  /** One loop in 90 kHz ticks. */
  readonly loopTicks: number;
  /** Unique to the clip's parameters. */
  readonly key: string;
}

export interface H264Clip extends ClipBase {
  readonly codec: 'h264';
  readonly sps: Buffer;
  readonly pps: Buffer;
  readonly units: readonly ClipAccessUnit[];
}

export interface MjpegClip extends ClipBase {
  readonly codec: 'mjpeg';
  /** Whole JPEGs, SOI to EOI. */
  readonly jpegs: readonly Buffer[];
}

export interface H265Clip extends ClipBase {
  readonly codec: 'h265';
  readonly vps: Buffer;
  readonly sps: Buffer;
  readonly pps: Buffer;
  readonly units: readonly ClipAccessUnit[];
}

export type Clip = H264Clip | H265Clip | MjpegClip;

const STREAM = 'clip.bin';
const PACKETS = 'packets.txt';
const loaded = new Map<string, Promise<Clip>>();

/** An H.264 clip; missing parameters are {@link DEFAULT_CLIP}'s. Drawn at the first call ever, then read from the cache. */
export function h264Clip(parameters: Partial<Omit<ClipParameters, 'codec'>> = {}): Promise<H264Clip> {
  return clip({ ...parameters, codec: 'h264' }) as Promise<H264Clip>;
}

/** An H.265 clip; missing parameters are {@link DEFAULT_CLIP}'s. */
export function h265Clip(parameters: Partial<Omit<ClipParameters, 'codec'>> = {}): Promise<H265Clip> {
  return clip({ ...parameters, codec: 'h265' }) as Promise<H265Clip>;
}

/** A motion JPEG clip: 720p at 10 frames a second unless told otherwise. */
export function mjpegClip(parameters: Partial<Omit<ClipParameters, 'codec'>> = {}): Promise<MjpegClip> {
  return clip({ fps: 10, bitrate: 8_000_000, ...parameters, codec: 'mjpeg' }) as Promise<MjpegClip>;
}

/**
 * Draws (once) and loads (once a process) a clip. Safe to call concurrently, also from several processes.
 * @throws Error when FFmpeg is missing or refuses, with its last words.
 */
export function clip(parameters: Partial<ClipParameters> = {}): Promise<Clip> {
  const p: ClipParameters = { ...DEFAULT_CLIP, ...parameters };
  if (p.fps * p.seconds > TIME_BARS_MODULUS) throw new Error('too many frames for the time bars');
  if (p.codec !== 'mjpeg' && (p.fps * p.seconds) % Math.round(p.fps * p.gopSeconds) !== 0) {
    throw new Error('a clip is a whole number of GOPs');
  }
  const args = clipArguments(p);
  const hash = createHash('sha256').update(JSON.stringify(args)).digest('hex').slice(0, 16);
  const key = `${p.codec}-${p.width}x${p.height}-${p.fps}fps-b${p.bframes}-${hash}`;
  let promise = loaded.get(key);
  if (promise === undefined) {
    promise = load(p, key, args);
    promise.catch(() => loaded.delete(key));
    loaded.set(key, promise);
  }
  return promise;
}

async function load(p: ClipParameters, key: string, args: string[]): Promise<Clip> {
  const directory = join(repositoryRoot(), '.cache', 'clips', key);
  const present = await stat(join(directory, PACKETS)).then(
    () => true,
    () => false,
  );
  if (!present) await draw(directory, p, args);
  const [stream, packets] = await Promise.all([
    readFile(join(directory, STREAM)),
    readFile(join(directory, PACKETS), 'utf8'),
  ]);
  return parse(p, key, join(directory, STREAM), stream, packets);
}

/** Draws under a temporary name and renames: a reader sees the whole clip or none. */
async function draw(directory: string, p: ClipParameters, args: string[]): Promise<void> {
  const temporary = `${directory}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  await mkdir(temporary, { recursive: true });
  try {
    // `framecrc` lists each packet's times and size: enough to cut the raw stream without parsing slice headers.
    // The `tee` muxer shares one encode between both; relative names keep its syntax away from odd characters in paths.
    const format = { h264: 'h264', h265: 'hevc', mjpeg: 'mjpeg' }[p.codec];
    await runFfmpeg([...args, '-f', 'tee', `[f=${format}]${STREAM}|[f=framecrc]${PACKETS}`], temporary);
    await writeFile(join(temporary, 'arguments.json'), JSON.stringify(args));
    await rename(temporary, directory).catch(async (error: NodeJS.ErrnoException) => {
      // Another process was faster: its clip is as good.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function runFfmpeg(args: string[], cwd: string): Promise<void> {
  return new Promise((settle, reject) => {
    const child = spawn('ffmpeg', args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-2000)));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? settle() : reject(new Error(`ffmpeg ended with ${code}: ${words}`))));
  });
}

function parse(p: ClipParameters, key: string, file: string, stream: Buffer, packets: string): Clip {
  const rows = packets
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').map((field) => Number.parseInt(field, 10)));
  const frameTicks = 90_000 / p.fps;
  let offset = 0;
  const pieces = rows.map((row) => {
    const piece = stream.subarray(offset, offset + (row[4] ?? 0));
    offset += piece.length;
    return { piece, dts: row[1] ?? 0, pts: row[2] ?? 0 };
  });
  if (offset !== stream.length || rows.length !== p.fps * p.seconds) throw new Error(`clip ${file} is damaged`);
  const frameCount = rows.length;
  const base = { ...p, key, file, frameCount, frameTicks, loopTicks: frameTicks * frameCount };
  if (p.codec === 'mjpeg') return { ...base, codec: 'mjpeg', jpegs: pieces.map(({ piece }) => piece) };

  let vps: Buffer | undefined;
  let sps: Buffer | undefined;
  let pps: Buffer | undefined;
  const h265 = p.codec === 'h265';
  const firstDts = pieces[0]?.dts ?? 0;
  const units = pieces.map(({ piece, dts, pts }): ClipAccessUnit => {
    const nals: Buffer[] = [];
    let keyframe = false;
    for (const nal of splitAnnexB(piece)) {
      const type = h265 ? h265NalType(nal) : nalType(nal);
      const types = h265 ? H265NalType : NalType;
      if (type === types.sps) sps ??= nal;
      else if (type === types.pps) pps ??= nal;
      else if (h265 && type === H265NalType.vps) vps ??= nal;
      else if (type !== types.delimiter) nals.push(nal);
      keyframe ||= h265 ? type >= H265NalType.firstIrap && type <= H265NalType.lastIrap : type === NalType.idr;
    }
    // FFmpeg's time base is one frame here; its presentation times start at 0, its decode times at minus the reorder depth.
    return { nals, keyframe, dts: (dts - firstDts) * frameTicks, pts: (pts - firstDts) * frameTicks, frame: pts };
  });
  if (sps !== undefined && pps !== undefined && vps !== undefined) {
    return { ...base, codec: 'h265', vps, sps, pps, units };
  }
  if (sps === undefined || pps === undefined) throw new Error(`clip ${file} has no parameter sets`);
  return { ...base, codec: 'h264', sps, pps, units };
}
