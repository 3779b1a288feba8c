import { CameraServer, CameraServerOptions } from './camera-server';
import { RtspInputReader, RtspRequest } from './rtsp-requests';
import { Wire } from './wire';

/** What an HTTP camera may do wrong before its body begins; to be changed at any moment. */
export interface HttpBehaviour {
  /** Answers with this status instead of the stream. */
  status: number | null;
  /** Answers 302 to this URL. */
  redirectTo: string | null;
  /** 401 whatever comes. */
  alwaysUnauthorized: boolean;
  /** Reads requests and never answers. */
  unanswered: boolean;
  /** Milliseconds before the answer. */
  answerDelayMs: number;
  /** The answer's header never ends: one more line every few milliseconds. */
  endlessHeader: boolean;
  /** Headers besides; those of the same name are replaced. */
  headers: Readonly<Record<string, string>>;
  /** `Transfer-Encoding: chunked`, each write a chunk. */
  chunked: boolean;
}

export const DEFAULT_HTTP_BEHAVIOUR: HttpBehaviour = {
  status: null,
  redirectTo: null,
  alwaysUnauthorized: false,
  unanswered: false,
  answerDelayMs: 0,
  endlessHeader: false,
  headers: {},
  chunked: false,
};

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  302: 'Found',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** The HTTP side of the cameras that stream in an endless answer: bare sockets, so that every byte can be wrong. */
export abstract class HttpCameraServer extends CameraServer {
  private readonly timers = new Set<NodeJS.Timeout>();

  protected constructor(options: CameraServerOptions, defaultPath: string) {
    super('http', options, defaultPath);
  }

  abstract readonly behaviour: HttpBehaviour;
  /** Content type of the stream. */
  protected abstract contentType(): string;
  /** The header is out: frames may go. */
  protected abstract stream(wire: Wire): void;

  /** Digest: the nonce in use is stale from now on. */
  rotateNonce(): void {
    this.authenticator.rotateNonce();
  }

  override async stop(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    await super.stop();
  }

  protected serve(wire: Wire, busy: boolean): void {
    const reader = new RtspInputReader();
    let streaming = false;
    wire.listen((chunk) => {
      for (const item of reader.read(chunk)) {
        if (!('method' in item) || streaming) continue;
        const { method, uri, headers } = item;
        this.emit('request', { id: wire.id, method, uri, headers: { ...headers } });
        if (this.behaviour.unanswered) continue;
        this.later(this.behaviour.answerDelayMs, () => {
          streaming = !wire.closed && this.answer(wire, item, busy);
          if (!streaming) return;
          this.stream(wire);
          this.emit('play', { id: wire.id });
        });
      }
    });
  }

  /** Bytes of the body, as a chunk where the answer is chunked. */
  protected body(wire: Wire, data: Buffer): boolean {
    if (!this.behaviour.chunked) return wire.send(data);
    return wire.send(Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]));
  }

  protected later(ms: number, task: () => void): void {
    if (ms === 0) {
      task();
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      task();
    }, ms);
    this.timers.add(timer);
  }

  /** @returns whether the stream follows */
  private answer(wire: Wire, request: RtspRequest, busy: boolean): boolean {
    const { behaviour, authenticator } = this;
    const refuse = (status: number, headers: [string, string][] = []): boolean => {
      const text = Buffer.from(`${REASONS[status] ?? 'Error'}\n`);
      const length: [string, string] = ['Content-Length', String(text.length)];
      this.header(wire, status, [...headers, ['Content-Type', 'text/plain'], length]);
      wire.send(text);
      return false;
    };
    if (busy) return refuse(503);
    if (behaviour.status !== null) return refuse(behaviour.status);
    const verdict = behaviour.alwaysUnauthorized
      ? 'wrong'
      : authenticator.check(request.headers.authorization, request.method, request.uri);
    if (verdict !== 'ok') {
      const challenges = authenticator.challenges(verdict === 'stale');
      return refuse(
        401,
        challenges.map((challenge): [string, string] => ['WWW-Authenticate', challenge]),
      );
    }
    if (behaviour.redirectTo !== null) return refuse(302, [['Location', behaviour.redirectTo]]);
    if (request.uri !== this.path) return refuse(404);
    const chunked: [string, string][] = behaviour.chunked ? [['Transfer-Encoding', 'chunked']] : [];
    this.header(wire, 200, [['Content-Type', this.contentType()], ['Cache-Control', 'no-store'], ...chunked]);
    return !behaviour.endlessHeader && request.method === 'GET';
  }

  private header(wire: Wire, status: number, headers: readonly (readonly [string, string])[]): void {
    const extra = Object.entries(this.behaviour.headers);
    const replaced = new Set(extra.map(([name]) => name.toLowerCase()));
    const kept = headers.filter(([name]) => !replaced.has(name.toLowerCase()));
    const lines = [...kept, ...extra].map(([name, value]) => `${name}: ${value}`);
    const text = [`HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}`, 'Server: Simulated padel camera', ...lines];
    wire.send(Buffer.from(`${text.join('\r\n')}\r\n`));
    if (status === 200 && this.behaviour.endlessHeader) this.goOnForever(wire, 0);
    else wire.send(Buffer.from('\r\n'));
  }

  private goOnForever(wire: Wire, line: number): void {
    if (wire.closed) return;
    wire.send(Buffer.from(`X-Filler-${line}: ${'x'.repeat(200)}\r\n`));
    this.later(5, () => this.goOnForever(wire, line + 1));
  }
}
