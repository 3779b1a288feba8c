import { MediaToolError, MediaTools, ToolRun, runTool } from './media-tool';

/** Stretches of a file whose packets {@link probeVideo} reads; numbers of packets, 0 for none. */
export interface FileEnds {
  /** From the beginning. */
  readonly firstFrames: number;
  /** From the last keyframe on. */
  readonly lastFrames: number;
  /** Presentation time of the last keyframe in seconds from the first picture; for seeking to it when decoding. */
  readonly lastKeyframeSeconds: number;
}

/** A packet as FFmpeg's demuxer gives it. */
export interface ProbedPacket {
  /** In the track's time base. */
  readonly pts: number;
  readonly dts: number;
  /** SHA-256 of its bytes, hex. */
  readonly hash: string;
}

/** What ffprobe says of a file's sound. */
export interface SoundProbe {
  readonly streams: number;
  /** Of the first one. */
  readonly codec: string;
  readonly frames: number;
}

/** What ffprobe says of a file. */
export interface VideoProbe {
  readonly videoStreams: number;
  /** Streams that are no video, sound among them. */
  readonly otherStreams: number;
  readonly sound: SoundProbe;
  /** Of the first video stream. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** Samples by the file's own tables; 0 where it does not say. */
  readonly samples: number;
  /** Length of the video track in seconds. */
  readonly durationSeconds: number;
  /** `r_frame_rate` and `avg_frame_rate`, pictures a second; 0 where unknown. */
  readonly baseRate: number;
  readonly averageRate: number;
  /** SHA-256 of the decoder configuration, hex; empty where no packets were asked for. */
  readonly configuration: string;
  /** Packets of the asked-for stretches, one after the other. */
  readonly packets: readonly ProbedPacket[];
}

/** Arguments of ffprobe for {@link probeVideo}. @param withSound its packets are not to be counted among those asked for */
export function probeArgs(path: string, ends?: FileEnds, withSound = false): string[] {
  const stream = 'stream=codec_type,codec_name,width,height,nb_frames,duration,r_frame_rate,avg_frame_rate';
  const intervals = ends ? intervalsOf(ends) : [];
  const hashed = intervals.length > 0;
  const format = withSound ? 'format=duration,nb_streams' : 'format=duration';
  const entries = hashed ? `${stream},extradata_hash:packet=pts,dts,data_hash:${format}` : `${stream}:${format}`;
  const pictures = withSound ? ['-select_streams', 'v'] : [];
  const hashing = hashed ? ['-show_data_hash', 'SHA256', '-read_intervals', intervals.join(',')] : [];
  const output = ['-show_entries', entries, ...hashing, '-of', 'json'];
  return ['-v', 'error', '-protocol_whitelist', 'file', ...pictures, ...output, '-f', 'mp4', '-i', `file:${path}`];
}

/** Arguments of ffprobe for the sound of a file. */
export function probeSoundArgs(path: string): string[] {
  const output = ['-select_streams', 'a', '-show_entries', 'stream=codec_type,codec_name,nb_frames', '-of', 'json'];
  return ['-v', 'error', '-protocol_whitelist', 'file', ...output, '-f', 'mp4', '-i', `file:${path}`];
}

/**
 * Later than any recording: seeking goes backwards by decode times, so from here it ends at the last keyframe, wherever the
 * finished file's tables have put that one.
 */
const BEHIND_THE_END_SECONDS = 604_800;

function intervalsOf({ firstFrames, lastFrames }: FileEnds): string[] {
  const last = `${BEHIND_THE_END_SECONDS}%+#${lastFrames}`;
  return [...(firstFrames > 0 ? [`%+#${firstFrames}`] : []), ...(lastFrames > 0 ? [last] : [])];
}

/**
 * Reads a file's streams and the packets at its ends. @throws MediaToolError
 * @param run `withSound`: the file should have sound, and its packets are not among those at its ends
 */
export async function probeVideo(
  tools: MediaTools,
  path: string,
  run: ToolRun & { readonly ends?: FileEnds; readonly withSound?: boolean },
): Promise<VideoProbe> {
  const { ends, withSound = false, ...rest } = run;
  const ask = async (args: readonly string[]): Promise<ProbeJson> => {
    const { stdout } = await runTool(tools.clock, tools.ffprobePath, args, rest);
    try {
      return JSON.parse(stdout) as ProbeJson;
    } catch (cause) {
      throw new MediaToolError('ffprobe answered no JSON', true, { cause });
    }
  };
  // Side by side: nobody should wait longer for a file that has sound.
  const [pictures, sound] = await Promise.all([
    ask(probeArgs(path, ends, withSound)),
    withSound ? ask(probeSoundArgs(path)) : null,
  ]);
  return readProbe(pictures, sound ?? pictures);
}

interface ProbeJson {
  readonly packets?: readonly { readonly pts?: number; readonly dts?: number; readonly data_hash?: string }[];
  readonly streams?: readonly {
    readonly codec_type?: string;
    readonly codec_name?: string;
    readonly width?: number;
    readonly height?: number;
    readonly nb_frames?: string;
    readonly duration?: string;
    readonly r_frame_rate?: string;
    readonly avg_frame_rate?: string;
    readonly extradata_hash?: string;
  }[];
  readonly format?: { readonly duration?: string; readonly nb_streams?: number };
}

/** `25/1` as a number; 0 where there is none. */
function rational(text: string | undefined): number {
  const [numerator = 0, denominator = 0] = (text ?? '').split('/').map(Number);
  return denominator > 0 ? numerator / denominator : 0;
}

/** ffprobe writes `SHA256:` before it. */
function hashOf(text: string | undefined): string {
  return (text ?? '').replace(/^SHA256:/i, '');
}

function readProbe(json: ProbeJson, withSound: ProbeJson): VideoProbe {
  const streams = json.streams ?? [];
  const heard = (withSound.streams ?? []).filter((stream) => stream.codec_type === 'audio');
  const videos = streams.filter((stream) => stream.codec_type === 'video');
  const first = videos[0];
  return {
    videoStreams: videos.length,
    otherStreams: (json.format?.nb_streams ?? streams.length) - videos.length,
    sound: {
      streams: heard.length,
      codec: heard[0]?.codec_name ?? '',
      frames: Number(heard[0]?.nb_frames ?? 0),
    },
    codec: first?.codec_name ?? '',
    width: first?.width ?? 0,
    height: first?.height ?? 0,
    samples: Number(first?.nb_frames ?? 0),
    durationSeconds: Number(first?.duration ?? json.format?.duration ?? 0),
    baseRate: rational(first?.r_frame_rate),
    averageRate: rational(first?.avg_frame_rate),
    configuration: hashOf(first?.extradata_hash),
    packets: (json.packets ?? []).map(({ pts, dts, data_hash }) => {
      return { pts: pts ?? NaN, dts: dts ?? NaN, hash: hashOf(data_hash) };
    }),
  };
}
