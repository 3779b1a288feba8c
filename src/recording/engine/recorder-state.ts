import { GapReason } from '../../media/access-unit';
import { EncoderLoad } from './encoder-lateness';
import { Gap } from './gap-tracker';
import { RecordedFragment } from './journal-fragments';

/** How a recorder's disk and encoder keep up. Plain data. */
export interface RecorderWork {
  /** Bytes that wait to be written. */
  readonly waitingBytes: number;
  /** Pictures dropped because the disk was too slow. */
  readonly droppedFrames: number;
  /** `null` where nothing is encoded. */
  readonly encoder: EncoderLoad | null;
}

/** A finished file, without its place among the videos. */
export interface FinishedFile {
  readonly videoPath: string;
  readonly sizeBytes: number;
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
  readonly codec: string;
  /** How it was made, and how many milliseconds that took; absent where the maker is unknown. */
  readonly making?: { readonly way: 'in_place' | 'remuxed' | 'found'; readonly ms: number };
}

export type RecorderPhase = 'starting' | 'recording' | 'reconnecting' | 'stopping' | 'finalizing' | 'ready' | 'failed';

export interface RecorderGap {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly reason: GapReason;
}

/** A recording as it stands. Times are epoch milliseconds, durations and positions seconds of the file. */
export interface RecorderState {
  readonly phase: RecorderPhase;
  readonly startedAt: number | null;
  readonly stoppedAt: number | null;
  readonly plannedEndAt: number;
  readonly durationSeconds: number;
  readonly bytesWritten: number;
  readonly gaps: readonly RecorderGap[];
  readonly restarts: number;
  readonly video: FinishedFile | null;
  readonly error: string | null;
}

export interface RecorderPart {
  readonly part: number;
  readonly init: Buffer;
  readonly codec: string;
  /** On the session's clock. */
  readonly startTicks: number;
  readonly reserveBytes: number;
}

/** A part and its whole fragments on disk, from number `first` on. */
export interface RecordedPart extends RecorderPart {
  readonly first: number;
  readonly fragments: readonly RecordedFragment[];
}

/** A recording that began in another process and goes on here. */
export interface ResumedRecording {
  /** Epoch milliseconds of the file's first frame. */
  readonly startedAt: number;
  /** Session time of the file's first frame. */
  readonly zeroTicks: number;
  /** So far. */
  readonly gaps: readonly Gap[];
  /** Of encoders and of the service, so far. */
  readonly restarts: number;
}
