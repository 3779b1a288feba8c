import { execFileSync } from 'node:child_process';
import { h264Clip, RtspCamera } from '../cameras';
import { TestBrowser, TestPage } from '../support/browser';
import { ADMIN, PASSWORD, startTestClub, TestClub } from '../support/club';
import { Courtside } from '../support/courtside';
import { accessibilityFaults, openPanel, signInHere } from '../support/panel';
import { PLANTED } from '../support/planted';
import { told, until } from '../support/until';
import { isSignedBy, WebhookReceiver } from '../support/webhook-receiver';

const PLAYER = 'player@padelvar.test';
const DESK = 'desk@padelvar.test';
const OPERATOR = ADMIN.email;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const CREDENTIALS = { username: 'viewer', password: `p@ss/w:rd#${PLANTED}` };

jest.setTimeout(120_000);

describe('a club in the panel', () => {
  let club: TestClub;
  let desk: Courtside;
  let browser: TestBrowser;
  let camera: RtspCamera;
  let match: string;
  const open: TestPage[] = [];

  beforeAll(async () => {
    club = await startTestClub();
    const clip = await h264Clip({ width: 1280, height: 720, fps: 25, seconds: 10, gopSeconds: 2 });
    camera = new RtspCamera({ clip, auth: 'digest', ...CREDENTIALS });
    await camera.start();
    desk = new Courtside(club.desk, club.clubId);
    browser = await TestBrowser.start();
  });
  afterAll(async () => {
    await browser?.close();
    await club?.close();
    await camera?.stop();
  });
  afterEach(async () => {
    for (const page of open.splice(0)) {
      expect(page.faults).toEqual([]);
      await page.close();
    }
  });

  async function panel(email: string, path: string, options = {}): Promise<TestPage> {
    const page = await openPanel(browser, club.service.url, email, path, options);
    open.push(page);
    return page;
  }

  /** Waits for a picture of the service's, which makes them 640 wide. */
  const drawn = (page: TestPage, selector: string): Promise<unknown> =>
    until(async () => {
      const width = `document.querySelector(${JSON.stringify(selector)})?.naturalWidth`;
      return (await page.page.evaluate(width)) === 640;
    });

  it('gets its first court from the desk, who sees that its camera works, or why not', async () => {
    const page = await panel(DESK, '/admin/courts');
    await page.page.waitForSelector('text=No courts yet');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.page.click('button:has-text("Add a court") >> nth=0');
    await page.page.fill('input[name=name], [role=dialog] input >> nth=0', 'Court 1');
    const { host, pathname } = new URL(camera.url);
    await page.page.getByLabel('Camera address').fill(`rtsp://${host}${pathname}`);
    await page.page.getByLabel('User of the camera').fill(CREDENTIALS.username);
    await page.page.getByLabel('Password of the camera').fill('not this one');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.page.click('button:has-text("Save and test the camera")');
    await page.page.waitForSelector('text=The camera refuses its user name or password.');
    await page.page.getByRole('button', { name: 'Close' }).last().click();

    await page.page.getByRole('button', { name: 'Change Court 1' }).click();
    expect(await page.page.content()).not.toContain(CREDENTIALS.username);
    await page.page.getByText('Enter another camera address').click();
    await page.page.getByLabel('Camera address').fill(`rtsp://${host}${pathname}`);
    await page.page.getByLabel('User of the camera').fill(CREDENTIALS.username);
    await page.page.getByLabel('Password of the camera').fill(CREDENTIALS.password);
    await page.page.click('button:has-text("Save and test the camera")');
    await page.page.waitForSelector('text=The camera works');
    await page.page.waitForSelector('text=/1280 × 720/');
    await drawn(page, '[role=dialog] img[alt^="Picture of Court 1"]');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('has its match in the list of videos, where a player watches, steps through and downloads it', async () => {
    const [court] = (await club.desk.get<{ terrains: { id: number }[] }>(`/api/clubs/${club.clubId}/terrains`)).body
      .terrains;
    const body = { terrain_id: court!.id, player_ids: [club.ids.player] };
    const made = await club.desk.post<{ session: { session_id: string } }>('/api/video/session/create', body);
    match = made.body.session.session_id;
    await desk.start(match);
    await desk.recordingThat(match, ({ duration_seconds }) => duration_seconds > 6);
    await desk.stop(match);
    await desk.over(match);

    const page = await panel(PLAYER, '/videos', { serviceWorkers: 'block' });
    let letThrough = (): void => undefined;
    const pressed = new Promise<void>((resolve) => (letThrough = resolve));
    await page.page.route(/hls\.light/, (route) => pressed.then(() => route.continue()));
    await page.page.waitForSelector('h2:has-text("Court 1"), h3:has-text("Court 1")');
    await drawn(page, 'main img');
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.page.click(`a[href*="${match}"]`);
    await page.page.waitForURL(`**/panel/videos/${match}*`);
    await page.page.getByRole('button', { name: 'Play', exact: true }).first().click();
    // Somebody may be quicker than what plays it is there.
    await page.page.getByRole('button', { name: 'Pause', exact: true }).first().waitFor();
    letThrough();
    await until(() => page.page.evaluate<boolean>(`document.querySelector('main video')?.currentTime > 1`));
    await page.page.getByRole('button', { name: 'Pause', exact: true }).first().click();
    await until(() => page.page.evaluate<boolean>(`document.querySelector('main video').paused`));
    const before = await page.look('main video');
    await page.page.keyboard.press('.');
    const after = await page.next('main video', before.bars);
    expect(((after.bars ?? 0) - (before.bars ?? 0) + 250) % 250).toBe(1);
    await page.page.keyboard.press(',');
    expect((await page.next('main video', after.bars)).bars).toBe(before.bars);
    expect(await accessibilityFaults(page)).toEqual([]);

    const [saved] = await Promise.all([
      page.page.waitForEvent('download'),
      page.page.getByRole('button', { name: /^Download/ }).click(),
    ]);
    const path = await told(() => saved.path());
    const duration = execFileSync('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'format=duration',
      '-of',
      'csv=p=0',
      path,
    ]);
    expect(Number(duration.toString())).toBeGreaterThan(5.9);
    await page.page.waitForSelector('text=The video is in your downloads.');
    expect(await page.page.getByRole('button', { name: 'Delete the video' }).count()).toBe(0);
  });

  it('shows nobody a match that is not theirs, whatever address is typed', async () => {
    const page = await panel('other@padelvar.test', `/videos/${match}`);
    await page.page.waitForSelector('text=/not yours to see/');
    await page.page.goto(`${club.service.url}/panel/videos`);
    await page.page.waitForSelector('text=There are no videos yet');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.page.goto(`${club.service.url}/panel/admin/people`);
    await page.page.waitForSelector('text=There is nothing here');
  });

  it('invites somebody by a link that is handed over, who comes in by it', async () => {
    const page = await panel(DESK, '/admin/people');
    await page.page.waitForSelector(`text=${PLAYER}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.page.getByRole('button', { name: 'Add somebody' }).click();
    await page.page.locator('[role=dialog] input[type=email]').first().fill('new@padelvar.test');
    await page.page.locator('[role=dialog] button[type=submit]').click();
    const link = page.page.locator('[role=dialog] input[readonly]').first();
    await link.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    const address = await link.inputValue();
    expect(address).toMatch(/\/panel\/link#\/invitation\/[\w-]{43}$/);
    const guest = await browser.open();
    open.push(guest);
    await guest.page.goto(address);
    await guest.page.fill('#name', 'Néo');
    await guest.page.fill('#password', PASSWORD);
    await guest.page.click('form button[type=submit]');
    await guest.page.waitForSelector('h1:has-text("Padel Nord")');
  });

  it('is looked after: health, codes to print, rules, the trail, in both colours and both languages', async () => {
    const faults: Record<string, string[]> = {};
    for (const options of [
      { colorScheme: 'dark' as const, locale: 'fr-FR', viewport: { width: 390, height: 844 } },
      { colorScheme: 'light' as const },
    ]) {
      const page = await panel(DESK, '/health', options);
      for (const path of [
        '/health',
        '/admin/codes',
        '/admin/webhooks',
        '/admin/settings',
        '/admin/audit',
        '/account',
        '/videos',
        '/courts',
      ]) {
        await page.page.goto(`${club.service.url}/panel${path}`);
        await page.page.waitForSelector('main h1');
        await page.page.waitForLoadState('networkidle');
        await page.page.locator('main .mantine-Skeleton-root').first().waitFor({ state: 'detached' });
        const found = await accessibilityFaults(page);
        if (found.length > 0) faults[`${path} ${options.colorScheme}`] = found;
      }
    }
    expect(faults).toEqual({});
  });

  it('plans a recording for a player, who sees it, and cancels it', async () => {
    const page = await panel(DESK, '/bookings');
    await page.page.waitForSelector('text=Nothing is booked on this day');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.page.getByRole('button', { name: 'The day after' }).click();
    await page.page.getByRole('button', { name: 'Book a recording' }).click();
    const form = page.page.locator('[role=dialog] form');
    await form.getByLabel('Start').fill('17:30');
    await form.locator('input').and(form.getByLabel('For whom')).click();
    await page.page.getByRole('option', { name: 'player', exact: true }).click();
    await form.getByLabel('Name', { exact: true }).fill('League');
    expect(await accessibilityFaults(page)).toEqual([]);
    await form.locator('button[type=submit]').click();
    const booked = page.page.locator('main section[aria-label="Court 1"] li', { hasText: 'League' });
    await booked.getByText('17:30 – 19:00').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    // The same time again: the form says why not, and keeps what was typed.
    await page.page.getByRole('button', { name: 'Book a recording on Court 1' }).click();
    await form.getByLabel('Start').fill('18:30');
    await form.locator('button[type=submit]').click();
    await form.getByText('The court is booked at this time.').waitFor();
    await page.page.getByRole('button', { name: 'Close' }).last().click();

    // A player in another time zone sees it at the club's time, and may not book.
    const path = new URL(page.page.url()).pathname.replace('/panel', '') + new URL(page.page.url()).search;
    const theirs = await panel(PLAYER, path, { ...PHONE, timezoneId: 'Asia/Tokyo', locale: 'fr-FR' });
    await theirs.page.locator('main li', { hasText: 'League' }).getByText('17:30').waitFor();
    expect(await theirs.page.getByRole('button', { name: 'Réserver un enregistrement' }).count()).toBe(0);
    expect(await accessibilityFaults(theirs)).toEqual([]);

    await booked.getByRole('button').click();
    await page.page.click('[role=dialog] button:has-text("Cancel the booking")');
    await page.page.click('[role=dialog]:has-text("Cancel this booking?") button:has-text("Cancel the booking")');
    await page.page.waitForSelector('main li:has-text("Cancelled by the club.")');
  });

  it('has an address told of what happens, and shows what became of it', async () => {
    const receiver = await WebhookReceiver.start();
    try {
      const page = await panel(DESK, '/admin/webhooks');
      await page.page.waitForSelector('text=Nobody is told yet');
      await page.page.getByRole('button', { name: 'Add a webhook' }).click();
      await page.page.getByLabel('Address').fill(`${receiver.url()}?key=${PLANTED}`);
      await page.page.getByLabel('What it is', { exact: true }).fill('Our site');
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.page.locator('[role=dialog] button[type=submit]').click();
      const secret = await page.page.getByRole('textbox', { name: 'Secret' }).inputValue();
      await page.page.getByRole('button', { name: 'I have copied it' }).click();
      const card = page.page.getByRole('article', { name: 'Our site' });
      await card.getByRole('button', { name: 'Send a test' }).click();
      await card.getByText('answered 200').waitFor();
      expect(await page.page.content()).not.toContain(secret);
      expect(await accessibilityFaults(page)).toEqual([]);
      const [message] = receiver.received;
      expect(message && isSignedBy(secret, message)).toBe(true);
    } finally {
      await receiver.stop();
    }
  });

  it('is one of many to the operator, who makes another and looks at it', async () => {
    const page = await panel(OPERATOR, '/clubs');
    await page.page.waitForSelector('text=Padel Nord');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.page.getByRole('button', { name: 'Add a club' }).first().click();
    await page.page.getByLabel('Name of the club').fill('Padel Sud');
    await page.page.locator('[role=dialog] button[type=submit]').click();
    await page.page.waitForSelector('#content >> text=Padel Sud');
    await page.page.goto(`${club.service.url}/panel/health`);
    await page.page.waitForSelector('section[aria-label="All clubs"] >> text=Padel Nord');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('loses a video only to who confirms that it is lost', async () => {
    const page = await panel(DESK, `/videos/${match}`);
    await page.page.getByRole('button', { name: 'Delete the video' }).click();
    await page.page.waitForSelector('[role=dialog] >> text=Court 1');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.page.click('[role=dialog] button:has-text("Cancel")');
    expect((await desk.download(match)).response.status).toBe(200);
    await page.page.locator('[role=dialog]').waitFor({ state: 'detached' });
    await page.page.getByRole('button', { name: 'Delete the video' }).click();
    await page.page.click('[role=dialog] button:has-text("Delete the video")');
    await page.page.waitForURL('**/panel/videos*');
    await page.page.waitForSelector('text=There are no videos yet');
    expect((await desk.download(match)).response.status).toBe(404);
  });

  it('signs somebody out everywhere who changes the password, but not here', async () => {
    const elsewhere = await panel(PLAYER, '/courts');
    const page = await panel(PLAYER, '/account');
    await page.page.getByLabel('Present password').fill(PASSWORD);
    await page.page.getByLabel('New password', { exact: true }).fill('another long enough word');
    await page.page.locator('form:has([autocomplete=new-password]) button[type=submit]').click();
    await until(async () =>
      (await page.page.locator('[role=alert], [role=status]').allTextContents()).some((text) => /password/i.test(text)),
    );
    await elsewhere.page.reload();
    await elsewhere.page.waitForSelector('#email');
    await page.page.reload();
    await page.page.waitForSelector('#content h1');
    await signInHere(elsewhere, PLAYER, 'another long enough word');
  });
});
