import { Frame, GapReason, TICKS_PER_SECOND } from '../media/access-unit';
import { Cancel, Clock, jitter } from '../common/clock';
import { CameraError } from './camera-error';
import { CameraFacts } from './camera-probe';
import { FanOut, SubscriptionFigures } from './fan-out';
import { FrameConsumer } from './frame-consumer';
import { GopBuffer } from './gop-buffer';
import { ClockOffset } from './match-clock';
import { HOLD_QUIET_MS, ResumedTimeline, SessionTimeline, TimelineStart } from './session-timeline';
import { SoundClock } from './sound-clock';
import { SoundFeed } from './sound-feed';
import { CameraProtocol, SourceSink, StreamSource } from './sources/stream-source';

/** Milliseconds before the n-th try in a row to reach a camera again; the last one repeats. */
const RECONNECT_DELAYS_MS = [500, 500, 1_000, 1_000, 2_000, 2_000, 5_000, 10_000] as const;
/** A connection that gave pictures for this long was a good one: the next outage starts at the first delay again. */
const STABLE_MS = 10_000;
/** A source has the same time limit, and knows better what was missing: it speaks first. */
const SOURCE_SPEAKS_FIRST_MS = 250;
const GOP_MAX_BYTES = 24 * 1024 * 1024;
/** Weight of the newest frame in the moving averages of frame distance and size. */
const AVERAGE_WEIGHT = 1 / 50;

export type ProxyState = 'connecting' | 'live' | 'reconnecting' | 'closed';

export interface CameraProxyOptions extends Pick<TimelineStart, 'zero' | 'reference'> {
  readonly clock: Clock;
  /**
   * A fresh source for one connection; resolves and checks the camera's address anew each time.
   * @throws CameraError where the address is not allowed or does not resolve.
   */
  readonly connect: () => Promise<StreamSource>;
  /** No whole frame for this long ends a connection. */
  readonly stallMs: number;
  /** To an answer, and from there to the first frame, at each connection. */
  readonly timeoutMs: number;
  /** The camera's sound is wanted, too; by default it is not even asked for it. */
  readonly sound?: boolean;
  /** A session that began in another process: where its timeline stands, and what its camera was. */
  readonly resumed?: ResumedTimeline & { readonly facts: CameraFacts };
  readonly onState?: (state: ProxyState, cause: CameraError | undefined) => void;
  readonly onConsumerError?: (consumer: string, error: unknown) => void;
}

/** How a proxy is doing; for status, health and metrics. */
export interface ProxyHealth {
  readonly state: ProxyState;
  readonly facts: CameraFacts | null;
  readonly frames: number;
  readonly bytes: number;
  /** Measured over the last seconds, bits a second. */
  readonly bitrate: number;
  readonly reconnects: number;
  /** Times that pictures were dropped because a part of one was missing. */
  readonly losses: number;
  readonly lastFrameAgeMs: number | null;
  readonly gopBytes: number;
  readonly lastError: { readonly code: string; readonly message: string } | null;
  readonly consumers: readonly SubscriptionFigures[];
}

/**
 * One session's camera: keeps exactly one connection to it, puts its pictures on the session's timeline, and hands them
 * to every consumer. Once the first frame was there it never gives up by itself: it reconnects until it is closed.
 */
export class CameraProxy {
  private readonly timeline: SessionTimeline;
  private readonly gop = new GopBuffer(GOP_MAX_BYTES);
  private readonly fanOut: FanOut;
  /** The camera's sound, placed beside its pictures. */
  readonly sound: SoundFeed;
  private readonly closing = new AbortController();
  private running: Promise<void> | undefined;
  private connection: Connection | undefined;
  private holdTimer: Cancel | undefined;
  private onFirstFrame: (() => void) | undefined;

  private current: ProxyState = 'connecting';
  private protocol: CameraProtocol | undefined;
  private newest: Frame | undefined;
  private lastArrival: number | undefined;
  private frameTicks = 0;
  private frameBytes = 0;
  private frames = 0;
  private bytes = 0;
  private reconnects = 0;
  private losses = 0;
  private lastError: CameraError | undefined;

  constructor(private readonly options: CameraProxyOptions) {
    this.timeline = new SessionTimeline(options);
    this.sound = new SoundFeed(options.sound === true, new SoundClock(this.timeline), options.clock, (error) =>
      options.onConsumerError?.('sound', error),
    );
    this.fanOut = new FanOut((consumer, error) => options.onConsumerError?.(consumer.name, error));
  }

  /**
   * Connects and waits for the first whole picture. To be called once.
   * @throws CameraError with the code that says what is wrong; the proxy is closed then.
   */
  async open(signal?: AbortSignal): Promise<CameraFacts> {
    signal?.addEventListener('abort', () => void this.close(), { once: true });
    await new Promise<void>((resolve, reject) => {
      this.onFirstFrame = resolve;
      this.running = this.run().then(
        () => reject(new CameraError('camera_unreachable', 'The session was closed before the camera gave a picture.')),
        reject,
      );
    });
    return this.facts as CameraFacts;
  }

  /** Goes on with a session whose camera was reached before: nothing is waited for. To be called once, instead of {@link open}. */
  resume(): void {
    this.current = 'reconnecting';
    this.running = this.run();
  }

  /** Ends the connection; when this settles its socket is gone. Consumers get nothing more. */
  async close(): Promise<void> {
    this.closing.abort();
    this.connection?.cancel();
    await this.running?.catch(() => undefined);
    this.setState('closed');
    this.gop.clear();
  }

  get state(): ProxyState {
    return this.current;
  }

  /** Known from the first frame on. */
  get facts(): CameraFacts | null {
    const { newest, protocol } = this;
    if (!newest || !protocol) return this.options.resumed?.facts ?? null;
    const size = newest.kind === 'jpeg' ? newest : newest.config;
    const fps = this.frameTicks > 0 ? Math.round((TICKS_PER_SECOND / this.frameTicks) * 100) / 100 : null;
    return {
      protocol,
      codec: newest.kind === 'jpeg' ? 'mjpeg' : newest.kind,
      width: size.width,
      height: size.height,
      fps,
    };
  }

  /** {@link Clock.monotonic} milliseconds of session time zero; `undefined` before the first frame. */
  get origin(): number | undefined {
    return this.timeline.origin;
  }

  /** How session time stands to the wall clock that the camera tells of; `undefined` where it tells none. */
  get clockOffset(): ClockOffset | undefined {
    return this.timeline.offset;
  }

  /** Session time now, in ticks. */
  now(): number {
    return this.timeline.ticksAt(this.options.clock.monotonic());
  }

  /** The frames since the newest keyframe. */
  get gopFrames(): readonly Frame[] {
    return this.gop.frames;
  }

  /**
   * A consumer gets the GOP buffer at once, then every frame.
   * @returns ends the subscription.
   */
  subscribe(consumer: FrameConsumer): () => void {
    return this.fanOut.subscribe(consumer, this.gop.frames);
  }

  health(): ProxyHealth {
    const { frames, bytes, reconnects, losses, lastError } = this;
    return {
      state: this.current,
      facts: this.facts,
      frames,
      bytes,
      bitrate: this.frameTicks > 0 ? Math.round((this.frameBytes * 8 * TICKS_PER_SECOND) / this.frameTicks) : 0,
      reconnects,
      losses,
      lastFrameAgeMs:
        this.lastArrival === undefined ? null : Math.round(this.options.clock.monotonic() - this.lastArrival),
      gopBytes: this.gop.bytes,
      lastError: lastError ? { code: lastError.code, message: lastError.message } : null,
      consumers: this.fanOut.figures(),
    };
  }

  private async run(): Promise<void> {
    let tries = 0;
    while (!this.closing.signal.aborted) {
      const connection = new Connection(this.options);
      this.connection = connection;
      const error = await connection.run(this.sinkOf(connection));
      this.connection = undefined;
      if (this.closing.signal.aborted) return;
      this.emit(this.timeline.flush());
      // The question for sound may have been too much for it: asked without, it may give pictures.
      if (!this.newest && !this.options.resumed && !this.sound.suspect) throw error;
      this.lastError = error;
      this.timeline.noteLoss(connection.stalled ? 'camera_stalled' : 'camera_lost');
      this.setState('reconnecting', error);
      this.reconnects++;
      tries = connection.livedFor >= STABLE_MS ? 0 : tries;
      const delay = RECONNECT_DELAYS_MS[Math.min(tries++, RECONNECT_DELAYS_MS.length - 1)] as number;
      await pause(this.options.clock, jitter(delay), this.closing.signal);
    }
  }

  private sinkOf(connection: Connection): SourceSink {
    this.emit(this.timeline.beginConnection());
    return {
      ...this.soundSinkOf(connection),
      onProtocol: (protocol) => {
        if (connection !== this.connection) return;
        this.protocol = protocol;
        connection.answered();
      },
      onAccessUnit: (unit, arrival) => {
        // A superseded connection's pictures change nothing.
        if (connection !== this.connection || this.closing.signal.aborted) return;
        connection.delivered(arrival);
        this.lastArrival = arrival;
        this.emit(this.timeline.place(unit, arrival));
        this.armHold();
      },
      onLoss: (reason: GapReason) => {
        this.losses++;
        this.timeline.noteLoss(reason);
      },
      onSenderReport: (ntpMs, ticks) => {
        if (connection === this.connection) this.timeline.noteReport(ntpMs, ticks, this.options.clock.now());
      },
    };
  }

  private soundSinkOf(connection: Connection): Partial<SourceSink> {
    const { sound } = this;
    if (!sound.begins()) return {};
    return {
      wantsSound: true,
      onSoundAsked: () => sound.asked(),
      onSoundAnswer: (answer) => sound.answered(answer),
      onSound: (piece, pictureStamp, arrival) => {
        if (connection === this.connection) sound.heard(piece, pictureStamp, arrival);
      },
    };
  }

  /** A connection's first pictures wait for company; when none comes they go on alone. */
  private armHold(): void {
    this.holdTimer?.();
    this.holdTimer = this.timeline.holding
      ? this.options.clock.after(HOLD_QUIET_MS, () => this.emit(this.timeline.flush()))
      : undefined;
  }

  private emit(frames: readonly Frame[]): void {
    for (const frame of frames) {
      this.measure(frame);
      this.gop.push(frame);
      this.fanOut.push(frame);
      if (this.options.sound) this.sound.pictured(frame.keyframe ? frame.dts : null);
    }
    if (frames.length === 0) return;
    this.setState('live');
    this.onFirstFrame?.();
    this.onFirstFrame = undefined;
  }

  private measure(frame: Frame): void {
    this.frames++;
    this.bytes += frame.data.length;
    const weight = Math.max(AVERAGE_WEIGHT, 1 / this.frames);
    this.frameBytes += (frame.data.length - this.frameBytes) * weight;
    if (this.newest && frame.after === undefined) {
      const ticks = frame.dts - this.newest.dts;
      this.frameTicks = this.frameTicks === 0 ? ticks : this.frameTicks + (ticks - this.frameTicks) * weight;
    }
    this.newest = frame;
  }

  private setState(state: ProxyState, cause?: CameraError): void {
    if (this.current === state || this.current === 'closed') return;
    this.current = state;
    this.options.onState?.(state, cause);
  }
}

/** One connection and its deadlines: to an answer, to the first frame, between frames. */
class Connection {
  stalled = false;
  private readonly abort = new AbortController();
  private readonly started: number;
  private firstFrameAt: number | undefined;
  private lastFrameAt: number | undefined;
  private answeredAt: number | undefined;
  private timer: Cancel | undefined;
  /** Set when a deadline of ours ended the connection. */
  private overdue: CameraError | undefined;

  constructor(private readonly options: CameraProxyOptions) {
    this.started = options.clock.monotonic();
  }

  /** Milliseconds from its first to its last picture. */
  get livedFor(): number {
    return this.firstFrameAt === undefined ? 0 : (this.lastFrameAt as number) - this.firstFrameAt;
  }

  /** The proxy is closed: ends the connection without a fault of the camera. */
  cancel(): void {
    this.abort.abort();
  }

  answered(): void {
    this.answeredAt ??= this.options.clock.monotonic();
  }

  delivered(arrival: number): void {
    this.firstFrameAt ??= arrival;
    this.lastFrameAt = arrival;
  }

  /** Runs until the connection is over; the error says why. */
  async run(sink: SourceSink): Promise<CameraError> {
    const { signal } = this.abort;
    this.watch();
    try {
      const source = await this.options.connect();
      await source.run(sink, signal);
      return this.overdue ?? new CameraError('camera_unreachable', 'The camera ended the connection.');
    } catch (error) {
      if (error instanceof CameraError) return this.overdue ?? error;
      return new CameraError('camera_unreachable', 'The connection to the camera failed.', { cause: error });
    } finally {
      this.timer?.();
    }
  }

  private get deadline(): number {
    const { stallMs, timeoutMs } = this.options;
    if (this.lastFrameAt !== undefined) return this.lastFrameAt + stallMs;
    return (this.answeredAt ?? this.started) + timeoutMs + SOURCE_SPEAKS_FIRST_MS;
  }

  /** One timer, armed for the deadline as it stands; frames only move the deadline. */
  private watch(): void {
    const left = this.deadline - this.options.clock.monotonic();
    this.timer = this.options.clock.after(Math.max(left, 1), () => {
      if (this.options.clock.monotonic() < this.deadline) return this.watch();
      this.stalled = this.lastFrameAt !== undefined;
      this.overdue = new CameraError('camera_timeout', this.overdueMessage());
      this.abort.abort();
    });
  }

  private overdueMessage(): string {
    if (this.stalled) return 'The camera stopped sending pictures.';
    if (this.answeredAt === undefined) return 'The camera did not answer in time.';
    return 'The camera answered but sent no picture in time.';
  }
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
