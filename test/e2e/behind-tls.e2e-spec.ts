import { request } from 'node:https';
import { IncomingHttpHeaders } from 'node:http';
import { h264Clip, RtspCamera } from '../cameras';
import { TestBrowser, TestPage } from '../support/browser';
import { makeCertificate } from '../support/certificate';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { Courtside } from '../support/courtside';
import { Front } from '../support/front';
import { signInHere } from '../support/panel';

const NAME = 'padel.test';
const DESK = 'desk@padelvar.test';
const LIVE = '[data-live] video:not([data-review])';

interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

describe('behind a proxy that ends TLS', () => {
  const certificate = makeCertificate([NAME, '127.0.0.1']);
  let front: Front;
  let origin: string;
  let club: TestClub;
  let rtsp: RtspCamera;
  let browser: TestBrowser;
  let page: TestPage;
  let court: number;
  let session: string;

  beforeAll(async () => {
    front = await Front.start(certificate);
    origin = `https://${NAME}:${front.port}`;
    club = await startTestClub({ env: { PUBLIC_URL: origin, TRUST_PROXY: '1' } });
    front.target = club.service.url;
    rtsp = new RtspCamera({ clip: await h264Clip({ width: 640, height: 360, fps: 25, seconds: 10, gopSeconds: 1 }) });
    await rtsp.start();
    court = await club.addCourt('Court 1', rtsp.url);
    session = await new Courtside(club.desk, club.clubId).record(court);
    browser = await TestBrowser.start([
      `--host-resolver-rules=MAP ${NAME} 127.0.0.1`,
      `--ignore-certificate-errors-spki-list=${certificate.publicKeyHash}`,
    ]);
    page = await browser.open();
  });
  afterAll(async () => {
    await browser?.close();
    await club?.close();
    await rtsp?.stop();
    await front?.close();
  });

  /** By hand: fetch sets Host and Origin itself. */
  function ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Heard> {
    const { port } = front;
    const options = { port, path, method, ca: certificate.cert, servername: NAME, agent: false };
    return new Promise((resolve, reject) => {
      const host = `${NAME}:${port}`;
      const asked = request({ ...options, headers: { host, ...headers } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      });
      asked.once('error', reject);
      asked.end(body);
    });
  }

  const signIn = (headers: Record<string, string> = {}): Promise<Heard> =>
    ask(
      'POST',
      '/api/auth/login',
      { 'content-type': 'application/json', ...headers },
      JSON.stringify({ email: DESK, password: PASSWORD, cookie: true }),
    );

  it('gives a browser cookies that only HTTPS carries, and that no other host can set', async () => {
    await page.page.goto(`${origin}/panel/courts/${court}`);
    await signInHere(page, DESK);
    const cookies = await page.context.cookies();
    expect(cookies.map(({ name }) => name).sort()).toEqual([
      '__Host-padelvar_media',
      '__Secure-padelvar_device',
      '__Secure-padelvar_refresh',
    ]);
    for (const cookie of cookies) expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Strict' });
  });

  it('shows a court live over wss, and its pictures by the cookie alone', async () => {
    const sockets: string[] = [];
    page.page.on('websocket', (socket) => sockets.push(socket.url()));
    // Also: the refresh cookie goes both ways.
    await page.page.reload();
    const seen = await page.next(LIVE, null);
    expect((await page.next(LIVE, seen.bars)).bars).not.toBeNull();
    expect(new Set(sockets)).toEqual(new Set([`wss://${NAME}:${front.port}/api/preview/live`]));

    const shown = `new Promise((resolve, reject) => {
      const image = Object.assign(new Image(), { src: '/api/preview/${session}/snapshot.jpg', onerror: reject });
      image.onload = () => resolve(image.naturalWidth);
    })`;
    expect(await page.page.evaluate(shown)).toBe(640);
    expect(page.faults).toEqual([]);
  });

  it('is opened and changed by its own pages only, whatever name the proxy passes on', async () => {
    const { headers } = await signIn({ origin });
    const cookie = (headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
    const refresh = (from: string) => ask('POST', '/api/auth/refresh', { cookie, origin: from });
    expect((await refresh('https://evil.example')).status).toBe(403);
    expect((await refresh(`http://${NAME}:${front.port}`)).status).toBe(403);
    expect((await refresh(origin)).status).toBe(200);
    expect((await ask('GET', '/api/video/health/live', { host: 'evil.example' })).status).toBe(421);
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
  });

  it('knows callers by the word of its proxy, and not by their own', async () => {
    await signIn({ 'x-forwarded-for': '203.0.113.9', 'user-agent': 'somebody else' });
    const { body } = await club.desk.get<{ sessions: { ip: string; user_agent: string }[] }>('/api/auth/sessions');
    expect(body.sessions.find(({ user_agent }) => user_agent === 'somebody else')?.ip).toBe('127.0.0.1');
  });

  it('gives parts of a video by the cookie alone', async () => {
    const desk = new Courtside(club.desk, club.clubId);
    await desk.recordingThat(session, ({ bytes_written }) => bytes_written > 0);
    await desk.stop(session);
    await desk.over(session);
    const cookies = await page.context.cookies(origin);
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const path = `/api/video/files/${session}/download?club_id=${club.clubId}`;
    const part = await ask('GET', path, { cookie, range: 'bytes=4-7' });
    expect([part.status, part.body.toString()]).toEqual([206, 'ftyp']);
    expect((await ask('GET', path, { range: 'bytes=4-7' })).status).toBe(401);
  });
});
