import { Logger } from '@nestjs/common';
import { Cancel, Clock } from '../common/clock';
import { ProblemException } from '../common/problem';
import { CourtRecorder } from '../recording/engine/court-recorder';
import { RecorderFactory } from '../recording/engine/recorder-factory';
import { RecordingFacts } from './court-runtime';
import { bytesToCome, mayStart, mustStop, Writer } from './disk-budget';
import { LocalCourt } from './local-court';

/** How often free space is looked at while something records. */
const CHECK_MS = 5_000;
/** What we expect of the encoder, and at most of a camera until it is measured, bits a second. */
const EXPECTED_BITRATE = 4_000_000;
/** A camera's first picture is a keyframe, many times as large as the others: until so many came, its rate is not known. */
const MEASURED_FRAMES = 50;
/** How often a running recording's progress is told, for its row. */
const PROGRESS_MS = 15_000;

/** What is looked after: the runtime's own maps, as they are at any moment. */
export interface RoomOptions {
  readonly courts: ReadonlyMap<string, LocalCourt>;
  readonly recorders: ReadonlyMap<string, CourtRecorder>;
  readonly recorderFactory: RecorderFactory;
  readonly clock: Clock;
  readonly reserveMb: number;
}

/** The disk's room for this process's recordings: whether one more may start, and whether they have to stop. */
export class RecordingRoom {
  private readonly logger = new Logger('CourtRuntime');
  private readonly reserveBytes: number;
  private tick: Cancel | undefined;
  private progressAt = 0;

  /** @param onProgress told of each recording under way every {@link PROGRESS_MS} */
  constructor(
    private readonly options: RoomOptions,
    private readonly onProgress: (sessionId: string, recording: RecordingFacts) => void,
  ) {
    this.reserveBytes = options.reserveMb * 1024 * 1024;
  }

  /** What recordings under way will still write, in bytes. */
  bytesToCome(): number {
    return bytesToCome(this.writers());
  }

  /** @throws ProblemException `disk_full` where there is no room for a recording of this length beside the others */
  async admit(recorder: CourtRecorder, court: LocalCourt): Promise<void> {
    const free = await this.options.recorderFactory.freeBytes();
    if (mayStart(free, this.reserveBytes, this.writers(recorder), writerOf(court))) return;
    throw new ProblemException(
      'disk_full',
      'Not enough disk space for a recording of this length: delete videos first.',
    );
  }

  /** One timer for all: stops recordings cleanly before the disk is full, and tells their progress. Twice is once. */
  watch(): void {
    if (this.tick) return;
    this.tick = this.options.clock.after(CHECK_MS, () => {
      this.tick = undefined;
      void this.check().finally(() => {
        if (this.running().length > 0) this.watch();
      });
    });
  }

  unwatch(): void {
    this.tick?.();
  }

  private writers(except?: CourtRecorder): Writer[] {
    return [...this.options.courts.values()]
      .filter(({ recorder }) => recorder && recorder !== except)
      .map((court) => writerOf(court));
  }

  private running(): [string, CourtRecorder][] {
    return [...this.options.recorders].filter(([, recorder]) => recorder.remainingMs > 0);
  }

  private async check(): Promise<void> {
    const running = this.running();
    const now = this.options.clock.monotonic();
    if (now - this.progressAt >= PROGRESS_MS) {
      this.progressAt = now;
      for (const [sessionId, recorder] of running) this.onProgress(sessionId, recorder.state);
    }
    try {
      if (!mustStop(await this.options.recorderFactory.freeBytes(), this.reserveBytes)) return;
    } catch (error) {
      this.logger.error({ err: error }, 'The free disk space could not be read.');
      return;
    }
    this.logger.error('The disk is nearly full: running recordings are stopped and finished.');
    for (const [, recorder] of running) void recorder.stop();
  }
}

function writerOf(court: LocalCourt): Writer {
  const { facts, frames, bitrate: measured } = court.proxy.health();
  const most = frames >= MEASURED_FRAMES ? Infinity : EXPECTED_BITRATE;
  const bitrate = facts && facts.codec !== 'mjpeg' ? Math.min(measured, most) : EXPECTED_BITRATE;
  return { bitrate, remainingMs: court.recorder?.remainingMs ?? 0 };
}
