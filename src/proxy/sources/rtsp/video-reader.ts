import { AccessUnit } from '../../../media/access-unit';
import { CameraError } from '../../camera-error';
import { SourceLimits } from '../stream-source';
import { AccessUnitAssembler } from './access-unit-assembler';
import { Depacketizer } from './depacketizer';
import { H264Depacketizer } from './h264-depacketizer';
import { H265Assembler } from './h265-assembler';
import { H265Depacketizer } from './h265-depacketizer';
import { H265ParameterSets } from './h265-parameter-sets';
import { JpegDepacketizer } from './jpeg-depacketizer';
import { ParameterSets } from './parameter-sets';
import { VideoTrack } from './rtsp-sdp';

/** Makes pictures of one track's payloads. */
export interface VideoReader {
  readonly depacketizer: Depacketizer;
  /** Why there is no picture yet, where that is known. */
  fault(): CameraError | null;
  /** What to say where packets come and no picture does. */
  readonly unusable: string;
  /** The connection ended: hands out whole pictures that wait. */
  end(): void;
}

export interface VideoReaderOptions {
  readonly limits: SourceLimits;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** A whole picture, and when its last packet came. */
  readonly onPicture: (unit: AccessUnit, arrival: number) => void;
  readonly onLoss: () => void;
}

/** The reader for what a track sends. */
export function videoReaderFor(track: VideoTrack, options: VideoReaderOptions): VideoReader {
  return READERS[track.codec](track, options);
}

function h264Reader(track: VideoTrack, { limits, now, onPicture, onLoss }: VideoReaderOptions): VideoReader {
  const parameterSets = new ParameterSets();
  parameterSets.offerFromSdp(track.parameterSets);
  const { maxFrameBytes } = limits;
  const assembler = new AccessUnitAssembler({ maxFrameBytes, parameterSets, now, onAccessUnit: onPicture, onLoss });
  return {
    depacketizer: new H264Depacketizer(assembler),
    fault: () => parameterSets.fault,
    unusable: NO_KEYFRAME,
    end: () => assembler.end(),
  };
}

function h265Reader(track: VideoTrack, { limits, now, onPicture, onLoss }: VideoReaderOptions): VideoReader {
  const parameterSets = new H265ParameterSets();
  parameterSets.offerFromSdp(track.parameterSets);
  const { maxFrameBytes } = limits;
  const assembler = new H265Assembler({ maxFrameBytes, now, onAccessUnit: onPicture, onLoss }, parameterSets);
  return {
    depacketizer: new H265Depacketizer(assembler),
    fault: () => parameterSets.fault,
    unusable: NO_KEYFRAME,
    end: () => assembler.end(),
  };
}

function jpegReader({ size }: VideoTrack, { limits, now, onPicture, onLoss }: VideoReaderOptions): VideoReader {
  const { maxJpegBytes, maxPictureSize } = limits;
  const depacketizer = new JpegDepacketizer({ maxJpegBytes, maxPictureSize, announced: size, now, onPicture, onLoss });
  return {
    depacketizer,
    fault: () => depacketizer.fault,
    unusable: NO_WHOLE_PICTURE,
    end: () => depacketizer.end(),
  };
}

const READERS: Readonly<Record<VideoTrack['codec'], typeof h264Reader>> = {
  h264: h264Reader,
  h265: h265Reader,
  jpeg: jpegReader,
};

const NO_KEYFRAME =
  "The camera sends video without keyframes: set its I-frame interval (GOP) to 2 seconds in the camera's settings.";
const NO_WHOLE_PICTURE =
  "The camera sends no whole Motion JPEG picture: lower its resolution or bit rate, or set the video codec of this stream to H.264 in the camera's settings.";
