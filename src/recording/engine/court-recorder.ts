import { Cancel, Clock } from '../../common/clock';
import { faultPoint } from '../../common/fault-point';
import { Frame, GapReason, H264Frame, TICKS_PER_SECOND, VideoFrame } from '../../media/access-unit';
import { codecOfInit } from '../../media/fmp4/codec-of-init';
import { FrameConsumer } from '../../proxy/frame-consumer';
import { SoundFeed } from '../../proxy/sound-feed';
import { EncoderLoad } from './encoder-lateness';
import { Gap } from './gap-tracker';
import { failureWords } from './finalise-error';
import { Journal, JournalResult } from './journal';
import { JournalError } from './journal-error';
import { listFragments } from './journal-fragments';
import { PartInfo } from './journal-part';
import { SoundRecorder } from './sound-recorder';
import {
  FinishedFile,
  RecordedPart,
  RecorderPart,
  RecorderPhase,
  RecorderState,
  RecorderWork,
  ResumedRecording,
} from './recorder-state';

/** What of a session's camera a recorder needs. */
export interface RecorderSource {
  /** Session time now, in ticks. */
  now(): number;
  subscribe(consumer: FrameConsumer): () => void;
  /** Absent: it has none. */
  readonly sound?: Pick<SoundFeed, 'subscribe' | 'settled' | 'current'>;
}

/** Makes H.264 of what is not, on the same session timeline. */
export interface FrameEncoder {
  take(frame: Frame): void;
  /** All frames taken so far have come out; its process is gone. */
  stop(): Promise<void>;
  readonly restarts: number;
  readonly load: EncoderLoad;
  /** Why it cannot run, as long as it cannot. */
  readonly unable: Error | null;
}

export interface RecorderOptions {
  readonly clock: Clock;
  readonly source: RecorderSource;
  readonly plannedEndAt: number;
  /** `openJournal` gives a journal that has frames already. */
  readonly resumed?: ResumedRecording;
  /** Bytes that may wait for the recorder in the proxy's queue: it takes at once, so hardly ever any. */
  readonly maxQueueBytes: number;
  /** Opens the journal; its folder exists when this settles. */
  readonly openJournal: (events: { [K in keyof JournalHooks]: JournalHooks[K] }) => Promise<Journal>;
  /** `null` for cameras whose pictures go into the file as they are. */
  readonly makeEncoder: ((onFrame: (frame: H264Frame) => void, onRestart: () => void) => FrameEncoder) | null;
  /** Takes the camera's sound onto the journal; absent: there is none to be taken. */
  readonly recordSound?: (journal: Journal) => Pick<SoundRecorder, 'stop'>;
  /** Notes durably that the recording is over: from then on it is finished, never resumed. */
  readonly noteStop: (endTicks: number) => Promise<void>;
  /** Makes the video of a closed journal. */
  readonly finish: (journal: JournalResult) => Promise<FinishedFile>;
  readonly onChange: (state: RecorderState) => void;
  readonly onPart: (part: RecorderPart) => void;
  readonly onError: (message: string, error: unknown) => void;
}

interface JournalHooks {
  onPart(part: PartInfo): void;
  onFirstFragment(): void;
  onGap(gap: Gap): void;
  onFailed(error: JournalError): void;
}

/**
 * One recording from its first frame to its file: takes a session's frames, through the encoder where the camera does not
 * send H.264, onto the journal; ends by itself at its planned end; finishes the file.
 *
 * starting → recording ⇄ reconnecting → stopping → finalizing → ready | failed
 *
 * One that is resumed begins as `reconnecting`, and is `recording` when its first new fragment is on disk.
 */
export class CourtRecorder {
  private phase: RecorderPhase = 'starting';
  private journal: Journal | undefined;
  private encoder: FrameEncoder | null = null;
  private sound: Pick<SoundRecorder, 'stop'> | undefined;
  private unsubscribe: (() => void) | undefined;
  private endTimer: Cancel | undefined;
  private plannedEndAt: number;
  /** The planned end on the monotonic clock: a step of the wall clock moves no recording's end. */
  private endsAtMonotonic: number;
  private zeroTicks: number | undefined;
  private startedAt: number | null = null;
  private stoppedAt: number | null = null;
  private endTicks: number | undefined;
  private gaps: Gap[] = [];
  private video: FinishedFile | null = null;
  private error: string | null = null;
  private journalFailure: JournalError | null = null;
  private cameraAway: GapReason | undefined;
  private starting: Promise<void> | undefined;
  private stopping: Promise<RecorderState> | undefined;
  private firstFragment: (() => void)[] = [];
  /** This process has written a fragment. */
  private writing = false;
  private readonly restartsBefore: number;

  constructor(private readonly options: RecorderOptions) {
    const { clock, resumed } = options;
    this.plannedEndAt = options.plannedEndAt;
    this.restartsBefore = resumed ? resumed.restarts + 1 : 0;
    if (resumed) {
      this.phase = 'reconnecting';
      this.cameraAway = 'service_restarted';
      this.startedAt = resumed.startedAt;
      this.zeroTicks = resumed.zeroTicks;
      this.gaps = [...resumed.gaps];
    }
    this.endsAtMonotonic = clock.monotonic() + (options.plannedEndAt - clock.now());
  }

  /**
   * Starts at the newest keyframe.
   * @param admit runs first; what it throws is the start's failure
   * @throws what the file system throws where the journal cannot be made; nothing is left running then.
   */
  start(admit: () => Promise<void>): Promise<void> {
    this.starting ??= admit().then(() => this.begin());
    return this.starting;
  }

  private async begin(): Promise<void> {
    this.journal = await this.options.openJournal({
      onPart: (part) => this.onPart(part),
      onFirstFragment: () => this.onFirstFragment(),
      onGap: (gap) => {
        this.gaps.push(gap);
        this.changed();
      },
      onFailed: (error) => this.onJournalFailed(error),
    });
    const append = (frame: VideoFrame): void => this.append(frame);
    this.encoder = this.options.makeEncoder?.(append, () => this.changed()) ?? null;
    const { encoder } = this;
    this.unsubscribe = this.options.source.subscribe({
      name: 'recording',
      maxQueueBytes: this.options.maxQueueBytes,
      take: (frame) => {
        if (encoder) encoder.take(frame);
        else if (frame.kind !== 'jpeg') append(frame);
      },
    });
    this.sound = this.options.recordSound?.(this.journal);
    this.armEnd();
  }

  /** Settles when the first fragment is on disk, the recording has ended, or `ms` have passed. */
  async begun(ms: number): Promise<void> {
    if (this.phase !== 'starting') return;
    await new Promise<void>((resolve) => {
      const cancel = this.options.clock.after(ms, resolve);
      this.firstFragment.push(() => {
        cancel();
        resolve();
      });
    });
  }

  /** The camera went (with the reason its gap will have) or came back. */
  setCamera(away: GapReason | null): void {
    this.cameraAway = away ?? undefined;
    if (this.phase === 'recording' && away) this.move('reconnecting');
    else if (this.phase === 'reconnecting' && !away && this.writing) this.move('recording');
  }

  extend(plannedEndAt: number): void {
    if (this.stopping) return;
    this.endsAtMonotonic += plannedEndAt - this.plannedEndAt;
    this.plannedEndAt = plannedEndAt;
    this.armEnd();
    this.changed();
  }

  /** Ends the recording and makes its file; again: the same answer. Never throws: a failure is a state. */
  stop(): Promise<RecorderState> {
    this.stopping ??= this.finish();
    return this.stopping;
  }

  /**
   * The service ends in mid-match: writes what is known and lets go of the file, so that another process can resume the
   * recording. It is in no last state then. One that is being stopped is finished.
   */
  suspend(): Promise<RecorderState> {
    this.stopping ??= this.letGo();
    return this.stopping;
  }

  get state(): RecorderState {
    const { phase, startedAt, stoppedAt, plannedEndAt, video, error } = this;
    return {
      phase,
      startedAt,
      stoppedAt,
      plannedEndAt,
      durationSeconds: video?.durationSeconds ?? this.durationSeconds(),
      bytesWritten: this.journal?.bytesWritten ?? 0,
      gaps: this.gaps.map((gap) => ({
        startSeconds: this.seconds(gap.startTicks),
        endSeconds: this.seconds(gap.endTicks),
        reason: gap.reason,
      })),
      restarts: this.restartsBefore + (this.encoder?.restarts ?? 0),
      video,
      error,
    };
  }

  get work(): RecorderWork {
    const { journal, encoder } = this;
    const { waitingBytes = 0, droppedFrames = 0 } = journal ?? {};
    return { waitingBytes, droppedFrames, encoder: encoder?.load ?? null };
  }

  /** Whether sound goes into the file. */
  get hasSound(): boolean {
    return this.stopping === undefined && this.journal?.hasSound === true;
  }

  /** Why nothing at all could be written so far; `null` where something was, or nothing has failed. */
  get fruitless(): Error | null {
    if ((this.journal?.bytesWritten ?? 0) > 0) return null;
    return this.journalFailure ?? this.encoder?.unable ?? null;
  }

  /** Parts from number `part` on; of that part the fragments from number `fragment` on, of later ones all. */
  recorded(part: number, fragment: number): RecordedPart[] {
    const parts = this.journal?.parts.filter(({ info }) => info.number >= part) ?? [];
    return parts.map(({ info, index }) => {
      const first = info.number === part ? fragment : 0;
      return { ...describe(info), first, fragments: listFragments(index, first) };
    });
  }

  /** Where in the file a session time lies, in seconds; `null` before its first frame. */
  secondsAt(ticks: number): number | null {
    return this.zeroTicks === undefined ? null : this.seconds(ticks);
  }

  /** Milliseconds until it ends by itself; 0 once it is being stopped. */
  get remainingMs(): number {
    return this.stopping ? 0 : Math.max(0, this.endsAtMonotonic - this.options.clock.monotonic());
  }

  private append(frame: VideoFrame): void {
    if (this.zeroTicks === undefined) {
      if (!frame.keyframe) return;
      this.zeroTicks = frame.dts;
      const ageMs = ((this.options.source.now() - frame.dts) * 1000) / TICKS_PER_SECOND;
      this.startedAt = Math.round(this.options.clock.now() - ageMs);
    }
    this.journal?.append(frame);
  }

  private onFirstFragment(): void {
    this.writing = true;
    if (this.phase === 'starting' || this.phase === 'reconnecting') {
      this.move(this.cameraAway ? 'reconnecting' : 'recording');
    }
    this.settleBegun();
  }

  private settleBegun(): void {
    for (const settle of this.firstFragment.splice(0)) settle();
  }

  private onPart(part: PartInfo): void {
    this.options.onPart(describe(part));
  }

  private onJournalFailed(error: JournalError): void {
    this.error = error.words;
    this.journalFailure = error;
    this.options.onError('A recording can write no more.', error);
    void this.stop();
  }

  private armEnd(): void {
    this.endTimer?.();
    const left = this.endsAtMonotonic - this.options.clock.monotonic();
    // Timers hold 2^31 ms; the longest recording is far below, but a wrong clock is not.
    this.endTimer = this.options.clock.after(Math.min(Math.max(left, 0), 2 ** 31 - 1), () => void this.stop());
  }

  private async finish(): Promise<RecorderState> {
    const { clock, source } = this.options;
    // A stop that comes while it starts waits for it: what was begun is ended whole.
    const begun = await (this.starting ?? Promise.reject(new Error('never started'))).then(
      () => true,
      () => false,
    );
    if (!begun) {
      // Nothing was written and nobody is told: whoever started it hears why it did not.
      this.phase = 'failed';
      this.settleBegun();
      return this.state;
    }
    this.endTimer?.();
    this.stoppedAt = clock.now();
    let endTicks = source.now();
    this.unsubscribe?.();
    this.move('stopping');
    this.settleBegun();
    try {
      await Promise.all([this.encoder?.stop(), this.sound?.stop()]);
      const result = await (this.journal as Journal).close(endTicks, this.cameraAway);
      faultPoint('journal.closed');
      endTicks = result.endTicks;
      this.endTicks = endTicks;
      await this.options.noteStop(endTicks);
      this.move('finalizing');
      this.video = await this.complete(result);
      this.move('ready');
    } catch (error) {
      this.options.onError('A recording could not be finished.', error);
      this.error ??= error instanceof RecorderError ? error.message : failureWords(error);
      this.endTicks ??= endTicks;
      this.move('failed');
    }
    return this.state;
  }

  private async letGo(): Promise<RecorderState> {
    await this.starting?.catch(() => undefined);
    this.endTimer?.();
    this.unsubscribe?.();
    this.settleBegun();
    await Promise.all([this.encoder?.stop(), this.sound?.stop()]);
    const result = await this.journal?.suspend();
    this.endTicks = result?.endTicks;
    this.changed();
    return this.state;
  }

  private async complete(result: JournalResult): Promise<FinishedFile> {
    if (result.error && !result.error.salvageable) throw new RecorderError(result.error.words);
    if (result.parts.length === 0) throw new RecorderError('The camera gave no picture while the recording ran.');
    return this.options.finish(result);
  }

  private durationSeconds(): number {
    if (this.zeroTicks === undefined) return 0;
    return Math.max(0, this.seconds(this.endTicks ?? this.options.source.now()));
  }

  private seconds(ticks: number): number {
    return (ticks - (this.zeroTicks ?? ticks)) / TICKS_PER_SECOND;
  }

  private move(phase: RecorderPhase): void {
    this.phase = phase;
    this.changed();
  }

  private changed(): void {
    this.options.onChange(this.state);
  }
}

function describe({ number, init, startTicks, reserveBytes }: PartInfo): RecorderPart {
  return { part: number, init, codec: codecOfInit(init), startTicks, reserveBytes };
}

/** A recording that has no file, in a sentence for people. */
class RecorderError extends Error {}
