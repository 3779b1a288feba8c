import { randomBytes, randomInt } from 'node:crypto';
import { Authenticator } from './camera-auth';
import { PlayedFrame } from './playback';
import { RtspSender, SenderContext } from './rtsp-client-session';
import { RtspInputReader, RtspRequest } from './rtsp-requests';
import { Announcement } from './rtsp-sdp';
import { SoundSender } from './sound-sender';
import { Wire } from './wire';

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  302: 'Moved Temporarily',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  453: 'Not Enough Bandwidth',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  459: 'Aggregate Operation Not Allowed',
  460: 'Only Aggregate Operation Allowed',
  461: 'Unsupported Transport',
  503: 'Service Unavailable',
};
const METHODS = ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'PAUSE', 'TEARDOWN', 'GET_PARAMETER', 'SET_PARAMETER'];

type Headers = readonly (readonly [string, string])[];

/** What a connection needs from its camera. */
export interface RtspHost extends SenderContext {
  readonly authenticator: Authenticator;
  readonly streamUrl: string;
  announcement(): Announcement;
  /** Last whole GOP up to now, for a burst at PLAY. */
  lastGop(): readonly PlayedFrame[];
  upcoming(keyframe: boolean): PlayedFrame;
  deliver(sender: RtspSender, frame: PlayedFrame): void;
  note(event: 'play' | 'teardown' | 'timeout', id: number): void;
  noteRequest(id: number, request: RtspRequest): void;
}

/** One client of an RTSP camera: reads requests, keeps the session's state (RFC 2326 appendix A.2). */
export class RtspConnection {
  readonly sender: RtspSender;
  readonly sound: SoundSender;
  private readonly input = new RtspInputReader();
  private readonly timers = new Set<NodeJS.Timeout>();
  private session: string | null = null;
  private videoReady = false;
  private nextChannel = 0;
  private expiry: NodeJS.Timeout | null = null;

  constructor(
    readonly wire: Wire,
    private readonly host: RtspHost,
    private readonly busy: boolean,
  ) {
    this.sender = new RtspSender(wire, host);
    this.sound = new SoundSender(wire);
    wire.listen((chunk) => {
      for (const item of this.input.read(chunk)) {
        if ('method' in item) this.handle(item);
        else if (host.behaviour.aliveBy === 'any') this.alive();
      }
    });
    wire.socket.on('close', () => this.close());
  }

  private close(): void {
    this.sender.playing = false;
    if (this.expiry !== null) clearTimeout(this.expiry);
    for (const timer of this.timers) clearTimeout(timer);
  }

  private alive(): void {
    if (this.expiry !== null) clearTimeout(this.expiry);
    const { sessionTimeout } = this.host.behaviour;
    if (this.session === null || sessionTimeout === 0) return;
    this.expiry = setTimeout(() => {
      this.host.note('timeout', this.wire.id);
      this.wire.socket.destroy();
    }, sessionTimeout * 1000);
  }

  private handle(request: RtspRequest): void {
    this.host.noteRequest(this.wire.id, request);
    this.alive();
    const { behaviour } = this.host;
    if (behaviour.unanswered.includes(request.method)) return;
    const act = (): void => {
      const status = this.busy && request.method !== 'OPTIONS' ? 453 : behaviour.status[request.method];
      if (status !== undefined) this.answer(request, status);
      else this.obey(request);
    };
    if (behaviour.answerDelayMs === 0) {
      act();
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, behaviour.answerDelayMs);
    this.timers.add(timer);
  }

  private obey(request: RtspRequest): void {
    const { behaviour, authenticator } = this.host;
    if (request.method === 'OPTIONS') {
      this.answer(request, 200, [['Public', METHODS.join(', ')]]);
      return;
    }
    const verdict = behaviour.alwaysUnauthorized
      ? 'wrong'
      : authenticator.check(request.headers.authorization, request.method, request.uri);
    if (verdict !== 'ok') {
      const challenges = authenticator.challenges(verdict === 'stale');
      this.answer(
        request,
        401,
        challenges.map((challenge) => ['WWW-Authenticate', challenge] as const),
      );
      return;
    }
    switch (request.method) {
      case 'DESCRIBE':
        return this.describe(request);
      case 'SETUP':
        return this.setup(request);
      case 'PLAY':
        return this.play(request);
      case 'PAUSE':
        this.sender.playing = false;
        return this.answer(request, 200);
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        return this.answer(request, this.knowsSession(request) ? 200 : 454);
      case 'TEARDOWN':
        this.sender.playing = false;
        this.answer(request, 200);
        this.session = null;
        this.host.note('teardown', this.wire.id);
        return;
      default:
        return this.answer(request, 405, [['Allow', METHODS.join(', ')]]);
    }
  }

  private knowsSession(request: RtspRequest): boolean {
    const given = request.headers.session?.split(';')[0]?.trim();
    return given === undefined || given === this.session;
  }

  private describe(request: RtspRequest): void {
    const { behaviour, streamUrl } = this.host;
    if (behaviour.redirectTo !== null) return this.answer(request, 302, [['Location', behaviour.redirectTo]]);
    if (trimSlash(request.uri) !== trimSlash(streamUrl)) return this.answer(request, 404);
    const { sdp, contentBase } = this.host.announcement();
    const base = contentBase === null ? [] : [['Content-Base', contentBase] as const];
    this.answer(request, 200, [...base, ['Content-Type', 'application/sdp']], Buffer.from(sdp));
  }

  private setup(request: RtspRequest): void {
    const { tracks } = this.host.announcement();
    const track = tracks.find(({ url }) => url === trimSlash(request.uri));
    if (track === undefined) {
      const aggregate = trimSlash(request.uri) === trimSlash(this.host.streamUrl);
      return this.answer(request, aggregate ? 459 : 404);
    }
    if (request.headers.session !== undefined && !this.knowsSession(request)) return this.answer(request, 454);
    const { soundSetup } = this.host.behaviour;
    if (track.kind === 'audio' && soundSetup === 'close') return void this.wire.socket.destroy();
    if (track.kind === 'audio' && soundSetup !== 200) return this.answer(request, soundSetup as number);
    const transport = request.headers.transport ?? '';
    const offer = transport.split(',').find((one) => /RTP\/AVP\/TCP/i.test(one) && /unicast|interleaved/i.test(one));
    if (offer === undefined) return this.answer(request, 461);
    const wanted = /interleaved=(\d+)/i.exec(offer)?.[1];
    const own = this.host.behaviour.firstChannel;
    const channel = own !== null ? own + this.nextChannel : wanted !== undefined ? Number(wanted) : this.nextChannel;
    this.nextChannel += 2;
    if (track.kind === 'video') {
      this.sender.channel = channel;
      this.videoReady = true;
    } else this.sound.channel = channel;
    this.session ??= randomBytes(4).toString('hex').toUpperCase();
    this.alive();
    const ssrc = this.host.ssrc.toString(16).padStart(8, '0').toUpperCase();
    const interleaved = `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1};ssrc=${ssrc};mode="PLAY"`;
    this.answer(request, 200, [['Transport', interleaved]]);
  }

  private play(request: RtspRequest): void {
    const { behaviour } = this.host;
    if (this.session === null) return this.answer(request, 455);
    if (!this.knowsSession(request)) return this.answer(request, 454);
    const { aggregate, tracks } = this.host.announcement();
    if (trimSlash(request.uri) !== trimSlash(aggregate)) {
      return this.answer(request, tracks.some(({ url }) => url === request.uri) ? 460 : 404);
    }
    const gop = behaviour.start === 'gop' ? this.host.lastGop() : [];
    const first = gop[0] ?? this.host.upcoming(behaviour.start !== 'now');
    const video = tracks.find(({ kind }) => kind === 'video');
    const info = `url=${video?.url ?? ''};seq=${this.sender.sequence};rtptime=${this.host.rtpTime(first.pts)}`;
    const answer = (): void =>
      this.answer(request, 200, [['Range', 'npt=now-'], ...(behaviour.rtpInfo ? [['RTP-Info', info] as const] : [])]);
    if (!behaviour.mediaBeforeAnswer) answer();
    this.sender.playing = this.videoReady;
    this.sender.waitingForKeyframe = behaviour.start !== 'now' && gop.length === 0;
    for (const frame of gop) this.host.deliver(this.sender, frame);
    if (behaviour.mediaBeforeAnswer) {
      // A real picture, whatever it is: the client has to cope with data it does not expect yet.
      if (gop.length === 0) this.wire.send(chatter(this.sender.channel));
      answer();
    }
    this.host.note('play', this.wire.id);
  }

  private answer(request: RtspRequest, status: number, headers: Headers = [], body?: Buffer): void {
    const { sessionTimeout } = this.host.behaviour;
    const session =
      this.session === null
        ? []
        : [`Session: ${this.session}${sessionTimeout > 0 ? `;timeout=${sessionTimeout}` : ''}`];
    const lines = [
      `RTSP/1.0 ${status} ${REASONS[status] ?? 'Unknown'}`,
      `CSeq: ${request.headers.cseq ?? ''}`,
      'Server: Simulated padel camera',
      `Date: ${new Date().toUTCString()}`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
      ...session,
      ...(body === undefined ? [] : [`Content-Length: ${body.length}`]),
    ];
    if (this.host.behaviour.chatter) for (const channel of [0, 1, 7, 0xff]) this.wire.send(chatter(channel));
    this.wire.send(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)]));
  }
}

/** An interleaved packet of some other stream. */
function chatter(channel: number): Buffer {
  const payload = Buffer.alloc(randomInt(13, 64), '\r\n\r\nRTSP/1.0 404 ');
  return Buffer.concat([Buffer.from([0x24, channel, 0, payload.length]), payload]);
}

function trimSlash(url: string): string {
  return url.replace(/\/$/, '');
}
