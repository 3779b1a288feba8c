import {
  h264Clip,
  h265Clip,
  HttpCamera,
  HttpCameraOptions,
  MjpegCamera,
  MjpegCameraOptions,
  mjpegClip,
  RtspCamera,
  RtspCameraOptions,
} from '../cameras';
import { RawCamera } from '../faults/raw-camera';
import { entered } from '../faults/ledger';
import { SideBySide } from '../faults/side-by-side';
import { startTestClub, TestClub } from '../support/club';
import { PLANTED } from '../support/planted';

const SMALL = { width: 320, height: 180, seconds: 8 };
const rtsp = async (changes: Omit<RtspCameraOptions, 'clip'> = {}): Promise<RtspCamera> =>
  new RtspCamera({ clip: await h264Clip({ ...SMALL, fps: 25, gopSeconds: 1, bitrate: 400_000 }), ...changes });
const rtspJpeg = async (changes: Omit<RtspCameraOptions, 'clip'> = {}): Promise<RtspCamera> =>
  new RtspCamera({
    clip: await mjpegClip({ ...SMALL, height: 176, fps: 10, rtp: 'plain' }),
    ...changes,
  });
const rtspH265 = async (changes: Omit<RtspCameraOptions, 'clip'> = {}): Promise<RtspCamera> =>
  new RtspCamera({ clip: await h265Clip({ ...SMALL, fps: 25, gopSeconds: 1, bitrate: 400_000 }), ...changes });
const mjpeg = async (changes: Omit<MjpegCameraOptions, 'clip'> = {}): Promise<MjpegCamera> =>
  new MjpegCamera({ clip: await mjpegClip({ ...SMALL, fps: 10, bitrate: 1_500_000 }), ...changes });
const http = async (changes: Omit<HttpCameraOptions, 'clip'> = {}): Promise<HttpCamera> =>
  new HttpCamera({ clip: await h264Clip({ ...SMALL, fps: 25, gopSeconds: 1, bitrate: 400_000 }), ...changes });
const raw = (options: ConstructorParameters<typeof RawCamera>[0]): RawCamera => new RawCamera(options);
const page = '<!DOCTYPE html><html><title>Camera</title></html>';
const ok = (type: string, body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

interface Camera {
  readonly url: string;
  readonly connections: number;
  start(): Promise<void>;
  stop(): Promise<void>;
  once(event: 'disconnection', listener: () => void): unknown;
}
interface Row {
  readonly name: string;
  readonly make: () => Promise<Camera> | Camera;
  readonly code: string;
  readonly status: 502 | 504 | 422;
  /** In the sentence for the club. */
  readonly says?: RegExp;
  readonly url?: (camera: Camera) => string;
  /** Makes a good camera of it. */
  readonly heal?: (camera: never) => void;
}
const LOGIN = { username: 'court', password: `right ${PLANTED}`, auth: 'digest' as const };
const wrong = ({ url }: Camera): string => url.replace(`right%20${PLANTED}`, 'wrong-one');
const heal = (changes: object) => (camera: { set(changes: object): void }) => camera.set(changes);

const ROWS: readonly Row[] = [
  ...(['rtsp', 'http'] as const).flatMap((scheme): Row[] => [
    {
      name: `${scheme}: nobody listens`,
      make: async () => {
        const camera = await (scheme === 'rtsp' ? rtsp() : http());
        const start = camera.start.bind(camera);
        camera.start = async () => {
          await start();
          await camera.refuse();
        };
        return camera;
      },
      code: 'camera_unreachable',
      status: 502,
      says: /refuses the connection/,
    },
    { name: `${scheme}: silent`, make: () => raw({ scheme }), code: 'camera_timeout', status: 504 },
    {
      name: `${scheme}: hangs up at once`,
      make: () => raw({ scheme, hangsUp: true }),
      code: 'camera_unreachable',
      status: 502,
    },
    {
      name: `${scheme}: SSH`,
      make: () => raw({ scheme, greets: 'SSH-2.0-OpenSSH_9.2p1\r\n' }),
      code: 'camera_unsupported',
      status: 502,
    },
    {
      name: `${scheme}: noise`,
      make: () => raw({ scheme, answer: Buffer.alloc(200_000, 0xa7) }),
      code: 'camera_unsupported',
      status: 502,
    },
  ]),
  {
    name: 'rtsp: a web server',
    make: () => raw({ scheme: 'rtsp', answer: ok('text/html', page) }),
    code: 'camera_unsupported',
    status: 502,
    says: /HTTP/,
  },
  {
    name: 'rtsp: no answer to DESCRIBE',
    make: () => rtsp({ unanswered: ['DESCRIBE'] }),
    code: 'camera_timeout',
    status: 504,
    heal: heal({ unanswered: [] }),
  },
  {
    name: 'rtsp: silent after PLAY',
    make: () => rtsp({ silentAfterPlay: true }),
    code: 'camera_timeout',
    status: 504,
    heal: heal({ silentAfterPlay: false }),
  },
  {
    name: 'rtsp: wrong password, Digest',
    make: () => rtsp(LOGIN),
    url: wrong,
    code: 'camera_unauthorized',
    status: 502,
    says: /password/,
  },
  {
    name: 'rtsp: wrong password, Basic',
    make: () => rtsp({ ...LOGIN, auth: 'basic' }),
    url: wrong,
    code: 'camera_unauthorized',
    status: 502,
    says: /password/,
  },
  {
    name: 'rtsp: no password',
    make: () => rtsp(LOGIN),
    url: ({ url }) => url.replace(/\/\/.*@/, '//'),
    code: 'camera_unauthorized',
    status: 502,
    says: /password/,
  },
  {
    name: 'rtsp: 401 whatever comes',
    make: () => rtsp({ ...LOGIN, alwaysUnauthorized: true }),
    code: 'camera_unauthorized',
    status: 502,
    heal: heal({ alwaysUnauthorized: false }),
  },
  { name: 'rtsp: 403', make: () => rtsp({ status: { DESCRIBE: 403 } }), code: 'camera_unauthorized', status: 502 },
  {
    name: 'rtsp: 404',
    make: () => rtsp(),
    url: ({ url }) => `${url}/elsewhere`,
    code: 'camera_stream_not_found',
    status: 502,
  },
  {
    name: 'rtsp: 302',
    make: () => rtsp({ redirectTo: 'rtsp://127.0.0.1:1/' }),
    code: 'camera_redirected',
    status: 502,
    heal: heal({ redirectTo: null }),
  },
  {
    name: 'rtsp: 453',
    make: () => rtsp({ status: { SETUP: 453 } }),
    code: 'camera_unreachable',
    status: 502,
    heal: heal({ status: {} }),
  },
  { name: 'rtsp: 500 to PLAY', make: () => rtsp({ status: { PLAY: 500 } }), code: 'camera_unreachable', status: 502 },
  {
    name: 'rtsp: no TCP',
    make: () => rtsp({ status: { SETUP: 461 } }),
    code: 'camera_unsupported',
    status: 502,
    says: /TCP/,
  },
  {
    name: 'rtsp: H.265 in interleaved packets',
    make: () => rtspH265({ editSdp: (sdp) => sdp.replace('sprop-vps', 'sprop-max-don-diff=2; sprop-vps') }),
    code: 'camera_unsupported',
    status: 502,
    says: /sprop-max-don-diff.*H\.264/s,
    heal: heal({ editSdp: (sdp: string) => sdp }),
  },
  {
    name: 'rtsp: MPEG-4',
    make: () => rtsp({ announced: 'mpeg4' }),
    code: 'camera_unsupported',
    status: 502,
    says: /MPEG-4.*H\.264/s,
    heal: heal({ announced: 'h264' }),
  },
  {
    name: 'rtsp: Motion JPEG without its tables',
    make: () => rtspJpeg({ jpegTables: 'none' }),
    code: 'camera_unsupported',
    status: 502,
    says: /quantiser tables/,
    heal: heal({ jpegTables: 'each' }),
  },
  {
    name: 'rtsp: Motion JPEG of a quality that there is not',
    make: () => rtspJpeg({ jpegTables: 'undefined' }),
    code: 'camera_unsupported',
    status: 502,
    says: /quality \(110\)/,
    heal: heal({ jpegTables: 'kept' }),
  },
  {
    name: 'rtsp: Motion JPEG without a size',
    make: () => rtspJpeg({ jpegSize: 'nowhere' }),
    code: 'camera_unsupported',
    status: 502,
    says: /2040/,
    heal: heal({ jpegSize: 'x-dimensions' }),
  },
  { name: 'rtsp: sound only', make: () => rtsp({ announced: 'aac' }), code: 'camera_unsupported', status: 502 },
  { name: 'rtsp: no SDP', make: () => rtsp({ editSdp: () => '' }), code: 'camera_unsupported', status: 502 },
  {
    name: 'rtsp: an SDP of 100 kB',
    make: () => rtsp({ editSdp: (sdp) => sdp + 'a=x\r\n'.repeat(20_000) }),
    code: 'camera_unsupported',
    status: 502,
  },
  {
    name: 'rtsp: 16384 pixels',
    make: () => rtsp({ claimedSize: 16_384 }),
    code: 'camera_unsupported',
    status: 502,
    says: /16384|8192/,
  },
  {
    name: 'mjpeg: wrong password',
    make: () => mjpeg(LOGIN),
    url: wrong,
    code: 'camera_unauthorized',
    status: 502,
    says: /password/,
  },
  {
    name: 'mjpeg: no password',
    make: () => mjpeg(LOGIN),
    url: ({ url }) => url.replace(/\/\/.*@/, '//'),
    code: 'camera_unauthorized',
    status: 502,
  },
  {
    name: 'mjpeg: 401 whatever comes',
    make: () => mjpeg({ ...LOGIN, alwaysUnauthorized: true }),
    code: 'camera_unauthorized',
    status: 502,
  },
  {
    name: 'mjpeg: 404',
    make: () => mjpeg(),
    url: ({ url }) => `${url}x`,
    code: 'camera_stream_not_found',
    status: 502,
  },
  {
    name: 'mjpeg: 302',
    make: () => mjpeg({ redirectTo: 'http://127.0.0.1:1/' }),
    code: 'camera_redirected',
    status: 502,
    heal: heal({ redirectTo: null }),
  },
  {
    name: 'mjpeg: 503',
    make: () => mjpeg({ status: 503 }),
    code: 'camera_unreachable',
    status: 502,
    heal: heal({ status: null }),
  },
  {
    name: 'mjpeg: gzip',
    make: () => mjpeg({ gzip: true }),
    code: 'camera_unsupported',
    status: 502,
    says: /compress/,
    heal: heal({ gzip: false }),
  },
  { name: 'mjpeg: no answer', make: () => mjpeg({ unanswered: true }), code: 'camera_timeout', status: 504 },
  {
    name: 'mjpeg: an endless header',
    make: () => mjpeg({ endlessHeader: true }),
    code: 'camera_unsupported',
    status: 502,
  },
  {
    name: 'mjpeg: an endless part header',
    make: () => mjpeg({ endlessPartHeader: true }),
    code: 'camera_unsupported',
    status: 502,
  },
  {
    name: 'mjpeg: a part of 300 MB',
    make: () => mjpeg({ hugePart: 300 * 2 ** 20 }),
    code: 'camera_unsupported',
    status: 502,
    heal: heal({ hugePart: null }),
  },
  {
    name: 'mjpeg: 16384 pixels',
    make: () => mjpeg({ claimedSize: 16_384 }),
    code: 'camera_unsupported',
    status: 502,
    says: /16384|8192/,
  },
  {
    name: 'mjpeg: a single picture',
    make: () => mjpeg({ single: true }),
    code: 'camera_unsupported',
    status: 502,
    says: /single picture/,
  },
  { name: 'http: 404', make: () => http(), url: ({ url }) => `${url}/x`, code: 'camera_stream_not_found', status: 502 },
  {
    name: 'http: a web page',
    make: () => raw({ scheme: 'http', answer: ok('text/html', page) }),
    code: 'camera_unsupported',
    status: 502,
    says: /web page/,
  },
  {
    name: 'http: a page that says it is video',
    make: () => raw({ scheme: 'http', answer: ok('video/mp4', page) }),
    code: 'camera_unsupported',
    status: 502,
  },
  {
    name: 'http: a playlist',
    make: () =>
      raw({ scheme: 'http', answer: ok('application/vnd.apple.mpegurl', '#EXTM3U\nhttp://127.0.0.1:1/a.ts\n') }),
    code: 'camera_unsupported',
    status: 502,
    says: /HLS/,
  },
  {
    name: 'http: an empty answer',
    make: () => raw({ scheme: 'http', answer: ok('video/mp4', ''), hangsUp: true }),
    code: 'camera_unsupported',
    status: 502,
  },
  {
    name: 'http: an RTSP server',
    make: () => raw({ scheme: 'http', answer: 'RTSP/1.0 400 Bad Request\r\n\r\n' }),
    code: 'camera_unsupported',
    status: 502,
  },
  {
    name: 'http: a transport stream of nothing',
    make: () =>
      raw({
        scheme: 'http',
        answer: ok('video/mp2t', `G${'\x1f\xff\x10'.padEnd(187, 'x')}`.repeat(50)),
        hangsUp: true,
      }),
    code: 'camera_unsupported',
    status: 502,
  },
];

interface Outcome {
  readonly tested: Problem;
  readonly created: readonly Problem[];
  readonly left: number;
  readonly healed: number | null;
}
interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

describe('what is wrong with a camera', () => {
  let club: TestClub;
  const outcomes = new SideBySide<Outcome>(4);

  beforeAll(async () => {
    club = await startTestClub({
      env: { CAMERA_TIMEOUT_SECONDS: '2', MAX_SESSIONS: '100', MAX_SESSIONS_PER_USER: '100' },
    });
    for (const entry of ROWS) outcomes.add(entry.name, () => tryOut(entry));
  });

  afterAll(async () => {
    await outcomes.over();
    await club?.close();
  });

  async function tryOut({ name, make, url, heal: cure }: Row): Promise<Outcome> {
    const camera = await make();
    await camera.start();
    try {
      const court = await club.addCourt(name.slice(0, 60), url ? url(camera) : camera.url);
      const create = (): ReturnType<typeof club.player.post<Problem & { session: { session_id: string } }>> =>
        club.player.post('/api/video/session/create', { terrain_id: court });
      const tested = await club.desk.post<Problem>(`/api/terrains/${court}/camera/test`);
      const created = [(await create()).body, (await create()).body];
      while (camera.connections > 0) await new Promise<void>((resolve) => camera.once('disconnection', resolve));
      const left = camera.connections;
      if (!cure) return { tested: tested.body, created, left, healed: null };
      cure(camera as never);
      const good = await create();
      if (good.status === 201)
        await club.player.post('/api/video/session/close', { session_id: good.body.session.session_id });
      return { tested: tested.body, created, left, healed: good.status };
    } finally {
      await camera.stop();
    }
  }

  it.each(ROWS.map((entry) => [entry.name, entry] as const))('%s', async (name, { code, status, says, heal: cure }) => {
    const how = 'a simulated camera on a real socket; tested once, opened twice';
    await entered({ section: 'Cameras', fault: `no picture: ${name}`, how, invariants: ['I5'] }, async (found) => {
      const { tested, created, left, healed } = await outcomes.get(name);
      found.happened(3);
      found.note(`${status} ${code}`);
      // The court is free again after each failure: a second try gets the camera's answer, not the court's.
      for (const problem of [tested, ...created]) {
        expect(problem).toMatchObject({ code, status });
        if (says) expect(problem.detail).toMatch(says);
        expect(problem.detail).not.toContain(PLANTED);
      }
      expect(left).toBe(0);
      if (cure) expect(healed).toBe(201);
    });
  });

  it('answers the test of a camera in session from the session, without a second connection', async () => {
    const camera = await rtsp({ onlyOneConnection: 'refuse' });
    await camera.start();
    const court = await club.addCourt('one connection', camera.url);
    const created = await club.player.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id: court,
    });
    const tested = await club.desk.post(`/api/terrains/${court}/camera/test`);
    expect(tested.body).toMatchObject({ reachable: true, protocol: 'rtsp', codec: 'h264', width: 320, height: 180 });
    expect(camera.peakConnections).toBe(1);
    await club.player.post('/api/video/session/close', { session_id: created.body.session.session_id });
    await camera.stop();
  });
});
