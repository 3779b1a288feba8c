import { Cancel, Clock } from '../../common/clock';
import { VideoConfig } from '../../media/access-unit';
import { RunFrame } from '../../media/fmp4/fragment';
import { SoundRun } from '../../media/fmp4/sound-fragment';
import { AacConfig } from '../../media/sound/sound-format';
import { Disk } from '../../storage/disk';
import { JournalError } from './journal-error';
import { JournalPart, PartInfo } from './journal-part';
import { SampleIndex } from './sample-index';

/** A part as it is handed to the finaliser; while it is written its index grows. */
export interface WrittenPart {
  readonly info: PartInfo;
  readonly index: SampleIndex;
}

/** What a {@link JournalWriter} needs and tells. */
export interface JournalWriterOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly folder: string;
  readonly reserveBytes: number;
  /** A write, sync or close that takes longer turns the journal failed. */
  readonly timeoutMs: number;
  /** Called every two seconds while anything is written, before it is made durable. True: call again. */
  readonly beforeSync: () => boolean;
  readonly onPart: (part: PartInfo) => void;
  /** After each fragment. */
  readonly onWritten: (bytes: number) => void;
  readonly onFailed: (error: JournalError) => void;
}

type Job =
  | {
      readonly kind: 'open';
      readonly config: VideoConfig;
      readonly startTicks: number;
      readonly sound: AacConfig | null;
    }
  | {
      readonly kind: 'run';
      readonly frames: readonly RunFrame[];
      readonly endTicks: number;
      readonly bytes: number;
      readonly sound: readonly SoundRun[];
    };

const NO_SOUND: readonly SoundRun[] = [];

/** How often written bytes are made durable. */
const SYNC_MS = 2000;

/**
 * Does a journal's file work in order, one job at a time, behind a queue: make a part, write a fragment. Beside it at most one
 * `fdatasync` is under way. The first error ends it; nothing is tried again.
 */
export class JournalWriter {
  private jobs: Job[] = [];
  private pumping: Promise<void> | null = null;
  private syncing: Promise<void> | null = null;
  private dirty = false;
  private cancelTick: Cancel | null = null;
  private ended = false;

  /** Bytes of frames in the queue. */
  queuedBytes = 0;
  failure: JournalError | null = null;

  constructor(
    private readonly options: JournalWriterOptions,
    readonly parts: WrittenPart[],
    private part: JournalPart | null,
  ) {}

  /** Ends the part before, if any, and makes a new one. */
  open(config: VideoConfig, startTicks: number, sound: AacConfig | null = null): void {
    this.push({ kind: 'open', config, startTicks, sound });
  }

  /** Writes frames in a row, and some sound, as one fragment. The arrays are the writer's from now on. */
  run(frames: readonly RunFrame[], endTicks: number, bytes: number, sound = NO_SOUND): void {
    this.queuedBytes += bytes;
    this.push({ kind: 'run', frames, endTicks, bytes, sound });
  }

  /** Arms the two-second tick. Idempotent. */
  arm(): void {
    if (!this.cancelTick && !this.ended && !this.failure)
      this.cancelTick = this.options.clock.after(SYNC_MS, this.tick);
  }

  /** Writes what is queued, makes it durable, lets go of the file. Never throws: see {@link failure}. */
  async end(): Promise<void> {
    await this.bounded(this.drain(), () => new JournalError('sync_timeout', 'The disk did not answer in time'));
    this.ended = true;
    this.cancelTick?.();
  }

  private push(job: Job): void {
    if (this.failure) return;
    this.jobs.push(job);
    this.pumping ??= this.pump();
  }

  private async pump(): Promise<void> {
    // Jobs are done after the current frame has been dealt with, never inside append().
    await Promise.resolve();
    for (let job = this.jobs.shift(); job && !this.failure; job = this.jobs.shift()) {
      try {
        if (job.kind === 'open') await this.makePart(job.config, job.startTicks, job.sound);
        else await this.writeRun(job.frames, job.endTicks, job.bytes, job.sound);
      } catch (error) {
        await this.writeFailed(JournalError.ofWrite(error));
      }
    }
    this.pumping = null;
  }

  private async makePart(config: VideoConfig, startTicks: number, sound: AacConfig | null): Promise<void> {
    const before = this.part;
    if (before) {
      await this.syncNow();
      if (this.failure) return;
      this.part = null;
      await before.close();
    }
    const { disk, folder, reserveBytes } = this.options;
    const number = (this.parts[this.parts.length - 1]?.info.number ?? 0) + 1;
    const part = await JournalPart.create(disk, folder, number, config, startTicks, reserveBytes, sound);
    if (this.failure) return void part.close().catch(() => undefined);
    this.part = part;
    this.parts.push(part);
    this.options.onPart(part.info);
  }

  private async writeRun(
    frames: readonly RunFrame[],
    endTicks: number,
    bytes: number,
    sound: readonly SoundRun[],
  ): Promise<void> {
    if (!this.part) throw new JournalError('write_failed', 'The recording has no file');
    const written = await this.part.write(frames, endTicks, sound);
    this.queuedBytes -= bytes;
    this.dirty = true;
    if (this.failure) return;
    this.options.onWritten(written);
    this.arm();
  }

  /** What was written before stays playable; a full disk leaves a recording that may still be finished. */
  private async writeFailed(error: JournalError): Promise<void> {
    if (this.failure) return;
    const part = this.part;
    await part?.dropTail().catch(() => undefined);
    if (error.salvageable) await this.syncNow();
    this.fail(error);
    await part?.close().catch(() => undefined);
  }

  private readonly tick = (): void => {
    this.cancelTick = null;
    if (this.failure || this.ended) return;
    const again = this.options.beforeSync();
    if (this.dirty && !this.syncing) void this.syncNow();
    if (again || this.dirty || this.syncing) this.arm();
  };

  /** Waits for a sync under way and syncs what came after it. */
  private async syncNow(): Promise<void> {
    while (this.syncing) await this.syncing;
    if (!this.dirty || !this.part || this.failure) return;
    this.syncing = this.sync(this.part).finally(() => (this.syncing = null));
    await this.syncing;
  }

  private async sync(part: JournalPart): Promise<void> {
    this.dirty = false;
    const failed = part.sync().catch((cause: unknown) => {
      this.fail(new JournalError('sync_failed', 'The disk could not keep the recording', { cause }));
    });
    await this.bounded(failed, () => new JournalError('sync_timeout', 'The disk did not answer in time'));
  }

  private async drain(): Promise<void> {
    while (this.pumping) await this.pumping;
    await this.syncNow();
    const part = this.part;
    this.part = null;
    const closed = part?.close().catch((error: unknown) => this.fail(JournalError.ofWrite(error)));
    // After a failure the disk may hang: nobody waits for it.
    if (!this.failure) await closed;
  }

  /** Waits for `work`, but not longer than the time-out: then the journal has failed, and the hung call is left behind. */
  private async bounded(work: Promise<void>, error: () => JournalError): Promise<void> {
    let cancel: Cancel = () => undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.options.clock.after(this.options.timeoutMs, () => {
        this.fail(error());
        resolve();
      });
    });
    await Promise.race([work, late]);
    cancel();
  }

  private fail(error: JournalError): void {
    if (this.failure || this.ended) return;
    this.failure = error;
    this.jobs = [];
    this.queuedBytes = 0;
    this.cancelTick?.();
    this.options.onFailed(error);
  }
}
