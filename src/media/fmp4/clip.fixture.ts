import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { H264Config, H264Frame } from '../access-unit';

/** What FFmpeg draws for a spec. */
export interface ClipOptions {
  readonly seconds?: number;
  readonly fps?: number;
  readonly gop?: number;
  readonly bFrames?: number;
  readonly size?: string;
  /** libx264's constant rate factor: higher is smaller. */
  readonly crf?: number;
}

/** A drawn clip as the proxy would hand it on. */
export interface Clip {
  readonly config: H264Config;
  readonly frames: readonly H264Frame[];
}

/** Draws a clip with libx264 into a finished MP4. @param flags of the muxer (`-movflags`) */
export function drawFilm(file: string, options: ClipOptions = {}, flags = '+faststart'): void {
  const { seconds = 4, fps = 25, gop = 25, bFrames = 0, size = '320x180', crf = 23 } = options;
  const source = `testsrc2=size=${size}:rate=${fps}:duration=${seconds}`;
  const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', `${crf}`, '-bf', `${bFrames}`, '-g', `${gop}`];
  const output = ['-pix_fmt', 'yuv420p', '-threads', '1', '-video_track_timescale', '90000', '-movflags', flags, file];
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', source],
    ...[...encode, '-sc_threshold', '0'],
    ...output,
  ]);
}

/** Draws a clip with libx264 and takes it apart by ffprobe's packet list: real frames, nothing of our own code between. */
export function drawClip(options: ClipOptions = {}): Clip {
  const { size = '320x180' } = options;
  const folder = mkdtempSync(join(tmpdir(), 'padelvar-clip-'));
  try {
    const file = join(folder, 'clip.mp4');
    drawFilm(file, options, '0');
    const fields = ['-v', 'error', '-show_entries', 'packet=pts,dts,size,pos,flags', '-of', 'json', file];
    const probe = JSON.parse(execFileSync('ffprobe', fields, { maxBuffer: 1 << 28 }).toString()) as {
      packets: { pts: number; dts: number; size: string; pos: string; flags: string }[];
    };
    const bytes = readFileSync(file);
    const [width = 0, height = 0] = size.split('x').map(Number);
    const config = configOf(bytes, width, height);
    const zero = probe.packets[0]!.dts;
    const frames = probe.packets.map((packet): H264Frame => {
      const data = Buffer.from(bytes.subarray(Number(packet.pos), Number(packet.pos) + Number(packet.size)));
      const keyframe = packet.flags.startsWith('K');
      return { kind: 'h264', config, data, keyframe, dts: packet.dts - zero, cts: packet.pts - packet.dts };
    });
    return { config, frames };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function configOf(file: Buffer, width: number, height: number): H264Config {
  const record = file.subarray(file.indexOf('avcC') + 4);
  const spsLength = record.readUInt16BE(6);
  const sps = [Buffer.from(record.subarray(8, 8 + spsLength))];
  const ppsLength = record.readUInt16BE(9 + spsLength);
  const pps = [Buffer.from(record.subarray(11 + spsLength, 11 + spsLength + ppsLength))];
  const fingerprint = createHash('sha256')
    .update(Buffer.concat([...sps, ...pps]))
    .digest('hex');
  const codec = `avc1.${sps[0]!.subarray(1, 4).toString('hex')}`;
  return { kind: 'h264', sps, pps, width, height, codec, reorderDepth: null, nominalFps: null, fingerprint };
}

/** The clip's frame `i` on an endless timeline: repeated with its own spacing, shifted by `offset` ticks. */
export function shift(frame: H264Frame, offset: number, extra: Partial<H264Frame> = {}): H264Frame {
  return { ...frame, dts: frame.dts + offset, ...extra };
}
