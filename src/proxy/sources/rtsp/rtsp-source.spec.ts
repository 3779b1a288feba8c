import { once } from 'node:events';
import { createServer, Socket } from 'node:net';
import { H264Clip, h264Clip, RtspCamera, RtspCameraOptions } from '../../../../test/cameras';
import { SystemClock } from '../../../common/clock';
import { H264AccessUnit } from '../../../media/access-unit';
import { CameraDialer } from '../../camera-dialer';
import { SOURCE_LIMITS, SourceSink } from '../stream-source';
import { RtspSource } from './rtsp-source';

const clock = new SystemClock();
const dialer = new CameraDialer({ allowLoopback: true, resolveTimeoutMs: 1000 }, clock);
let clip: H264Clip;

class Watch implements SourceSink {
  readonly units: H264AccessUnit[] = [];
  readonly events: string[] = [];
  readonly reports: { readonly ntpMs: number; readonly ticks: number }[] = [];
  private readonly abort = new AbortController();
  private wanted = 0;

  constructor(private readonly onUnit: (count: number) => void = () => undefined) {}

  /** Runs a source until so many pictures came. */
  async run(url: string, pictures: number, timeoutMs = 3000): Promise<this> {
    this.wanted = pictures;
    const target = await dialer.resolve(url);
    const source = new RtspSource({ target, dialer, clock, limits: { ...SOURCE_LIMITS, timeoutMs } });
    await source.run(this, this.abort.signal);
    return this;
  }

  stop(): void {
    this.abort.abort();
  }

  onProtocol(protocol: string): void {
    this.events.push(protocol);
  }

  onAccessUnit(unit: H264AccessUnit): void {
    this.units.push(unit);
    this.onUnit(this.units.length);
    if (this.units.length === this.wanted) {
      this.stop();
    }
  }

  onLoss(reason: string): void {
    this.events.push(reason);
  }

  onSenderReport(ntpMs: number, ticks: number): void {
    this.reports.push({ ntpMs, ticks });
  }
}

async function withCamera<T>(options: Partial<RtspCameraOptions>, use: (camera: RtspCamera) => Promise<T>): Promise<T> {
  const camera = new RtspCamera({ clip, ...options });
  await camera.start();
  try {
    return await use(camera);
  } finally {
    await camera.stop();
  }
}

/** A server that says what it is told to, whatever it is asked. */
async function withServer(serve: (socket: Socket) => void, use: (url: string) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    await use(`rtsp://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/live`);
  } finally {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  }
}

beforeAll(async () => {
  clip = await h264Clip();
});

describe('RtspSource', () => {
  it.each<[string, Partial<RtspCameraOptions>]>([
    ['no login', {}],
    ['Digest', { username: 'admin', password: 'p@ss:#1/%' }],
    ['Digest with qop', { username: 'admin', password: 'x', qop: true }],
    ['Digest by SHA-256', { username: 'admin', password: 'x', qop: true, algorithm: 'SHA-256' }],
    ['a nonce for one request', { username: 'admin', password: 'x', nonceUses: 1 }],
    ['Basic', { username: 'admin', password: 'x', auth: 'basic' }],
    ['Basic and Digest', { username: 'admin', password: 'x', auth: 'both' }],
    ['no Content-Base', { controls: 'no-content-base' }],
    ['absolute control URLs', { controls: 'absolute' }],
    ['an aggregate control URL', { controls: 'aggregate' }],
    ['no control URL', { controls: 'missing' }],
    ['sound besides', { announced: 'audio+h264' }],
    ['parameter sets in the SDP only', { parameterSets: 'sdp' }],
    ['parameter sets in band only', { parameterSets: 'band', stapA: false }],
    ['tiny packets', { maxPayload: 100 }],
    ['packets of 60 kB', { maxPayload: 60_000 }],
    ['channels of its own choice', { firstChannel: 6 }],
    ['a burst at PLAY', { start: 'gop' }],
    ['a beginning in mid-GOP', { start: 'now' }],
    ['pictures before the answer to PLAY', { mediaBeforeAnswer: true }],
    ['chatter between answers', { chatter: true }],
    ['no OPTIONS', { status: { OPTIONS: 501 } }],
    ['both wraps', { sequenceStart: 65_500, timestampStart: 2 ** 32 - 20_000 }],
    ['slow answers', { answerDelayMs: 100 }],
  ])('gets pictures from a camera with %s', async (_name, options) => {
    await withCamera({ onlyOneConnection: 'refuse', ...options }, async (camera) => {
      const { units, events } = await new Watch().run(camera.url, 12);
      expect(units[0]).toMatchObject({ keyframe: true, config: { width: 1280, height: 720 } });
      const steps = units.slice(1).map((unit, i) => unit.dts - (units[i] as H264AccessUnit).dts);
      expect(steps).toEqual(steps.map(() => 3600));
      expect(events).toEqual(['rtsp']);
      // The one connection it allows is free again.
      expect((await new Watch().run(camera.url, 1)).units).toHaveLength(1);
    });
  });

  it('gets decode times right with B-frames', async () => {
    const bframes = await h264Clip({ bframes: 2 });
    await withCamera({ clip: bframes }, async (camera) => {
      const { units } = await new Watch().run(camera.url, 30);
      expect(units.some((unit) => unit.pts !== unit.dts)).toBe(true);
      expect(units.every((unit, i) => unit.pts >= unit.dts && (i === 0 || unit.dts > (units[i - 1]?.dts ?? 0)))).toBe(
        true,
      );
    });
  });

  it.each<[string, string, Partial<RtspCameraOptions>, string, RegExp]>([
    ['a wrong password', 'admin:wrong@', { username: 'admin', password: 'x' }, 'camera_unauthorized', /password/],
    [
      'a wrong password, Basic',
      'admin:wrong@',
      { username: 'a', password: 'x', auth: 'basic' },
      'camera_unauthorized',
      /password/,
    ],
    ['no password', '', { username: 'admin', password: 'x' }, 'camera_unauthorized', /wants a user name/],
    [
      '401 for ever',
      'admin:x@',
      { username: 'admin', password: 'x', alwaysUnauthorized: true },
      'camera_unauthorized',
      /refuses/,
    ],
    ['a redirect', '', { redirectTo: 'rtsp://127.0.0.1:1/' }, 'camera_redirected', /redirects/],
    ['no such path', '', { status: { DESCRIBE: 404 } }, 'camera_stream_not_found', /path/],
    ['no bandwidth', '', { status: { SETUP: 453 } }, 'camera_unreachable', /453/],
    ['a lost session', '', { status: { PLAY: 454 } }, 'camera_unreachable', /454/],
    ['no TCP', '', { status: { SETUP: 461 } }, 'camera_unsupported', /TCP/],
    ['a fault', '', { status: { DESCRIBE: 500 } }, 'camera_unreachable', /500/],
    ['one viewer only', '', { status: { DESCRIBE: 503 } }, 'camera_unreachable', /busy/],
    ['MPEG-4', '', { announced: 'mpeg4' }, 'camera_unsupported', /MPEG-4/],
    ['sound only', '', { announced: 'aac' }, 'camera_unsupported', /no video/],
    ['16384 pixels', '', { claimedSize: 16_384 }, 'camera_unsupported', /16384/],
    ['no answer', '', { unanswered: ['DESCRIBE'] }, 'camera_timeout', /in time/],
    ['silence after PLAY', '', { silentAfterPlay: true }, 'camera_timeout', /no video/],
  ])('says what is wrong: %s', async (_name, user, options, code, message) => {
    await withCamera(options, async (camera) => {
      const url = camera.urlWithoutCredentials.replace('rtsp://', `rtsp://${user}`);
      const requests: string[] = [];
      camera.on('request', ({ method }) => requests.push(method));
      await expect(new Watch().run(url, 1, 500)).rejects.toMatchObject({
        name: 'CameraError',
        code,
        message: expect.stringMatching(message),
      });
      expect(requests.filter((method) => method === 'DESCRIBE').length).toBeLessThanOrEqual(3);
    });
  });

  it.each<[string, (socket: Socket) => void, string, RegExp]>([
    ['HTTP', (s) => s.once('data', () => s.write('HTTP/1.1 400 Bad Request\r\n\r\n')), 'camera_unsupported', /HTTP/],
    ['another protocol', (s) => s.write('220 mail.example ESMTP\r\n'), 'camera_unsupported', /not speak RTSP/],
    ['endless garbage', (s) => s.on('data', () => s.write(Buffer.alloc(200_000, 0xff))), 'camera_unsupported', /RTSP/],
    [
      'an endless header',
      (s) => s.on('data', () => s.write(`RTSP/1.0 200 OK\r\nX: ${'x'.repeat(40_000)}`)),
      'camera_unsupported',
      /end/,
    ],
    [
      '300 MB of body',
      (s) => s.on('data', () => s.write('RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 314572800\r\n\r\n')),
      'camera_unsupported',
      /long/,
    ],
    ['an end at once', (s) => s.end(), 'camera_unreachable', /closed/],
    ['nothing', () => undefined, 'camera_timeout', /in time/],
  ])('ends with a server that speaks %s', async (_name, serve, code, message) => {
    await withServer(serve, (url) =>
      expect(new Watch().run(url, 1, 400)).rejects.toMatchObject({ code, message: expect.stringMatching(message) }),
    );
  });

  it('does not take one byte at a time for life', async () => {
    await withCamera({}, async (camera) => {
      camera.oneByteEvery(50);
      await expect(new Watch().run(camera.url, 1, 400)).rejects.toMatchObject({ code: 'camera_timeout' });
    });
  });

  it('says so when nobody listens, and when the camera goes', async () => {
    await withCamera({}, async (camera) => {
      const watch = new Watch((count) => void (count === 3 && camera.cut({ refuseMs: Infinity })));
      await expect(watch.run(camera.url, 1000)).rejects.toMatchObject({ code: 'camera_unreachable' });
      await expect(new Watch().run(camera.url, 1)).rejects.toMatchObject({
        code: 'camera_unreachable',
        message: expect.stringMatching(/refuses the connection/),
      });
    });
  });

  it('drops to the next keyframe where packets are lost, survives garbage, a stale nonce and new parameter sets', async () => {
    const larger = await h264Clip({ width: 1920, height: 1080, bitrate: 4_000_000, gopSeconds: 2 });
    await withCamera({ username: 'admin', password: 'x', sessionTimeout: 1, aliveBy: 'requests' }, async (camera) => {
      const { units, events, reports } = await new Watch((count) => {
        if (count === 5) {
          camera.losePackets(1);
        } else if (count === 30) {
          camera.sendGarbage(1000);
        } else if (count === 40) {
          camera.rotateNonce();
        } else if (count === 60) {
          camera.switchClip(larger);
        }
      }).run(camera.url, 90);
      expect(events).toEqual(['rtsp', 'packets_lost']);
      const holes = units.filter((unit, i) => i > 0 && unit.pts - (units[i - 1] as H264AccessUnit).pts > 3600);
      expect(holes.every((unit) => unit.keyframe)).toBe(true);
      expect(units.at(-1)?.config.width).toBe(1920);
      expect(units.find((unit) => unit.config.width === 1920)?.keyframe).toBe(true);
      expect(Math.abs((reports[0]?.ntpMs as number) - Date.now())).toBeLessThan(60_000);
    });
  });

  it.each(['before', 'behind'] as const)(
    'tells the time of the picture that a report stands %s',
    async (reportPlace) => {
      await withCamera({ reportPlace, wayMs: 120, clockAheadMs: 5_000 }, async (camera) => {
        const { units, reports } = await new Watch().run(camera.url, 3);
        expect(reports.map(({ ticks }) => ticks)).toEqual([units[0]?.pts]);
        // It was taken before it was sent.
        const ago = Date.now() - ((reports[0]?.ntpMs as number) - 5_000);
        expect(ago).toBeGreaterThan(120);
      });
    },
  );

  it('says good-bye when aborted, and is gone when it says so', async () => {
    await withCamera({}, async (camera) => {
      const goodbye = once(camera, 'teardown');
      await new Watch().run(camera.url, 2);
      await goodbye;
    });
    const silent = new Watch();
    await withCamera({ unanswered: ['TEARDOWN'] }, async (camera) => {
      await silent.run(camera.url, 2);
      expect(silent.units).toHaveLength(2);
    });
    const aborted = new Watch();
    aborted.stop();
    await expect(aborted.run('rtsp://127.0.0.1:1/', 1)).resolves.toBe(aborted);
  });
});
