import { execFileSync } from 'node:child_process';
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DataSource } from 'typeorm';
import { adoptedSessionId } from '../../src/imports/session-name';
import { REFUSALS } from '../../src/imports/refusal';
import { drawFilm } from '../../src/media/fmp4/clip.fixture';
import { Api } from '../support/api';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { FAULT_RUN } from '../faults/ledger';
import { ImportRun, runImport } from '../support/import-program';
import { SmallDisk } from '../support/small-disk';
import { holdLock } from '../support/held-lock';

interface Video {
  session_id: string;
  terrain_name: string;
  user_id: number;
  size_bytes: number;
  duration_seconds: number;
  width: number;
  height: number;
  codec: string;
  created_at: string;
  gaps: unknown[];
}

const FILM = { seconds: 2, size: '160x120' };
const UUID = '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55';
const AN_HOUR_AGO = Date.now() / 1000 - 3_600;

describe('videos of the first system', () => {
  let club: TestClub;
  let folder: string;
  /** Real films of every kind, made once. */
  let films: Record<'front' | 'back' | 'mpeg4' | 'mjpeg' | 'two' | 'sound' | 'none', string>;
  let old: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'padelvar-import-'));
    const film = (name: string): string => join(folder, `${name}.mp4`);
    films = {
      front: film('front'),
      back: film('back'),
      mpeg4: film('mpeg4'),
      mjpeg: film('mjpeg'),
      two: film('two'),
      sound: film('sound'),
      none: join(folder, 'none.mkv'),
    };
    drawFilm(films.front, FILM);
    drawFilm(films.back, FILM, '0');
    const ffmpeg = (...words: string[]): void => {
      execFileSync('ffmpeg', ['-v', 'error', '-y', ...words]);
    };
    ffmpeg('-i', films.front, '-c:v', 'mpeg4', films.mpeg4);
    ffmpeg('-i', films.front, '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', films.mjpeg);
    ffmpeg('-i', films.front, '-map', '0', '-map', '0', '-c', 'copy', films.two);
    ffmpeg('-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac', films.sound);
    ffmpeg('-i', films.front, '-c', 'copy', films.none);
    club = await startTestClub();
  });

  beforeEach(() => {
    old = mkdtempSync(join(folder, 'old-'));
  });

  afterAll(async () => {
    await club?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Puts a file where the first system had it, an hour old. */
  function put(path: string, film: string | Buffer = films.front): string {
    const place = join(old, path);
    mkdirSync(dirname(place), { recursive: true });
    if (typeof film === 'string') copyFileSync(film, place);
    else writeFileSync(place, film);
    utimesSync(place, AN_HOUR_AGO, AN_HOUR_AGO);
    return place;
  }
  const run = (...words: string[]): Promise<ImportRun> => runImport(club.service, [old, ...words]);
  const mapped = (name: string): string[] => ['--map', `${name}=${club.clubId}`];
  const sql = <Row>(text: string, parameters: unknown[] = []): Promise<Row[]> =>
    club.service.app.get(DataSource).query<Row[]>(text, parameters);
  const here = (id: string, clubId = club.clubId): string =>
    join(club.service.config.videosDir, String(clubId), `${id}.mp4`);
  const one = async (id: string, who: Api = club.desk): Promise<Video> => {
    const { body } = await who.get<{ video: Video }>(`/api/video/files/${id}`);
    return body.video;
  };
  const trail = (id: string): Promise<{ action: string; details: Record<string, unknown> }[]> =>
    sql('SELECT action, details FROM audit_log WHERE target = $1 ORDER BY id', [id]);
  /** All there is: rows of every table that an import writes, and every name below VIDEOS_DIR. */
  async function everything(): Promise<string> {
    const tables = ['clubs', 'courts', 'camera_sessions', 'recordings', 'videos', 'marker_chapters'];
    const rows = await Promise.all(tables.map((table) => sql(`SELECT * FROM ${table} ORDER BY 1`)));
    const [log] = await sql(`SELECT count(*) FROM audit_log WHERE action LIKE 'video.%'`);
    const names = readdirSync(club.service.config.videosDir, { recursive: true });
    return JSON.stringify([rows, log, names.sort()]);
  }

  describe('are adopted', () => {
    it('as matches of the club: listed, shown, sent in parts, deleted', async () => {
      const place = put(`nord/${UUID}.mp4`, films.back);
      const bytes = readFileSync(place);
      const { code, lines, stdout } = await run(...mapped('nord'));
      expect(lines).toEqual([
        expect.stringMatching(
          new RegExp(`^adopted  nord/${UUID}.mp4 -> ${club.clubId}/${UUID}.mp4 \\(0:00:02, .* kB, h264 160x120\\)$`),
        ),
      ]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^adopted 1 \(.* kB\), already there 0, refused 0$/m);

      const { body } = await club.desk.get<{ videos: Video[] }>('/api/video/files/list');
      expect(body.videos).toHaveLength(1);
      expect(body.videos[0]).toMatchObject({
        ...{ session_id: UUID, terrain_name: 'Imported', user_id: club.ids.desk, size_bytes: bytes.length },
        ...{ duration_seconds: 2, width: 160, height: 120, codec: 'h264', gaps: [] },
        created_at: new Date(AN_HOUR_AGO * 1000).toISOString(),
      });
      // The court is one that is there no more: nobody is asked for its camera.
      const courts = await club.desk.get<{ count: number }>(`/api/clubs/${club.clubId}/terrains`);
      expect(courts.body.count).toBe(0);
      const session = await club.desk.get<{ session: Record<string, unknown> }>(`/api/video/session/${UUID}`);
      expect(session.body.session).toMatchObject({ status: 'closed', reason: 'imported', reconnects: 0 });
      const status = await club.desk.get<{ status: object }>(`/api/video/record/status/${UUID}`);
      expect(status.body.status).toMatchObject({
        ...{ status: 'ready', active: false, duration_seconds: 2, bytes_written: bytes.length, gaps: [] },
        ...{ video_path: `${club.clubId}/${UUID}.mp4`, error: null },
        started_at: new Date(AN_HOUR_AGO * 1000 - 2_000).toISOString(),
      });

      const route = `/api/video/files/${UUID}`;
      const part = await club.desk.bytes(`${route}/download`, { range: 'bytes=100-299' });
      expect(part.response.status).toBe(206);
      expect(part.body).toEqual(bytes.subarray(100, 300));
      const picture = await club.desk.bytes(`${route}/thumbnail.jpg`);
      expect(picture.response.headers.get('content-type')).toBe('image/jpeg');
      const review = await club.desk.get<{ code: string }>(`/api/preview/${UUID}/review.m3u8`);
      expect([review.status, review.body.code]).toEqual([409, 'review_file_only']);
      expect((await club.other.get(route)).status).toBe(404);
      expect(await trail(UUID)).toEqual([
        {
          action: 'video.adopted',
          details: { from: `nord/${UUID}.mp4`, size_bytes: bytes.length, duration_seconds: 2, codec: 'h264' },
        },
        expect.objectContaining({ action: 'video.downloaded' }),
      ]);

      // Nothing is ever written into a file that may have a second name elsewhere.
      const marker = await club.desk.post('/api/video/markers', { session_id: UUID, kind: 'point', at_seconds: 1 });
      expect(marker.status).toBe(201);
      const markers = await club.desk.get<{ chapters: string }>(`/api/video/markers?session_id=${UUID}`);
      expect(markers.body.chapters).toBe('unsupported');

      expect((await club.desk.delete(`${route}/delete`)).status).toBe(200);
      expect(existsSync(here(UUID))).toBe(false);
      expect(readFileSync(place)).toEqual(bytes);
      const again = await run(...mapped('nord'));
      expect(again.lines).toEqual([`there    nord/${UUID}.mp4: it was deleted here, and stays so`]);
      expect(again.code).toBe(0);
      expect(existsSync(here(UUID))).toBe(false);
    });

    it('once: a second run does nothing, and a dry run nothing at all', async () => {
      put('nord/session_20241203_183000.mp4');
      put('nord/Match d’été (1).mp4');
      put('nord/x\nrefused  y.MP4', films.back);
      const before = await everything();
      const dry = await run(...mapped('nord'), '--dry-run');
      expect(dry.code).toBe(0);
      expect(dry.lines).toHaveLength(3);
      expect(dry.stdout).toMatch(/^would adopt 3 \(/m);
      expect(await everything()).toBe(before);

      const first = await run(...mapped('nord'));
      expect(first.code).toBe(0);
      // One line a file, whatever its name.
      expect(first.lines.map((line) => line.replace(/ \(0:.*/, ''))).toEqual([
        `adopted  "nord/Match d’été (1).mp4" -> ${club.clubId}/${adopted('nord', 'Match d’été (1)')}.mp4`,
        `adopted  nord/session_20241203_183000.mp4 -> ${club.clubId}/${adopted('nord', 'session_20241203_183000')}.mp4`,
        `adopted  "nord/x\\nrefused  y.MP4" -> ${club.clubId}/${adopted('nord', 'x\nrefused  y')}.mp4`,
      ]);
      const named = await one(adopted('nord', 'session_20241203_183000'));
      expect(named.created_at).toBe('2024-12-03T17:30:02.000Z');

      const after = await everything();
      const second = await run(...mapped('nord'));
      expect(second.code).toBe(0);
      expect(second.stdout).toMatch(/^adopted 0 \(0 B\), already there 3, refused 0$/m);
      expect(await everything()).toBe(after);
    });

    it('also where browsers may not play them, and says so', async () => {
      put('nord/a.mp4', films.mpeg4);
      put('nord/b.mp4', films.mjpeg);
      const { code, lines, stdout } = await run(...mapped('nord'));
      expect(code).toBe(0);
      expect(lines[0]).toMatch(/mpeg4 160x120; browsers may not play mpeg4\)$/);
      expect(lines[1]).toMatch(/mjpeg 160x120; browsers may not play mjpeg\)$/);
      expect(stdout).toMatch(/^2 of them browsers may not play/m);
      const id = adopted('nord', 'a');
      expect((await one(id)).codec).toBe('mpeg4');
      const picture = await club.desk.get<{ code: string }>(`/api/video/files/${id}/thumbnail.jpg`);
      expect([picture.status, picture.body.code]).toEqual([404, 'thumbnail_unavailable']);
    });

    it('without being copied where the disk is the same, and the old folder stays as it is', async () => {
      const place = put('nord/c.mp4');
      const before = statSync(place, { bigint: true });
      await run(...mapped('nord'));
      const [mine, theirs] = [statSync(here(adopted('nord', 'c'))), statSync(place, { bigint: true })];
      // A second name of the file; a file system that shares bytes between files gives it bytes of its own for nothing.
      expect(mine.ino === Number(before.ino)).toBe(!canShare());
      expect([theirs.ino, theirs.size, theirs.mtimeNs, theirs.mode]).toEqual([
        ...[before.ino, before.size, before.mtimeNs, before.mode],
      ]);
      const copied = put('nord/d.mp4');
      await run(...mapped('nord'), '--copy');
      expect(statSync(here(adopted('nord', 'd'))).ino).not.toBe(statSync(copied).ino);
      expect(readFileSync(here(adopted('nord', 'd')))).toEqual(readFileSync(copied));
    });

    it('and taken away from there only where that was asked for', async () => {
      const place = put('nord/e.mp4');
      const bytes = readFileSync(place);
      await run(...mapped('nord'));
      expect(existsSync(place)).toBe(true);
      const moved = await run(...mapped('nord'), '--move');
      expect(moved.lines).toEqual(['there    nord/e.mp4: the old file was taken away']);
      expect(existsSync(place)).toBe(false);
      expect(readFileSync(here(adopted('nord', 'e')))).toEqual(bytes);

      const other = put('nord/f.mp4');
      expect((await run(...mapped('nord'), '--move')).code).toBe(0);
      expect(existsSync(other)).toBe(false);
      expect(existsSync(here(adopted('nord', 'f')))).toBe(true);
      // What has the name and the size of an adopted one, and other bytes, is somebody's.
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      put('nord/f.mp4', changed);
      const refused = await run(...mapped('nord'), '--move');
      expect(refused.lines).toEqual([expect.stringContaining('(id_taken)')]);
      expect(existsSync(other)).toBe(true);
    });

    it('from another disk as copies, if there is room for all of them', async () => {
      const disk = SmallDisk.mount(join(folder, 'disk'), 32);
      if (typeof disk === 'string') return;
      try {
        old = disk.path;
        const place = put('nord/g.mp4');
        const full = await runImport(club.service, [old, ...mapped('nord')], { env: { DISK_RESERVE_MB: '90000000' } });
        expect([full.code, full.lines]).toEqual([2, []]);
        expect(full.stderr).toMatch(/There is no room: 1 MB are to be copied.*DISK_RESERVE_MB/);
        const { code } = await run(...mapped('nord'), '--move');
        expect(code).toBe(0);
        expect(existsSync(place)).toBe(false);
        expect(readFileSync(here(adopted('nord', 'g')))).toEqual(readFileSync(films.front));
      } finally {
        disk.unmount();
      }
    });
  });

  it('refuses what is no video that can be trusted, and says why', async () => {
    const whole = readFileSync(films.front);
    put('nord/1-empty.mp4', Buffer.alloc(0));
    put('nord/2-cut.mp4', whole.subarray(0, whole.length - 5_000));
    put('nord/3-no-index.mp4', readFileSync(films.back).subarray(0, -2_000));
    put('nord/4-matroska.mp4', films.none);
    put('nord/5-page.mp4', Buffer.from('<html></html>'));
    put('nord/6-zeros.mp4', Buffer.concat([whole, Buffer.alloc(4_096)]));
    put('nord/7-sound.mp4', films.sound);
    put('nord/8-two.mp4', films.two);
    const nonsense = Buffer.from(whole);
    const index = whole.indexOf('moov') - 4;
    nonsense.fill(0xff, index + 8, index + whole.readUInt32BE(index));
    put('nord/9-nonsense.mp4', nonsense);
    put('nord/notes.txt', Buffer.from('notes'));
    put('loose.mp4');
    mkdirSync(join(old, 'nord', 'folder.mp4'));
    symlinkSync(films.front, join(old, 'nord', 'link.mp4'));
    symlinkSync('/etc', join(old, 'etc'));
    const fresh = put('nord/fresh.mp4');
    utimesSync(fresh, Date.now() / 1000, Date.now() / 1000);
    put('nord/.hidden.mp4');
    const before = await everything();

    const { code, lines, stdout } = await run(...mapped('nord'));
    const codes = lines.map((line) => line.replace(/^refused {2}([^:]+): .*\((\w+)\)$/, '$1 $2'));
    expect(codes).toEqual([
      'etc symbolic_link',
      'loose.mp4 not_in_club_folder',
      'nord/1-empty.mp4 empty',
      'nord/2-cut.mp4 truncated',
      'nord/3-no-index.mp4 truncated',
      'nord/4-matroska.mp4 not_mp4',
      'nord/5-page.mp4 not_mp4',
      'nord/6-zeros.mp4 damaged',
      'nord/7-sound.mp4 no_video',
      'nord/8-two.mp4 no_video',
      expect.stringMatching(/^nord\/9-nonsense.mp4 (not_playable|no_video)$/),
      'nord/folder.mp4 not_a_file',
      'nord/fresh.mp4 still_written',
      'nord/link.mp4 symbolic_link',
      'nord/notes.txt not_mp4_name',
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^adopted 0 \(0 B\), already there 0, refused 15$/m);
    expect(await everything()).toBe(before);
  });

  it('asks which club a folder is, and makes clubs only where it is told to', async () => {
    put('7/a.mp4');
    put('Padel Est/b.mp4');
    put('padel nord/c.mp4');
    const asked = await run();
    expect(asked.code).toBe(1);
    expect(asked.lines).toEqual([
      expect.stringMatching(
        /^refused {2}7\/a.mp4: .*add --map 7=<id> \(clubs: \d+ .*Padel Nord.*\), or --create-clubs/,
      ),
      expect.stringMatching(/^refused {2}"Padel Est\/b.mp4": .*--map "Padel Est"=<id>/),
      // A folder of a club's name is that club's.
      expect.stringMatching(/^adopted {2}"padel nord\/c.mp4"/),
    ]);
    const { code } = await run('--create-clubs');
    expect(code).toBe(0);
    const { body } = await club.operator.get<{ clubs: { id: number; name: string }[] }>('/api/clubs');
    const est = body.clubs.find(({ name }) => name === 'Padel Est')?.id ?? 0;
    expect(body.clubs.map(({ name }) => name)).toEqual(['Padel Nord', 'Club 7', 'Padel Est']);
    expect(existsSync(here(adoptedSessionId(est, 'Padel Est', 'b'), est))).toBe(true);
    // Nobody is in it yet: they are the operator's.
    const me = await club.operator.get<{ id: number }>('/api/auth/me');
    expect((await one(adoptedSessionId(est, 'Padel Est', 'b'), club.operator)).user_id).toBe(me.body.id);
    expect((await run('--create-clubs')).stdout).toMatch(/^adopted 0 .*already there 3/m);

    const sud = await club.operator.post<{ id: number }>('/api/clubs', { name: 'Padel Sud', time_zone: 'UTC' });
    await club.addCourt('Court 1', 'rtsp://127.0.0.1:1/x');
    const other = put('Padel Sud/d.mp4');
    const nobody = await run('--owner', 'player@padelvar.test');
    expect(nobody.lines.filter((line) => line.includes('Padel Sud/'))).toEqual([
      expect.stringContaining('(owner_not_member)'),
    ]);
    expect(existsSync(here(adoptedSessionId(sud.body.id, 'Padel Sud', 'd'), sud.body.id))).toBe(false);
    rmSync(other);
  });

  it('gives them to whom and to which court it is told', async () => {
    const court = await club.addCourt('Court 9', 'rtsp://127.0.0.1:1/9');
    put('nord/of-player.mp4');
    const { code } = await run(...mapped('nord'), '--owner', 'Player@padelvar.test', '--court', String(court));
    expect(code).toBe(0);
    const video = await one(adopted('nord', 'of-player'), club.player);
    expect([video.user_id, video.terrain_name]).toEqual([club.ids.player, 'Court 9']);
  });

  it('begins nothing with a command that makes no sense', async () => {
    put('nord/h.mp4');
    const before = await everything();
    for (const [words, said] of [
      [['--map', 'nord=999999'], /there is no club 999999/],
      [['--court', '999999'], /no court 999999/],
      [['--owner', 'x@padelvar.test'], /Nobody with an account/],
      [['--force'], /--force is no option/],
    ] as const) {
      const { code, stderr, lines } = await run(...words);
      expect([code, lines]).toEqual([2, []]);
      expect(stderr).toMatch(said);
    }
    const inside = await runImport(club.service, [join(club.service.config.videosDir, String(club.clubId))]);
    expect(inside.code).toBe(2);
    expect(inside.stderr).toMatch(/lie in each other/);
    const away = await runImport(club.service, [join(old, 'nowhere')]);
    expect(away.stderr).toMatch(/is no folder/);
    expect(await everything()).toBe(before);
  });

  it("keeps to the club's quota, and retention counts from the adoption", async () => {
    const { body } = await club.operator.post<{ id: number }>('/api/clubs', { name: 'Padel Ouest', time_zone: 'UTC' });
    const user = { email: 'ouest@padelvar.test', name: 'Ouest', password: PASSWORD, role: 'CLUB_ADMIN' };
    await club.operator.post(`/api/clubs/${body.id}/users`, user);
    const bytes = readFileSync(films.front).length;
    await club.operator.patch(`/api/clubs/${body.id}`, { retention_days: 2, quota_bytes: Math.ceil(bytes * 1.5) });
    for (const name of ['one', 'two']) {
      const place = put(`Padel Ouest/${name}.mp4`);
      const longAgo = AN_HOUR_AGO - 400 * 86_400;
      utimesSync(place, longAgo, longAgo);
    }
    const { code, lines, stdout } = await run();
    expect(code).toBe(1);
    expect(lines[1]).toMatch(/^refused.*\(quota_exceeded\)$/);
    expect(stdout).toMatch(/^"Padel Ouest" deletes videos after 2 days\. For these that counts from today/m);

    const id = adoptedSessionId(body.id, 'Padel Ouest', 'one');
    const clean = (): Promise<unknown> => club.operator.post('/api/video/cleanup');
    await clean();
    expect((await one(id, club.operator)).session_id).toBe(id);
    await sql(`UPDATE videos SET adopted_at = now() - interval '49 hours' WHERE session_id = $1`, [id]);
    await clean();
    expect((await club.operator.get(`/api/video/files/${id}`)).status).toBe(404);
    expect((await trail(id)).map(({ action }) => action)).toEqual(['video.adopted', 'video.expired']);
  });

  it('is whole after a kill at any line, once it is run again', async () => {
    const options = [...mapped('nord'), '--move'];
    // Each line costs two programs: all of them in the fault run, every third one here.
    const step = FAULT_RUN ? 1 : 3;
    let died = 0;
    for (let faultPoint = 1; ; faultPoint += step) {
      const name = `killed-${faultPoint}`;
      const place = put(`nord/${name}.mp4`);
      const killed = await runImport(club.service, [old, ...options], { faultPoint });
      if (killed.signal === null) break;
      expect(killed.signal).toBe('SIGKILL');
      died++;
      const id = adopted('nord', name);
      // A row leads to a whole file, and what is gone there is here.
      const [row] = await sql('SELECT 1 FROM videos WHERE session_id = $1', [id]);
      if (row) expect(readFileSync(here(id))).toEqual(readFileSync(films.front));
      else expect(existsSync(place)).toBe(true);

      const again = await run(...options);
      expect(again.code).toBe(0);
      expect(readFileSync(here(id))).toEqual(readFileSync(films.front));
      expect(existsSync(place)).toBe(false);
      expect((await trail(id)).map(({ action }) => action)).toEqual(['video.adopted']);
      expect(readdirSync(join(club.service.config.videosDir, '.incoming'))).toEqual([]);
    }
    expect(died * step).toBeGreaterThanOrEqual(8);
    const before = await everything();
    await club.operator.post('/api/video/cleanup');
    expect(JSON.parse(await everything())[0]).toEqual(JSON.parse(before)[0]);
  }, 240_000);

  it('waits while the upkeep compares files with rows', async () => {
    const place = put('nord/waits.mp4');
    const lock = await holdLock(club.service.databaseUrl, 'files_and_rows');
    const running = run(...mapped('nord'));
    await lock.wanted();
    expect(existsSync(here(adopted('nord', 'waits')))).toBe(false);
    await lock.release();
    expect((await running).code).toBe(0);
    expect(existsSync(place)).toBe(true);
  });

  it('takes thousands of names without keeping them, and says how far it is', async () => {
    mkdirSync(join(old, 'nord'));
    const empty = put('nord/0.mp4', Buffer.alloc(0));
    for (let i = 1; i < 10_000; i++) linkSync(empty, join(old, 'nord', `${i}.mp4`));
    const { code, stderr, stdout } = await run(...mapped('nord'), '--dry-run');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^would adopt 0 \(0 B\), already there 0, refused 10000$/m);
    expect(stderr.split('\n').filter((line) => line.endsWith(' of 10000'))).toHaveLength(20);
  });

  it('has words for every reason', () => {
    const documented = readFileSync(join(__dirname, '..', '..', 'docs', 'migration.md'), 'utf8');
    for (const code of Object.keys(REFUSALS)) expect(documented).toContain(`\`${code}\``);
  });

  /** Whether the file system lets files share bytes. */
  function canShare(): boolean {
    try {
      copyFileSync(films.front, join(folder, 'shared'), constants.COPYFILE_FICLONE_FORCE);
      return true;
    } catch {
      return false;
    }
  }

  function adopted(name: string, stem: string): string {
    return adoptedSessionId(club.clubId, name, stem);
  }
});
