import { Observable } from 'rxjs';
import { GapReason } from '../media/access-unit';
import { CameraFacts } from '../proxy/camera-probe';
import { RecorderWork } from '../recording/engine/recorder-state';
import { RecordedFragment } from '../recording/engine/journal-fragments';
import { SessionZero } from './session-zero';

/** What a session needs to start its camera. Plain data: it could travel to another machine. */
export interface OpenSpec {
  readonly sessionId: string;
  /** As the club wrote it, with its credentials. */
  readonly cameraUrl: string;
  /** Those that the club's cameras are in, as `10.20.0.0/16`; `null` or none: no matter which. */
  readonly cameraNetworks?: readonly string[] | null;
  /** The zero of the match's clock, where another camera's session began it: this one's times count from it. */
  readonly sharedZero?: SessionZero;
  /** The session whose camera's clock this one follows, where both cameras tell theirs. */
  readonly reference?: string;
  /** The camera's sound is wanted, too; by default it is not asked for it. */
  readonly recordSound?: boolean;
}

export interface OpenedCourt {
  readonly facts: CameraFacts;
  readonly proxyPort: number;
  /** From dialling to the first frame, in milliseconds. */
  readonly latencyMs: number;
  readonly zero: SessionZero;
}

/** An interrupted recording that is to go on, in its session. */
export interface ResumeSpec extends OpenSpec {
  readonly zero: SessionZero;
  /** What the camera was. */
  readonly facts: CameraFacts;
  readonly recording: Omit<InterruptedSpec, 'sessionId'>;
}

export type CourtState = 'live' | 'reconnecting';

export interface RecordingSpec {
  readonly sessionId: string;
  readonly clubId: number;
  /** Epoch milliseconds at which the recording ends by itself. */
  readonly plannedEndAt: number;
}

/** A stretch of the match without pictures, in seconds of the file. */
export interface GapFacts {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly reason: GapReason;
}

/** A finished file. */
export interface VideoFacts {
  /** `<club_id>/<session_id>.mp4` under `VIDEOS_DIR`. */
  readonly videoPath: string;
  readonly sizeBytes: number;
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
  readonly codec: string;
  /** How it was made, and how many milliseconds that took; absent where an earlier life of the service did. */
  readonly making?: { readonly way: 'in_place' | 'remuxed' | 'found'; readonly ms: number };
}

/** Where a recording is, from the runtime's point of view. */
export type RecordingPhase = 'starting' | 'recording' | 'reconnecting' | 'stopping' | 'finalizing' | 'ready' | 'failed';

/** A recording as it stands now, read from what is in memory and on disk. */
export interface RecordingFacts {
  readonly phase: RecordingPhase;
  /** Epoch milliseconds of the file's first frame; `null` before there is one. */
  readonly startedAt: number | null;
  /** Epoch milliseconds; `null` while it runs. */
  readonly stoppedAt: number | null;
  readonly plannedEndAt: number;
  readonly durationSeconds: number;
  readonly bytesWritten: number;
  readonly gaps: readonly GapFacts[];
  readonly restarts: number;
  readonly video: VideoFacts | null;
  readonly error: string | null;
}

/** What a part's file needs to be rebuilt or served whatever becomes of its beginning. */
export interface PartFacts {
  readonly part: number;
  /** The init segment, `ftyp` and `moov`. */
  readonly init: Buffer;
  /** RFC 6381. */
  readonly codec: string;
  /** On the session's clock, 90 kHz. */
  readonly startTicks: number;
  /** Size of the `free` box behind the init segment, in bytes. */
  readonly reserveBytes: number;
}

/** A part of a recording and its whole fragments on disk, from number `first` on. */
export interface RecordedPart extends PartFacts {
  readonly first: number;
  readonly fragments: readonly RecordedFragment[];
}

/** What a reader of a recording wants next: this fragment of this part (both by number), and all after it. */
export interface RecordedPosition {
  /** From 1. */
  readonly part: number;
  /** From 0. */
  readonly fragment: number;
}

/** A recording whose process ended before it was finished: what its row says. */
export interface InterruptedSpec {
  readonly sessionId: string;
  readonly clubId: number;
  /** Epoch milliseconds. */
  readonly startedAt: number | null;
  readonly plannedEndAt: number;
  readonly gaps: readonly GapFacts[];
  readonly restarts: number;
  /** Session ticks at which each part begins, by its number; parts that are not in it are placed by their own times. */
  readonly partStarts: ReadonlyMap<number, number>;
}

/**
 * How a court stands with its camera's sound. `off`: not wanted; `asking`: the camera has not answered yet; `none`,
 * `unsupported`, `refused`: it gives none, and why; `silent`: agreed on, but nothing comes; `on`: it comes; `recording`: it goes
 * into the file.
 */
export const COURT_SOUND_STATES = [
  'off',
  'asking',
  'none',
  'unsupported',
  'refused',
  'silent',
  'on',
  'recording',
] as const;

/** {@link COURT_SOUND_STATES} with what the camera sends: `aac`, `pcma`, `pcmu`, or its own word for what is not read. */
export interface CourtSound {
  readonly state: (typeof COURT_SOUND_STATES)[number];
  readonly codec: string | null;
}

export interface CourtStatus {
  readonly state: CourtState;
  /** Epoch milliseconds at which it became so. */
  readonly since: number;
  readonly facts: CameraFacts;
  readonly sound: CourtSound;
  readonly proxyPort: number;
  readonly latencyMs: number;
  /** Epoch milliseconds. */
  readonly lastFrameAt: number;
  readonly lastFrameAgeMs: number;
  readonly reconnects: number;
  /**
   * Readers of pictures here, recording not counted; those who share a decoder count one each, the decoder itself does
   * not. A reader may hand them on to many people: how many watch, only whoever serves them knows.
   */
  readonly viewers: number;
  /** A decoder makes JPEGs of this H.264 court for its viewers. */
  readonly decoding: boolean;
  /** What the camera sends, measured over the last seconds, bits a second. */
  readonly bitrate: number;
  /** Pictures taken from the camera since the session opened. */
  readonly frames: number;
  /** Times that pictures were dropped because a part of one was missing. */
  readonly losses: number;
  readonly recording: RecordingFacts | null;
  /** How the recording's disk and encoder keep up; `null` where none was started. */
  readonly work: RecorderWork | null;
  /** Why the camera is away, while it is. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/**
 * How much of a court one wants to see as JPEGs. `pictures`: an H.264 court's 5 a second at most 640 pixels wide, an MJPEG
 * camera's all as they are. `tile`: one a keyframe at most 480 pixels wide, an MJPEG camera's one a second.
 */
export type PictureDetail = 'pictures' | 'tile';

/** One picture for viewers. */
export interface CourtPicture {
  /** A whole JPEG. Shared: nobody may write into it. */
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  /** Epoch milliseconds at which it was there: its frame, or where that is not known, the JPEG. */
  readonly at: number;
}

/**
 * A piece of a court's live video; bytes are shared: nobody may write into them. `at`: epoch milliseconds at which its
 * picture was there. `afterLoss`: pictures before it were lost.
 */
export type LiveItem =
  | {
      /** The init segment (`ftyp`, `moov`) of what follows. */
      readonly type: 'init';
      readonly data: Buffer;
      /** RFC 6381. */
      readonly codec: string;
      readonly width: number;
      readonly height: number;
      /** Measured; `null` where not yet known. */
      readonly fps: number | null;
    }
  | {
      /** `moof` and `mdat` of one frame, on the session's timeline. */
      readonly type: 'fragment';
      readonly data: Buffer;
      readonly keyframe: boolean;
      readonly afterLoss: boolean;
      readonly at: number;
    }
  | {
      /** A JPEG camera's picture, as it is. */
      readonly type: 'jpeg';
      readonly data: Buffer;
      readonly afterLoss: boolean;
      readonly at: number;
    };

/** How much moved on a court, second by second of its recording's file; seconds that nothing is said of are not known. */
export interface MotionFacts {
  readonly sessionId: string;
  /** The first second. */
  readonly second: number;
  /** Of that second and those after it, 0 to 100 (see `motionScore`). */
  readonly scores: readonly number[];
}

/** What happens in a runtime, in order for each session. */
export type RuntimeEvent =
  | { readonly type: 'court.state'; readonly sessionId: string; readonly state: CourtState }
  /** The session is not open any more; what it came to, its recording finished. */
  | { readonly type: 'court.closed'; readonly sessionId: string; readonly last: CourtStatus }
  | { readonly type: 'recording.changed'; readonly sessionId: string; readonly recording: RecordingFacts }
  | { readonly type: 'recording.part'; readonly sessionId: string; readonly part: PartFacts };

/**
 * Port: what moves the bytes of sessions, reached through plain data only, so that it can live on another node, in the
 * club, near its cameras. It knows no database and keeps going without one.
 */
export abstract class CourtRuntime {
  /**
   * Connects to the camera and waits for a real frame.
   * @throws CameraError with the code that says what is wrong; nothing is left open then.
   */
  abstract open(spec: OpenSpec): Promise<OpenedCourt>;

  /** Ends the camera's connection and frees the port. A running recording is stopped and finished first. Unknown: nothing. */
  abstract close(sessionId: string): Promise<void>;

  /**
   * Starts the session's recording at the newest keyframe. Settles when the first fragment is on disk, or after a few
   * seconds in phase `starting` when the camera is away.
   * @throws ProblemException `disk_full`, `session_not_live`, `already_recording`.
   */
  abstract startRecording(spec: RecordingSpec): Promise<RecordingFacts>;

  /** Moves the time at which the recording ends by itself. */
  abstract extendRecording(sessionId: string, plannedEndAt: number): void;

  /**
   * Stops the recording and finishes its file; settles when it is `ready` or `failed`. Asked again, it gives the same answer.
   * `null`: this runtime knows of no recording of the session.
   */
  abstract stopRecording(sessionId: string): Promise<RecordingFacts | null>;

  /** Sessions whose journal lies on disk: recordings under way, interrupted ones, and those that could not be finished. */
  abstract journalsOnDisk(): Promise<readonly string[]>;

  /**
   * Goes on with a recording whose process died, in the same session and file: what is missing meanwhile is a gap. Settles
   * before the camera is reached; it is reached for until the session closes.
   * @returns the port of its proxy; `null` where it is to be finished instead: its end was wished, or its file is made
   * @throws where its journal cannot be gone on with; nothing is left open then, and nothing was changed.
   */
  abstract resume(spec: ResumeSpec): Promise<{ readonly proxyPort: number } | null>;

  /**
   * Makes the video of a recording that an earlier life of the service left on disk. Never throws: a failure is a state.
   * Safe to ask again, after a crash in the middle too.
   */
  abstract finishInterrupted(spec: InterruptedSpec): Promise<RecordingFacts>;

  /** `null`: not open here. Cheap: nothing is asked of disk or camera. */
  abstract status(sessionId: string): CourtStatus | null;

  /** How a recording stands, also while it is being finished after its session closed; `null`: none known here. */
  abstract recording(sessionId: string): RecordingFacts | null;

  /**
   * What of a recording is on disk, from a position on: only whole fragments, in order, each for good; the last part is
   * listed even where nothing of it is new. Cheap: from memory. `null`: none known here, like {@link recording}.
   */
  abstract recorded(sessionId: string, from: RecordedPosition): readonly RecordedPart[] | null;

  /** The newest picture as JPEG; made on demand. `null`: not open, or none can be made now. */
  abstract snapshot(sessionId: string): Promise<Buffer | null>;

  /**
   * The court's pictures as JPEG, for one viewer: at once the newest one where there is one, then each the moment it is
   * there; a viewer that is slow drops what it cannot take. Subscribing is watching: all viewers of a session share what
   * makes the pictures, and without viewers nothing runs. Silent while the camera is away, completes when the session
   * closes. `null`: not open here.
   * @param detail default: `pictures`
   */
  abstract pictures(sessionId: string, detail?: PictureDetail): Observable<CourtPicture> | null;

  /**
   * The court's video, not decoded: at once, before subscribing returns, the init segment and the fragments since the
   * newest keyframe, then each frame's the moment it is there; a new init segment, and behind it a keyframe, whenever the
   * format changes. Of a camera that sends JPEGs, its pictures. Silent while the camera is away, completes when the session
   * closes. Items are given as they come, however slow one is: whoever subscribes must bound what waits. `null`: not open
   * here.
   */
  abstract live(sessionId: string): Observable<LiveItem> | null;

  /** Every event from now on, of every session. */
  abstract watch(): Observable<RuntimeEvent>;

  /** How much moves on the courts that record here, from now on; some seconds late. Silent where that is not measured. */
  abstract motion(): Observable<MotionFacts>;

  /** Sessions open here. */
  abstract openSessions(): readonly string[];

  /** What recordings under way will still write up to their planned ends, in bytes: room that nothing else may take. */
  abstract bytesToCome(): number;
}
