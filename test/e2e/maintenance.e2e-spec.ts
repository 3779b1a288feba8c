import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { get, IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SchedulerRegistry } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock } from '../../src/common/clock';
import { HandClock } from '../../src/common/hand-clock.fixture';
import { ChildOwner, formatMarker } from '../../src/media/process';
import { readArguments, readStartTime } from '../../src/media/process/proc-stat';
import { Toolchain } from '../../src/media/toolchain';
import { VideoReads } from '../../src/files/video-reads.service';
import { VideoRemoval } from '../../src/files/video-removal.service';
import { RecordingRecovery } from '../../src/recording/recording-recovery.service';
import { ScheduledTasks } from '../../src/maintenance/scheduled-tasks.service';
import { Counts, TaskRun } from '../../src/maintenance/task-table';
import { h264Clip, RtspCamera } from '../cameras';
import { pictures } from '../faults/film';
import { Api } from '../support/api';
import { ADMIN, PASSWORD, startTestClub, TestClub } from '../support/club';
import { startTestApp, TestApp } from '../support/test-app';
import { VideoShelf } from '../support/video-shelf';

interface CleanUp {
  success: boolean;
  cleaned_sessions: number;
  killed_processes: number;
  deleted_videos: number;
  deleted_bytes: number;
  postponed_videos: number;
  quarantined_files: number;
  missing_files: number;
  found_files: number;
  removed_files: number;
  emptied_files: number;
  failed_tasks: string[];
  skipped_tasks: string[];
}
interface Task {
  name: string;
  every_seconds: number;
  last_run: string | null;
  outcome: string | null;
  duration_ms: number | null;
  result: Record<string, number> | null;
  error: string | null;
}
interface Health {
  status: string;
  details?: {
    tasks: Task[];
    disk: { free_bytes: number; reserve_bytes: number; write_bytes_per_second: number; hours_left: number | null };
  };
}
interface Club {
  retention_days: number | null;
  quota_bytes: number | null;
}

/** A clean-up that found nothing to do. */
const NOTHING: CleanUp = {
  success: true,
  cleaned_sessions: 0,
  killed_processes: 0,
  deleted_videos: 0,
  deleted_bytes: 0,
  postponed_videos: 0,
  quarantined_files: 0,
  missing_files: 0,
  found_files: 0,
  removed_files: 0,
  emptied_files: 0,
  failed_tasks: [],
  skipped_tasks: [],
};
const HOUR_MS = 3_600_000;

/**
 * Where quarantine put what lay at `path`: below the day of its taking, which is yesterday's when the clean-up ran just before
 * midnight.
 */
function quarantined(own: VideoShelf, path: string): string {
  const days = existsSync(own.path('.quarantine')) ? readdirSync(own.path('.quarantine')) : [];
  expect(days.every((day) => /^\d{4}-\d{2}-\d{2}$/.test(day))).toBe(true);
  const held = days.map((day) => own.path(`.quarantine/${day}/${path}`));
  return held.find((place) => existsSync(place)) ?? held.join(', ');
}

function stopTimers(timers: SchedulerRegistry): void {
  for (const name of timers.getIntervals()) timers.deleteInterval(name);
}

/** A process with the mark of this installation's children that is nobody's child any more. */
async function leftover(instance: string, session: string, owner?: ChildOwner): Promise<number> {
  const script = '"$1" -e "setInterval(() => {}, 1000)" "$2" >/dev/null 2>&1 & echo $!';
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    script,
    'sh',
    process.execPath,
    formatMarker({ instance, session, ...(owner && { owner }) }),
  ]);
  return Number(stdout);
}

describe('maintenance', () => {
  let club: TestClub;
  let second: TestApp;
  /** The same operator at the other service process. */
  let secondOperator: Api;
  /** CLUB_ADMIN of a club that is not the test's. */
  let foreign: Api;
  let foreignShelf: VideoShelf;
  /** The club of `club.desk`. */
  let shelf: VideoShelf;

  beforeAll(async () => {
    club = await startTestClub({ env: { RETENTION_DAYS: '30' } });
    const { databaseUrl, root } = club.service;
    second = await startTestApp({ databaseUrl, root, env: { RETENTION_DAYS: '30' } });
    // Nothing by the clock: every run is the test's.
    for (const { app } of [club.service, second]) stopTimers(app.get(SchedulerRegistry));
    secondOperator = await Api.signedIn(second.url, ADMIN.email, ADMIN.password);
    shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
    foreignShelf = await VideoShelf.make(club.service, club.operator, 'Padel Sud');
    await club.operator.post(`/api/clubs/${foreignShelf.clubId}/users`, {
      email: 'sud@padelvar.test',
      name: 'Sud',
      password: PASSWORD,
      role: 'CLUB_ADMIN',
    });
    foreign = await Api.signedIn(club.service.url, 'sud@padelvar.test', PASSWORD);
    // Enough that a few lost files are no alarm.
    for (let i = 0; i < 12; i++) await Promise.all([shelf.put(), foreignShelf.put()]);
  });

  afterAll(async () => {
    await second?.close();
    await club?.close();
  });

  afterEach(() => jest.restoreAllMocks());

  async function cleanUp(who: Api = club.operator): Promise<CleanUp> {
    const { status, body } = await who.post<CleanUp>('/api/video/cleanup');
    expect(status).toBe(200);
    return body;
  }

  const here = (): ScheduledTasks => club.service.app.get(ScheduledTasks, { strict: false });
  const there = (): ScheduledTasks => second.app.get(ScheduledTasks, { strict: false });

  /** Ends what a failed test has left under way. */
  const underWay: (() => void)[] = [];
  afterEach(() => underWay.splice(0).forEach((end) => end()));

  /** A run that is under way until it is told to end. */
  async function begun(tasks: ScheduledTasks, name: TaskRun['name']) {
    let end: () => void = () => undefined;
    let run: Promise<TaskRun> | undefined;
    await new Promise<void>((started) => {
      const work = (): Promise<Counts> => {
        return new Promise((resolve) => {
          end = () => resolve({ did: 1 });
          started();
        });
      };
      run = tasks.run(name, work);
    });
    underWay.push(end);
    return { end, run: run as Promise<TaskRun> };
  }

  async function task(name: string, who: Api = club.operator): Promise<Task> {
    const { body } = await who.get<Health>('/api/video/health');
    return body.details?.tasks.find((one) => one.name === name) as Task;
  }

  describe('scheduled tasks', () => {
    it('of two service processes one does what is for the whole installation', async () => {
      const first = await begun(here(), 'trash');
      const work = jest.fn().mockResolvedValue({});
      expect(await there().run('trash', work)).toMatchObject({ outcome: 'skipped', result: {} });
      expect(work).not.toHaveBeenCalled();
      first.end();
      expect(await first.run).toMatchObject({ outcome: 'ok', result: { did: 1 } });
      expect(await there().run('trash', work)).toMatchObject({ outcome: 'ok' });
      expect(work).toHaveBeenCalledTimes(1);
    });

    it('one that fails lets go, is told, and works again at its next turn', async () => {
      const warn = jest.spyOn(here()['logger'], 'warn').mockImplementation();
      const fail = (): Promise<never> => Promise.reject(new Error('/a/path/nobody/is/told'));
      for (let turn = 0; turn < 3; turn++) {
        expect(await here().run('trash', fail)).toMatchObject({ outcome: 'failed' });
      }
      expect(warn).toHaveBeenCalledTimes(1);
      expect(await task('trash', secondOperator)).toMatchObject({
        outcome: 'failed',
        error: 'It failed; the log says why.',
      });
      expect(await there().run('trash', () => Promise.resolve({ did: 2 }))).toMatchObject({ outcome: 'ok' });
      expect(await task('trash')).toMatchObject({ outcome: 'ok', result: { did: 2 }, error: null });
    });

    it('what each process does for itself is done by both', async () => {
      const first = await begun(here(), 'orphan_sessions');
      expect(await there().run('orphan_sessions', () => Promise.resolve({}))).toMatchObject({ outcome: 'ok' });
      first.end();
      await first.run;
    });

    it('never overlaps itself; all who wait have their own run', async () => {
      const first = await begun(here(), 'disk_space');
      let atOnce = 0;
      const work = jest.fn(async () => {
        expect(++atOnce).toBe(1);
        await new Promise(setImmediate);
        atOnce--;
        return {};
      });
      expect(await here().run('disk_space', work)).toMatchObject({ outcome: 'skipped' });
      const waiting = [1, 2, 3].map(() => here().run('disk_space', work, { wait: true }));
      expect(work).not.toHaveBeenCalled();
      first.end();
      expect((await Promise.all(waiting)).map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
      expect(work).toHaveBeenCalledTimes(3);
    });

    it('a hundred runs at once leave no lock and no connection behind', async () => {
      const names = ['trash', 'retention', 'files_and_rows', 'stuck_recordings'] as const;
      const runs = Array.from({ length: 100 }, (_, i) => {
        return (i % 2 ? here() : there()).run(names[i % 4] as (typeof names)[number], () => Promise.resolve({}));
      });
      const outcomes = (await Promise.all(runs)).map((run) => run.outcome);
      expect(outcomes).toContain('ok');
      expect(outcomes).not.toContain('failed');
      const locks = await shelf.sql(
        `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      expect(locks).toEqual([]);
    });

    it('are shown to admins, and to nobody else', async () => {
      for (const who of [club.operator, club.desk]) {
        const { body } = await who.get<Health>('/api/video/health');
        expect(body.details?.tasks.map(({ name, every_seconds }) => [name, every_seconds])).toEqual([
          ['orphan_sessions', 15],
          ['orphan_processes', 15],
          ['stuck_recordings', 10],
          ['retention', 900],
          ['files_and_rows', 900],
          ['trash', 900],
          ['disk_space', 60],
          ['camera_keys', 900],
          ['chapters', 60],
          ['camera_watch', 5],
          ['highlights', 60],
          ['compression', 60],
          ['old_jobs', 3600],
          ['bookings', 3],
          ['auto_stop', 3],
          ['booking_calendars', 30],
          ['webhooks', 3],
          ['storage', 15],
        ]);
        expect(body.details?.tasks[1]).toMatchObject({ outcome: 'ok', result: { killed_processes: 0 }, error: null });
        expect(Date.parse(body.details?.tasks[1]?.last_run ?? '')).not.toBeNaN();
        expect(body.details?.disk).toMatchObject({ reserve_bytes: 0, write_bytes_per_second: 0, hours_left: null });
        expect(body.details?.disk.free_bytes).toBeGreaterThan(0);
      }
      for (const who of [club.player, new Api(club.service.url)]) {
        const { status, body } = await who.get<Health>('/api/video/health');
        expect(status).toBe(200);
        expect(body).not.toHaveProperty('details');
      }
    });
  });

  describe('the clean-up route', () => {
    it.each([
      ['nobody', () => new Api(club.service.url), 401],
      ['player', () => club.player, 403],
      ['desk', () => club.desk, 200],
      ['operator', () => club.operator, 200],
    ])('%s', async (_, who, status) => {
      expect((await who().post('/api/video/cleanup')).status).toBe(status);
    });

    it('repeated, and at both processes at once, it does everything once', async () => {
      const old = await Promise.all([1, 2, 3].map(() => shelf.put({ ageDays: 40 })));
      shelf.write(`${shelf.clubId}/once.mp4`);
      const all = await Promise.all([cleanUp(), cleanUp(secondOperator), cleanUp(), cleanUp(secondOperator)]);
      all.push(await cleanUp());
      const sum = (of: (one: CleanUp) => number): number => all.reduce((total, one) => total + of(one), 0);
      expect(sum((one) => one.deleted_videos)).toBe(3);
      expect(sum((one) => one.quarantined_files)).toBe(1);
      expect(all.flatMap((one) => one.failed_tasks)).toEqual([]);
      for (const id of old) {
        expect((await shelf.trail(id)).map(({ action }) => action)).toEqual(['video.expired']);
      }
      expect(await cleanUp()).toEqual(NOTHING);
    });

    it("of a CLUB_ADMIN leaves other clubs' sessions, videos and files alone", async () => {
      const [mine, theirs] = await Promise.all([shelf.put({ ageDays: 40 }), foreignShelf.put({ ageDays: 40 })]);
      const [gone, theirsGone] = await Promise.all([shelf.put(), foreignShelf.put()]);
      shelf.remove(gone);
      foreignShelf.remove(theirsGone);
      shelf.write(`${shelf.clubId}/mine.mp4`);
      foreignShelf.write(`${foreignShelf.clubId}/theirs.mp4`);
      shelf.write('nobodys.mp4');
      shelf.write(`.recordings/${randomUUID()}/part-1.mp4`);
      expect(await cleanUp(club.desk)).toEqual({
        ...NOTHING,
        deleted_videos: 1,
        deleted_bytes: 1_000,
        quarantined_files: 1,
        missing_files: 1,
      });
      expect(await shelf.listed([mine])).toEqual([]);
      expect(await foreignShelf.listed([theirs])).toEqual([theirs]);
      expect(foreignShelf.has(theirs)).toBe(true);
      expect(await foreignShelf.missing([theirsGone])).toEqual([]);
      expect(existsSync(shelf.path(`${foreignShelf.clubId}/theirs.mp4`))).toBe(true);
      expect(existsSync(shelf.path('nobodys.mp4'))).toBe(true);
      // What it did is part of the task only: it is no last run of it.
      expect((await task('retention')).result).not.toMatchObject({ deleted_videos: 1 });
      expect(await cleanUp(foreign)).toMatchObject({ deleted_videos: 1, quarantined_files: 1, missing_files: 1 });
      for (const id of [gone, theirsGone]) await club.operator.delete(`/api/video/files/${id}/delete`);
      expect(await cleanUp()).toEqual({ ...NOTHING, quarantined_files: 2 });
    });

    it("of a CLUB_ADMIN ends leftover processes of the club's sessions only", async () => {
      const { instance } = club.service.app.get(Toolchain, { strict: false });
      const pids = [await leftover(instance, await shelf.put()), await leftover(instance, await foreignShelf.put())];
      try {
        expect(await cleanUp(club.desk)).toEqual({ ...NOTHING, killed_processes: 1 });
        expect(await cleanUp(club.desk)).toEqual(NOTHING);
        expect(await cleanUp()).toEqual({ ...NOTHING, killed_processes: 1 });
      } finally {
        for (const pid of pids) if (readArguments(pid).length > 0) process.kill(pid, 'SIGKILL');
      }
    });

    it('ends no process whose service process lives, though its session is over', async () => {
      const { instance } = club.service.app.get(Toolchain, { strict: false });
      const service = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      await once(service, 'spawn');
      const owner = { pid: service.pid ?? 0, startTime: readStartTime(service.pid ?? 0) ?? '' };
      const pid = await leftover(instance, await shelf.put(), owner);
      try {
        expect(await cleanUp()).toEqual(NOTHING);
        service.kill('SIGKILL');
        await once(service, 'exit');
        expect(await cleanUp()).toEqual({ ...NOTHING, killed_processes: 1 });
      } finally {
        service.kill('SIGKILL');
        if (readArguments(pid).length > 0) process.kill(pid, 'SIGKILL');
      }
    });
  });

  describe('retention', () => {
    let own: VideoShelf;
    beforeEach(async () => {
      own = await VideoShelf.make(club.service, club.operator, 'Padel Est');
    });

    it('deletes what is older than the service keeps videos: row, file, and a line in the trail', async () => {
      const [old, young] = [await own.put({ ageDays: 30.1, bytes: 700 }), await own.put({ ageDays: 29.9 })];
      expect(await cleanUp()).toMatchObject({ deleted_videos: 1, deleted_bytes: 700, postponed_videos: 0 });
      expect(await own.listed([old, young])).toEqual([young]);
      expect([own.has(old), own.has(young)]).toEqual([false, true]);
      expect(readdirSync(own.path('.trash'))).toEqual([]);
      expect(await own.trail(old)).toEqual([
        {
          action: 'video.expired',
          club_id: own.clubId,
          details: { reason: 'age', size_bytes: 700, duration_seconds: 60 },
        },
      ]);
      expect((await club.operator.bytes(`/api/video/files/${old}/download`)).response.status).toBe(404);
      expect(await task('retention')).toMatchObject({ outcome: 'ok', result: { deleted_videos: 1 } });
    });

    it("goes by the club's own age where it has one", async () => {
      const [old, young] = [await own.put({ ageDays: 8 }), await own.put({ ageDays: 6 })];
      await club.operator.patch(`/api/clubs/${own.clubId}`, { retention_days: 7 });
      await cleanUp();
      expect(await own.listed([old, young])).toEqual([young]);
    });

    it('deletes the oldest until a club fits its quota', async () => {
      const ids: string[] = [];
      for (const ageDays of [5, 3, 4, 1]) ids.push(await own.put({ ageDays, bytes: 1_000 }));
      await club.operator.patch(`/api/clubs/${own.clubId}`, { quota_bytes: 2_500 });
      expect(await cleanUp()).toMatchObject({ deleted_videos: 2, deleted_bytes: 2_000 });
      expect(await own.listed(ids)).toEqual([ids[1], ids[3]]);
      expect((await own.trail(ids[0] as string))[0]).toMatchObject({ details: { reason: 'quota' } });
      expect(await cleanUp()).toMatchObject({ deleted_videos: 0 });
    });

    it('takes only so many at once, and the rest at its next turn', async () => {
      for (let i = 0; i < 12; i++) await own.put({ ageDays: 40 });
      expect(await cleanUp()).toMatchObject({ deleted_videos: 10, postponed_videos: 2, failed_tasks: [] });
      expect(await cleanUp()).toMatchObject({ deleted_videos: 2, postponed_videos: 0 });
    });

    it('keeps a video that is being downloaded, and takes it when nobody reads it any more', async () => {
      const id = await own.put({ ageDays: 40, bytes: 16 * 2 ** 20 });
      const bytes = readFileSync(own.path(`${own.clubId}/${id}.mp4`));
      // Nobody reads: the answer stands still with most of the file unsent.
      const download = await new Promise<IncomingMessage>((resolve, reject) => {
        const headers = { authorization: `Bearer ${club.operator.token}` };
        get(`${club.service.url}/api/video/files/${id}/download`, { headers }, resolve).on('error', reject);
      });
      expect(await cleanUp(secondOperator)).toMatchObject({ deleted_videos: 0 });
      const chunks: Buffer[] = [];
      for await (const chunk of download) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
      expect(await cleanUp()).toMatchObject({ deleted_videos: 0 });
      await own.sql(`UPDATE videos SET last_read_at = now() - interval '61 minutes' WHERE session_id = $1`, [id]);
      expect(await cleanUp()).toMatchObject({ deleted_videos: 1 });
      expect(own.has(id)).toBe(false);
    });

    it('leaves a video to who begins to read it at the last moment', async () => {
      const id = await own.put({ ageDays: 40 });
      const removal = club.service.app.get(VideoRemoval, { strict: false });
      const expire = () => removal.remove(id, { action: 'video.expired', actorId: null, unreadMinutes: 60 });
      await own.sql('UPDATE videos SET last_read_at = now() WHERE session_id = $1', [id]);
      expect(await expire()).toBe(false);
      expect([own.has(id), await own.trail(id)]).toEqual([true, []]);
      await own.sql(`UPDATE videos SET last_read_at = now() - interval '1 hour' WHERE session_id = $1`, [id]);
      expect(await expire()).toBe(true);
      expect(await expire()).toBe(false);
    });

    it('is not held up by a reading in times to come', async () => {
      const id = await own.put({ ageDays: 40 });
      await own.sql(`UPDATE videos SET last_read_at = '2100-01-01' WHERE session_id = $1`, [id]);
      expect(await cleanUp()).toMatchObject({ deleted_videos: 1 });
    });

    it('notes a reading at once, once a minute, and as long as it lasts', async () => {
      const id = await own.put();
      const clock = new HandClock();
      const reads = new VideoReads(club.service.app.get(DataSource), clock);
      const query = jest.spyOn(club.service.app.get(DataSource), 'query');
      const written = (): Promise<unknown> =>
        Promise.all(query.mock.results.map(({ value }) => value as Promise<unknown>));
      const forget = (): Promise<unknown> =>
        own.sql('UPDATE videos SET last_read_at = NULL WHERE session_id = $1', [id]);
      const isNoted = async (): Promise<boolean> => {
        const [row] = await own.sql<{ noted: boolean }>(
          'SELECT last_read_at IS NOT NULL AS noted FROM videos WHERE session_id = $1',
          [id],
        );
        return row?.noted ?? false;
      };
      let end: () => void = () => undefined;
      await new Promise<void>((begun) => {
        void reads.during(id, () => new Promise<void>((resolve) => (end = resolve) && begun()));
      });
      expect(await isNoted()).toBe(true);
      await forget();
      await reads.during(id, () => Promise.resolve());
      expect(await isNoted()).toBe(false);
      clock.pass(60_000);
      await written();
      expect(await isNoted()).toBe(true);
      end();
      // Later turns of the event loop than the end's.
      await forget();
      expect(clock.pending).toBe(0);
    });

    it.each([
      ['jumps an hour', HOUR_MS],
      ['is in 1970', -Date.now()],
      ['is in 2100', Date.UTC(2100, 0, 1) - Date.now()],
    ])('deletes nothing by a clock that %s', async (_, off) => {
      const young = await own.put({ ageDays: 29.99 });
      const clock = club.service.app.get(Clock, { strict: false });
      const now = clock.now.bind(clock);
      const wrong = jest.spyOn(clock, 'now').mockImplementation(() => now() + off);
      const error = jest
        .spyOn(club.service.app.get(ScheduledTasks, { strict: false })['logger'], 'error')
        .mockImplementation();
      expect(await cleanUp()).toMatchObject({ deleted_videos: 0, failed_tasks: ['retention'] });
      expect(error).toHaveBeenCalledTimes(1);
      wrong.mockRestore();
      expect(await own.listed([young])).toEqual([young]);
      expect(own.has(young)).toBe(true);
      const retention = await task('retention');
      expect(retention).toMatchObject({ outcome: 'failed' });
      expect(retention.error).toMatch(/clock/);
    });
  });

  describe('files and rows', () => {
    let own: VideoShelf;
    beforeEach(async () => {
      own = await VideoShelf.make(club.service, club.operator, 'Padel Ouest');
    });

    it('puts a file that no row knows into quarantine, whole, and tells it', async () => {
      const path = `${own.clubId}/${randomUUID()}.mp4`;
      own.write(path, 5_000);
      const bytes = readFileSync(own.path(path));
      expect(await cleanUp()).toEqual({ ...NOTHING, quarantined_files: 1 });
      expect(existsSync(own.path(path))).toBe(false);
      expect(readFileSync(quarantined(own, path)).equals(bytes)).toBe(true);
      expect(await own.trail(path)).toEqual([
        { action: 'video.quarantined', club_id: own.clubId, details: { size_bytes: 5_000 } },
      ]);
      expect(await cleanUp()).toEqual(NOTHING);
      expect(existsSync(quarantined(own, path))).toBe(true);
    });

    it("takes everything that is nobody's, and not what is young", async () => {
      const [journal, young] = [randomUUID(), randomUUID()];
      for (const path of [`${own.clubId}/copy of match.mp4`, 'loose.mp4', `.recordings/${journal}/part-1.mp4`]) {
        own.write(path);
      }
      own.write(`.recordings/${young}/part-1.mp4`);
      own.write(`${own.clubId}/${young}.mp4`);
      const now = new Date();
      utimesSync(own.path(`${own.clubId}/${young}.mp4`), now, now);
      utimesSync(own.path(`.recordings/${young}/part-1.mp4`), now, now);
      expect(await cleanUp()).toEqual({ ...NOTHING, quarantined_files: 3 });
      expect(readdirSync(own.path('.recordings'))).toEqual([young]);
      expect(existsSync(own.path(`${own.clubId}/${young}.mp4`))).toBe(true);
      expect(existsSync(quarantined(own, `.recordings/${journal}/part-1.mp4`))).toBe(true);
      own.age(`.recordings/${young}/part-1.mp4`);
      own.age(`${own.clubId}/${young}.mp4`);
      expect(await cleanUp()).toEqual({ ...NOTHING, quarantined_files: 2 });
    });

    it.each(['starting', 'recording', 'reconnecting', 'stopping', 'finalizing', 'failed'])(
      'leaves the files of a recording that is %s to whoever finishes it',
      async (status) => {
        const id = await own.put();
        await own.sql('DELETE FROM videos WHERE session_id = $1', [id]);
        await own.sql('UPDATE recordings SET status = $2, planned_end_at = now() WHERE session_id = $1', [id, status]);
        own.write(`.recordings/${id}/notes.txt`);
        const recover = jest.spyOn(club.service.app.get(RecordingRecovery, { strict: false }), 'recover');
        recover.mockResolvedValue();
        expect(await cleanUp()).toEqual(NOTHING);
        expect(own.has(id)).toBe(true);
        expect(existsSync(own.path(`.recordings/${id}/notes.txt`))).toBe(true);
        await own.sql(`UPDATE recordings SET status = 'failed' WHERE session_id = $1`, [id]);
        rmSync(own.path(`.recordings/${id}`), { recursive: true });
        expect(await cleanUp()).toEqual({ ...NOTHING, quarantined_files: 1 });
      },
    );

    it('finishes a deletion that a crash had cut short, at any of its lines', async () => {
      const [marked, kept] = [await own.put(), await own.put()];
      await own.sql('UPDATE videos SET deleted_at = now() WHERE session_id = $1', [marked]);
      own.write(`.trash/${randomUUID()}`);
      expect(await cleanUp()).toEqual({ ...NOTHING, removed_files: 1, emptied_files: 1 });
      expect([own.has(marked), own.has(kept)]).toEqual([false, true]);
      expect(readdirSync(own.path('.trash'))).toEqual([]);
      expect(existsSync(quarantined(own, `${own.clubId}/${marked}.mp4`))).toBe(false);
    });

    it('marks a video whose file is missing, and unmarks it when the file is back', async () => {
      const ids = [await own.put(), await own.put(), await own.put()];
      const lost = ids[0] as string;
      renameSync(own.path(`${own.clubId}/${lost}.mp4`), own.path(`${own.clubId}/.elsewhere`));
      expect(await cleanUp()).toEqual({ ...NOTHING, missing_files: 1 });
      expect(await cleanUp()).toEqual({ ...NOTHING, missing_files: 1 });
      expect(await own.missing(ids)).toEqual([lost]);
      const { body } = await club.operator.get<{ videos: { session_id: string; missing_since: string | null }[] }>(
        `/api/video/files/list?club_id=${own.clubId}`,
      );
      const since = new Map(body.videos.map((video) => [video.session_id, video.missing_since]));
      expect(ids.map((id) => since.get(id) !== null)).toEqual([true, false, false]);
      renameSync(own.path(`${own.clubId}/.elsewhere`), own.path(`${own.clubId}/${lost}.mp4`));
      expect(await cleanUp()).toEqual({ ...NOTHING, found_files: 1 });
      expect(await own.missing(ids)).toEqual([]);
      expect((await own.trail(lost)).map(({ action }) => action)).toEqual(['video.missing', 'video.found']);
    });

    it('marks nothing where more than half of a club is missing, and says so; others go on', async () => {
      const ids = [await own.put(), await own.put(), await own.put()];
      own.write(`${own.clubId}/nobodys.mp4`);
      shelf.write(`${shelf.clubId}/nobodys.mp4`);
      const folder = own.path(String(own.clubId));
      for (const id of ids.slice(1)) renameSync(join(folder, `${id}.mp4`), join(folder, `.${id}`));
      const error = jest
        .spyOn(club.service.app.get(ScheduledTasks, { strict: false })['logger'], 'error')
        .mockImplementation();
      expect(await cleanUp()).toEqual({ ...NOTHING, quarantined_files: 1, failed_tasks: ['files_and_rows'] });
      expect(await own.missing(ids)).toEqual([]);
      expect(existsSync(join(folder, 'nobodys.mp4'))).toBe(true);
      expect(error).toHaveBeenCalledWith(
        expect.objectContaining({ clubs: [{ clubId: own.clubId, missing: 2, videos: 3 }] }),
        expect.any(String),
      );
      // Whose club it is, is not for the admins of others.
      expect(await task('files_and_rows', foreign)).toMatchObject({
        outcome: 'failed',
        error:
          "More than half of a club's videos are missing on disk: none is marked. Is the disk of VIDEOS_DIR mounted?",
      });
      for (const id of ids.slice(1)) renameSync(join(folder, `.${id}`), join(folder, `${id}.mp4`));
      expect(await cleanUp()).toEqual({ ...NOTHING, quarantined_files: 1 });
      expect(await task('files_and_rows', foreign)).toMatchObject({ outcome: 'ok', error: null });
    });

    it('touches nothing at all where more than half of all videos are missing', async () => {
      const ids = [await own.put(), await own.put(), await own.put()];
      own.remove(ids[0] as string);
      own.write(`${own.clubId}/nobodys.mp4`);
      const clubs = readdirSync(own.path('.')).filter((name) => /^\d+$/.test(name) && name !== String(own.clubId));
      for (const name of clubs) renameSync(own.path(name), own.path(`.${name}`));
      try {
        expect(await cleanUp()).toEqual({ ...NOTHING, failed_tasks: ['files_and_rows'] });
      } finally {
        for (const name of clubs) renameSync(own.path(`.${name}`), own.path(name));
      }
      expect(await own.missing(ids)).toEqual([]);
      expect(existsSync(own.path(`${own.clubId}/nobodys.mp4`))).toBe(true);
      expect(await cleanUp()).toEqual({ ...NOTHING, quarantined_files: 1, missing_files: 1 });
      await club.operator.delete(`/api/video/files/${ids[0]}/delete`);
    });

    it('touches nothing in a directory that is not the one it was', async () => {
      const { videosDir } = club.service.config;
      renameSync(videosDir, `${videosDir}.away`);
      for (const name of ['.recordings', '.trash', String(own.clubId)])
        mkdirSync(join(videosDir, name), { recursive: true });
      own.write(`${own.clubId}/nobodys.mp4`);
      try {
        expect(await cleanUp()).toMatchObject({
          quarantined_files: 0,
          missing_files: 0,
          failed_tasks: ['files_and_rows'],
        });
        expect((await task('files_and_rows')).error).toMatch(/is not the directory it was/);
        expect(existsSync(own.path(`${own.clubId}/nobodys.mp4`))).toBe(true);
      } finally {
        rmSync(videosDir, { recursive: true });
        renameSync(`${videosDir}.away`, videosDir);
      }
      expect(await cleanUp()).toEqual(NOTHING);
    });

    it('touches nothing in the directory of another installation', async () => {
      const mark = own.path('.installation');
      const ours = readFileSync(mark, 'utf8');
      writeFileSync(mark, randomUUID());
      own.write(`${own.clubId}/nobodys.mp4`);
      expect(await cleanUp()).toEqual({ ...NOTHING, failed_tasks: ['files_and_rows'] });
      expect((await task('files_and_rows')).error).toMatch(/another installation/);
      rmSync(mark);
      // Most videos of the rows are there: it is ours, copied without that file.
      expect(await cleanUp()).toEqual({ ...NOTHING, quarantined_files: 1 });
      expect(readFileSync(mark, 'utf8')).toBe(ours);
    });
  });

  describe('what a club may keep', () => {
    it.each([
      ['operator', { retention_days: 400, quota_bytes: 2 ** 40 }, 200],
      ['operator', { retention_days: null, quota_bytes: null }, 200],
      ['desk', { retention_days: 30 }, 200],
      ['desk', { retention_days: 31 }, 400],
      ['desk', { retention_days: 5, quota_bytes: 1 }, 403],
      ['desk', { retention_days: null, name: 'Padel Nord' }, 200],
      ['player', { retention_days: 5 }, 403],
      ['foreign', { retention_days: 5 }, 404],
      ...[0, -1, 1.5, 36_501, '30', [30], true, 2 ** 53].map(
        (days) => ['operator', { retention_days: days }, 400] as const,
      ),
      ...[0, -1, 1.5, 2 ** 53, '1', {}].map((bytes) => ['operator', { quota_bytes: bytes }, 400] as const),
    ] as [string, Record<string, unknown>, number][])('%s sends %j: %d', async (who, body, status) => {
      const callers: Record<string, Api> = { operator: club.operator, desk: club.desk, player: club.player, foreign };
      const before = await club.player.get<Club>(`/api/clubs/${club.clubId}`);
      const answer = await (callers[who] as Api).patch<Club>(`/api/clubs/${club.clubId}`, body);
      expect(answer.status).toBe(status);
      const after = await club.player.get<Club>(`/api/clubs/${club.clubId}`);
      expect(after.body).toEqual(status === 200 ? { ...before.body, ...body } : before.body);
    });
  });

  it('leaves alone what is recorded, says how long the disk lasts, and notes looking back', async () => {
    const camera = new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, seconds: 4 }) });
    await camera.start();
    try {
      const terrain_id = await club.addCourt('Court 1', camera.url);
      const opened = await club.desk.post<{ session: { session_id: string } }>('/api/video/session/create', {
        terrain_id,
      });
      const { session_id } = opened.body.session;
      await club.desk.post('/api/video/record/start', { session_id });
      await pictures(camera, 60);
      const recording = (await club.desk.get<Health>('/api/video/health')).body.details?.disk;
      expect(recording?.write_bytes_per_second).toBeGreaterThan(0);
      const hours = (recording?.free_bytes ?? 0) / (recording?.write_bytes_per_second ?? 1) / 3_600;
      expect(recording?.hours_left).toBeCloseTo(hours, 1);
      // What is recorded and finished is nobody's to clean up.
      expect(await cleanUp()).toEqual(NOTHING);
      await club.desk.post('/api/video/record/stop', { session_id });
      expect(await cleanUp()).toEqual(NOTHING);
      expect((await club.desk.get<Health>('/api/video/health')).body.details?.disk).toMatchObject({ hours_left: null });
      await club.desk.post('/api/video/session/close', { session_id });
      const read = (): Promise<unknown[]> =>
        shelf.sql('SELECT 1 FROM videos WHERE session_id = $1 AND last_read_at IS NOT NULL', [session_id]);
      expect(await read()).toEqual([]);
      await club.desk.bytes(`/api/preview/${session_id}/review/1/media.mp4`, { range: 'bytes=0-99' });
      expect(await read()).toHaveLength(1);
    } finally {
      await camera.stop();
    }
  });

  it('stands in the API document', async () => {
    const { body } = await club.operator.get<{
      components: { schemas: Record<string, { properties: Record<string, unknown> }> };
    }>('/api/docs-json');
    const { schemas } = body.components;
    expect(Object.keys(schemas.CleanUpAnswer?.properties ?? {}).sort()).toEqual(Object.keys(NOTHING).sort());
    expect(schemas.HealthDetailsView?.properties).toHaveProperty('tasks');
    expect(schemas.DiskView?.properties).toHaveProperty('hours_left');
    expect(schemas.ClubView?.properties).toHaveProperty('quota_bytes');
    expect(schemas.UpdateClubDto?.properties).toHaveProperty('retention_days');
    expect(schemas.VideoView?.properties).toHaveProperty('missing_since');
  });

  it('leaves no timer behind, waits for what runs, and begins nothing any more', async () => {
    const { databaseUrl, root } = club.service;
    const third = await startTestApp({ databaseUrl, root });
    const tasks = third.app.get(ScheduledTasks, { strict: false });
    const timers = third.app.get(SchedulerRegistry);
    expect(timers.getIntervals().length).toBeGreaterThan(0);
    const first = await begun(tasks, 'disk_space');
    let over = false;
    const ending = tasks.beforeApplicationShutdown().then(() => (over = true));
    await new Promise(setImmediate);
    expect(over).toBe(false);
    first.end();
    await ending;
    await third.close();
    expect(timers.getIntervals()).toEqual([]);
    const work = jest.fn();
    expect(await tasks.run('disk_space', work)).toMatchObject({ outcome: 'skipped' });
    expect(work).not.toHaveBeenCalled();
  });
});
