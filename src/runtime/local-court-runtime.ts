import { Injectable, Logger, OnModuleDestroy } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';
import { Clock } from '../common/clock';
import { faultPoint } from '../common/fault-point';
import { ProblemException } from '../common/problem';
import { isOverloaded } from '../common/to-problem';
import { AppConfig } from '../config/app-config';
import { TICKS_PER_SECOND } from '../media/access-unit';
import { Toolchain } from '../media/toolchain';
import { CameraConnector } from '../proxy/camera-connector';
import { CameraProxy, CameraProxyOptions, ProxyState } from '../proxy/camera-proxy';
import { CameraError } from '../proxy/camera-error';
import { CameraSnapshots } from '../proxy/camera-snapshots';
import { ProxyPort } from '../proxy/proxy-port';
import { CourtRecorder } from '../recording/engine/court-recorder';
import { JournalError } from '../recording/engine/journal-error';
import { RecorderFactory, ResumedSpec } from '../recording/engine/recorder-factory';
import { CourtLive } from './court-live';
import { CourtPictures } from './court-pictures';
import {
  CourtPicture,
  CourtRuntime,
  CourtStatus,
  InterruptedSpec,
  LiveItem,
  MotionFacts,
  OpenedCourt,
  OpenSpec,
  PictureDetail,
  RecordedPart,
  RecordedPosition,
  RecordingFacts,
  RecordingSpec,
  ResumeSpec,
  RuntimeEvent,
} from './court-runtime';
import { LocalCourt } from './local-court';
import { MotionWatch } from './motion-watch';
import { RecordingRoom } from './recording-room';
import { findZero, noteZero } from './session-zero';

/** A start waits at most this long for the first fragment; then it answers `starting`. */
const FIRST_FRAGMENT_MS = 5_000;
/** A finished recording is answered from memory this long after its session closed. */
const REMEMBER_MS = 60_000;

/** Sessions in this process: camera, proxy, recorder. Knows no database. */
@Injectable()
export class LocalCourtRuntime extends CourtRuntime implements OnModuleDestroy {
  private readonly logger = new Logger('CourtRuntime');
  private readonly events = new Subject<RuntimeEvent>();
  private readonly courts = new Map<string, LocalCourt>();
  private readonly opening = new Map<string, AbortController>();
  /** Recordings under way or just finished, whether their session is still open or not. */
  private readonly recorders = new Map<string, CourtRecorder>();
  private readonly room: RecordingRoom;
  private readonly moving: MotionWatch;

  constructor(
    private readonly connector: CameraConnector,
    private readonly recorderFactory: RecorderFactory,
    private readonly snapshots: CameraSnapshots,
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly toolchain: Toolchain = new Toolchain(config.ffmpegPath, config.ffprobePath, clock, config.dataDir),
  ) {
    super();
    this.room = new RecordingRoom(
      { courts: this.courts, recorders: this.recorders, recorderFactory, clock, reserveMb: config.diskReserveMb },
      (sessionId, recording) => this.events.next({ type: 'recording.changed', sessionId, recording }),
    );
    this.moving = new MotionWatch(this.courts, this.toolchain);
    if (config.activityScores) this.events.subscribe((event) => this.moving.hear(event));
  }

  async open(spec: OpenSpec): Promise<OpenedCourt> {
    const { sessionId } = spec;
    const abort = new AbortController();
    this.opening.set(sessionId, abort);
    const began = this.clock.monotonic();
    const proxy = this.proxyOf(spec);
    try {
      const facts = await proxy.open(abort.signal);
      const latencyMs = Math.round(this.clock.monotonic() - began);
      const { port } = await this.serve(spec, proxy, latencyMs);
      faultPoint('camera.open');
      const zero = spec.sharedZero ?? noteZero(proxy.origin as number, this.clock);
      return { facts, proxyPort: port.port, latencyMs, zero };
    } catch (error) {
      await proxy.close();
      throw error;
    } finally {
      this.opening.delete(sessionId);
    }
  }

  async resume(spec: ResumeSpec): Promise<{ readonly proxyPort: number } | null> {
    const { sessionId, facts, recording } = spec;
    const journal = await this.recorderFactory.reopen({ sessionId, ...recording });
    if (journal === null) return null;
    const zero = findZero(spec.zero, this.clock);
    const proxy = this.proxyOf(spec, { zero, lastTicks: journal.endTicks ?? 0, facts });
    const court = await this.serve(spec, proxy, 0);
    const { clubId, plannedEndAt, gaps, restarts } = recording;
    // Its row may never have heard of the first frame.
    const began = Math.round(spec.zero.wallMs + ((journal.startTicks ?? 0) * 1000) / TICKS_PER_SECOND);
    const resumed = { journal, startedAt: recording.startedAt ?? began, gaps, restarts };
    try {
      await this.record(court, { sessionId, clubId, plannedEndAt, resumed });
    } catch (error) {
      await this.close(sessionId);
      throw error;
    }
    court.recorder?.setCamera('service_restarted');
    proxy.resume();
    return { proxyPort: court.port.port };
  }

  async close(sessionId: string): Promise<void> {
    this.opening.get(sessionId)?.abort();
    const court = this.courts.get(sessionId);
    if (!court) return;
    await court.recorder?.stop();
    if (this.courts.delete(sessionId)) this.events.next({ type: 'court.closed', sessionId, last: court.status() });
    this.connector.releasePort(court.port.port);
    await Promise.all([court.port.close(), court.endViewers(), this.moving.end(sessionId), court.proxy.close()]);
    this.forgetLater(sessionId);
  }

  async startRecording(spec: RecordingSpec): Promise<RecordingFacts> {
    const court = this.courts.get(spec.sessionId);
    if (!court) throw new ProblemException('session_not_live');
    if (court.recorder) throw new ProblemException('already_recording');
    const recorder = await this.record(court, spec, (made) => this.room.admit(made, court));
    if (court.proxy.state === 'reconnecting') recorder.setCamera('camera_lost');
    await recorder.begun(FIRST_FRAGMENT_MS);
    if (recorder.fruitless) await this.takeBack(court, recorder, recorder.fruitless);
    return recorder.state;
  }

  extendRecording(sessionId: string, plannedEndAt: number): void {
    this.recorders.get(sessionId)?.extend(plannedEndAt);
  }

  async stopRecording(sessionId: string): Promise<RecordingFacts | null> {
    return (await this.recorders.get(sessionId)?.stop()) ?? null;
  }

  journalsOnDisk(): Promise<readonly string[]> {
    return this.recorderFactory.journalsOnDisk();
  }

  async finishInterrupted(spec: InterruptedSpec): Promise<RecordingFacts> {
    const { sessionId } = spec;
    const facts = await this.recorderFactory.finishInterrupted(spec);
    // What this process failed at is done: its own word of it is out of date.
    if (this.recorders.get(sessionId)?.state.phase === 'failed') {
      this.recorders.delete(sessionId);
      const court = this.courts.get(sessionId);
      if (court) court.recorder = null;
    }
    return facts;
  }

  status(sessionId: string): CourtStatus | null {
    return this.courts.get(sessionId)?.status() ?? null;
  }

  recording(sessionId: string): RecordingFacts | null {
    return this.recorders.get(sessionId)?.state ?? null;
  }

  recorded(sessionId: string, { part, fragment }: RecordedPosition): readonly RecordedPart[] | null {
    return this.recorders.get(sessionId)?.recorded(part, fragment) ?? null;
  }

  async snapshot(sessionId: string): Promise<Buffer | null> {
    const court = this.courts.get(sessionId);
    return court ? this.snapshots.of(court.proxy, sessionId).catch(() => null) : null;
  }

  pictures(sessionId: string, detail: PictureDetail = 'pictures'): Observable<CourtPicture> | null {
    const court = this.courts.get(sessionId);
    return (detail === 'tile' ? court?.tiles : court?.pictures)?.watch() ?? null;
  }

  live(sessionId: string): Observable<LiveItem> | null {
    return this.courts.get(sessionId)?.live.watch() ?? null;
  }

  watch(): Observable<RuntimeEvent> {
    return this.events.asObservable();
  }

  motion(): Observable<MotionFacts> {
    return this.moving.scores();
  }

  bytesToCome(): number {
    return this.room.bytesToCome();
  }

  openSessions(): readonly string[] {
    return [...this.courts.keys()];
  }

  /**
   * Writes what is known of recordings under way and leaves them to be resumed; those that are being stopped get their
   * files. Then lets go of every camera.
   */
  async onModuleDestroy(): Promise<void> {
    this.room.unwatch();
    for (const abort of this.opening.values()) abort.abort();
    await Promise.all([...this.courts.values()].map(async (court) => court.recorder?.suspend()));
    await Promise.all(this.openSessions().map((sessionId) => this.close(sessionId)));
    await this.recorderFactory.close();
  }

  private proxyOf(
    { sessionId, cameraUrl, cameraNetworks = null, sharedZero, reference, recordSound = false }: OpenSpec,
    resumed?: CameraProxyOptions['resumed'],
  ): CameraProxy {
    return new CameraProxy({
      clock: this.clock,
      connect: () => this.connector.connect(cameraUrl, cameraNetworks, sessionId),
      stallMs: this.config.cameraStallSeconds * 1000,
      timeoutMs: this.config.cameraTimeoutSeconds * 1000,
      sound: recordSound,
      ...(resumed ? { resumed } : {}),
      ...(sharedZero ? { zero: findZero(sharedZero, this.clock) } : {}),
      ...(reference ? { reference: () => this.courts.get(reference)?.proxy.clockOffset } : {}),
      onState: (state, cause) => this.onProxyState(sessionId, state, cause),
      onConsumerError: (consumer, error) =>
        this.logger.error({ err: error, sessionId, consumer }, 'A consumer of frames failed.'),
    });
  }

  /** Opens the proxy's port, and from then on the court. @throws what the port does; it is closed then. */
  private async serve({ sessionId, reference }: OpenSpec, proxy: CameraProxy, latencyMs: number): Promise<LocalCourt> {
    const port = new ProxyPort(proxy, () => this.snapshots.of(proxy, sessionId));
    try {
      await port.open(this.config.proxyBasePort);
    } catch (error) {
      await port.close();
      throw error;
    }
    this.connector.reservePort(port.port);
    const pictures = this.picturesOf(proxy, sessionId, 'pictures');
    const tiles = this.picturesOf(proxy, sessionId, 'tile');
    const live = new CourtLive(proxy, this.clock);
    const court = new LocalCourt(sessionId, proxy, port, pictures, tiles, live, latencyMs, this.clock);
    court.isAngle = reference !== undefined;
    this.courts.set(sessionId, court);
    return court;
  }

  /** Makes the court's recorder and starts it. Taken before the first wait: of two starts at once one finds it taken. */
  private async record(
    court: LocalCourt,
    spec: RecordingSpec & { readonly resumed?: ResumedSpec },
    admit: (recorder: CourtRecorder) => Promise<void> = () => Promise.resolve(),
  ): Promise<CourtRecorder> {
    const { sessionId } = spec;
    const recorder = this.recorderFactory.make({
      ...spec,
      source: court.proxy,
      facts: court.status().facts,
      onChange: (recording) => this.events.next({ type: 'recording.changed', sessionId, recording }),
      onPart: (part) => this.events.next({ type: 'recording.part', sessionId, part }),
    });
    court.recorder = recorder;
    this.recorders.set(sessionId, recorder);
    try {
      await recorder.start(() => admit(recorder));
    } catch (error) {
      court.recorder = null;
      this.recorders.delete(sessionId);
      throw error;
    }
    this.events.next({ type: 'recording.changed', sessionId, recording: recorder.state });
    this.room.watch();
    return recorder;
  }

  private picturesOf(proxy: CameraProxy, sessionId: string, detail: PictureDetail): CourtPictures {
    return new CourtPictures({
      detail,
      ffmpeg: this.toolchain,
      session: sessionId,
      proxy,
      onRestart: ({ code, signal, error, stderr }, pauseMs) =>
        this.logger.warn(
          { err: error, sessionId, detail, code, signal, stderr, pauseMs },
          'The decoder of the preview died.',
        ),
    });
  }

  private onProxyState(sessionId: string, state: ProxyState, cause: CameraError | undefined): void {
    if (state !== 'live' && state !== 'reconnecting') return;
    const court = this.courts.get(sessionId);
    if (!court) return;
    if (state === 'reconnecting')
      this.logger.warn({ sessionId, code: cause?.code }, `The camera is away: ${cause?.message}`);
    else this.logger.log({ sessionId }, 'The camera is back.');
    const away = cause?.code === 'camera_timeout' ? 'camera_stalled' : 'camera_lost';
    court.recorder?.setCamera(state === 'live' ? null : away);
    court.since = this.clock.now();
    this.events.next({ type: 'court.state', sessionId, state });
  }

  /** A start for which the disk, or the machine, had no room is no start: the caller hears why, and may try again. */
  private async takeBack(court: LocalCourt, recorder: CourtRecorder, failure: Error): Promise<void> {
    const full = failure instanceof JournalError && failure.code === 'disk_full';
    if (!full && !isOverloaded(failure)) return;
    await recorder.stop();
    court.recorder = null;
    this.recorders.delete(court.sessionId);
    await this.recorderFactory.discard(court.sessionId);
    if (!full) throw failure;
    throw new ProblemException('disk_full', 'Not enough disk space for a recording: delete videos first.');
  }

  private forgetLater(sessionId: string): void {
    this.clock.after(REMEMBER_MS, () => this.recorders.delete(sessionId));
  }
}
