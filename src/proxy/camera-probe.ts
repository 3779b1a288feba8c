import { CameraProtocol } from './sources/stream-source';

/** What a camera's pictures are coded in. */
export type CameraCodec = 'h264' | 'h265' | 'mjpeg';

/** What a camera turned out to be. */
export interface CameraFacts {
  readonly protocol: CameraProtocol;
  readonly codec: CameraCodec;
  readonly width: number;
  readonly height: number;
  /** Measured over the frames seen; `null` where there were too few to say. */
  readonly fps: number | null;
}

/** The answer of a probe: facts, how long the first frame took, and a picture. */
export interface CameraProbeResult extends CameraFacts {
  /** From dialling to the first whole frame, in milliseconds. */
  readonly latencyMs: number;
  /** A JPEG of the first keyframe; `null` where none could be made (no FFmpeg). */
  readonly snapshot: Buffer | null;
}

/** Port: dials a camera once, looks at it for a moment, hangs up. When a look settles, its connection is gone. */
export abstract class CameraProbe {
  /**
   * @param cameraUrl as the club wrote it, with its credentials.
   * @param networks those that the club's cameras are in; `null`: no matter which.
   * @throws CameraError with the code that says what is wrong.
   */
  abstract probe(cameraUrl: string, networks: readonly string[] | null): Promise<CameraProbeResult>;

  /**
   * Only whether it gives a picture; nothing is decoded.
   * @param signal hangs up at once
   * @throws CameraError with the code that says what is wrong; any error where `signal` aborts.
   */
  abstract look(cameraUrl: string, networks: readonly string[] | null, signal: AbortSignal): Promise<void>;
}
