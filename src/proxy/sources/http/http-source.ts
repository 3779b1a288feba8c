import { Clock } from '../../../common/clock';
import { FfmpegContext } from '../../../media/process';
import { CameraError } from '../../camera-error';
import { MjpegBody, singlePicture } from '../mjpeg/mjpeg-body';
import { CameraTarget, SourceLimits, SourceSink, StreamSource } from '../stream-source';
import { BodyReader, streamEnded } from './body-reader';
import { DemuxPipe } from './demux-pipe';
import { authorize, isStale, parseChallenges } from './http-auth';
import { get, hangUp, HttpDialer, HttpResponse, partWith } from './http-exchange';
import { field } from './http-head';
import { checkEncoding, contentTypeOf, explainStatus } from './http-status';
import { SampleUnits } from './sample-units';
import { BodyKind, sniff } from './sniff';

export interface HttpSourceOptions {
  readonly target: CameraTarget;
  readonly dialer: HttpDialer;
  readonly limits: SourceLimits;
  readonly clock: Clock;
  /** For what is not MJPEG. */
  readonly ffmpeg: FfmpegContext;
  /** The session or probe it works for; stands in FFmpeg's arguments. */
  readonly session: string;
}

/** Requests with credentials before we take the camera's no for an answer. */
const MAX_AUTHORIZED_TRIES = 2;

/** What a body is handed to once it is known. */
interface BodyConsumer {
  /** @returns false when it wants no more for now. */
  push(data: Buffer): boolean;
  /** The body ended. @throws CameraError that says what that means. */
  end(): void;
  close(): Promise<void>;
}

/**
 * A camera behind `http:` or `https:`: MJPEG, or H.264 in MPEG-TS, FLV, MP4 or Matroska, told by what it sends and not by
 * the URL's ending. One connection at a time, one GET (again with credentials after a 401), no redirect followed.
 */
export class HttpSource implements StreamSource {
  constructor(private readonly options: HttpSourceOptions) {}

  async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
    try {
      const response = await this.request(signal);
      try {
        await this.stream(response, sink, signal);
      } finally {
        await hangUp(response.socket);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** A response with a stream. @throws CameraError for every other. */
  private async request(signal: AbortSignal): Promise<HttpResponse> {
    const { target, dialer, limits, clock } = this.options;
    const { username } = target;
    const credentials = username === null ? null : { username, password: target.password ?? '' };
    let authorization: string | null = null;
    for (let tries = 0; ; tries++) {
      const response = await get(dialer, target, authorization, limits, clock, signal);
      const { head } = response;
      try {
        const refusal = explainStatus(head, credentials !== null);
        if (!refusal) {
          checkEncoding(head);
          return response;
        }
        const challenges = parseChallenges(head.fields.get('www-authenticate') ?? []);
        const again: boolean = tries === 0 || (tries < MAX_AUTHORIZED_TRIES && isStale(challenges));
        authorization =
          head.status === 401 && credentials && again
            ? authorize(challenges, credentials, { method: 'GET', uri: target.path })
            : null;
        if (authorization === null) throw refusal;
      } catch (error) {
        await hangUp(response.socket);
        throw error;
      }
      // A camera that allows one connection gets one: the first is closed before the second is dialled.
      await partWith(response.socket, clock);
    }
  }

  private async stream(response: HttpResponse, sink: SourceSink, signal: AbortSignal): Promise<void> {
    const { limits, clock } = this.options;
    const contentType = contentTypeOf(response.head);
    let consumer: BodyConsumer | null = null;
    let sniffed = Buffer.alloc(0);
    let cancel = (): void => undefined;
    let onAbort = (): void => undefined;
    let reader: BodyReader | null = null;
    try {
      await new Promise<void>((resolve, reject) => {
        onAbort = () => resolve();
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) return resolve();
        cancel = clock.after(limits.timeoutMs, () =>
          reject(new CameraError('camera_timeout', 'The camera answers but sends no whole picture in time.')),
        );
        // Cancelled by the first picture; from there on the watchdog's deadline holds.
        const watched: SourceSink = {
          ...bind(sink),
          onAccessUnit: (unit, arrival) => (cancel(), sink.onAccessUnit(unit, arrival)),
        };
        const open = (kind: BodyKind): BodyConsumer =>
          this.open(kind, contentType, response, watched, reject, () => reader?.resume());
        const decide = (ended: boolean): boolean => {
          const kind = sniff(sniffed, contentType, ended);
          if (!kind) return true;
          consumer = open(kind);
          return sniffed.length === 0 || consumer.push(sniffed);
        };
        reader = new BodyReader(response, {
          onData: (data) => {
            if (consumer) return consumer.push(data);
            sniffed = Buffer.concat([sniffed, data]);
            return decide(false);
          },
          onEnd: () => {
            try {
              if (!consumer) decide(true);
              consumer?.end();
            } catch (error) {
              reject(error as Error);
            }
          },
          onError: reject,
        });
        reader.start();
      });
    } finally {
      cancel();
      signal.removeEventListener('abort', onAbort);
      (reader as BodyReader | null)?.stop();
      await (consumer as BodyConsumer | null)?.close();
    }
  }

  private open(
    kind: BodyKind,
    contentType: string,
    { head }: HttpResponse,
    sink: SourceSink,
    onError: (error: CameraError) => void,
    onDrain: () => void,
  ): BodyConsumer {
    if (kind.kind === 'unsupported') throw new CameraError('camera_unsupported', kind.message);
    if (kind.kind === 'container') return this.openContainer(kind.format, sink, onError, onDrain);
    const multipart = contentType.startsWith('multipart/');
    if (contentType.startsWith('image/') && field(head, 'content-length') !== '') throw singlePicture();
    const body = new MjpegBody(multipart, this.options.limits, sink, this.options.clock);
    return {
      push: (data) => (body.push(data), true),
      end: () => {
        body.end();
        throw streamEnded();
      },
      close: () => Promise.resolve(),
    };
  }

  private openContainer(
    format: Extract<BodyKind, { kind: 'container' }>['format'],
    sink: SourceSink,
    onError: (error: CameraError) => void,
    onDrain: () => void,
  ): BodyConsumer {
    const { ffmpeg, session, limits, clock } = this.options;
    const units = new SampleUnits();
    let started = false;
    const pipe = new DemuxPipe({
      ffmpeg,
      format,
      session,
      maxFrameBytes: limits.maxFrameBytes,
      onDrain,
      onEnd: onError,
      onSample: (sample) => {
        const unit = units.convert(sample);
        // Nothing can be made of what comes before the first keyframe.
        if (!unit || (!started && !unit.keyframe)) return;
        if (!started) sink.onProtocol('http');
        started = true;
        sink.onAccessUnit(unit, clock.monotonic());
      },
    });
    return { push: (data) => pipe.write(data), end: () => pipe.finish(), close: () => pipe.close() };
  }
}

/** The sink's methods by value, so that one can be wrapped. */
function bind(sink: SourceSink): SourceSink {
  return {
    onProtocol: (protocol) => sink.onProtocol(protocol),
    onAccessUnit: (unit, arrival) => sink.onAccessUnit(unit, arrival),
    onLoss: (reason) => sink.onLoss(reason),
  };
}
