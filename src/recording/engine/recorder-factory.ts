import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { Turns } from '../../common/turns';
import { AppConfig } from '../../config/app-config';
import { TICKS_PER_SECOND } from '../../media/access-unit';
import { soundOfInit } from '../../media/fmp4/sound-track';
import { AacConfig } from '../../media/sound/sound-format';
import { Toolchain } from '../../media/toolchain';
import { CameraFacts } from '../../proxy/camera-probe';
import { Disk } from '../../storage/disk';
import { VideoStore } from '../../storage/video-store';
import { CourtRecorder, RecorderOptions, RecorderSource } from './court-recorder';
import { FinishedFile, RecorderGap, RecorderPart, RecorderState, ResumedRecording } from './recorder-state';
import { Encoder } from './encoder';
import { failureWords, FinaliseError } from './finalise-error';
import { FinaliseJob, Finaliser } from './finaliser';
import { Gate } from './gate';
import { Journal, JournalResult } from './journal';
import { partPath } from './journal-part';
import { removeFolder } from './publish';
import { AlreadyFinishedError, ReopenedJournal, partStart, reopenJournal } from './reopen';
import { SoundRecorder, SoundRecorderOptions, recordedSound } from './sound-recorder';
import { StartCheck } from './start-check';
import { inTime } from './sure-disk';
import { warmUp } from './warm-up';

/** What may wait between the proxy and a recorder; it takes at once, so hardly ever anything does. */
const QUEUE_BYTES = 32 * 1024 * 1024;
const FIRST_SOUND_MS = 500;
const ENCODER_LOG_BYTES = 1024 * 1024;

/** One recording to make. */
export interface RecorderSpec {
  readonly sessionId: string;
  readonly clubId: number;
  /** Epoch milliseconds. */
  readonly plannedEndAt: number;
  readonly source: RecorderSource;
  readonly facts: CameraFacts;
  /** It began in another process, and goes on with what is on disk. */
  readonly resumed?: ResumedSpec;
  readonly onChange: (state: RecorderState) => void;
  readonly onPart: (part: RecorderPart) => void;
}

/** What of a recording is known that is gone on with. */
export interface ResumedSpec {
  readonly journal: ReopenedJournal;
  /** Epoch milliseconds of the file's first frame. */
  readonly startedAt: number;
  /** So far, in seconds of the file. */
  readonly gaps: readonly RecorderGap[];
  readonly restarts: number;
}

/** A recording on disk whose process is gone, as its row has it. */
export interface InterruptedRecording {
  readonly sessionId: string;
  readonly clubId: number;
  readonly startedAt: number | null;
  readonly plannedEndAt: number;
  readonly gaps: readonly RecorderGap[];
  readonly restarts: number;
  readonly partStarts: ReadonlyMap<number, number>;
}

/** Puts recorders together: journal, encoder where the camera needs one, finaliser, and their places on disk. */
@Injectable()
export class RecorderFactory {
  private readonly logger = new Logger('Recorder');
  private readonly gate: Gate;
  private readonly finaliser: Finaliser;
  /** A hundred matches end on the hour; three programs check each file. */
  private readonly turns = new Turns(Math.max(2, availableParallelism()));
  private readonly startChecks = new Turns(1);

  constructor(
    private readonly config: AppConfig,
    private readonly store: VideoStore,
    private readonly disk: Disk,
    private readonly toolchain: Toolchain,
    private readonly clock: Clock,
  ) {
    this.gate = new Gate(toolchain);
    this.finaliser = new Finaliser(disk, toolchain, this.gate);
    void warmUp();
  }

  make(spec: RecorderSpec): CourtRecorder {
    const { sessionId, clubId, plannedEndAt, source, facts, resumed } = spec;
    const start = this.startCheck(sessionId);
    return new CourtRecorder({
      clock: this.clock,
      source,
      plannedEndAt,
      ...goneOnWith(resumed),
      maxQueueBytes: QUEUE_BYTES,
      openJournal: async (events) => {
        const options = {
          disk: this.disk,
          clock: this.clock,
          folder: await this.store.makeRecordingFolder(sessionId),
          plannedSeconds: Math.max(60, (plannedEndAt - this.clock.now()) / 1000),
          fps: facts.codec === 'mjpeg' ? this.config.videoFps : facts.fps,
          sound: await soundOf(source, resumed),
        };
        const all = { ...events, onBytes: (): void => start.consider(journal.parts[0]) };
        const journal: Journal = await Journal.resume(options, all, resumed?.journal.parts ?? []);
        return journal;
      },
      makeEncoder: facts.codec === 'mjpeg' ? this.encoderOf(sessionId) : null,
      ...(source.sound ? { recordSound: this.soundRecorderOf(sessionId, source.sound) } : {}),
      noteStop: (endTicks) => inTime(this.clock, this.store.writeStopWish(sessionId, { endTicks })),
      finish: (result) => this.finish(clubId, sessionId, result, start),
      onChange: (state) => {
        if (state.phase === 'ready' || state.phase === 'failed') start.close();
        spec.onChange(state);
      },
      onPart: spec.onPart,
      onError: (message, error) => this.logger.error({ err: error, sessionId }, message),
    });
  }

  /**
   * Reads what a recording left on disk, so that it can be gone on with. Writes nothing.
   * @returns `null` where its end was wished or its file is made already: it is to be finished
   * @throws PartDamagedError, or the file system's error
   */
  async reopen({
    sessionId,
    clubId,
    partStarts,
  }: Pick<InterruptedRecording, 'sessionId' | 'clubId' | 'partStarts'>): Promise<ReopenedJournal | null> {
    // Its journal may be gone already, and the wish with it, where the row never heard of the stop.
    if ((await this.disk.stat(this.store.videoPath(clubId, sessionId))) !== null) return null;
    if ((await this.store.readStopWish(sessionId)) !== null) return null;
    const folder = this.store.recordingFolder(sessionId);
    const numbers = await this.store.listParts(sessionId);
    try {
      return await reopenJournal(this.disk, folder, numbers, partStarts);
    } catch (error) {
      if (error instanceof AlreadyFinishedError) return null;
      throw error;
    }
  }

  /** The video of a recording that nobody writes any more, from what is on disk. Never throws. */
  async finishInterrupted(spec: InterruptedRecording): Promise<RecorderState> {
    const { sessionId, clubId, startedAt, plannedEndAt, gaps, restarts } = spec;
    const known = { startedAt, plannedEndAt, gaps, restarts };
    try {
      const video = await this.finishFromDisk(spec);
      const { durationSeconds, sizeBytes: bytesWritten } = video;
      const stoppedAt = startedAt === null ? this.clock.now() : Math.round(startedAt + durationSeconds * 1000);
      return { ...known, phase: 'ready', stoppedAt, durationSeconds, bytesWritten, video, error: null };
    } catch (error) {
      this.logger.error({ err: error, sessionId, clubId }, 'An interrupted recording could not be finished.');
      const message = error instanceof FinaliseError ? error.message : failureWords(error);
      const stoppedAt = this.clock.now();
      return { ...known, phase: 'failed', stoppedAt, durationSeconds: 0, bytesWritten: 0, video: null, error: message };
    }
  }

  private async finishFromDisk(spec: InterruptedRecording): Promise<FinishedFile> {
    const { sessionId, clubId } = spec;
    const folder = this.store.recordingFolder(sessionId);
    const numbers = await this.store.listParts(sessionId);
    const starts = await this.startsOf(folder, numbers, spec.partStarts);
    const placed = numbers.every((number) => starts.has(number));
    const wish = placed ? await this.store.readStopWish(sessionId) : null;
    return this.publish(clubId, sessionId, {
      folder,
      parts: numbers.map((number) => ({ path: partPath(folder, number), startTicks: starts.get(number) ?? 0 })),
      endTicks: wish?.endTicks ?? null,
    });
  }

  /** When each part begins: as it says itself, and where it does not any more, as its row does. */
  private async startsOf(
    folder: string,
    numbers: readonly number[],
    rows: ReadonlyMap<number, number>,
  ): Promise<Map<number, number>> {
    const starts = new Map(rows);
    for (const number of numbers) {
      const said = await partStart(this.disk, partPath(folder, number)).catch((error: unknown) => {
        if (rows.has(number)) return null;
        throw error;
      });
      if (said !== null) starts.set(number, said);
    }
    return starts;
  }

  /** The service ends: when this settles no program is left that waited for a recording to end. */
  close(): Promise<void> {
    return this.gate.close();
  }

  /** Settles when the beginnings of all recordings under way that are long enough have been checked. */
  beginningsChecked(): Promise<void> {
    return this.startChecks.idle();
  }

  journalsOnDisk(): Promise<readonly string[]> {
    return this.store.listRecordings();
  }

  /** Takes away what a recording left of which not one frame was written. */
  discard(sessionId: string): Promise<void> {
    return removeFolder(this.disk, this.store.recordingFolder(sessionId));
  }

  /** Bytes that recordings may still take on their disk. */
  freeBytes(): Promise<number> {
    return this.store.freeBytes();
  }

  private encoderOf(sessionId: string): NonNullable<RecorderOptions['makeEncoder']> {
    return (onFrame, onRestart) => {
      const { videoCodec, videoPreset, videoCrf, videoFps, logsDir } = this.config;
      const encoder = new Encoder({
        ffmpeg: this.toolchain,
        session: sessionId,
        codec: videoCodec,
        preset: videoPreset,
        crf: videoCrf,
        maxFps: videoFps,
        log: { path: join(logsDir, `${sessionId}.ffmpeg.log`), maxBytes: ENCODER_LOG_BYTES },
        onFrame,
        onRestart: (exit, pauseMs) => {
          this.logger.warn(
            { sessionId, code: exit.code, signal: exit.signal, pauseMs },
            'An encoder died and is restarted.',
          );
          onRestart();
        },
      });
      return {
        take: (frame) => encoder.take(frame),
        stop: () => encoder.stop(),
        get restarts() {
          return encoder.status.restarts;
        },
        get load() {
          return encoder.load;
        },
        get unable() {
          return encoder.unable;
        },
      };
    };
  }

  private soundRecorderOf(session: string, feed: SoundRecorderOptions['feed']): (journal: Journal) => SoundRecorder {
    const onRestart = (pauseMs: number): void =>
      this.logger.warn({ sessionId: session, pauseMs }, 'An encoder of sound died and is restarted.');
    return (journal) => new SoundRecorder({ feed, journal, ffmpeg: this.toolchain, session, onRestart });
  }

  private startCheck(sessionId: string): StartCheck {
    return new StartCheck(this.disk, this.gate, this.startChecks, {
      onComplaint: (complaint) =>
        this.logger.warn({ sessionId, complaint }, "The decoder complains of the camera's first pictures."),
      onError: (error) =>
        this.logger.warn({ err: error, sessionId }, "A recording's beginning could not be checked yet."),
    });
  }

  private finish(
    clubId: number,
    sessionId: string,
    { parts, endTicks }: JournalResult,
    start: StartCheck,
  ): Promise<FinishedFile> {
    const decoded = start.end();
    return this.publish(clubId, sessionId, {
      folder: this.store.recordingFolder(sessionId),
      parts: parts.map(({ info: { path, startTicks }, index }, i) => {
        return { path, startTicks, index, start: i === 0 ? decoded : null };
      }),
      endTicks,
    });
  }

  private async publish(clubId: number, sessionId: string, job: Omit<FinaliseJob, 'target'>): Promise<FinishedFile> {
    const began = this.clock.monotonic();
    const target = this.store.videoPath(clubId, sessionId);
    const video = await this.turns.take(() => this.finaliser.finalise({ ...job, target }));
    const { bytes, durationSeconds, width, height, codec, way, complaint } = video;
    const tookMs = Math.round(this.clock.monotonic() - began);
    this.logger.log({ sessionId, way, tookMs, durationSeconds, bytes }, 'A recording is ready.');
    if (complaint) this.logger.warn({ sessionId, complaint }, "The decoder complains of the camera's own pictures.");
    const videoPath = this.store.relativePath(clubId, sessionId);
    return { videoPath, sizeBytes: bytes, durationSeconds, width, height, codec, making: { way, ms: tookMs } };
  }
}

/**
 * The sound that the file gets. It has to be known when a part begins: a camera that has just agreed to send some is waited for,
 * but not for long. A part that is gone on with has what it was begun with.
 */
async function soundOf({ sound }: RecorderSource, resumed: ResumedSpec | undefined): Promise<AacConfig | null> {
  const last = resumed?.journal.parts.findLast(({ index }) => index.sampleCount > 0);
  if (last) return soundOfInit(last.info.init);
  await sound?.settled(FIRST_SOUND_MS);
  const format = sound?.current ?? null;
  return format && recordedSound(format);
}

/** In session time. Where not one frame is on disk, the recording begins with the first one that comes. */
function goneOnWith(resumed: ResumedSpec | undefined): { resumed?: ResumedRecording } {
  if (!resumed || resumed.journal.startTicks === null) return {};
  const { startedAt, gaps, restarts } = resumed;
  const zeroTicks = resumed.journal.startTicks;
  const ticks = (seconds: number): number => zeroTicks + Math.round(seconds * TICKS_PER_SECOND);
  const known = gaps.map(({ startSeconds, endSeconds, reason }) => {
    return { startTicks: ticks(startSeconds), endTicks: ticks(endSeconds), reason };
  });
  return { resumed: { startedAt, zeroTicks, gaps: known, restarts } };
}
