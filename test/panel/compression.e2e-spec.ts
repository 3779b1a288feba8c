import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawFilm } from '../../src/media/fmp4/clip.fixture';
import { TestBrowser, TestPage } from '../support/browser';
import { startTestClub, TestClub } from '../support/club';
import { GatedTool } from '../support/gated-tool';
import { accessibilityFaults, openPanel } from '../support/panel';
import { until } from '../support/until';
import { VideoShelf } from '../support/video-shelf';

const DESK = 'desk@padelvar.test';

jest.setTimeout(120_000);

describe('compression in the panel', () => {
  let folder: string;
  let tool: GatedTool;
  let club: TestClub;
  let browser: TestBrowser;
  let shelf: VideoShelf;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'padelvar-compression-panel-'));
    tool = new GatedTool(folder);
    club = await startTestClub({ env: { FFMPEG_PATH: tool.path } });
    shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
    browser = await TestBrowser.start();
  });
  afterAll(async () => {
    tool?.open();
    await browser?.close();
    await club?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function sound(page: TestPage): Promise<void> {
    expect(await accessibilityFaults(page)).toEqual([]);
  }

  it('is set by an admin, asked for, followed, and says what it saved', async () => {
    const id = await shelf.put();
    const file = shelf.path(`${club.clubId}/${id}.mp4`);
    drawFilm(file, { seconds: 2, crf: 2, size: '640x360' });
    await shelf.sql('UPDATE videos SET size_bytes = $2, duration_seconds = 2 WHERE session_id = $1', [
      id,
      statSync(file).size,
    ]);
    const desk = await openPanel(browser, club.service.url, DESK, '/admin/settings');
    const { page } = desk;
    await page.getByRole('combobox', { name: 'After the match' }).click();
    await page.getByRole('option', { name: /^H\.264/ }).click();
    await page.getByRole('textbox', { name: 'Quality' }).fill('26');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    await sound(desk);
    const { body } = await club.desk.get<object>(`/api/clubs/${club.clubId}`);
    expect(body).toMatchObject({ compression: 'h264', compression_crf: 26, compression_after_minutes: 60 });

    tool.shut();
    await page.goto(`${club.service.url}/panel/videos/${id}`);
    await page.getByRole('button', { name: 'Compress the video' }).click();
    await tool.waiting(1);
    await page.getByText('Being compressed: 0 %').waitFor();
    await sound(desk);
    tool.open();
    await page.getByText(/^\d\d % smaller$/).waitFor();
    await until(async () => (await page.getByRole('button', { name: 'Stop compressing' }).count()) === 0);
    expect(desk.faults).toEqual([]);
    await desk.close();
  });
});
