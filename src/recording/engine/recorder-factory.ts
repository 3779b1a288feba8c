import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { Turns } from '../../common/turns';
import { AppConfig } from '../../config/app-config';
import { Toolchain } from '../../media/toolchain';
import { CameraFacts } from '../../proxy/camera-probe';
import { Disk } from '../../storage/disk';
import { VideoStore } from '../../storage/video-store';
import {
  CourtRecorder,
  FinishedFile,
  RecorderGap,
  RecorderOptions,
  RecorderPart,
  RecorderSource,
  RecorderState,
} from './court-recorder';
import { Encoder } from './encoder';
import { failureWords, FinaliseError } from './finalise-error';
import { FinaliseJob, Finaliser } from './finaliser';
import { Gate } from './gate';
import { Journal, JournalResult } from './journal';
import { partPath } from './journal-part';
import { removeFolder } from './publish';
import { StartCheck } from './start-check';
import { inTime } from './sure-disk';
import { warmUp } from './warm-up';

/** What may wait between the proxy and a recorder; it takes at once, so hardly ever anything does. */
const QUEUE_BYTES = 32 * 1024 * 1024;
const ENCODER_LOG_BYTES = 1024 * 1024;

/** One recording to make. */
export interface RecorderSpec {
  readonly sessionId: string;
  readonly clubId: number;
  /** Epoch milliseconds. */
  readonly plannedEndAt: number;
  readonly source: RecorderSource;
  readonly facts: CameraFacts;
  readonly onChange: (state: RecorderState) => void;
  readonly onPart: (part: RecorderPart) => void;
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
    const { sessionId, clubId, plannedEndAt, source, facts } = spec;
    const start = this.startCheck(sessionId);
    return new CourtRecorder({
      clock: this.clock,
      source,
      plannedEndAt,
      maxQueueBytes: QUEUE_BYTES,
      openJournal: async (events) => {
        const options = {
          disk: this.disk,
          clock: this.clock,
          folder: await this.store.makeRecordingFolder(sessionId),
          plannedSeconds: Math.max(60, (plannedEndAt - this.clock.now()) / 1000),
          fps: facts.codec === 'h264' ? facts.fps : this.config.videoFps,
        };
        const journal: Journal = Journal.start(options, { ...events, onBytes: () => start.consider(journal.parts[0]) });
        return journal;
      },
      makeEncoder: facts.codec === 'h264' ? null : this.encoderOf(sessionId),
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
    const { sessionId, clubId, partStarts } = spec;
    const folder = this.store.recordingFolder(sessionId);
    const numbers = await this.store.listParts(sessionId);
    const placed = numbers.length === 1 || numbers.every((number) => partStarts.has(number));
    const wish = placed && partStarts.size > 0 ? await this.store.readStopWish(sessionId) : null;
    return this.publish(clubId, sessionId, {
      folder,
      parts: numbers.map((number) => ({ path: partPath(folder, number), startTicks: partStarts.get(number) ?? 0 })),
      endTicks: wish?.endTicks ?? null,
    });
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
      };
    };
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
    return { videoPath, sizeBytes: bytes, durationSeconds, width, height, codec };
  }
}
