import '../src/thread-pool';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { SystemClock } from '../src/common/clock';
import { AppConfig } from '../src/config/app-config';
import { loadConfig } from '../src/config/load-config';
import { TICKS_PER_SECOND } from '../src/media/access-unit';
import { Toolchain } from '../src/media/toolchain';
import { CameraConnector } from '../src/proxy/camera-connector';
import { CameraSnapshots } from '../src/proxy/camera-snapshots';
import { RecorderFactory } from '../src/recording/engine/recorder-factory';
import { OpenSpec, RecordingFacts } from '../src/runtime/court-runtime';
import { LocalCourtRuntime } from '../src/runtime/local-court-runtime';
import { SessionZero } from '../src/runtime/session-zero';
import { NodeDisk } from '../src/storage/disk';
import { VideoStore } from '../src/storage/video-store';
import { LongRecording, LongRecordingFacts, recordAtDiskSpeed } from './long-recording';
import { serve } from './worker';

/** Planned length of recordings: longer than any run of them, and a hundred of it have room on the disk. */
const PLANNED_MS = 5 * 60_000;
/** How often the event loop's timer is due; its readings hold this interval too. */
export const LOOP_RESOLUTION_MS = 10;

const [root, activity] = process.argv.slice(2) as [string, string];
const clock = new SystemClock();
const settings = loadConfig(
  {
    VIDEOS_DIR: join(root, 'videos'),
    DATA_DIR: root,
    LOGS_DIR: root,
    CAMERA_ALLOW_LOOPBACK: 'true',
    DISK_RESERVE_MB: '0',
    PROXY_BASE_PORT: '18500',
    ACTIVITY_SCORES: activity,
  },
  root,
);
const config: AppConfig = { ...settings, jwtSecret: '', secretsKey: Buffer.alloc(32) };
const toolchain = new Toolchain(config.ffmpegPath, config.ffprobePath, clock, root);
const disk = new NodeDisk();
const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
// What goes wrong stands beside the bench's progress, not among its figures; nothing else is worth the writing.
const complain = (...words: unknown[]): void => void process.stderr.write(`  runtime: ${inspect(words)}\n`);
Logger.overrideLogger({ log: () => undefined, warn: complain, error: complain, fatal: complain });

const made = (async () => {
  const store = await VideoStore.open(disk, config.videosDir);
  const factory = new RecorderFactory(config, store, disk, toolchain, clock);
  const connector = new CameraConnector(config, toolchain, clock);
  const snapshots = new CameraSnapshots(toolchain, clock);
  return { store, factory, runtime: new LocalCourtRuntime(connector, factory, snapshots, config, clock) };
})();

export interface Opened {
  /** From the call to the answer, monotonic milliseconds of the machine. */
  readonly beganAt: number;
  readonly endedAt: number;
  readonly zero: SessionZero;
}

export interface Started {
  /** From the call until the first fragment was written, in milliseconds. */
  readonly ms: number;
  readonly phase: string;
  readonly bytesWritten: number;
}

export interface Stopped {
  /** From the call until the file was ready, in milliseconds. */
  readonly ms: number;
  readonly phase: string;
  readonly error: string | null;
  readonly gaps: number;
  readonly reconnects: number;
  readonly path: string;
  readonly durationSeconds: number;
  /** Where the file begins on the session's clock, in milliseconds. */
  readonly startMs: number;
}

/** The process under test: the sessions of all courts, as the service hosts them, without HTTP and database. */
const methods = {
  async open(spec: OpenSpec): Promise<Opened> {
    const { runtime } = await made;
    const beganAt = clock.monotonic();
    const { zero } = await runtime.open(spec);
    return { beganAt, endedAt: clock.monotonic(), zero };
  },

  async record(sessionId: string): Promise<Started> {
    const { runtime } = await made;
    const beganAt = clock.monotonic();
    const facts = await runtime.startRecording({ sessionId, clubId: 1, plannedEndAt: clock.now() + PLANNED_MS });
    return { ms: clock.monotonic() - beganAt, phase: facts.phase, bytesWritten: facts.bytesWritten };
  },

  async stop(sessionId: string): Promise<Stopped> {
    const { runtime } = await made;
    const [first] = runtime.recorded(sessionId, { part: 1, fragment: 0 }) ?? [];
    const startMs = ((first?.startTicks ?? 0) * 1000) / TICKS_PER_SECOND;
    const reconnects = runtime.status(sessionId)?.reconnects ?? 0;
    const beganAt = clock.monotonic();
    const facts = (await runtime.stopRecording(sessionId)) as RecordingFacts;
    const ms = clock.monotonic() - beganAt;
    const { phase, error, gaps, durationSeconds, video } = facts;
    const path = video === null ? '' : join(config.videosDir, video.videoPath);
    return { ms, phase, error, gaps: gaps.length, reconnects, path, durationSeconds, startMs };
  },

  /** Settles when nothing that is done once a match, at its beginning, is left to do. */
  async beginningsChecked(): Promise<void> {
    await (await made).factory.beginningsChecked();
  },

  async close(sessionId: string): Promise<void> {
    await (await made).runtime.close(sessionId);
  },

  /** The event loop's delay from now on; {@link loopDelay} gives it. */
  watchLoop(): void {
    loop.enable();
    loop.reset();
  },

  /** Milliseconds, the interval between two readings not counted. */
  loopDelay(): { p50: number; p99: number; max: number } {
    const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - LOOP_RESOLUTION_MS);
    return { p50: ms(loop.percentile(50)), p99: ms(loop.percentile(99)), max: ms(loop.max) };
  },

  async recordAtDiskSpeed(recording: LongRecording): Promise<LongRecordingFacts> {
    const { factory, store } = await made;
    return recordAtDiskSpeed(recording, factory, store, clock);
  },
};

export type RuntimeHost = typeof methods;

serve(methods, async () => {
  const { runtime } = await made;
  await Promise.all(runtime.openSessions().map((sessionId) => runtime.close(sessionId)));
});
