import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { drawFilm } from '../../src/media/fmp4/clip.fixture';
import { BrandedFilms } from '../../src/shares/branded-films.service';
import { Answer } from '../support/api';
import { startTestClub, TestClub } from '../support/club';
import { GatedTool } from '../support/gated-tool';
import { until } from '../support/until';
import { VideoShelf } from '../support/video-shelf';

interface Share {
  readonly id: number;
  readonly url: string;
  readonly state: string;
  readonly branding: string | null;
  readonly branding_progress: number | null;
}
interface Body {
  readonly share?: Share;
  readonly shares?: Share[];
  readonly code?: string;
}

const SHARES = '/api/video/shares';
const SECONDS = 3;

describe("shares with the club's logo in the film", () => {
  let folder: string;
  let tool: GatedTool;
  let club: TestClub;
  let shelf: VideoShelf;
  let logo: Buffer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'padelvar-branded-'));
    tool = new GatedTool(folder);
    club = await startTestClub({ env: { FFMPEG_PATH: tool.path } });
    shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
    const path = join(folder, 'logo.png');
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'color=0xff0000:s=200x200', '-frames:v', '1', path]);
    logo = readFileSync(path);
  });

  afterAll(async () => {
    tool?.open();
    await club?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    tool.open();
    await setLogo();
    tool.forget();
  });

  async function setLogo(): Promise<void> {
    const { status } = await fetch(`${club.service.url}/api/clubs/${club.clubId}/logo`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${club.desk.token}`, 'content-type': 'image/png' },
      body: new Uint8Array(logo),
    });
    expect(status).toBe(204);
  }

  async function match(): Promise<string> {
    const id = await shelf.put();
    drawFilm(shelf.path(`${club.clubId}/${id}.mp4`), { seconds: SECONDS });
    return id;
  }

  const share = (id: string): Promise<Answer<Body>> => club.desk.post(SHARES, { session_id: id, branded: true });
  async function made(id: string): Promise<Share> {
    const { status, body, text } = await share(id);
    if (status !== 201 || !body.share) throw new Error(text);
    return body.share;
  }
  const listed = async (id: string): Promise<Share> =>
    (await club.desk.get<Body>(`${SHARES}?session_id=${id}`)).body.shares?.[0] as Share;
  const file = ({ id }: Share): string => shelf.path(`.branded/${club.clubId}/${id}.mp4`);
  const ready = (id: string): Promise<unknown> => until(async () => (await listed(id)).branding === 'ready');

  /** A dot of a film's first picture, as red, green and blue. */
  function dot(film: Buffer | string, x: number, y: number): number[] {
    const input = typeof film === 'string' ? ['-i', film] : ['-f', 'mp4', '-i', 'pipe:0'];
    const filter = ['-frames:v', '1', '-vf', `crop=2:2:${x}:${y},format=rgb24`, '-f', 'rawvideo', 'pipe:1'];
    const options = typeof film === 'string' ? {} : { input: film };
    return [...execFileSync('ffmpeg', ['-v', 'error', ...input, ...filter], options).subarray(0, 3)];
  }

  it('show it once it is made, whole, and the recording stays as it is', async () => {
    const id = await match();
    const recording = shelf.path(`${club.clubId}/${id}.mp4`);
    const before = readFileSync(recording);
    tool.shut();
    const one = await made(id);
    expect(one.branding).toBe('waiting');
    const [pid] = await tool.waiting(1);
    expect((await listed(id)).branding).toBe('making');
    // proc(5): the nice value is the 19th field, the 17th behind the name.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    expect(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]).toBe('19');
    // Until then nobody gets the film without the logo.
    const page = await (await fetch(one.url)).text();
    expect(page).toContain('data-waits=');
    expect(page).not.toMatch(/<video|\/download|og:video/);
    for (const path of ['/video.mp4', '/download']) {
      const refused = await fetch(`${one.url}${path}`);
      expect([refused.status, ((await refused.json()) as Body).code]).toEqual([409, 'share_preparing']);
    }
    tool.open();
    await ready(id);
    expect(await (await fetch(one.url)).text()).toContain('<video');
    const film = Buffer.from(await (await fetch(`${one.url}/video.mp4`)).arrayBuffer());
    // 320 by 180: the logo is 22 pixels large, 5 from the edges.
    const [r = 0, g = 255, b = 255] = dot(film, 320 - 16, 16);
    expect([r > 180, g < 90, b < 90]).toEqual([true, true, true]);
    const facts = ['-count_packets', '-show_entries', 'stream=nb_read_packets:format=duration', '-of', 'csv=p=0'];
    const probe = (path: string): string => execFileSync('ffprobe', ['-v', 'error', ...facts, path]).toString();
    expect(probe(file(one))).toBe(probe(recording));
    expect(readFileSync(recording).equals(before)).toBe(true);
    expect(readdirSync(dirname(file(one)))).toEqual([`${one.id}.mp4`]);
  });

  it('lose their film when they are taken back, or have run out', async () => {
    const id = await match();
    const one = await made(id);
    await ready(id);
    expect((await club.desk.delete(`${SHARES}/${one.id}`)).status).toBe(204);
    expect(existsSync(file(one))).toBe(false);
    const other = await made(id);
    await ready(id);
    await shelf.sql(`UPDATE shares SET expires_at = now() WHERE id = $1`, [other.id]);
    const kept = await made(await match());
    await until(() => existsSync(file(kept)));
    await club.service.app.get(BrandedFilms).sweep();
    expect([existsSync(file(other)), existsSync(file(kept))]).toEqual([false, true]);
  });

  it('are not made of a share that was taken back meanwhile', async () => {
    const id = await match();
    tool.shut();
    const one = await made(id);
    await tool.waiting(1);
    await club.desk.delete(`${SHARES}/${one.id}`);
    tool.open();
    // The next one is begun when this one is over.
    const next = await match();
    await made(next);
    await ready(next);
    expect(existsSync(file(one))).toBe(false);
  });

  it('need a logo, also when it is their turn', async () => {
    const [first, second] = [await match(), await match()];
    tool.shut();
    await made(first);
    await tool.waiting(1);
    const late = await made(second);
    expect((await club.desk.delete(`/api/clubs/${club.clubId}/logo`)).status).toBe(204);
    const { status, body } = await share(first);
    expect([status, body.code]).toEqual([409, 'logo_missing']);
    tool.open();
    await until(async () => (await listed(second)).branding === 'failed');
    expect(await (await fetch(late.url)).text()).toContain('could not be prepared');
  });

  it('are few for a match', async () => {
    const id = await match();
    tool.shut();
    for (let i = 0; i < 3; i++) await made(id);
    const { status, body } = await share(id);
    expect([status, body.code]).toEqual([409, 'share_limit']);
    expect((await club.desk.post(SHARES, { session_id: id })).status).toBe(201);
    tool.open();
  });
});
