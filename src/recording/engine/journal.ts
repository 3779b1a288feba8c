import { Clock } from '../../common/clock';
import { GapReason, VideoConfig, VideoFrame, TICKS_PER_SECOND } from '../../media/access-unit';
import { buildInitSegment } from '../../media/fmp4/init-segment';
import { soundOfInit } from '../../media/fmp4/sound-track';
import { AacConfig, SoundUnit, sameAac } from '../../media/sound/sound-format';
import { Disk } from '../../storage/disk';
import { Gap, GapTracker } from './gap-tracker';
import { JournalError } from './journal-error';
import { JournalPart, PartInfo, reserveBytes } from './journal-part';
import { JournalWriter, WrittenPart } from './journal-writer';
import { SoundLane } from './sound-lane';

/** What a journal is made of. */
export interface JournalOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** Exists already; parts are made in it. */
  readonly folder: string;
  /** Length the recording is planned for, and what the camera gives (`null`: unknown): they size the reserve. */
  readonly plannedSeconds: number;
  readonly fps: number | null;
  /** The sound that is recorded beside the pictures; by default none. */
  readonly sound?: AacConfig | null;
  /** Frames not yet written, in bytes; beyond it frames are dropped up to the next keyframe. Default 32 MiB. */
  readonly maxQueueBytes?: number;
  /** A sync or a close that takes longer turns the journal failed. Default 30 s. */
  readonly timeoutMs?: number;
}

/** What a journal tells; called synchronously. */
export interface JournalEvents {
  /** The file exists with its init and reserve. */
  onPart?(part: PartInfo): void;
  /** The first fragment of this process is on disk. */
  onFirstFragment?(): void;
  onGap?(gap: Gap): void;
  /** After every fragment: bytes of all fragments so far. */
  onBytes?(bytesWritten: number): void;
  /** Once; nothing is written after it. */
  onFailed?(error: JournalError): void;
}

/** What a closed journal leaves. */
export interface JournalResult {
  readonly parts: readonly WrittenPart[];
  /** Session time at which the recording ends; where the journal failed, the end of what was written. */
  readonly endTicks: number;
  readonly error: JournalError | null;
}

/** A fragment a second: what a kill may lose. */
const FRAGMENT_TICKS = TICKS_PER_SECOND;
const DEFAULT_QUEUE_BYTES = 32 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Appends a session's frames to disk as they come. {@link append} only keeps a reference; a fragment a second, and one at
 * every keyframe, is written behind it. A frame is written once its successor is known, so every duration is the exact
 * distance of two decode times, and a gap stretches the frame before it.
 */
export class Journal {
  private readonly writer: JournalWriter;
  private readonly gaps: GapTracker;
  private pending: VideoFrame[] = [];
  private pendingBytes = 0;
  private config: VideoConfig | null = null;
  private sound: SoundLane | null = null;
  private dropping = false;
  private begun = false;
  private writeNext = false;
  private taken = 0;
  private takenAtTick = 0;
  private lastDts: number | null;
  private closing: Promise<JournalResult> | null = null;
  private fragmentBytes: number;
  private firstFragment = true;

  /** Frames dropped because the disk was too slow. */
  droppedFrames = 0;

  private constructor(
    private readonly options: JournalOptions,
    private readonly events: JournalEvents,
    resumed: readonly WrittenPart[],
    private reopened: JournalPart | null,
  ) {
    const last = resumed.at(-1);
    this.lastDts = last ? last.info.startTicks + last.index.lastDts : null;
    this.gaps = new GapTracker(this.lastDts);
    this.fragmentBytes = resumed.reduce(
      (sum, { info, index }) => sum + index.endOffset - info.init.length - info.reserveBytes,
      0,
    );
    this.writer = new JournalWriter(
      {
        disk: options.disk,
        clock: options.clock,
        folder: options.folder,
        reserveBytes: reserveBytes(options.plannedSeconds, options.fps, options.sound),
        timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
        beforeSync: () => this.flushIfStalled(),
        onPart: (part) => events.onPart?.(part),
        onWritten: (bytes) => this.written(bytes),
        onFailed: (error) => events.onFailed?.(error),
      },
      [...resumed],
      reopened,
    );
  }

  /** A journal for a new recording; its first part is made at its first frame. */
  static start(options: JournalOptions, events: JournalEvents = {}): Journal {
    return new Journal(options, events, [], null);
  }

  /**
   * Goes on with a recording whose process died. Cuts the last part behind its last whole fragment, and writes on into it where
   * the stream's configuration is the same; the hole is a gap. A part of which not one fragment was written is made anew: it
   * said when it begins, and what comes now begins later.
   * @param parts from `rebuildIndex`, in order
   * @throws JournalError where the last part cannot be opened or cut
   */
  static async resume(options: JournalOptions, events: JournalEvents, parts: readonly WrittenPart[]): Promise<Journal> {
    const { disk } = options;
    const written = parts.filter(({ index }) => index.sampleCount > 0);
    const last = written[written.length - 1];
    try {
      for (const part of parts) if (!written.includes(part)) await disk.unlink(part.info.path);
      if (!last) return Journal.start(options, events);
      return new Journal(options, events, written, await JournalPart.reopen(disk, last.info, last.index));
    } catch (error) {
      throw JournalError.ofWrite(error);
    }
  }

  /** Bytes of all fragments on disk. */
  get bytesWritten(): number {
    return this.fragmentBytes;
  }

  get error(): JournalError | null {
    return this.writer.failure;
  }

  /** Parts so far, the one being written last. */
  get parts(): readonly WrittenPart[] {
    return this.writer.parts;
  }

  /** Bytes waiting to be written. */
  get waitingBytes(): number {
    return this.writer.queuedBytes + this.pendingBytes;
  }

  /** Takes a frame; never waits. Frames before the first keyframe, and after a failure or close, are ignored. */
  append(frame: VideoFrame): void {
    if (this.writer.failure || this.closing || frame.data.length === 0) return;
    if (this.mustDrop(frame)) return;
    const last = this.lastDts;
    if (last !== null && frame.dts <= last) frame = later(frame, last + 1);
    const gap = this.gaps.frame(frame.dts, this.reasonBefore(frame));
    if (gap) this.events.onGap?.(gap);
    if (this.config !== frame.config) this.configure(frame);
    const first = this.pending[0];
    if (first && (frame.keyframe || this.writeNext || frame.dts - first.dts >= FRAGMENT_TICKS)) this.seal(frame.dts);
    this.pending.push(frame);
    this.pendingBytes += frame.data.length;
    this.lastDts = frame.dts;
    this.taken++;
    if (!this.begun) this.begin();
  }

  /** Sound goes into the file. */
  get hasSound(): boolean {
    return this.sound !== null;
  }

  /**
   * Takes a frame of AAC; never waits. It is written with the pictures that are written next. Sound of another kind than the part
   * was begun with is ignored, as is what comes before the first picture.
   */
  appendSound(unit: SoundUnit, config: AacConfig): void {
    const { sound } = this;
    if (!sound || this.writer.failure || this.closing || !sameAac(sound.config, config)) return;
    sound.take(unit);
  }

  /**
   * Ends the recording at a session time, until when the last frame lasts. Never throws: see `error` of the result.
   * @param reason why the frames ended before, where they did
   */
  close(atTicks: number, reason?: GapReason): Promise<JournalResult> {
    return (this.closing ??= this.finish(atTicks, reason));
  }

  /**
   * Writes and syncs what is known and lets go of the file, for a service that stops and will resume the recording. The last
   * frame, whose end nobody knows yet, lasts as long as the one before it.
   */
  suspend(): Promise<JournalResult> {
    const last = this.pending[this.pending.length - 1];
    const before = this.pending[this.pending.length - 2];
    const usual = last && before ? Math.min(last.dts - before.dts, FRAGMENT_TICKS) : 1;
    return (this.closing ??= this.finish((this.lastDts ?? 0) + usual));
  }

  private mustDrop(frame: VideoFrame): boolean {
    const limit = this.options.maxQueueBytes ?? DEFAULT_QUEUE_BYTES;
    const { queuedBytes } = this.writer;
    const waiting = queuedBytes + this.pendingBytes + frame.data.length;
    if (this.dropping) {
      // An idle disk always gets a keyframe, however big; else one beyond the limit would end the recording for good.
      if (!frame.keyframe || (queuedBytes > 0 && waiting > limit / 2)) return this.drop();
    } else if (queuedBytes > 0 && waiting > limit) {
      this.dropping = true;
      return this.drop();
    }
    // A new configuration begins with a keyframe, as the recording itself does.
    const known = this.config === frame.config || this.config?.fingerprint === frame.config.fingerprint;
    return !known && !frame.keyframe;
  }

  private drop(): true {
    this.droppedFrames++;
    return true;
  }

  private reasonBefore(frame: VideoFrame): GapReason | undefined {
    if (this.dropping) {
      this.dropping = false;
      return 'queue_overflow';
    }
    if (!this.begun && this.reopened) return 'service_restarted';
    return frame.after;
  }

  private configure(frame: VideoFrame): void {
    const before = this.config;
    this.config = frame.config;
    if (before?.fingerprint === frame.config.fingerprint) return;
    if (this.pending.length > 0) this.seal(frame.dts);
    const { reopened } = this;
    this.reopened = null;
    if (reopened) {
      const sound = soundOfInit(reopened.info.init);
      if (reopened.info.init.equals(buildInitSegment(frame.config, { sound }))) {
        this.sound = sound && new SoundLane(sound, reopened.info.startTicks, reopened.index.sound.next);
        return;
      }
    }
    const { sound = null } = this.options;
    this.sound = sound && new SoundLane(sound, frame.dts, null);
    this.writer.open(frame.config, frame.dts, sound);
  }

  /** The first frames come in a burst (the proxy's GOP buffer): all but the last are written as soon as it is over. */
  private begin(): void {
    this.begun = true;
    setImmediate(() => {
      if (this.closing || this.writer.failure) return;
      if (this.pending.length > 1) this.sealAllButLast();
      else if (this.pending.length === 1) this.writeNext = true;
    });
  }

  /** Without new frames for a tick, what is pending would stay in memory as long as the camera is away. */
  private flushIfStalled(): boolean {
    if (this.taken === this.takenAtTick && this.pending.length > 1) this.sealAllButLast();
    this.takenAtTick = this.taken;
    return this.pending.length > 1;
  }

  private sealAllButLast(): void {
    const last = this.pending.pop();
    if (!last) return;
    this.pendingBytes -= last.data.length;
    this.seal(last.dts);
    this.pending.push(last);
    this.pendingBytes = last.data.length;
  }

  /** @param last nothing comes any more */
  private seal(endTicks: number, last = false): void {
    this.writeNext = false;
    this.writer.run(this.pending, endTicks, this.pendingBytes, this.sound?.drain(last ? endTicks : Infinity));
    this.pending = [];
    this.pendingBytes = 0;
  }

  private written(bytes: number): void {
    this.fragmentBytes += bytes;
    if (this.firstFragment) {
      this.firstFragment = false;
      this.events.onFirstFragment?.();
    }
    this.events.onBytes?.(this.fragmentBytes);
  }

  private async finish(atTicks: number, reason?: GapReason): Promise<JournalResult> {
    const last = this.lastDts;
    const endTicks = last === null ? atTicks : Math.max(atTicks, last + 1);
    if (!this.writer.failure) {
      const gap = this.gaps.end(endTicks, reason);
      if (gap) this.events.onGap?.(gap);
      if (this.pending.length > 0) this.seal(endTicks, true);
    }
    await this.writer.end();
    const error = this.writer.failure;
    return { parts: this.writer.parts, endTicks: error ? this.writtenTicks() : endTicks, error };
  }

  private writtenTicks(): number {
    const last = this.writer.parts[this.writer.parts.length - 1];
    return last ? last.info.startTicks + last.index.endDts : 0;
  }
}

/** The timeline promises rising decode times; a file must have them. The presentation time stays. */
function later(frame: VideoFrame, dts: number): VideoFrame {
  return { ...frame, dts, cts: frame.cts - (dts - frame.dts) };
}
