import { createServer, Server, Socket } from 'node:net';
import { AddressInfo } from 'node:net';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { SystemClock } from '../../../common/clock';
import { AccessUnit, GapReason } from '../../../media/access-unit';
import { drawJpegs } from '../../../media/jpeg.fixture';
import { CameraDialer } from '../../camera-dialer';
import { CameraProtocol, SOURCE_LIMITS, SourceLimits } from '../stream-source';
import { HttpSource } from './http-source';

const clock = new SystemClock();
const pictures = drawJpegs({ count: 4, size: '160x90' });
const JPEG_PARTS = Buffer.concat(
  pictures.map((jpeg) =>
    Buffer.concat([
      Buffer.from(`--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`),
      jpeg,
      Buffer.from('\r\n'),
    ]),
  ),
);
const MULTIPART = 'HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n';

function draw(format: string, ...codec: string[]): Buffer {
  const source = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', '-t', '3'];
  return execFileSync('ffmpeg', ['-v', 'error', ...source, ...codec, '-f', format, 'pipe:1'], { maxBuffer: 1 << 26 });
}
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '25', '-pix_fmt', 'yuv420p'];

/** A camera that answers each request with the next script; keeps what it was asked and who is connected. */
class ScriptedCamera {
  readonly requests: string[] = [];
  open = 0;
  most = 0;
  private emptied = (): void => undefined;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly answer: (socket: Socket, request: string, count: number) => void) {
    this.server = createServer((socket) => {
      this.open++;
      this.most = Math.max(this.most, this.open);
      this.sockets.add(socket);
      let text = '';
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.open--;
        this.sockets.delete(socket);
        if (this.open === 0) this.emptied();
      });
      socket.on('data', (data) => {
        text += data.toString('latin1');
        if (!text.includes('\r\n\r\n')) return;
        this.requests.push(text);
        this.answer(socket, text, this.requests.length);
        text = '';
      });
    });
  }

  /** Resolves when nobody is connected. */
  empty(): Promise<void> {
    return new Promise((resolve) => {
      if (this.open === 0) resolve();
      else this.emptied = resolve;
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

interface Run {
  readonly units: AccessUnit[];
  readonly protocols: CameraProtocol[];
  readonly losses: GapReason[];
  readonly outcome: unknown;
  readonly camera: ScriptedCamera;
}

interface RunOptions {
  readonly userInfo?: string;
  readonly timeoutMs?: number;
  /** Aborts after so many pictures. */
  readonly until?: number;
  readonly ffmpegPath?: string;
}

/** Runs a source to its end against a scripted camera. */
async function run(answer: ScriptedCamera['answer'], options: RunOptions = {}): Promise<Run> {
  const { userInfo = '', timeoutMs = 5000, until = Infinity, ffmpegPath = 'ffmpeg' } = options;
  const camera = new ScriptedCamera(answer);
  const port = await camera.listen();
  const dialer = new CameraDialer({ allowLoopback: true, isOwnPort: () => false, resolveTimeoutMs: 1000 }, clock);
  const target = await dialer.resolve(`http://${userInfo}127.0.0.1:${port}/video?secret=1`);
  const limits: SourceLimits = { ...SOURCE_LIMITS, timeoutMs };
  const ffmpeg = { path: ffmpegPath, instance: 'spec', clock };
  const source = new HttpSource({ target, dialer, limits, clock, ffmpeg, session: 'http-source-spec' });
  const units: AccessUnit[] = [];
  const protocols: CameraProtocol[] = [];
  const losses: GapReason[] = [];
  const abort = new AbortController();
  const sink = {
    onProtocol: (protocol: CameraProtocol) => void protocols.push(protocol),
    onAccessUnit: (unit: AccessUnit) => {
      units.push(unit);
      if (units.length >= until) abort.abort();
    },
    onLoss: (reason: GapReason) => void losses.push(reason),
  };
  try {
    const outcome = await source.run(sink, abort.signal).then(
      () => 'resolved',
      (error: unknown) => error,
    );
    // What the source opened is gone when it settles; the camera notices by itself.
    await camera.empty();
    return { units, protocols, losses, outcome, camera };
  } finally {
    await camera.stop();
  }
}

const say =
  (...pieces: (string | Buffer)[]) =>
  (socket: Socket): void => {
    for (const piece of pieces) socket.write(piece as string, 'latin1');
  };
const sayAndEnd =
  (...pieces: (string | Buffer)[]) =>
  (socket: Socket): void => {
    say(...pieces)(socket);
    socket.end();
  };
const plain = (type: string, body: string | Buffer): ((socket: Socket) => void) =>
  sayAndEnd(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n\r\n`, body);
const chunked = (body: Buffer, size: number): Buffer => {
  const out: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const piece = body.subarray(at, at + size);
    out.push(Buffer.from(`${piece.length.toString(16)};x=y\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat(out);
};

describe('HttpSource, MJPEG', () => {
  it.each([
    ['multipart', say(MULTIPART, JPEG_PARTS)],
    [
      'multipart in chunks',
      say(MULTIPART.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n'), chunked(JPEG_PARTS, 777)),
    ],
    ['a multipart body under another type', say('HTTP/1.0 200\r\nContent-Type: text/html\r\n\r\n', JPEG_PARTS)],
    ['bare pictures without any type', say('HTTP/1.1 200 OK\n\n', Buffer.concat(pictures))],
    ['endless image/jpeg', say('HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n', Buffer.concat(pictures))],
    ['an interim answer first', say('HTTP/1.1 100 Continue\r\n\r\n', MULTIPART, JPEG_PARTS)],
  ])('reads %s', async (_name, answer) => {
    const { units, protocols, outcome, camera } = await run(answer, { until: 4 });
    expect(outcome).toBe('resolved');
    expect(protocols).toEqual(['mjpeg']);
    expect(units.map(({ data }) => data)).toEqual(pictures);
    expect(units[0]).toMatchObject({ kind: 'jpeg', width: 160, height: 90 });
    expect(camera.requests[0]).toMatch(/^GET \/video\?secret=1 HTTP\/1\.1\r\n[^]*Accept-Encoding: identity\r\n/);
  });

  it('counts a picture that was cut and says the camera ended the stream', async () => {
    const { units, losses, outcome } = await run(sayAndEnd(MULTIPART, JPEG_PARTS.subarray(0, JPEG_PARTS.length - 500)));
    expect(units).toHaveLength(3);
    expect(losses).toEqual(['packets_lost']);
    expect(outcome).toMatchObject({ code: 'camera_unreachable' });
  });
});

describe('HttpSource, containers', () => {
  it.each([
    ['MPEG-TS', 'mpegts', 'video/mp2t'],
    ['MPEG-TS under a wrong type', 'mpegts', 'text/plain'],
    ['FLV', 'flv', 'video/x-flv'],
    ['Matroska', 'matroska', 'application/octet-stream'],
    ['fragmented MP4', 'fmp4', 'video/mp4'],
  ])('reads %s', async (_name, format, type) => {
    const fragments = ['-movflags', 'frag_keyframe+empty_moov'];
    const body = format === 'fmp4' ? draw('mp4', ...H264, ...fragments) : draw(format, ...H264);
    const { units, protocols, outcome } = await run(plain(type, body));
    expect(outcome).toMatchObject({ code: 'camera_unreachable' });
    expect(protocols).toEqual(['http']);
    expect(units).toHaveLength(75);
    expect(units[0]).toMatchObject({ kind: 'h264', keyframe: true, config: { width: 320, height: 180 } });
    const times = units.map((unit) => (unit.kind === 'h264' ? unit.dts : NaN));
    times.slice(1).forEach((dts, i) => expect(Math.abs(dts - (times[i] as number) - 3600)).toBeLessThanOrEqual(90));
    // No parameter sets or delimiters in the data: the first NAL unit is SEI or a slice.
    for (const { data } of units) expect([1, 5, 6]).toContain((data[4] as number) & 0x1f);
    expect(units.filter((unit) => unit.kind === 'h264' && unit.keyframe)).toHaveLength(3);
  });

  it.each([
    ['H.265', ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'], /H\.265/],
    ['MPEG-2', ['-c:v', 'mpeg2video'], /MPEG-2/],
  ])('refuses %s by its name', async (_name, codec, message) => {
    const { outcome, units } = await run(plain('video/mp2t', draw('mpegts', ...codec)));
    expect(outcome).toMatchObject({ code: 'camera_unsupported', message: expect.stringMatching(message) as string });
    expect(units).toHaveLength(0);
  });

  it('says so when FFmpeg is missing', async () => {
    const { outcome } = await run(plain('video/mp2t', draw('mpegts', ...H264)), { ffmpegPath: '/nonexistent' });
    expect(outcome).toMatchObject({ code: 'camera_unsupported', message: expect.stringMatching(/FFmpeg/) as string });
  });

  it('leaves no socket and no process when it is aborted', async () => {
    const { outcome, camera } = await run(say('HTTP/1.1 200 OK\r\n\r\n', draw('mpegts', ...H264)), { until: 3 });
    expect(outcome).toBe('resolved');
    expect(camera.most).toBe(1);
    expect(execFileSync('ps', ['-eo', 'args']).toString()).not.toContain('padelvar:spec:http-source-spec');
  });
});

describe('HttpSource, refusals', () => {
  const gzip = MULTIPART.replace('\r\n\r\n', '\r\nContent-Encoding: gzip\r\n\r\n');
  it.each<[string, (socket: Socket) => void, string, RegExp]>([
    ['302', say('HTTP/1.1 302 Found\r\nLocation: http://u:p@elsewhere/\r\n\r\n'), 'camera_redirected', /final address/],
    ['401', say('HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n'), 'camera_unauthorized', /asks for/],
    ['403', say('HTTP/1.1 403 Forbidden\r\n\r\n'), 'camera_unauthorized', /forbids/],
    ['404', say('HTTP/1.1 404 Not Found\r\n\r\n'), 'camera_stream_not_found', /404/],
    ['503', say('HTTP/1.1 503 Busy\r\n\r\n'), 'camera_unreachable', /viewers/],
    ['gzip', say(gzip, JPEG_PARTS), 'camera_unsupported', /gzip/],
    ['a single picture', plain('image/jpeg', pictures[0] as Buffer), 'camera_unsupported', /single picture/],
    [
      'a single picture with its length',
      say(
        `HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: ${pictures[0]?.length}\r\n\r\n`,
        pictures[0] as Buffer,
      ),
      'camera_unsupported',
      /single picture/,
    ],
    ['a web page', plain('text/html', '<!doctype html><html></html>'), 'camera_unsupported', /web page/],
    [
      'a playlist',
      plain('application/vnd.apple.mpegurl', '#EXTM3U\n#EXTINF:2,\nhttp://127.0.0.1/x.ts\n'),
      'camera_unsupported',
      /playlist/,
    ],
    ['bare H.264', plain('video/h264', draw('h264', ...H264)), 'camera_unsupported', /bare H\.264|not video/],
    [
      'noise',
      plain('video/mp2t', createHash('sha512').update('x').digest().toString('hex').repeat(40)),
      'camera_unsupported',
      /not video/,
    ],
    ['nothing', plain('video/mp2t', ''), 'camera_unsupported', /empty/],
    ['SSH', say('SSH-2.0-OpenSSH_9.2\r\n'), 'camera_unsupported', /does not speak HTTP/],
    [
      'an endless header',
      say('HTTP/1.1 200 OK\r\n', 'X-Y: zzzzzzzzzz\r\n'.repeat(2000)),
      'camera_unsupported',
      /header/,
    ],
    ['hanging up', (socket) => socket.destroy(), 'camera_unreachable', /./],
    [
      'broken chunks',
      say(MULTIPART.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n'), 'zz\r\n'),
      'camera_unsupported',
      /chunks/,
    ],
  ])('answers to %s', async (_name, answer, code, message) => {
    const { outcome, units, camera } = await run(answer);
    expect(outcome).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect((outcome as Error).message).not.toMatch(/secret|elsewhere|u:p/);
    expect(units).toHaveLength(0);
    expect(camera.most).toBe(1);
  });

  it.each([
    ['no head', say('HTTP/1.1 200')],
    ['no picture', say(MULTIPART)],
    ['half a picture', say(MULTIPART, JPEG_PARTS.subarray(0, 800))],
  ])('gives up in time on %s', async (_name, answer) => {
    expect((await run(answer, { timeoutMs: 60 })).outcome).toMatchObject({ code: 'camera_timeout' });
  });
});

describe('HttpSource, credentials', () => {
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const challenge = (value: string): string =>
    `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ${value}\r\nContent-Length: 0\r\n\r\n`;
  const options = { userInfo: 'desk:p%40ss@', until: 1 };

  it('answers Basic, after it was asked, on one connection at a time', async () => {
    const { outcome, camera } = await run((socket, request) => {
      const right = request.includes(`Authorization: Basic ${Buffer.from('desk:p@ss').toString('base64')}\r\n`);
      socket.write(right ? MULTIPART : challenge('Basic realm="a, b"'), 'latin1');
      if (right) socket.write(JPEG_PARTS);
    }, options);
    expect(outcome).toBe('resolved');
    expect(camera.requests).toHaveLength(2);
    expect(camera.requests[0]).not.toMatch(/Authorization/);
    expect(camera.most).toBe(1);
  });

  it.each([
    ['with qop', 'Digest realm="r", nonce="n1", qop="auth,auth-int", opaque="o", algorithm=MD5'],
    ['without qop', 'Digest realm="r", nonce="n1"'],
    ['beside Basic', 'Basic realm="r", Digest realm="r", nonce="n1", qop="auth"'],
  ])('answers Digest %s', async (_name, value) => {
    const { outcome } = await run((socket, request) => {
      const given = (name: string): string => new RegExp(`\\b${name}="?([^",\\r]*)`).exec(request)?.[1] ?? '';
      const a1 = md5('desk:r:p@ss');
      const a2 = md5('GET:/video?secret=1');
      const qop = given('qop') ? `:${given('nc')}:${given('cnonce')}:auth` : '';
      const right = given('response') === md5(`${a1}:n1${qop}:${a2}`);
      socket.write(right ? MULTIPART : challenge(value), 'latin1');
      if (right) socket.write(JPEG_PARTS);
    }, options);
    expect(outcome).toBe('resolved');
  });

  it('takes a new nonce once, and no for an answer after that', async () => {
    const stale = await run((socket) => socket.write(challenge('Digest realm="r", nonce="n", stale=true')), options);
    expect(stale.outcome).toMatchObject({ code: 'camera_unauthorized' });
    expect(stale.camera.requests).toHaveLength(3);
    const wrong = await run((socket) => socket.write(challenge('Digest realm="r", nonce="n"')), options);
    expect(wrong.camera.requests).toHaveLength(2);
    expect((wrong.outcome as Error).message).not.toContain('p@ss');
  });
});
