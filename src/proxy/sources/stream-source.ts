import { AccessUnit, GapReason } from '../../media/access-unit';
import { SoundFormat } from '../../media/sound/sound-format';

/** A camera's address, taken apart once and dialled at one pinned IP address. */
export interface CameraTarget {
  readonly scheme: 'rtsp' | 'rtsps' | 'http' | 'https';
  /** As written in the URL: goes into `Host:` headers and TLS server names. */
  readonly host: string;
  readonly port: number;
  /** The IP address the host resolved to and that passed the address rules; the only one that is dialled. */
  readonly address: string;
  /** Path and query, at least `/`. */
  readonly path: string;
  /** Decoded, `null` where the URL has none. */
  readonly username: string | null;
  readonly password: string | null;
}

export type CameraProtocol = 'rtsp' | 'rtsps' | 'mjpeg' | 'http';

/** Bounds on what a camera may send, and on how long we wait for it. All times in milliseconds, sizes in bytes. */
export interface SourceLimits {
  /** To connect and get the first frame's headers/answers, each step. `CAMERA_TIMEOUT_SECONDS`. */
  readonly timeoutMs: number;
  readonly maxHeaderBytes: number;
  readonly maxSdpBytes: number;
  readonly maxJpegBytes: number;
  readonly maxFrameBytes: number;
  readonly maxPictureSize: number;
}

export const SOURCE_LIMITS: Omit<SourceLimits, 'timeoutMs'> = {
  maxHeaderBytes: 16 * 1024,
  maxSdpBytes: 64 * 1024,
  maxJpegBytes: 8 * 1024 * 1024,
  maxFrameBytes: 8 * 1024 * 1024,
  maxPictureSize: 8192,
};

/**
 * What became of the wish for sound at one connection. `none`: the camera announces no sound; `unsupported`: of a kind that is
 * not read; `refused`: it did not want to send it; `agreed`: it is going to come.
 */
export type SoundAnswer =
  | { readonly state: 'none' | 'refused' }
  | { readonly state: 'unsupported'; readonly codec: string }
  | { readonly state: 'agreed'; readonly format: SoundFormat };

/** A piece of sound: one frame of AAC, or some samples of G.711. */
export interface SoundPiece {
  /** Its own copy. */
  readonly data: Buffer;
  /** Of its first sample, on the sound's own clock at the camera, unwrapped, 90 kHz. */
  readonly stamp: number;
  /** Length in ticks of 1/90000 s. */
  readonly duration: number;
}

/** Where one connection delivers. All calls are synchronous and come from the source's socket events. */
export interface SourceSink {
  /** What answered, known before the first frame. */
  onProtocol(protocol: CameraProtocol): void;
  /** One picture. `arrival` is {@link Clock.monotonic} at the moment its last byte was read. */
  onAccessUnit(unit: AccessUnit, arrival: number): void;
  /** Pictures were dropped up to the next keyframe (or next JPEG): packets lost, half a picture. */
  onLoss(reason: GapReason): void;
  /** The camera's wall clock from an RTCP sender report: `ntpMs` (epoch milliseconds) is RTP time `ticks` (unwrapped as in pts). */
  onSenderReport?(ntpMs: number, ticks: number): void;
  /** The camera is asked for its sound, too. */
  readonly wantsSound?: boolean;
  /** The camera is being asked for its sound: should the connection end before there is a picture, that may be why. */
  onSoundAsked?(): void;
  onSoundAnswer?(answer: SoundAnswer): void;
  /**
   * @param pictureStamp the same moment on the clock of the pictures (as in `dts`), where the camera tells; else `null`
   * @param arrival {@link Clock.monotonic}
   */
  onSound?(piece: SoundPiece, pictureStamp: number | null, arrival: number): void;
}

/**
 * One kind of camera. An instance is one connection's life: it connects, delivers to its sink until the connection ends,
 * and never reconnects (that is the watchdog's work). Adding a kind touches nothing but the adapter and the detection.
 */
export interface StreamSource {
  /**
   * Runs the connection until it ends or `signal` aborts. Every socket and child it opened is gone when the promise settles.
   * Resolves when aborted.
   * @throws CameraError with the code that says what is wrong; an orderly end by the camera is `camera_unreachable` too.
   */
  run(sink: SourceSink, signal: AbortSignal): Promise<void>;
}
