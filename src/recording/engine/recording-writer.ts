import { Frame, GapReason } from '../../media/access-unit';
import { Disk } from '../../storage/disk';
import { FrameConsumer } from '../../proxy/frame-consumer';
import { Gap } from './gap-tracker';
import { Journal, JournalEvents, JournalOptions, JournalResult } from './journal';
import { JournalError } from './journal-error';
import { WrittenPart } from './journal-writer';
import { PartSource } from './opened-part';
import { rebuildIndex } from './rebuild-index';

/** How far a recording is. */
export interface RecordingProgress {
  readonly bytesWritten: number;
  /** Session times in ticks of the first frame and of the newest one taken; `null` before the first. */
  readonly startTicks: number | null;
  readonly lastTicks: number | null;
  /** Gaps that ended since this process records; earlier ones are in the database. */
  readonly gaps: readonly Gap[];
  readonly droppedFrames: number;
  readonly error: JournalError | null;
}

/** Reads a session's frames into a journal. H.264 only: what a camera sends as JPEG comes through the encoder first. */
export class RecordingWriter implements FrameConsumer {
  readonly name = 'journal';
  readonly maxQueueBytes: number;
  private readonly gaps: Gap[] = [];
  private startTicks: number | null = null;
  private lastTicks: number | null = null;

  private constructor(
    private readonly journal: Journal,
    maxQueueBytes: number,
    private readonly forwarded: { gap: (gap: Gap) => void },
  ) {
    this.maxQueueBytes = maxQueueBytes;
    this.forwarded.gap = (gap) => this.gaps.push(gap);
    this.startTicks = journal.parts[0]?.info.startTicks ?? null;
  }

  /** A writer for a new recording, whose folder exists. */
  static start(options: JournalOptions, events: JournalEvents = {}): RecordingWriter {
    const forwarded = { gap: (_gap: Gap): void => undefined };
    return new RecordingWriter(Journal.start(options, tee(events, forwarded)), queueBytes(options), forwarded);
  }

  /**
   * A writer that goes on with the parts of an interrupted recording.
   * @throws JournalError, PartDamagedError, or RangeError where a part is finished already and must not be resumed
   */
  static async resume(
    options: JournalOptions,
    events: JournalEvents,
    sources: readonly (PartSource & { readonly number: number })[],
  ): Promise<RecordingWriter> {
    const parts: WrittenPart[] = [];
    for (const source of sources) parts.push(await reopenable(options.disk, source));
    const forwarded = { gap: (_gap: Gap): void => undefined };
    return new RecordingWriter(
      await Journal.resume(options, tee(events, forwarded), parts),
      queueBytes(options),
      forwarded,
    );
  }

  /** Never waits: the journal has its own bounded queue. */
  take(frame: Frame): void {
    if (frame.kind !== 'h264') return;
    this.journal.append(frame);
    if (this.startTicks === null && frame.keyframe) this.startTicks = frame.dts;
    this.lastTicks = frame.dts;
  }

  get progress(): RecordingProgress {
    const { bytesWritten, droppedFrames, error } = this.journal;
    const { startTicks, lastTicks, gaps } = this;
    return { bytesWritten, startTicks, lastTicks, gaps, droppedFrames, error };
  }

  /** Parts with their growing indices, for a review of what is being recorded. */
  get parts(): readonly WrittenPart[] {
    return this.journal.parts;
  }

  /** Ends the recording at a session time. Never throws: see `error` of the result. Again: the same result. */
  stop(atTicks: number, reason?: GapReason): Promise<JournalResult> {
    return this.journal.close(atTicks, reason);
  }

  /** Lets go of the files of a recording that will be resumed. */
  suspend(): Promise<JournalResult> {
    return this.journal.suspend();
  }
}

function tee(events: JournalEvents, forwarded: { gap: (gap: Gap) => void }): JournalEvents {
  return {
    onPart: (part) => events.onPart?.(part),
    onFirstFragment: () => events.onFirstFragment?.(),
    onBytes: (bytes) => events.onBytes?.(bytes),
    onFailed: (error) => events.onFailed?.(error),
    onGap: (gap) => {
      forwarded.gap(gap);
      events.onGap?.(gap);
    },
  };
}

function queueBytes(options: JournalOptions): number {
  return options.maxQueueBytes ?? 32 * 1024 * 1024;
}

async function reopenable(disk: Disk, source: PartSource & { readonly number: number }): Promise<WrittenPart> {
  const file = await disk.open(source.path, 'read');
  try {
    const { state, init, reserveBytes, index } = await rebuildIndex(file);
    if (state === 'flipped') throw new RangeError('the part is finished and is not resumed');
    const { number, path, startTicks } = source;
    return { info: { number, path, init, startTicks, reserveBytes }, index };
  } finally {
    await file.close();
  }
}
