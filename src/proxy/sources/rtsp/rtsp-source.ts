import { Cancel, Clock } from '../../../common/clock';
import { CameraDialer } from '../../camera-dialer';
import { CameraError } from '../../camera-error';
import { CameraTarget, SourceLimits, SourceSink, StreamSource } from '../stream-source';
import { RtpReceiver } from './rtp-receiver';
import { RtspConnection } from './rtsp-connection';
import {
  askOptions,
  describe,
  noPictures,
  play,
  playSound,
  requestUri,
  RtspSetup,
  setup,
  setupSound,
} from './rtsp-handshake';
import { VideoTrack } from './rtsp-sdp';
import { SoundStream } from './sound-stream';
import { SoundOffer } from './sound-track';
import { VideoReader, videoReaderFor } from './video-reader';

/** RFC 3550 §6.2: the recommended least interval. */
const REPORT_INTERVAL_MS = 5000;
const MAX_KEEP_ALIVE_MS = 30_000;
const MIN_KEEP_ALIVE_MS = 500;
/** How long a camera may take to say goodbye. */
const TEARDOWN_MS = 100;
/** The handshake as a whole, in multiples of the time limit for each request. */
const HANDSHAKE_STEPS = 2;

export interface RtspSourceOptions {
  readonly target: CameraTarget;
  readonly dialer: CameraDialer;
  readonly limits: SourceLimits;
  readonly clock: Clock;
}

/**
 * A camera that speaks RTSP/1.0 (RFC 2326) and sends H.264, H.265 or motion JPEG over RTP, and AAC or G.711 where that is wanted, interleaved into the same connection
 * (§10.12), which passes every firewall and loses nothing that the camera did not lose itself.
 */
export class RtspSource implements StreamSource {
  private readonly connection: RtspConnection;
  private readonly timers = new Map<string, Cancel>();
  private receiver: RtpReceiver | null = null;
  private reader: VideoReader | null = null;
  private agreed: RtspSetup | null = null;
  private sound: SoundStream | null = null;
  private sink: SourceSink | null = null;
  private playUri: string | null = null;
  private hasPicture = false;

  constructor(private readonly options: RtspSourceOptions) {
    const { target, dialer, limits, clock } = options;
    this.connection = new RtspConnection({
      target,
      dialer,
      limits,
      clock,
      onInterleaved: (channel, buffer, start, end) => this.onInterleaved(channel, buffer, start, end),
      isChannel: (channel) =>
        (this.agreed !== null && (channel === this.agreed.rtpChannel || channel === this.agreed.rtcpChannel)) ||
        this.sound?.hasChannel(channel) === true,
    });
  }

  /** @inheritdoc */
  async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      return;
    }
    let onAbort = (): void => undefined;
    const aborted = new Promise<void>((resolve) => {
      onAbort = () => {
        // At once: what else this very read holds is nobody's business any more.
        this.sink = null;
        this.receiver = null;
        resolve();
      };
    });
    signal.addEventListener('abort', onAbort, { once: true });
    this.sink = sink;
    try {
      await Promise.race([this.session(sink, signal), this.connection.ended, aborted]);
    } catch (error) {
      if (!signal.aborted) {
        throw error;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.reader?.end();
      this.sink = null;
      this.receiver = null;
      for (const cancel of this.timers.values()) {
        cancel();
      }
      this.timers.clear();
      await this.teardown();
      await this.connection.close();
    }
  }

  private async session(sink: SourceSink, signal: AbortSignal): Promise<never> {
    const { connection } = this;
    const { limits, target } = this.options;
    await connection.connect(signal);
    this.later('handshake', limits.timeoutMs * HANDSHAKE_STEPS, () => connection.fail(connection.silence()));
    const uri = requestUri(target);
    const keepAliveMethod = await askOptions(connection, uri);
    const { track, sound } = await describe(connection, uri, sink.wantsSound === true);
    // Before PLAY: its answer and the first picture may come in one read.
    sink.onProtocol(target.scheme === 'rtsps' ? 'rtsps' : 'rtsp');
    // Made before SETUP is sent: a camera may send pictures before it answers.
    this.receiver = this.receiverFor(track);
    this.agreed = await setup(connection, track);
    const soundControl = sound && (await this.askForSound(sink, sound, this.agreed));
    this.playUri = await play(connection, track, this.agreed);
    if (soundControl !== null && this.playUri !== track.aggregate) {
      await playSound(connection, soundControl);
    }
    this.cancel('handshake');
    this.expectPictures();
    this.report();
    const halfLife = (this.agreed.timeoutSeconds * 1000) / 2;
    this.keepAlive(
      keepAliveMethod,
      track.aggregate,
      Math.max(MIN_KEEP_ALIVE_MS, Math.min(halfLife, MAX_KEEP_ALIVE_MS)),
    );
    return connection.ended;
  }

  /** Pictures come with or without it. @returns the request URI that took SETUP; `null` where there will be no sound */
  private async askForSound(sink: SourceSink, offer: SoundOffer, video: RtspSetup): Promise<string | null> {
    if (offer.kind !== 'track') {
      sink.onSoundAnswer?.(offer.kind === 'none' ? { state: 'none' } : { state: 'unsupported', codec: offer.codec });
      return null;
    }
    const { track } = offer;
    sink.onSoundAsked?.();
    const agreed = await setupSound(this.connection, track, video);
    if (agreed === null) {
      sink.onSoundAnswer?.({ state: 'refused' });
      return null;
    }
    this.sound = new SoundStream(track, agreed, (piece, pictureStamp) =>
      this.sink?.onSound?.(piece, pictureStamp, this.options.clock.monotonic()),
    );
    sink.onSoundAnswer?.({ state: 'agreed', format: track.format });
    return agreed.control;
  }

  private receiverFor(track: VideoTrack): RtpReceiver {
    const { clock, limits } = this.options;
    const reader = videoReaderFor(track, {
      limits,
      now: () => clock.monotonic(),
      onPicture: (unit, arrival) => {
        this.hasPicture = true;
        this.sink?.onAccessUnit(unit, arrival);
      },
      onLoss: () => this.sink?.onLoss('packets_lost'),
    });
    this.reader = reader;
    return new RtpReceiver({
      depacketizer: reader.depacketizer,
      clockRate: track.clockRate,
      payloadType: track.payloadType,
      onSenderReport: (ntpMs, ticks) => {
        this.sound?.pictureReport(ntpMs, ticks);
        this.sink?.onSenderReport?.(ntpMs, ticks);
      },
      onBye: () => {
        throw new CameraError('camera_unreachable', 'The camera ended its stream.');
      },
    });
  }

  private onInterleaved(channel: number, buffer: Buffer, start: number, end: number): void {
    const { agreed, receiver } = this;
    if (agreed === null || receiver === null) {
      return;
    }
    if (channel === agreed.rtpChannel) {
      receiver.packet(buffer, start, end);
    } else if (channel === agreed.rtcpChannel) {
      receiver.control(buffer, start, end, this.options.clock.monotonic());
    } else {
      this.sound?.take(channel, buffer, start, end, this.options.clock);
    }
  }

  /** Nothing at all after PLAY, or pictures that nobody can begin with. */
  private expectPictures(): void {
    const { timeoutMs } = this.options.limits;
    const check = (last: boolean): void => {
      const packets = this.receiver?.packetsReceived ?? 0;
      if (this.hasPicture) {
        return;
      }
      const fault = this.reader?.fault() ?? null;
      // What is known to be wrong does not get better by waiting.
      if (packets === 0 || last || fault !== null) {
        this.connection.fail(fault ?? noPictures(packets > 0 ? this.reader : null));
      } else {
        this.later('first-picture', timeoutMs, () => check(true));
      }
    };
    this.later('first-picture', timeoutMs, () => check(false));
  }

  /** RTCP receiver reports (RFC 3550 §6.4.2): many cameras take them for a sign of life. */
  private report(): void {
    this.later('report', REPORT_INTERVAL_MS, () => {
      const { agreed, receiver } = this;
      const report = receiver?.report(agreed?.rtcpChannel ?? 1, this.options.clock.monotonic()) ?? null;
      if (report !== null) {
        this.connection.send(report);
      }
      const heard = this.sound?.report(this.options.clock.monotonic()) ?? null;
      if (heard !== null) {
        this.connection.send(heard);
      }
      this.report();
    });
  }

  private keepAlive(method: 'GET_PARAMETER' | 'OPTIONS', uri: string, intervalMs: number): void {
    this.later('keep-alive', intervalMs, () => {
      let next = method;
      this.connection
        .request(method, uri)
        .then(({ status }) => {
          if (method === 'GET_PARAMETER' && [400, 404, 405, 451, 501].includes(status)) {
            next = 'OPTIONS';
          }
        })
        // A keep-alive that is refused or not answered ends nothing: pictures tell whether the session lives.
        .catch(() => undefined)
        .finally(() => {
          if (this.sink !== null) {
            this.keepAlive(next, uri, intervalMs);
          }
        });
    });
  }

  /** Says goodbye, so that a camera which allows one connection is free at once. */
  private async teardown(): Promise<void> {
    if (this.connection.sessionId === null || this.agreed === null || !this.connection.isOpen) {
      return;
    }
    await Promise.race([
      this.connection.exchange('TEARDOWN', this.playUri ?? this.agreed.control, {}).catch(() => undefined),
      new Promise<void>((resolve) => this.later('teardown', TEARDOWN_MS, resolve)),
    ]);
    this.cancel('teardown');
  }

  private later(name: string, ms: number, task: () => void): void {
    this.cancel(name);
    this.timers.set(name, this.options.clock.after(ms, task));
  }

  private cancel(name: string): void {
    this.timers.get(name)?.();
    this.timers.delete(name);
  }
}
