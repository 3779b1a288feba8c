import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import { SystemClock } from '../common/clock';
import { canCode, compressFilm, CompressFilm, likeness } from './compress-film';
import { drawFilm } from './fmp4/clip.fixture';
import { listLeftovers } from './process';
import { Toolchain } from './toolchain';

async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for await (const _ of setInterval(10)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
  }
  throw new Error('unreachable');
}

describe('likeness', () => {
  let folder: string;
  let tools: Toolchain;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'padelvar-likeness-'));
    tools = new Toolchain('ffmpeg', 'ffprobe', new SystemClock(), folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('compares pictures of one moment, each of which is unlike its neighbours', async () => {
    const [a, b] = [join(folder, 'a.mp4'), join(folder, 'b.mp4')];
    const noise = 'testsrc2=size=320x180:rate=25:duration=3,noise=alls=40:allf=t';
    const coder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-threads', '1'];
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', noise, ...coder, '-crf', '18', '-g', '50', a]);
    execFileSync('ffmpeg', ['-v', 'error', '-i', a, ...coder, '-crf', '20', '-bf', '2', '-g', '30', b]);
    expect(await likeness(tools, { a, b, session: 'a' }, [0, 1.3, 2.5])).toBeGreaterThan(0.9);
    // Where nothing was compared nothing is known.
    expect(await likeness(tools, { a, b, session: 'a' }, [4])).toBe(0);
  });
});

describe('compressFilm', () => {
  let folder: string;
  let tools: Toolchain;
  let film: Omit<CompressFilm, 'signal' | 'busy'>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'padelvar-compress-'));
    tools = new Toolchain('ffmpeg', 'ffprobe', new SystemClock(), folder);
    const [from, to] = [join(folder, 'a.mp4'), join(folder, 'b.mp4')];
    drawFilm(from, { seconds: 4, size: '1280x720' });
    film = { codec: 'h264', crf: 24, from, to, session: 'a', durationSeconds: 4, progress: () => undefined };
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Of FFmpeg, by proc(5): `T` where it is stopped, and its priority. */
  const standing = async (): Promise<{ state: string; nice: string } | undefined> => {
    const [found] = await listLeftovers(tools.instance);
    if (!found || !existsSync(`/proc/${found.pid}/stat`)) return undefined;
    const stat = readFileSync(`/proc/${found.pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] as string, nice: fields[16] as string };
  };

  it('waits for an idle machine, rests while there is none, and ends all the same', async () => {
    let busy = true;
    const done = compressFilm(tools, { ...film, signal: new AbortController().signal, busy: () => busy });
    expect(await standing()).toBeUndefined();
    busy = false;
    expect(await until(async () => (await standing()) ?? undefined)).toMatchObject({ nice: '19' });
    busy = true;
    await until(async () => (await standing())?.state === 'T');
    busy = false;
    await done;
    expect(statSync(film.to).size).toBeGreaterThan(10_000);
  });

  it('is ended while it rests', async () => {
    const ending = new AbortController();
    let busy = false;
    const done = compressFilm(tools, { ...film, signal: ending.signal, busy: () => busy });
    const why = expect(done).rejects.toThrow('enough');
    await until(standing);
    busy = true;
    await until(async () => (await standing())?.state === 'T');
    ending.abort(new Error('enough'));
    await why;
    expect(await standing()).toBeUndefined();
  });

  it('says what this FFmpeg cannot code', async () => {
    expect(await canCode(tools, 'h264')).toBe(true);
    expect(await canCode({ ...tools, ffmpegPath: 'true' }, 'h264')).toBe(false);
  });
});
