import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, firstValueFrom } from 'rxjs';
import { Clock, SystemClock } from '../../src/common/clock';
import { AppConfig } from '../../src/config/app-config';
import { Toolchain } from '../../src/media/toolchain';
import { CameraConnector } from '../../src/proxy/camera-connector';
import { CameraSnapshots } from '../../src/proxy/camera-snapshots';
import { RecorderFactory } from '../../src/recording/engine/recorder-factory';
import { CourtStatus, OpenedCourt, RecordingFacts } from '../../src/runtime/court-runtime';
import { LocalCourtRuntime } from '../../src/runtime/local-court-runtime';
import { NodeDisk } from '../../src/storage/disk';
import { VideoStore } from '../../src/storage/video-store';
import { testConfig } from '../support/test-app';

/** Far enough away: tests stop recordings themselves. */
const AN_HOUR_MS = 3_600_000;

/** The runtime as the service has it, without the API and the database: many courts side by side. */
export class CourtLab {
  readonly clock: Clock = new SystemClock();

  private constructor(
    private readonly root: string,
    readonly config: AppConfig,
    readonly runtime: LocalCourtRuntime,
  ) {}

  /** @param env variables on top of the lab's own: a camera is away after a second without a picture */
  static async open(env: Readonly<Record<string, string>> = {}): Promise<CourtLab> {
    const root = mkdtempSync(join(tmpdir(), 'padelvar-lab-'));
    const config = testConfig(root, 'postgres://nobody@127.0.0.1:1/none', {
      CAMERA_STALL_SECONDS: '1',
      CAMERA_TIMEOUT_SECONDS: '5',
      VIDEO_PRESET: 'ultrafast',
      ...env,
    });
    const clock = new SystemClock();
    const toolchain = new Toolchain(config.ffmpegPath, config.ffprobePath, clock, root);
    const disk = new NodeDisk();
    const store = await VideoStore.open(disk, config.videosDir);
    const runtime = new LocalCourtRuntime(
      new CameraConnector(config, toolchain, clock),
      new RecorderFactory(config, store, disk, toolchain, clock),
      new CameraSnapshots(toolchain, clock),
      config,
      clock,
    );
    return new CourtLab(root, config, runtime);
  }

  async close(): Promise<void> {
    await this.runtime.onModuleDestroy();
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Opens a session and starts its recording. */
  async record(cameraUrl: string): Promise<CourtInLab> {
    const sessionId = randomUUID();
    const opened = await this.runtime.open({ sessionId, cameraUrl });
    try {
      const court = new CourtInLab(this, sessionId, opened);
      await this.runtime.startRecording({ sessionId, clubId: 1, plannedEndAt: this.clock.now() + AN_HOUR_MS });
      return court;
    } catch (error) {
      await this.runtime.close(sessionId);
      throw error;
    }
  }

  pathOf(facts: RecordingFacts): string {
    if (facts.video === null) throw new Error(`no file: ${facts.phase}, ${facts.error}`);
    return join(this.config.videosDir, facts.video.videoPath);
  }
}

/** One court of the lab while it records. */
export class CourtInLab {
  /** Of the session, newest last. */
  readonly states: string[] = ['live'];

  constructor(
    private readonly lab: CourtLab,
    private readonly sessionId: string,
    readonly opened: OpenedCourt,
  ) {
    lab.runtime.watch().subscribe((event) => {
      if (event.type === 'court.state' && event.sessionId === sessionId) this.states.push(event.state);
    });
  }

  get status(): CourtStatus {
    return this.lab.runtime.status(this.sessionId) as CourtStatus;
  }

  get sessionOfCourt(): string {
    return this.sessionId;
  }

  /** Settles when the court next becomes `live` or `reconnecting`. */
  async becomes(state: 'live' | 'reconnecting'): Promise<void> {
    const { sessionId } = this;
    await firstValueFrom(
      this.lab.runtime
        .watch()
        .pipe(
          filter((event) => event.type === 'court.state' && event.sessionId === sessionId && event.state === state),
        ),
    );
  }

  /** Settles when the recording, left alone, has ended by itself `ms` from now. */
  async runsFor(ms: number): Promise<void> {
    const { runtime, clock } = this.lab;
    const ended = firstValueFrom(
      runtime
        .watch()
        .pipe(
          filter(
            (event) =>
              event.type === 'recording.changed' &&
              event.sessionId === this.sessionId &&
              (event.recording.phase === 'ready' || event.recording.phase === 'failed'),
          ),
        ),
    );
    runtime.extendRecording(this.sessionId, clock.now() + ms);
    await ended;
  }

  /** Stops, and closes the session. */
  async finish(): Promise<RecordingFacts> {
    const facts = await this.lab.runtime.stopRecording(this.sessionId);
    await this.lab.runtime.close(this.sessionId);
    return facts as RecordingFacts;
  }
}
