import { DataSource } from 'typeorm';
import { AutoStop } from '../../src/activity/auto-stop.service';
import { AutoStopPace } from '../../src/activity/auto-stop-pace';
import { h264Clip, RtspCamera } from '../cameras';
import { SentPictures, TestBrowser, TestPage } from '../support/browser';
import { startTestClub, TestClub } from '../support/club';
import { Courtside } from '../support/courtside';
import { chaptersOf, inspectMp4 } from '../support/mp4';
import { accessibilityFaults, openPanel, signInHere } from '../support/panel';
import { told, until } from '../support/until';

const PLAYER = 'player@padelvar.test';
const OTHER = 'other@padelvar.test';
const DESK = 'desk@padelvar.test';
const MARKERS = '/api/video/markers';
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const MARK = { name: /^Mark this moment/ };
/** As many as a long match has. */
const MANY = 100;

const CLIP = { width: 640, height: 360, fps: 25, seconds: 10, gopSeconds: 1 };
const FRAME_MS = 40;
/** What the service may be off by, which puts two cameras on one clock by when their pictures come. */
const ALIGNED_MS = 150;
const MAIN = 'main video:not([data-angle])';
const ANGLE = 'main video[data-angle]';

interface Place {
  readonly x: number;
  readonly width: number;
}

jest.setTimeout(120_000);

describe('the moments of a match in the panel', () => {
  let club: TestClub;
  let desk: Courtside;
  let browser: TestBrowser;
  let camera: RtspCamera;
  let court: number;
  let match: string;
  const open: TestPage[] = [];

  beforeAll(async () => {
    club = await startTestClub();
    camera = new RtspCamera({ clip: await h264Clip(CLIP) });
    await camera.start();
    court = await club.addCourt('Court 1', camera.url);
    desk = new Courtside(club.desk, club.clubId);
    browser = await TestBrowser.start();
    const body = { terrain_id: court, player_ids: [club.ids.other] };
    const made = await club.player.post<{ session: { session_id: string } }>('/api/video/session/create', body);
    match = made.body.session.session_id;
    await desk.start(match);
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

  /** Somebody scans the code at the court with a phone, and signs in. */
  async function scanned(email: string): Promise<TestPage> {
    const page = await browser.open(PHONE);
    open.push(page);
    await page.page.goto(`${club.service.url}/panel/c/${club.clubId}/${court}`);
    await page.page.tap('a:has-text("Sign in")');
    await signInHere(page, email);
    return page;
  }

  const row = ({ page }: TestPage, text: string | RegExp) =>
    page.locator('section[aria-label^="Moments"] li', { hasText: text });
  const sign = ({ page }: TestPage, name: string | RegExp) =>
    page.getByRole('toolbar', { name: 'Moments on the timeline' }).getByRole('button', { name });
  /** Seconds of the recording that a page shows. */
  const shown = ({ page }: TestPage): Promise<number> =>
    page.evaluate<number>(`Number(document.querySelector('input[type=range]').value)`);

  it('are marked with one press while it is played, and seen at once by the others of it', async () => {
    const page = await panel(PLAYER, `/courts/${court}`);
    const other = await scanned(OTHER);
    await page.page.waitForSelector('text=Nothing is marked yet');
    await desk.recordingThat(match, ({ duration_seconds }) => duration_seconds > 4);
    await page.page.getByRole('button', MARK).click();
    await page.page.click('button:has-text("Add a note")');
    await page.page.getByLabel('Note', { exact: true }).first().fill('Bajada');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.page.click('[role=dialog] button[type=submit]');
    await page.page.locator('[role=dialog]').waitFor({ state: 'detached' });
    await row(page, 'Bajada').waitFor();
    await row(other, 'Bajada').waitFor();

    // Whoever came by the code at the court, by another kind's button; and a key, however long it is held.
    await other.page.getByRole('button', { name: 'Mark as: Dispute' }).tap();
    await row(page, 'Dispute').waitFor();
    await page.page.locator('body').focus();
    await page.page.keyboard.down('m');
    await page.page.keyboard.down('m');
    await page.page.keyboard.up('m');
    await until(async () => (await row(other, /./).count()) === 3);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await accessibilityFaults(other)).toEqual([]);

    // The other may not change what is somebody else's; its owner may delete it, for good.
    expect(
      await row(other, 'Bajada')
        .getByRole('button', { name: /^Delete/ })
        .count(),
    ).toBe(0);
    await row(page, 'Dispute')
      .getByRole('button', { name: /^Delete/ })
      .click();
    await page.page.waitForSelector('[role=dialog] >> text=marked by other');
    await page.page.click('[role=dialog] button:has-text("Delete")');
    await until(async () => (await row(other, /./).count()) === 2);
  });

  it('are jumped to from the timeline, changed, deleted, and brought back', async () => {
    const page = await panel(PLAYER, `/courts/${court}`);
    await desk.recordingThat(match, ({ duration_seconds }) => duration_seconds > 9);
    const list = await club.player.get<{ markers: { id: number; at_seconds: number; text: string | null }[] }>(
      `${MARKERS}?session_id=${match}`,
    );
    const marked = list.body.markers.find(({ text }) => text === 'Bajada');
    await row(page, 'Bajada').getByRole('button').first().click();
    await page.page.waitForSelector('video[data-review]:not([hidden])');
    await page.page.keyboard.press(' ');
    expect(Math.abs((await shown(page)) - (marked?.at_seconds ?? NaN))).toBeLessThan(3);

    // What is marked while one looks back is what one sees.
    await page.page.getByRole('button', { name: /^Mark \d/ }).click();
    await page.page.waitForSelector('text=/^Marked .*: Highlight/');
    await page.page.click('button:has-text("Undo")');
    const now = await until(async () => {
      const { body } = await club.player.get<typeof list.body>(`${MARKERS}?session_id=${match}`);
      return body.markers.length === 2 && body.markers;
    });
    expect(now.map(({ id }) => id)).toEqual(list.body.markers.map(({ id }) => id));

    await row(page, 'Bajada')
      .getByRole('button', { name: /^Change/ })
      .click();
    await page.page.getByRole('radio', { name: 'Rally' }).check();
    await page.page.click('[role=dialog] button[type=submit]');
    await row(page, 'Rally · by player').waitFor();
    await row(page, 'Bajada')
      .getByRole('button', { name: /^Delete/ })
      .click();
    await row(page, 'Bajada').waitFor({ state: 'detached' });
    await page.page.click('button:has-text("Undo")');
    await row(page, 'Bajada').waitFor();
  });

  it('lie above how much moved, and it is said in time that nobody plays any more', async () => {
    // As if somebody had played for four seconds; minutes are short, and what is known is always of now.
    const scores = [...new Array<number>(4).fill(30), ...new Array<number>(56).fill(0)];
    const insert = 'INSERT INTO activity_minutes (session_id, minute, scores) VALUES ($1, 0, $2)';
    await club.service.app.get(DataSource).query(insert, [match, scores]);
    Object.assign(club.service.app.get(AutoStopPace), { minute: 1, patience: 1, fresh: 1e6, warning: 600 });
    await club.desk.patch(`/api/terrains/${court}`, { auto_stop_minutes: 2 });
    const page = await panel(PLAYER, `/courts/${court}`);
    await page.page
      .getByRole('img', { name: /^How much moves on the court: somebody moves \d+ % of the time/ })
      .click();
    await page.page.waitForSelector('video[data-review]:not([hidden])');

    await club.service.app.get(AutoStop).tick();
    await page.page.waitForSelector('text=/Nobody is playing. It stops in \\d+ s/');
    expect(await accessibilityFaults(page)).toEqual([]);
    const wall = await panel(DESK, '/courts');
    await wall.page.waitForSelector('text=/It stops in \\d+ s/');
    expect(await accessibilityFaults(wall)).toEqual([]);
    await page.page.getByRole('button', { name: 'Keep recording' }).click();
    await page.page.waitForSelector('text=The recording goes on.');
    await club.desk.patch(`/api/terrains/${court}`, { auto_stop_minutes: null });
    await club.service.app.get(AutoStop).tick();
    await wall.page.locator('text=/It stops in/').waitFor({ state: 'detached' });
    await desk.recordingThat(match, ({ active }) => active);
  });

  it('leave the last seconds as a video of their own, to watch and to download while the match goes on', async () => {
    const page = await panel(OTHER, `/courts/${court}`, { serviceWorkers: 'block' });
    await page.page.getByRole('button', { name: 'Keep the last 30 s' }).click();
    await page.page.waitForSelector('text=/^Kept \\d+:\\d\\d – /');
    const kept = page.page.locator('section[aria-label^="Highlight videos"] li');
    await kept.getByRole('button', { name: /^Watch/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    const [saved] = await Promise.all([
      page.page.waitForEvent('download'),
      kept.getByRole('link', { name: /^Download/ }).click(),
    ]);
    const { complaints, durationSeconds } = await inspectMp4(await told(() => saved.path()));
    expect(complaints).toBe('');
    expect(durationSeconds).toBeGreaterThan(5);
    await kept.getByRole('button', { name: /^Name/ }).click();
    await page.page.getByLabel('Name', { exact: true }).fill('Match point');
    await page.page.click('[role=dialog] button[type=submit]');
    await kept.locator('text=Match point').waitFor();
    await kept.getByRole('button', { name: /^Watch/ }).click();
    await until(() => page.page.evaluate<boolean>(`document.querySelector('[role=dialog] video')?.currentTime > 0.2`));
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('are in the video’s timeline, by keys, and the chapters of the file that is downloaded', async () => {
    await desk.stop(match);
    await desk.over(match);
    const page = await panel(PLAYER, `/videos/${match}`, { serviceWorkers: 'block' });
    await sign(page, /Bajada/)
      .first()
      .waitFor();
    await page.page.waitForSelector('text=The moments are chapters of the downloaded file.');
    await until(() => page.page.evaluate<boolean>(`document.querySelector('main video').readyState >= 2`));
    await page.page.keyboard.press('m');
    await row(page, '0:00').waitFor();
    await page.page.keyboard.press(']');
    const first = await until(() => shown(page));
    expect(first).toBeGreaterThan(0.5);
    await page.page.keyboard.press('[');
    await until(async () => (await shown(page)) < 0.3);
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.page.waitForSelector('text=The moments are chapters of the downloaded file.');
    const [saved] = await Promise.all([
      page.page.waitForEvent('download'),
      page.page.getByRole('button', { name: /^Download/ }).click(),
    ]);
    const chapters = await chaptersOf(await told(() => saved.path()));
    const { body } = await club.player.get<{ markers: { at_seconds: number }[] }>(`${MARKERS}?session_id=${match}`);
    expect(body.markers).toHaveLength(3);
    expect(chapters.map(({ at }) => at)).toEqual(body.markers.map(({ at_seconds }) => at_seconds));
    expect(chapters.map(({ title }) => title)).toContain('Rally: Bajada');
  });

  it('can be cut out of the video, after a look at them in a loop', async () => {
    const page = await panel(PLAYER, `/videos/${match}`);
    await until(() => page.page.evaluate<boolean>(`document.querySelector('main video').readyState >= 2`));
    await page.page.keyboard.press('i');
    await page.page.keyboard.press('ArrowRight');
    await until(async () => (await shown(page)) > 4);
    await page.page.keyboard.press('o');
    await page.page.getByRole('button', { name: 'Preview in a loop' }).click();
    await page.page.getByRole('button', { name: 'Stop the preview' }).waitFor();
    // It comes to its end and begins again.
    await until(async () => (await shown(page)) < 2);
    await page.page.getByLabel('Name (optional)').fill('Best of');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.page.getByRole('button', { name: 'Keep 5 s' }).click();
    const kept = page.page.locator('section[aria-label^="Highlight videos"] li', { hasText: 'Best of' });
    await kept.getByRole('button', { name: /^Watch/ }).waitFor();
    await kept.getByRole('button', { name: /^Delete/ }).click();
    await page.page.click('[role=dialog] button:has-text("Delete")');
    await kept.waitFor({ state: 'detached' });
  });

  it('are kept by the button at the court, whose key the desk makes and takes away', async () => {
    const page = await panel(DESK, '/admin/courts');
    await page.page.getByRole('button', { name: 'Change Court 1' }).click();
    await page.page.getByRole('button', { name: 'Make a key' }).click();
    await page.page.click('[role=dialog]:has-text("Make a new key for") button:has-text("Make a key")');
    const address = await page.page.getByLabel('Address that the button posts to').inputValue();
    expect(await page.page.getByLabel('To try it').inputValue()).toContain(address);
    expect(await accessibilityFaults(page)).toEqual([]);
    const press = (): Promise<Response> =>
      fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    // Its match is over.
    expect((await press()).status).toBe(409);
    await page.page.getByRole('button', { name: 'Remove the key' }).click();
    await page.page.click('[role=dialog]:has-text("Remove the key of") button:has-text("Remove the key")');
    await page.page.waitForSelector('text=The button of Court 1 has no key any more.');
    expect((await press()).status).toBe(404);
  });

  it('can be hit with a finger, a hundred of them on a phone, and each be had', async () => {
    const { duration_seconds: length } = (await desk.recording(match)) as { duration_seconds: number };
    for (let i = 0; i < MANY; i++) {
      const at_seconds = (length * i) / MANY;
      const made = await club.player.post(MARKERS, { session_id: match, kind: 'point', at_seconds, text: `No. ${i}` });
      expect(made.status).toBe(201);
    }
    const page = await panel(OTHER, `/videos/${match}`, { ...PHONE, colorScheme: 'dark' });
    const signs = sign(page, /./);
    await signs.first().waitFor();
    const places = await until(async () => {
      const found = await page.page.evaluate<Place[]>(
        `[...document.querySelectorAll('[role=toolbar] > button')].map((one) => one.getBoundingClientRect().toJSON())`,
      );
      return found.length > 1 && found;
    });
    places.forEach(({ x, width }, i) => {
      expect(x).toBeGreaterThanOrEqual(i === 0 ? 0 : places[i - 1]!.x + 46);
      expect(x + width).toBeLessThanOrEqual(390);
    });
    expect(await accessibilityFaults(page)).toEqual([]);
    await signs.last().tap();
    await page.page.getByRole('menuitem', { name: /No\. 99/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.page.getByRole('menuitem', { name: /No\. 99/ }).tap();
    await until(async () => (await shown(page)) > length * 0.9);
  });

  it('is seen from another camera at the same instant, picture by picture and side by side', async () => {
    const clip = await h264Clip(CLIP);
    const [front, back] = [new RtspCamera({ clip }), new RtspCamera({ clip })];
    await Promise.all([front.start(), back.start()]);
    const sent = [new SentPictures(front), new SentPictures(back)] as const;
    try {
      const two = await club.addCourt('Court 2', front.url);
      await club.desk.post(`/api/terrains/${two}/cameras`, { camera_url: back.url, name: 'Back wall' });
      // It comes in the middle of the match: nothing that is shown is right by itself.
      await back.refuse();
      const id = (await desk.create(two)).body.session?.session_id as string;
      await desk.start(id);
      await desk.recordingThat(id, ({ duration_seconds }) => duration_seconds > 1);
      await back.accept();
      interface Film {
        readonly angles: readonly {
          session_id: string;
          status: string;
          recording_status: string;
          offset_seconds: number;
        }[];
      }
      const angleOf = async (path: string, of: 'video' | 'session') =>
        (await club.desk.get<Record<string, Film>>(`${path}/${id}`)).body[of]?.angles[0];
      const { session_id: angle } = await until(async () => {
        const found = await angleOf('/api/video/session', 'session');
        return found?.recording_status === 'recording' && found;
      });
      await desk.recordingThat(angle, ({ duration_seconds }) => duration_seconds > 3);
      await desk.stop(id);
      const { offset_seconds: from } = await until(async () => {
        const found = await angleOf('/api/video/files', 'video');
        return found?.status === 'ready' && found;
      });
      expect(from).toBeGreaterThan(0.5);

      const page = await panel(DESK, '/videos');
      await page.page.locator('article', { hasText: 'Court 2' }).locator('text=2 angles').waitFor();
      await page.page.goto(`${club.service.url}/panel/videos/${id}`);
      await page.page.waitForSelector('text=A next angle');
      await until(() => page.page.evaluate<boolean>(`document.querySelector('main video').readyState >= 2`));
      /** How far apart the cameras' pictures that are shown were sent; their numbers come again after ten seconds. */
      const apart = async (...selectors: readonly [string, string]): Promise<number> => {
        const times: number[] = [];
        for (const [i, selector] of selectors.entries()) {
          await page.page.waitForSelector(selector);
          const picture = await page.next(selector, null);
          times.push(picture.at - (sent[i as 0 | 1].ageOf(picture) ?? NaN));
        }
        const [one = NaN, other = NaN] = times;
        const off = Math.abs(one - other) % (CLIP.seconds * 1000);
        return Math.min(off, CLIP.seconds * 1000 - off);
      };
      // It is said where there is nothing yet, and the match is seen as before.
      await page.page.keyboard.press('a');
      await page.page.waitForSelector('text=/^Back wall begins at \\d/');
      await page.page.waitForSelector(`${MAIN}[data-place=whole]`);
      const moment = from + 1.5;
      await page.page.evaluate(`(() => {
        const line = document.querySelector('input[type=range]');
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(line, ${moment});
        line.dispatchEvent(new Event('input', { bubbles: true }));
      })()`);
      await page.page.waitForSelector(`${ANGLE}[data-place=whole]`);
      await page.page.keyboard.press('.');
      expect(Math.abs((await shown(page)) - moment)).toBeLessThan(0.2);
      await page.page.keyboard.press('a');
      expect(await apart(`${MAIN}[data-place=whole]`, ANGLE)).toBeLessThan(FRAME_MS + ALIGNED_MS);
      await page.page.keyboard.press('b');
      expect(await apart(`${MAIN}[data-place=first]`, `${ANGLE}[data-place=second]`)).toBeLessThan(
        FRAME_MS + ALIGNED_MS,
      );
      expect(await accessibilityFaults(page)).toEqual([]);
    } finally {
      await Promise.all([front.stop(), back.stop()]);
    }
  });
});
