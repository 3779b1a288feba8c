import { h264Clip, MjpegCamera, mjpegClip, RtspCamera } from '../cameras';
import { SentPictures, TestBrowser, TestPage } from '../support/browser';
import { startTestClub, TestClub } from '../support/club';
import { Courtside } from '../support/courtside';
import { accessibilityFaults, openPanel, signInHere } from '../support/panel';

const PLAYER = 'player@padelvar.test';
const OTHER = 'other@padelvar.test';
const DESK = 'desk@padelvar.test';
const LIVE = '[data-live] video:not([data-review])';
/** What nobody would call live any more, in milliseconds. What it really is, the bench measures on a quiet machine. */
const FAR_FROM_LIVE = 1_500;

jest.setTimeout(120_000);

describe('courts in the panel', () => {
  let club: TestClub;
  let desk: Courtside;
  let browser: TestBrowser;
  let rtsp: RtspCamera;
  let mjpeg: MjpegCamera;
  let sent: SentPictures;
  let first: number;
  let second: number;
  const open: TestPage[] = [];

  beforeAll(async () => {
    club = await startTestClub({ env: { CAMERA_STALL_SECONDS: '2' } });
    rtsp = new RtspCamera({ clip: await h264Clip({ width: 1280, height: 720, fps: 25, seconds: 10, gopSeconds: 2 }) });
    mjpeg = new MjpegCamera({ clip: await mjpegClip({ width: 640, height: 360, fps: 10, seconds: 10 }) });
    await Promise.all([rtsp.start(), mjpeg.start()]);
    sent = new SentPictures(rtsp);
    first = await club.addCourt('Court 1', rtsp.url);
    second = await club.addCourt('Court 2', mjpeg.url);
    desk = new Courtside(club.desk, club.clubId);
    browser = await TestBrowser.start();
  });
  afterAll(async () => {
    await browser?.close();
    sent?.stop();
    await club?.close();
    await Promise.all([rtsp?.stop(), mjpeg?.stop()]);
  });
  afterEach(async () => {
    for (const page of open.splice(0)) {
      expect(page.faults).toEqual([]);
      await page.close();
    }
    for (const { session_id, recording } of await openSessions()) {
      if (recording?.active) await desk.stop(session_id);
      await desk.close(session_id);
    }
  });

  interface Open {
    readonly session_id: string;
    readonly recording: { readonly active: boolean } | null;
  }
  async function openSessions(): Promise<readonly Open[]> {
    const list = '/api/video/session/list?open=true';
    return (await club.desk.get<{ sessions: Open[] }>(list)).body.sessions;
  }

  async function panel(email: string, path?: string, options = {}): Promise<TestPage> {
    const page = await openPanel(browser, club.service.url, email, path, options);
    open.push(page);
    return page;
  }

  async function stranger(path: string, options = {}): Promise<TestPage> {
    const page = await browser.open(options);
    open.push(page);
    await page.page.goto(`${club.service.url}/panel${path}`);
    return page;
  }

  it('lead whoever scans the code at a court through the sign-in to it, and into a whole match', async () => {
    const phone = await stranger(`/c/${club.clubId}/${first}`, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
    });
    const { page } = phone;
    await page.click('a:has-text("Sign in")');
    await signInHere(phone, PLAYER);
    await page.waitForURL(`**/panel/courts/${first}`);
    expect(await accessibilityFaults(phone)).toEqual([]);

    // One press opens the court and records.
    await page.selectOption('select', '60');
    await page.click('button:has-text("Record the match")');
    await page.waitForSelector('text=Stop the recording');
    await phone.watch(LIVE);
    const ages: number[] = [];
    while (ages.length < 50) for (const picture of await phone.taken()) ages.push(sent.ageOf(picture) ?? Infinity);
    ages.sort((a, b) => a - b);
    expect(ages[25]).toBeLessThan(FAR_FROM_LIVE);
    await page.waitForSelector('text=/Live · \\d\\.\\d\\d s behind/');
    await page.waitForSelector('text=/[1-9][\\d.]* [kM]B written/');
    expect(await accessibilityFaults(phone)).toEqual([]);

    // Looked at again while it goes on: slowly, and picture by picture.
    await page.waitForSelector('[aria-label="Back 5 seconds"]:not([disabled])');
    await page.click('[aria-label="Back 5 seconds"]');
    await page.waitForSelector('video[data-review]:not([hidden])');
    await page.click('[aria-label="Speed ½×"]');
    await page.waitForSelector('text=/s ago · ½×/');
    await page.click('[aria-label="Pause"]');
    await page.waitForSelector('text=/Paused/');
    const before = await phone.look('video[data-review]');
    await page.click('[aria-label="Next picture"]');
    const after = await phone.next('video[data-review]', before.bars);
    expect(((after.bars ?? 0) - (before.bars ?? 0) + 250) % 250).toBe(1);
    await page.click('[title="Back to live"]');
    await page.waitForSelector('video[data-review][hidden]', { state: 'attached' });

    await page.click('button:has-text("Stop the recording")');
    await page.click('[role=dialog] button:has-text("Stop")');
    await page.waitForSelector('text=The video is ready');
    const [match] = await openSessions();
    expect(await desk.recording(match!.session_id)).toMatchObject({
      status: 'ready',
      planned_end_at: expect.any(String),
    });
  });

  it('say who is there on a wall of tiles, over one connection, and let the desk record and stop from there', async () => {
    const page = await panel(DESK);
    const tile = (name: string) => page.page.locator(`article[aria-label="${name}"]`);
    await tile('Court 2').getByRole('button', { name: 'Record' }).click();
    await tile('Court 2').locator('text=by desk').waitFor();
    await tile('Court 2').locator('canvas[data-seen]').waitFor();
    await tile('Court 2').locator('text=/^\\d:\\d\\d$/').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    const sockets: string[] = [];
    page.page.on('websocket', (socket) => sockets.push(socket.url()));
    await desk.create(first);
    await page.page.reload();
    await tile('Court 1').locator('canvas[data-seen]').waitFor();
    await tile('Court 2').locator('canvas[data-seen]').waitFor();
    expect(sockets).toHaveLength(1);

    await tile('Court 2').getByRole('button', { name: 'Stop' }).click();
    await page.page.waitForSelector('text=Stop the recording of Court 2?');
    await page.page.click('[role=dialog] button:has-text("Stop")');
    await page.page.waitForSelector('text=Court 2: the video is ready.');
  });

  it('tell a player no more of somebody else’s match than that the court is in use, until they join by its code', async () => {
    const opened = await club.player.post<{ session: { session_id: string; join_code: string } }>(
      '/api/video/session/create',
      { terrain_id: second },
    );
    const { join_code } = opened.body.session;
    const page = await panel(OTHER);
    const tile = page.page.locator('article[aria-label="Court 2"]');
    await tile.locator('text=In use').waitFor();
    expect(await tile.locator('text=by').count()).toBe(0);
    await page.page.goto(`${club.service.url}/panel/courts/${second}`);
    await page.page.waitForSelector('text=This court is in use');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.page.fill('input', 'WRONGCODE'.slice(0, 8));
    await page.page.click('button:has-text("Join")');
    await page.page.waitForSelector('text=There is no open match with this code.');
    await page.page.fill('input', join_code.toLowerCase());
    await page.page.click('button:has-text("Join")');
    await page.page.waitForSelector('[data-live]');
    // They watch, and neither record nor close.
    await page.page.getByRole('button', { name: 'Leave the match' }).waitFor();
    expect(await page.page.getByRole('button', { name: 'Record the match' }).count()).toBe(0);

    // By the owner's screen it takes no typing.
    const removed = await club.player.post<typeof opened.body>('/api/video/session/players/remove', {
      session_id: opened.body.session.session_id,
      user_id: club.ids.other,
    });
    await page.page.waitForSelector('text=This court is in use');
    await page.page.goto(`${club.service.url}/panel/c/${club.clubId}/${second}#${removed.body.session.join_code}`);
    await page.page.waitForSelector('[data-live]');
  });

  it('show a camera that dies and comes back, and the gap it leaves', async () => {
    const page = await panel(PLAYER, `/courts/${first}`);
    await page.page.click('button:has-text("Record the match")');
    await page.page.waitForSelector('text=/Live · /');
    await rtsp.stop();
    await page.page.waitForSelector('text=/The camera has been away for/');
    await page.page.waitForSelector('text=The recording goes on by itself when it is back.');
    expect(await accessibilityFaults(page)).toEqual([]);
    await rtsp.start();
    await page.page.waitForSelector('text=/Live · /');
    await page.page.waitForSelector('summary:has-text("1 gap")');
    const seen = await page.look(LIVE);
    expect((await page.next(LIVE, seen.bars)).bars).not.toBeNull();
  });

  it('end for whoever is signed out elsewhere while they look', async () => {
    await desk.create(first);
    const page = await panel(DESK, `/courts/${first}`);
    await page.page.waitForSelector('text=/Live · /');
    await club.desk.delete('/api/auth/sessions');
    await page.page.waitForSelector('text=You have been signed out');
    expect(await page.page.locator('video').count()).toBe(0);
    // And back to where they were.
    await signInHere(page, DESK);
    await page.page.waitForURL(`**/panel/courts/${first}`);
    await page.page.waitForSelector('text=/Live · /');
  });

  it('show nothing of another club’s court, whatever address is typed', async () => {
    const made = await club.operator.post<{ id: number }>('/api/clubs', { name: 'Padel Sud' });
    const path = `/api/clubs/${made.body.id}/terrains`;
    const court = await club.operator.post<{ id: number }>(path, { name: 'Secret court', camera_url: rtsp.url });
    const page = await panel(DESK, `/courts/${court.body.id}`);
    await page.page.waitForSelector('text=This does not exist, or it is not yours to see.');
    await page.page.goto(`${club.service.url}/panel/c/${made.body.id}/${court.body.id}`);
    await page.page.waitForSelector('text=This court belongs to a club that you are not in.');
    await page.page.goto(`${club.service.url}/panel/courts/nonsense`);
    await page.page.waitForSelector('text=There is nothing here');
    await page.page.goto(`${club.service.url}/panel/no/such/page`);
    await page.page.waitForSelector('text=There is nothing here');
    expect(await page.page.content()).not.toContain('Secret court');
  });

  it('speak the browser’s language first, and the chosen one from then on', async () => {
    const page = await stranger('/', { locale: 'fr-FR' });
    await page.page.waitForSelector('h1:has-text("Se connecter")');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.page.click('label:has-text("English")');
    await page.page.waitForSelector('h1:has-text("Sign in")');
    await page.page.reload();
    await page.page.waitForSelector('h1:has-text("Sign in")');
    expect(await page.page.getAttribute('html', 'lang')).toBe('en');
  });

  it('say what the club tells everybody before anything is filmed, also from the wall', async () => {
    const note = 'Matches are filmed, and kept for 30 days.';
    await club.desk.patch(`/api/clubs/${club.clubId}`, { consent_note: note });
    const page = await panel(DESK);
    const tile = page.page.locator('article[aria-label="Court 2"]');
    await tile.getByRole('button', { name: 'Record' }).click();
    await page.page.waitForSelector(`[role=dialog] >> text=${note}`);
    await page.page.click('[role=dialog] button:has-text("Cancel")');
    await page.page.locator('[role=dialog]').waitFor({ state: 'detached' });
    expect(await openSessions()).toEqual([]);
    await tile.getByRole('button', { name: 'Record' }).click();
    await page.page.click('[role=dialog] button:has-text("Record")');
    await tile.getByRole('button', { name: 'Stop' }).waitFor();
    // And for whoever looks while it goes on.
    await page.page.goto(`${club.service.url}/panel/courts/${second}`);
    await page.page.waitForSelector('text=Stop the recording');
    await page.page.waitForSelector(`main >> text=${note}`);
    await club.desk.patch(`/api/clubs/${club.clubId}`, { consent_note: null });
  });

  it('are those of the club one changes to, also where the access token has just run out', async () => {
    const made = await club.operator.post<{ id: number }>('/api/clubs', { name: 'Padel Ouest' });
    const { api } = await club.addUser('both@padelvar.test', 'PLAYER');
    const member = { email: 'both@padelvar.test', name: 'Both', role: 'PLAYER' };
    expect((await club.operator.post(`/api/clubs/${made.body.id}/users`, member)).status).toBe(201);
    expect((await api.get<{ memberships: unknown[] }>('/api/auth/me')).body.memberships).toHaveLength(2);
    const page = await panel('both@padelvar.test');
    await page.page.waitForSelector('h1:has-text("Padel Nord")');
    let asked = 0;
    await page.page.route('**/api/auth/club', (route) => {
      const refused = { status: 401, contentType: 'application/problem+json', body: '{"code":"unauthorized"}' };
      return asked++ === 0 ? route.fulfill(refused) : route.continue();
    });
    await page.page.getByLabel('Club').selectOption('Padel Ouest');
    await page.page.waitForSelector('h1:has-text("Padel Ouest")');
    expect(asked).toBe(2);
  });

  it('go on by themselves when the service was away', async () => {
    const page = await panel(DESK);
    await page.page.context().setOffline(true);
    await page.page.waitForSelector('text=No network');
    await page.page.context().setOffline(false);
    await page.page.waitForSelector('text=No network', { state: 'detached' });
    await desk.create(second);
    await page.page.locator('article[aria-label="Court 2"] canvas[data-seen]').waitFor();
  });
});
