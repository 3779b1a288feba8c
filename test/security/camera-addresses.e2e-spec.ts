import { networkInterfaces } from 'node:os';
import { DataSource } from 'typeorm';
import { SecretBox } from '../../src/common/secret-box';
import { h264Clip, HttpCamera, MjpegCamera, mjpegClip, RtspCamera } from '../cameras';
import { Answer, Api } from '../support/api';
import { startTestClub, TestClub } from '../support/club';
import { Canary } from './canary';

interface Problem {
  readonly code: string;
  readonly detail: string;
}
interface ClubBody {
  readonly camera_networks?: readonly string[] | null;
}

const FORBIDDEN = 'camera_address_forbidden';
const UNSUPPORTED = 'camera_scheme_unsupported';

/** Ways to write an address of this machine, and what stands where a port is. */
const LOOPBACK = [
  '127.0.0.1',
  '127.0.0.2',
  '127.255.255.254',
  '127.1',
  '127.0.1',
  '0177.0.0.1',
  '0177.1',
  '017700000001',
  '0x7f.1',
  '0x7f.0.0.1',
  '0x7f000001',
  '0X7F000001',
  '2130706433',
  '127.0.0.01',
  '127.0.0.1.',
  '１２７.0.0.1',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '127．0．0．1',
  '%31%32%37.0.0.1',
  '127%2e0%2e0%2e1',
  '127.0.0.1%00',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000::0001]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:0001]',
  '[::FFFF:127.0.0.1]',
  '[::127.0.0.1]',
  '[::7f00:1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2002:7f00:0001::1]',
  '[::1%25lo]',
  '[::1%lo]',
  '[::]',
  '[0::0]',
  '[::ffff:0.0.0.0]',
  '[::ffff:0:0]',
  '[64:ff9b::]',
  '[2002::]',
  '0.0.0.0',
  '0',
  '0.0.0.1',
  '0.255.255.255',
  '0x0',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'ｌｏｃａｌｈｏｓｔ',
  'loc%61lhost',
  'local\u00adhost',
  'camera.localhost',
];

/** What answers with secrets in clouds, and what is nobody's alone. */
const ELSEWHERE = [
  '169.254.169.254',
  '169.254.1.1',
  '169.254.43518',
  '0xa9fea9fe',
  '2852039166',
  '0251.0376.0251.0376',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::a9fe:a9fe]',
  '[2002:a9fe:a9fe::]',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '[fe80::1]',
  '[fe80::1%25eth0]',
  '[febf::1]',
  '224.0.0.1',
  '239.255.255.250',
  '[ff02::1]',
  '240.0.0.1',
  '255.255.255.255',
  '[::ffff:255.255.255.255]',
];

const USER_INFO = [
  'rtsp://camera@127.0.0.1:PORT/',
  'rtsp://10.0.0.5@127.0.0.1:PORT/',
  'rtsp://10.0.0.5:554@127.0.0.1:PORT/live',
  'rtsp://10.0.0.5%2f@127.0.0.1:PORT/',
  'rtsp://10.0.0.5\\@127.0.0.1:PORT/',
  'rtsp://10.0.0.5#@127.0.0.1:PORT/',
  'rtsp://10.0.0.5?@127.0.0.1:PORT/',
  'http://user:10.0.0.5@127.0.0.1:PORT/',
  'http://10.0.0.5\t@127.0.0.1:PORT/',
  'http:// 127.0.0.1:PORT/',
  'http://127.0.0.1:PORT\r\n/',
  ' http://127.0.0.1:PORT/ ',
];

const SCHEMES = [
  'file:///etc/passwd',
  'FILE://localhost/etc/passwd',
  'concat:http://127.0.0.1:PORT/a|/etc/passwd',
  'concatf:/etc/passwd',
  'pipe:0',
  'tcp://127.0.0.1:PORT',
  'udp://127.0.0.1:PORT',
  'rtp://127.0.0.1:PORT',
  'rtmp://127.0.0.1:PORT/live',
  'srt://127.0.0.1:PORT',
  'tls://127.0.0.1:PORT',
  'unix:/tmp/socket',
  'subfile,,start,0,end,0,,:/etc/passwd',
  'crypto:http://127.0.0.1:PORT/',
  'async:http://127.0.0.1:PORT/',
  'hls+http://127.0.0.1:PORT/a.m3u8',
  'data:text/plain,x',
  'gopher://127.0.0.1:PORT/',
  'ftp://127.0.0.1:PORT/',
  '-i http://127.0.0.1:PORT/',
  '-protocol_whitelist',
  '--http://127.0.0.1:PORT/',
  'http:127.0.0.1:PORT/',
  'http:/127.0.0.1:PORT/',
  '//127.0.0.1:PORT/',
  '127.0.0.1:PORT',
];

const OWN = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
  .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));

const ROWS: readonly (readonly [string, string])[] = [
  ...[...LOOPBACK, ...ELSEWHERE, ...OWN].flatMap((host) => [[`rtsp://${host}:PORT/live`, FORBIDDEN] as const]),
  ...['http', 'https', 'rtsps'].map((scheme) => [`${scheme}://[::ffff:7f00:1]:PORT/`, FORBIDDEN] as const),
  ...USER_INFO.map((url) => [url, FORBIDDEN] as const),
  ...['10.0.0.5:0', '10.0.0.5:65536', '10.0.0.5:-1', '10.0.0.5:00000', '10.0.0.5:5x'].map(
    (host) => [`rtsp://${host}/`, FORBIDDEN] as const,
  ),
  ...SCHEMES.map((url) => [url, UNSUPPORTED] as const),
];

/** Writes a camera's address where saving it would have been refused: as an older service, or another hand, left it. */
async function plant({ service }: TestClub, courtId: number, url: string): Promise<void> {
  const sealed = service.app.get(SecretBox, { strict: false }).seal(url, `court:${courtId}`);
  await service.app.get(DataSource).query('UPDATE cameras SET url_sealed = $2 WHERE court_id = $1', [courtId, sealed]);
}

const test = ({ desk }: TestClub, courtId: number): Promise<Answer<Problem>> =>
  desk.post<Problem>(`/api/terrains/${courtId}/camera/test`);

/** All ways to have a court's camera dialled. */
async function dial(club: TestClub, courtId: number): Promise<Answer<Problem>[]> {
  return [
    await test(club, courtId),
    await club.desk.post<Problem>('/api/video/session/create', { terrain_id: courtId }),
  ];
}

const asked = (answer: Answer<Problem>): readonly [number, string] => [answer.status, answer.body.code];

describe('where a camera may be', () => {
  let canary: Canary;

  beforeAll(async () => {
    canary = await Canary.start();
  });

  afterAll(() => canary?.stop());

  describe('on a service that knows no cameras on its own machine', () => {
    let club: TestClub;
    let courtId: number;

    beforeAll(async () => {
      club = await startTestClub({ env: { CAMERA_ALLOW_LOOPBACK: 'false' } });
      courtId = await club.addCourt('Court 1', 'rtsp://10.0.0.5/live');
    });

    afterAll(() => club?.close());

    it.each(ROWS)('refuses %j, saved or dialled', async (row, code) => {
      const url = row.replaceAll('PORT', `${canary.port}`);
      const { desk, clubId } = club;
      const body = { name: 'X', camera_url: url };
      const saved = await desk.post<Problem>(`/api/clubs/${clubId}/terrains`, body);
      await plant(club, courtId, url);
      for (const answer of [saved, ...(await dial(club, courtId))]) {
        expect(asked(answer)).toEqual([422, code]);
        expect(answer.body.detail).not.toContain(`${canary.port}`);
      }
      expect(canary.visits).toBe(0);
    });

    it('has kept none of them', async () => {
      const { body } = await club.desk.get<{ terrains: { name: string }[] }>(`/api/clubs/${club.clubId}/terrains`);
      expect(body.terrains.map(({ name }) => name)).toEqual(['Court 1']);
      const { active_sessions } = (await club.desk.get<{ active_sessions: number }>('/api/video/health')).body;
      expect(active_sessions).toBe(0);
    });
  });

  describe('on a service that takes cameras on its own machine', () => {
    let club: TestClub;
    let courtId: number;

    beforeAll(async () => {
      club = await startTestClub({ env: { PORT: `${await freePort()}`, CAMERA_TIMEOUT_SECONDS: '3' } });
      courtId = await club.addCourt('Court 1', 'rtsp://127.0.0.1:1/live');
    });

    afterAll(() => club?.close());

    const LITERAL = ['127.0.0.1', '[::1]', 'localhost'];

    it.each(LOOPBACK.filter((host) => !LITERAL.includes(host)))(
      'knows it by its plain names, not as %j',
      async (host) => {
        const url = `rtsp://${host}:${canary.port}/`;
        const answer = await club.desk.patch<Problem>(`/api/terrains/${courtId}`, { camera_url: url });
        expect(asked(answer)).toEqual([422, FORBIDDEN]);
        await plant(club, courtId, url);
        expect(asked(await test(club, courtId))).toEqual([422, FORBIDDEN]);
        expect(canary.visits).toBe(0);
      },
    );

    const ports: [string, () => number][] = [
      ['its own', () => club.service.config.port],
      ["its database's", () => Number(new URL(club.service.databaseUrl).port)],
    ];
    it.each(ports)('is no camera at %s port', async (_name, port) => {
      const answers = [
        await club.desk.patch<Problem>(`/api/terrains/${courtId}`, { camera_url: `http://127.0.0.1:${port()}/` }),
        await club.desk.patch<Problem>(`/api/terrains/${courtId}`, { camera_url: `rtsp://[::1]:${port()}/` }),
      ];
      for (const host of LITERAL) {
        await plant(club, courtId, `http://${host}:${port()}/`);
        // `localhost` may be known as one of the two only; a name is looked up first.
        answers.push(...(await dial(club, courtId)));
      }
      for (const answer of answers) expect(asked(answer)).toEqual([422, FORBIDDEN]);
    });

    it("is no camera at another session's port", async () => {
      const camera = new RtspCamera({ clip: await h264Clip(CLIP) });
      await camera.start();
      const busy = await club.addCourt('Court 2', camera.url);
      const { body } = await club.desk.post<{ session: { session_id: string; proxy_port: number } }>(
        '/api/video/session/create',
        { terrain_id: busy },
      );
      const { session_id, proxy_port } = body.session;
      await plant(club, courtId, `http://127.0.0.1:${proxy_port}/`);
      for (const answer of await dial(club, courtId)) expect(asked(answer)).toEqual([422, FORBIDDEN]);
      await club.desk.post('/api/video/session/close', { session_id });
      await camera.stop();
    });

    it.each(['rtsp', 'http', 'mjpeg'] as const)('follows no redirect of an %s camera', async (kind) => {
      const scheme = kind === 'rtsp' ? 'rtsp' : 'http';
      const camera = await redirecting(kind, `${scheme}://127.0.0.1:${canary.port}/live`);
      await camera.start();
      await club.desk.patch(`/api/terrains/${courtId}`, { camera_url: camera.url });
      for (const answer of await dial(club, courtId)) expect(asked(answer)).toEqual([502, 'camera_redirected']);
      await camera.stop();
      expect(canary.visits).toBe(0);
    });

    describe("a club's own networks", () => {
      const path = (): string => `/api/clubs/${club.clubId}`;
      const set = (api: Api, networks: unknown): Promise<Answer<ClubBody & Problem>> =>
        api.patch(path(), { camera_networks: networks });

      it('are set by a SUPER_ADMIN alone, seen by admins, and not by players', async () => {
        const networks = ['10.20.0.0/16', 'fd12:3456::/48'];
        expect((await set(club.desk, networks)).status).toBe(403);
        expect((await set(club.player, networks)).status).toBe(403);
        expect((await set(club.operator, networks)).status).toBe(200);
        for (const api of [club.desk, club.operator]) {
          expect((await api.get<ClubBody>(path())).body.camera_networks).toEqual(networks);
          const { clubs } = (await api.get<{ clubs: ClubBody[] }>('/api/clubs')).body;
          expect(clubs.map((one) => one.camera_networks)).toEqual([networks]);
        }
        const asPlayer = [await club.player.get<ClubBody>(path()), await club.player.get('/api/clubs')];
        for (const { text } of asPlayer) expect(text).not.toMatch(/camera_networks|10\.20/);
      });

      it.each([
        ['rtsp://10.21.0.5/', false],
        ['rtsp://192.168.1.20/', false],
        ['rtsp://127.0.0.1:PORT/', false],
        ['rtsp://[::ffff:10.21.0.5]/', false],
        ['rtsp://[64:ff9b::a15:5]/', false],
        ['rtsp://[fd12:3457::5]/', false],
        ['rtsp://10.20.255.255/', true],
        ['rtsp://[::ffff:10.20.0.5]/', true],
        ['rtsp://[fd12:3456:0:1::5]/', true],
      ])('let %s be saved: %s', async (row, inside) => {
        const url = row.replace('PORT', `${canary.port}`);
        const answer = await club.desk.patch<Problem>(`/api/terrains/${courtId}`, { camera_url: url });
        expect(answer.status).toBe(inside ? 200 : 422);
      });

      it.each(['rtsp://127.0.0.1:PORT/', 'http://localhost:PORT/', 'rtsp://10.21.0.5/'])(
        'hold when %s is dialled',
        async (row) => {
          await plant(club, courtId, row.replace('PORT', `${canary.port}`));
          for (const answer of await dial(club, courtId)) expect(asked(answer)).toEqual([422, FORBIDDEN]);
          expect(canary.visits).toBe(0);
        },
      );

      it.each([
        [[]],
        ['10.20.0.0/16'],
        [['10.20.0.0']],
        [['10.20.0.0/33']],
        [['10.20.0.0/-1']],
        [['10.20.0.0/1e1']],
        [['10.20/16']],
        [['0x0a.20.0.0/16']],
        [['fd12::/129']],
        [['fe80::1%eth0/64']],
        [['localhost/8']],
        [['10.20.0.0/16', null]],
        [['10.20.0.0/16', 7]],
        [[['10.20.0.0/16']]],
        [[{ network: '10.20.0.0/16' }]],
        [Array.from({ length: 33 }, (_, i) => `10.${i}.0.0/16`)],
        [7],
      ])('are not %j', async (networks) => {
        expect((await set(club.operator, networks)).status).toBe(400);
      });

      it('are given up with null', async () => {
        expect((await set(club.operator, null)).body.camera_networks).toBeNull();
        const camera_url = 'rtsp://192.168.1.20/';
        expect((await club.desk.patch(`/api/terrains/${courtId}`, { camera_url })).status).toBe(200);
      });
    });
  });
});

const CLIP = { width: 320, height: 180, fps: 25, seconds: 4, gopSeconds: 1 };

async function redirecting(
  kind: 'rtsp' | 'http' | 'mjpeg',
  redirectTo: string,
): Promise<RtspCamera | HttpCamera | MjpegCamera> {
  if (kind === 'mjpeg')
    return new MjpegCamera({ clip: await mjpegClip({ width: 320, height: 180, fps: 10, seconds: 4 }), redirectTo });
  const clip = await h264Clip(CLIP);
  return kind === 'rtsp' ? new RtspCamera({ clip, redirectTo }) : new HttpCamera({ clip, redirectTo });
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = await Canary.start();
  await probe.stop();
  return probe.port;
}
