import { h265Clip, RtspCamera } from '../cameras';
import { TestBrowser } from '../support/browser';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { accessibilityFaults, openPanel } from '../support/panel';

const CLIP = { width: 640, height: 360, fps: 25, seconds: 8, gopSeconds: 1, bitrate: 800_000 };

jest.setTimeout(90_000);

/** Debian's Chromium has no decoder for it, as many browsers have none. */
describe('watching an H.265 court in a browser that does not play it', () => {
  let club: TestClub;
  let browser: TestBrowser;
  let camera: RtspCamera;
  let court: number;

  beforeAll(async () => {
    club = await startTestClub();
    camera = new RtspCamera({ clip: await h265Clip(CLIP) });
    await camera.start();
    browser = await TestBrowser.start();
    court = await club.addCourt('Court 1', camera.url);
    const body = { terrain_id: court, player_ids: [club.ids.player] };
    const answer = await club.player.post<{ session: { camera: object } }>('/api/video/session/create', body);
    expect(answer.body.session.camera).toMatchObject({ codec: 'h265', width: 640, height: 360 });
  });

  afterAll(async () => {
    await browser?.close();
    await club?.close();
    await camera?.stop();
  });

  it('says in the panel why there are single pictures', async () => {
    const panel = await openPanel(browser, club.service.url, 'player@padelvar.test', `/courts/${court}`);
    await panel.page.waitForSelector('text=This browser does not play H.265');
    await panel.page.waitForSelector('[data-live] canvas:not([hidden])');
    expect(await accessibilityFaults(panel)).toEqual([]);
    expect(panel.faults).toEqual([]);
    await panel.close();
  });

  it('shows it in JPEGs, and says so', async () => {
    const viewer = await browser.open();
    await viewer.signIn(club.service.url, 'player@padelvar.test', PASSWORD);
    await viewer.page.click('.court:has-text("Court 1") button');
    await viewer.page.waitForSelector('.stage[data-phase=live]');
    await viewer.watch('.stage > canvas');
    const seen = [];
    while (seen.length < 8) seen.push(...(await viewer.taken()));
    expect(seen.slice(3).every(({ bars }) => bars !== null)).toBe(true);
    expect(await viewer.page.textContent('.stage .badge')).toMatch(/single pictures$/);
    expect(viewer.faults).toEqual([]);
    await viewer.close();
  });
});
