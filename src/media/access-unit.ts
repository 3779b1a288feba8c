/**
 * What flows from a camera to everything else.
 *
 * A source (`src/proxy/sources/`) gives access units stamped with the camera's own clock; the session timeline turns
 * them into frames stamped with session time; frames are what consumers (journal, viewers, encoder) get. Buffers are
 * made once and shared: nobody may write into them.
 */

/** Ticks per second of every video time in the project (RFC 6184 §5.1 fixes 90 kHz for RTP; the MP4 tracks use it too). */
export const TICKS_PER_SECOND = 90_000;

/** One codec configuration of an H.264 stream: what a decoder needs before the first frame. */
export interface H264Config {
  readonly kind: 'h264';
  /** Sequence parameter sets, without start code or length. */
  readonly sps: readonly Buffer[];
  /** Picture parameter sets, without start code or length. */
  readonly pps: readonly Buffer[];
  /** Displayed size in pixels, cropping applied. */
  readonly width: number;
  readonly height: number;
  /** RFC 6381 codec string, for instance `avc1.640028`. */
  readonly codec: string;
  /** Frames a decoder may hold back for reordering (SPS `max_num_reorder_frames`); `null` where the SPS does not say. */
  readonly reorderDepth: number | null;
  /** Frames a second by the SPS's VUI timing, `null` where it does not say. Cameras lie: measure instead. */
  readonly nominalFps: number | null;
  /** Equal for equal configurations: hex SHA-256 of the parameter sets. */
  readonly fingerprint: string;
}

/** The same of an H.265 stream. */
export interface H265Config extends Omit<H264Config, 'kind' | 'reorderDepth'> {
  readonly kind: 'h265';
  /** Video parameter sets, without start code or length. */
  readonly vps: readonly Buffer[];
  /** `sps_max_num_reorder_pics` of the SPS. */
  readonly reorderDepth: number;
}

/** What goes into a file as it is; which of the two it is stands in `kind`. */
export type VideoConfig = H264Config | H265Config;

/** One coded picture as a source delivers it. */
export interface VideoAccessUnit {
  readonly kind: VideoConfig['kind'];
  readonly config: VideoConfig;
  /** NAL units, each behind a 4-byte big-endian length (ISO/IEC 14496-15); no access unit delimiters or parameter sets. */
  readonly data: Buffer;
  /** True for a picture that decoding can start at (IDR; of H.265 any IRAP). */
  readonly keyframe: boolean;
  /** Presentation time on the camera's clock in 90 kHz ticks, unwrapped (monotonic but for reordering and camera faults). */
  readonly pts: number;
  /** Decode time on the camera's clock in 90 kHz ticks, unwrapped. */
  readonly dts: number;
}

/** One JPEG picture as a source delivers it. */
export interface JpegPicture {
  readonly kind: 'jpeg';
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  /**
   * Time on the camera's clock in 90 kHz ticks, unwrapped; absent where the camera tells none (MJPEG over HTTP) and its
   * arrival has to do.
   */
  readonly dts?: number;
}

/** {@link VideoAccessUnit} of H.264. */
export interface H264AccessUnit extends VideoAccessUnit {
  readonly kind: 'h264';
  readonly config: H264Config;
}

export type AccessUnit = VideoAccessUnit | JpegPicture;

/** Why there was no picture for a while (the wire contract's `gaps[].reason`). */
export type GapReason =
  'camera_lost' | 'camera_stalled' | 'packets_lost' | 'encoder_restarted' | 'service_restarted' | 'queue_overflow';

/** A picture on the session's timeline. */
export interface VideoFrame {
  readonly kind: VideoConfig['kind'];
  readonly config: VideoConfig;
  readonly data: Buffer;
  readonly keyframe: boolean;
  /** Decode time on the session's clock in 90 kHz ticks; strictly increasing within a session. */
  readonly dts: number;
  /** Presentation time minus decode time in ticks (a composition offset, ISO/IEC 14496-12 §8.6.1.3); may be negative. */
  readonly cts: number;
  /** Set on the first frame after frames were lost: why. Whether that is a gap is decided by its length. */
  readonly after?: GapReason;
}

/** {@link VideoFrame} of H.264. */
export interface H264Frame extends VideoFrame {
  readonly kind: 'h264';
  readonly config: H264Config;
}

export interface JpegFrame {
  readonly kind: 'jpeg';
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  /** Arrival on the session's clock in 90 kHz ticks; strictly increasing within a session. */
  readonly dts: number;
  /** Always true and 0: a JPEG stands alone. They make the two kinds of frame uniform for queues. */
  readonly keyframe: true;
  readonly cts: 0;
  readonly after?: GapReason;
}

export type Frame = VideoFrame | JpegFrame;
