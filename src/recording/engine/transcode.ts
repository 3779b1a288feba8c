import { BoxReader } from '../../media/fmp4/box-reader';
import { FragmentSample } from '../../media/fmp4/fragment';
import { MediaToolError, MediaTools, runTool } from '../../media/media-tool';
import { DiskFile } from '../../storage/disk';

/** Parameter sets of a track. */
export interface ParameterSets {
  readonly sps: readonly Buffer[];
  readonly pps: readonly Buffer[];
}

/** A sample of a plain MP4 and where its bytes are. */
export interface StoredSample extends Omit<FragmentSample, 'data' | 'duration'> {
  readonly offset: number;
  readonly size: number;
}

/** What a part of another format becomes: one that stands in the same track as the first part. */
export interface TranscodeOptions {
  readonly width: number;
  readonly height: number;
  /** Number of its parameter sets, one that no other part of the track uses. */
  readonly parameterSetId: number;
}

/**
 * FFmpeg arguments that encode a part again in the first part's size, picture by picture with its own time. Its parameter sets
 * get a number of their own (x264's `sps-id`), so that both formats' stand in one `avcC` and a decoder changes between them
 * at keyframes, as ITU-T H.264 §7.4.1.2.1 has it.
 */
export function transcodeArgs(from: string, to: string, options: TranscodeOptions): string[] {
  const { width, height, parameterSetId } = options;
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2`;
  return [
    ...['-v', 'error', '-nostdin', '-y', '-protocol_whitelist', 'file', '-f', 'mp4', '-i', `file:${from}`],
    ...['-map', '0:v:0'],
    ...['-vf', `${fit},pad=${width}:${height}:-1:-1,setsar=1,format=yuv420p`],
    ...[
      '-fps_mode',
      'passthrough',
      '-enc_time_base',
      '1:90000',
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-crf',
      '20',
    ],
    ...['-bf', '0', '-g', '50', '-x264-params', `sps-id=${parameterSetId}`],
    ...['-video_track_timescale', '90000', '-f', 'mp4', `file:${to}`],
  ];
}

/** Arguments of ffprobe for {@link listSamples}. */
export function sampleListArgs(path: string): string[] {
  const entries = ['-select_streams', 'v:0', '-show_entries', 'packet=pts,dts,size,pos,flags', '-of', 'compact=p=0'];
  return ['-v', 'error', '-protocol_whitelist', 'file', ...entries, '-f', 'mp4', '-i', `file:${path}`];
}

/** Lists a plain MP4's samples by ffprobe, in decode order; times in ticks from its first sample. */
export async function listSamples(tools: MediaTools, path: string, timeoutMs: number): Promise<StoredSample[]> {
  const { stdout } = await runTool(tools.clock, tools.ffprobePath, sampleListArgs(path), { timeoutMs });
  const rows = stdout.split('\n').filter((row) => row.startsWith('pts='));
  const samples = rows.map((row) => {
    const fields = Object.fromEntries(row.split('|').map((field) => field.split('='))) as Record<string, string>;
    const [pts, dts, size, offset] = [fields.pts, fields.dts, fields.size, fields.pos].map(Number);
    return {
      dts: dts!,
      cts: pts! - dts!,
      size: size!,
      offset: offset!,
      keyframe: fields.flags?.startsWith('K') ?? false,
    };
  });
  const first = samples[0];
  if (!first || samples.some((s) => ![s.dts, s.cts, s.size, s.offset].every(Number.isFinite))) {
    throw new MediaToolError('the encoded part has no readable samples', true);
  }
  return samples.map((sample) => ({ ...sample, dts: sample.dts - first.dts }));
}

/** The parameter sets in a file's `avcC`. @throws RangeError where it has none */
export async function readParameterSets(file: Pick<DiskFile, 'read'>, bytes: number): Promise<ParameterSets> {
  const reader = new BoxReader(file);
  const stsd = await reader.find(0, bytes, ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd']);
  const entry = stsd && (await reader.box(stsd.payload + 8, stsd.end));
  const avcC = entry && (await reader.find(entry.payload + 78, entry.end, ['avcC']));
  const record = avcC && (await reader.bytes(avcC.payload, avcC.end - avcC.payload));
  if (!record) throw new RangeError('the file has no H.264 track');
  const sets: { sps: Buffer[]; pps: Buffer[] } = { sps: [], pps: [] };
  let at = 6;
  for (let i = record.readUInt8(5) & 31; i > 0; i--) at = take(record, at, sets.sps);
  for (let i = record.readUInt8(at++); i > 0; i--) at = take(record, at, sets.pps);
  return sets;
}

function take(record: Buffer, at: number, into: Buffer[]): number {
  const end = at + 2 + record.readUInt16BE(at);
  into.push(Buffer.from(record.subarray(at + 2, end)));
  return end;
}
