import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { get, IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DataSource } from 'typeorm';
import { VideoTurns } from '../../src/files/video-turns';
import { ChapterBook } from '../../src/markers/chapter-book.service';
import { ChapterWriting } from '../../src/markers/chapter-writing.service';
import { ChapterWriter } from '../../src/recording/engine/chapter-writer';
import { readStartTime } from '../../src/media/process/proc-stat';
import { ownIdentity } from '../../src/runtime/process-identity';
import { h264Clip, RtspCamera } from '../cameras';
import { pictures } from '../faults/film';
import { startTestClub, TestClub } from '../support/club';
import { chaptersOf } from '../support/mp4';
import { until } from '../support/until';

/** Large enough that a download whose reader rests stands still in the middle of it. */
const LARGE = { width: 1280, height: 720, fps: 25, seconds: 2, gopSeconds: 1, bitrate: 40_000_000 };
const MARKERS = '/api/video/markers';
const run = promisify(execFile);

describe('the chapters of a video', () => {
  let club: TestClub;
  let camera: RtspCamera;
  let id: string;
  let marker: number;

  const file = (): string => join(club.service.config.videosDir, String(club.clubId), `${id}.mp4`);
  const mark = async (body: object): Promise<number> => {
    const made = await club.desk.post<{ marker: { id: number } }>(MARKERS, { session_id: id, ...body });
    expect(made.status).toBe(201);
    return made.body.marker.id;
  };
  const state = async (): Promise<string> =>
    (await club.desk.get<{ chapters: string }>(`${MARKERS}?session_id=${id}`)).body.chapters;
  const written = (): Promise<true> => until(async () => (await state()) === 'written');
  const head = async (range: Record<string, string> = {}): Promise<Response> =>
    (await club.desk.bytes(`/api/video/files/${id}/download`, range)).response;

  async function chapters(path = file()): Promise<[number, string][]> {
    return (await chaptersOf(path)).map(({ at, title }) => [at, title]);
  }

  beforeAll(async () => {
    club = await startTestClub();
    camera = new RtspCamera({ clip: await h264Clip(LARGE) });
    await camera.start();
    const terrain_id = await club.addCourt('Court 1', camera.url);
    const { body } = await club.desk.post<{ session: { session_id: string } }>('/api/video/session/create', {
      terrain_id,
    });
    id = body.session.session_id;
    await club.desk.post('/api/video/record/start', { session_id: id });
    await pictures(camera, 60);
    await mark({ kind: 'highlight', text: 'Première balle', at_seconds: 0.5 });
    marker = await mark({ kind: 'point', seconds_ago: 0.5 });
    expect(await state()).toBe('waiting');
    await club.desk.post('/api/video/record/stop', { session_id: id });
  });

  afterAll(async () => {
    await club?.close();
    await camera?.stop();
  });

  it('are the markers of the match as soon as it is a file', async () => {
    await written();
    const [first, second, ...rest] = await chapters();
    expect(first).toEqual([0.5, 'Highlight: Première balle']);
    expect(second?.[1]).toBe('Point');
    expect(rest).toEqual([]);
  });

  it('follow the markers, and the ETag follows them', async () => {
    const before = (await head()).headers.get('etag') as string;
    await club.desk.patch(`${MARKERS}/${marker}`, { kind: 'fault', text: 'Pied', at_seconds: 1 });
    await written();
    expect(await chapters()).toEqual([
      [0.5, 'Highlight: Première balle'],
      [1, 'Fault: Pied'],
    ]);
    expect((await head({ range: 'bytes=0-9', 'if-range': before })).status).toBe(200);
    const after = (await head()).headers.get('etag') as string;
    expect(after).not.toBe(before);
    expect((await head({ range: 'bytes=0-9', 'if-range': after })).status).toBe(206);
  });

  it('wait for a download that is under way, which is the old file to the byte, and decodes', async () => {
    const before = readFileSync(file());
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { authorization: `Bearer ${club.desk.token}` };
      get(`${club.service.url}/api/video/files/${id}/download`, { headers }, resolve).on('error', reject);
    });
    const begun = jest.spyOn(club.service.app.get(VideoTurns), 'changing');
    await club.desk.delete(`${MARKERS}/${marker}`);
    await until(() => begun.mock.calls.length > 0);
    begun.mockRestore();
    // It takes some milliseconds where nobody reads; these are as many questions to the database.
    for (let i = 0; i < 20; i++) expect(await state()).toBe('waiting');
    const parts: Buffer[] = [];
    for await (const part of answer) parts.push(part as Buffer);
    const downloaded = Buffer.concat(parts);
    expect(downloaded.equals(before)).toBe(true);
    const copy = join(club.service.root, 'downloaded.mp4');
    writeFileSync(copy, downloaded);
    const { stderr } = await run('ffmpeg', ['-v', 'warning', '-nostdin', '-i', copy, '-f', 'null', '-']);
    expect(stderr).toBe('');
    await written();
    expect(await chapters()).toEqual([[0.5, 'Highlight: Première balle']]);
  });

  it('that a crash left undone are found again', async () => {
    await club.service.app.get(DataSource).query(
      `WITH more AS (INSERT INTO markers (session_id, club_id, author_id, kind, at_seconds) VALUES ($1, $2, $3, 'rally', 1))
       UPDATE marker_chapters SET revision = revision + 1 WHERE session_id = $1`,
      [id, club.clubId, club.ids.desk],
    );
    await club.service.app.get(ChapterWriting).tick();
    await written();
    expect((await chapters()).map(([, title]) => title)).toEqual(['Highlight: Première balle', 'Rally']);
  });

  it('are left to the process that writes them, and done by another one where it is gone', async () => {
    const writer = async (owner: object): Promise<void> => {
      await club.service.app.get(DataSource).query(
        `UPDATE marker_chapters SET revision = revision + 1, writer = $2::jsonb, writer_until = now() + interval '1 hour'
            WHERE session_id = $1`,
        [id, JSON.stringify(owner)],
      );
    };
    // The one that started this one.
    const living = { ...ownIdentity(), pid: process.ppid, startTicks: readStartTime(process.ppid) };
    const claims = jest.spyOn(club.service.app.get(ChapterBook), 'claim');
    const before = statSync(file()).mtimeMs;
    for (const owner of [living, { ...living, host: 'another-machine' }]) {
      claims.mockClear();
      await writer(owner);
      await club.service.app.get(ChapterWriting).tick();
      await until(() => claims.mock.results.length > 0);
      expect(await claims.mock.results[0]!.value).toBe(false);
      expect([await state(), statSync(file()).mtimeMs]).toEqual(['waiting', before]);
    }
    claims.mockRestore();
    await writer({ ...living, startTicks: '1' });
    await until(async () => {
      // One that found it in its hands may still be looking.
      await club.service.app.get(ChapterWriting).tick();
      return (await state()) === 'written';
    });
    expect(statSync(file()).mtimeMs).toBeGreaterThan(before);
  });

  it('follow the markers again where so many did not fit for a while', async () => {
    const outcome = jest.spyOn(ChapterWriter.prototype, 'write').mockResolvedValueOnce('no_room');
    const before = await chapters();
    const extra = await mark({ kind: 'note', text: 'One too many', at_seconds: 0 });
    await until(async () => (await state()) === 'unsupported');
    expect(await chapters()).toEqual(before);
    await club.desk.delete(`${MARKERS}/${extra}`);
    await written();
    expect(outcome).toHaveBeenCalledTimes(2);
    outcome.mockRestore();
    expect(await chapters()).toEqual(before);
  });

  it('say so where a file cannot have any', async () => {
    writeFileSync(file(), 'not a film');
    await mark({ kind: 'note', at_seconds: 0 });
    await until(async () => (await state()) === 'unsupported');
    expect(readFileSync(file(), 'utf8')).toBe('not a film');
  });
});
