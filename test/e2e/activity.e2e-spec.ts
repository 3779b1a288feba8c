import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { ActivityStore } from '../../src/activity/activity-store';
import { AutoStop } from '../../src/activity/auto-stop.service';
import { AutoStopPace } from '../../src/activity/auto-stop-pace';
import { ActivityAnswer } from '../../src/activity/dto/activity.dto';
import { findMarker } from '../../src/media/process/marker';
import { h264Clip, RtspCamera } from '../cameras';
import { startTestClub, TestClub } from '../support/club';
import { Courtside, RecordingAnswer } from '../support/courtside';
import { LiveClient, LiveMessage } from '../support/live-client';
import { childrenOf } from '../support/processes';
import { until } from '../support/until';

interface Stoppable extends RecordingAnswer {
  readonly auto_stop_at: string | null;
  readonly stop_reason: string | null;
  readonly idle_tail_seconds: number | null;
}

/** A ball and a clock move in every clip; whoever looks every two seconds sees the same picture of one that repeats so soon. */
const SIZE = { width: 320, height: 180, bitrate: 400_000, gopSeconds: 2 };
const MOVING = { ...SIZE, seconds: 8 };
const STILL = { ...SIZE, seconds: 2 };

describe('what moves on a court', () => {
  let club: TestClub;
  let desk: Courtside;
  let cameras: RtspCamera[];
  let courts: number[];
  let still: string;
  let moving: string;
  let viewer: LiveClient;

  beforeAll(async () => {
    club = await startTestClub({ env: { ACTIVITY_SCORES: 'true' } });
    desk = new Courtside(club.desk, club.clubId);
    const clips = await Promise.all([h264Clip(MOVING), h264Clip(STILL)]);
    cameras = clips.map((clip) => new RtspCamera({ clip }));
    await Promise.all(cameras.map((camera) => camera.start()));
    courts = [await club.addCourt('Court 1', cameras[0]!.url), await club.addCourt('Court 2', cameras[1]!.url)];
    [moving, still] = (await Promise.all(courts.map((court) => desk.record(court)))) as [string, string];
    viewer = await LiveClient.open(club.service.url, club.desk);
    await viewer.subscribe(1, still, 'tile');
  });

  afterAll(async () => {
    viewer?.hangUp();
    await club?.close();
    await Promise.all(cameras?.map((camera) => camera.stop()) ?? []);
  });

  async function activity(id: string, query = ''): Promise<ActivityAnswer> {
    const answer = await club.desk.get<ActivityAnswer>(`/api/recording/${id}/activity${query}`);
    expect(answer.status).toBe(200);
    return answer.body;
  }
  const recordingOf = async (id: string): Promise<Stoppable> => {
    const { body } = await club.desk.get<{ status: Stoppable }>(`/api/video/record/status/${id}`);
    return body.status;
  };
  const isAutoStop = ({ type }: LiveMessage): boolean => type === 'auto_stop';
  const said = (): LiveMessage[] => viewer.messages.filter(isAutoStop);
  /** Looks at once and not every three seconds, until it is said that the recording stops, or goes on. */
  async function whenSaid(count: number): Promise<LiveMessage> {
    const autoStop = club.service.app.get(AutoStop);
    return until(async () => {
      await autoStop.tick();
      return said()[count - 1];
    });
  }

  it('is told second by second while it is recorded, and is nothing where nothing moves', async () => {
    const known = ({ scores }: ActivityAnswer): boolean => scores.filter((score) => score !== null).length >= 4;
    const [lively, quiet] = await Promise.all(
      [moving, still].map((id) => until(async () => [await activity(id)].find(known))),
    );
    expect(lively).toMatchObject({ success: true, session_id: moving, bucket_seconds: 1, idle_tail_seconds: null });
    expect(lively?.scores.length).toBe(lively?.seconds);
    expect(lively?.scores.slice(0, 4).every((score) => score !== null && score > 3)).toBe(true);
    expect(quiet?.scores.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect((await activity(moving, '?buckets=2')).scores).toHaveLength(2);
    for (const buckets of ['0', '2001', 'x', '1.5']) {
      const refused = await club.desk.get(`/api/recording/${moving}/activity?buckets=${buckets}`);
      expect(refused.status).toBe(400);
    }
  });

  it('is a rule of each court', async () => {
    for (const auto_stop_minutes of [1, 61, 2.5, '10', []]) {
      const refused = await club.desk.patch(`/api/terrains/${courts[0]}`, { auto_stop_minutes });
      expect([auto_stop_minutes, refused.status]).toEqual([auto_stop_minutes, 400]);
    }
    const views = await Promise.all(
      [null, 2, 60].map((minutes) => club.desk.patch(`/api/terrains/${courts[0]}`, { auto_stop_minutes: minutes })),
    );
    expect(views.map(({ status }) => status)).toEqual([200, 200, 200]);
    const changed = await club.desk.patch(`/api/terrains/${courts[0]}`, { auto_stop_minutes: 60 });
    expect(changed.body).toMatchObject({ id: courts[0], auto_stop_minutes: 60 });
    expect((await club.desk.get(`/api/terrains/${courts[1]}`)).body).toMatchObject({ auto_stop_minutes: null });
  });

  it('goes on without a decoder that is killed', () => {
    const isDecoder = ({ args }: { args: readonly string[] }): boolean =>
      findMarker(args)?.session === moving && args.includes('rawvideo');
    const [decoder] = childrenOf(process.pid).filter(isDecoder);
    process.kill(decoder?.pid as number, 'SIGKILL');
  });

  it('stops a recording after it was said, unless somebody wants it to go on', async () => {
    // Minutes of two seconds, and a warning that nobody misses.
    const pace = club.service.app.get(AutoStopPace);
    Object.assign(pace, { minute: 2, warning: 60, patience: 4 });
    await club.desk.patch(`/api/terrains/${courts[1]}`, { auto_stop_minutes: 2 });
    const warned = await whenSaid(1);
    expect(Date.parse(warned.at as string)).toBeGreaterThan(Date.now());
    expect(await recordingOf(still)).toMatchObject({ active: true, auto_stop_at: warned.at, stop_reason: null });
    const { body } = await club.desk.get<{ terrains: { recording: { auto_stop_at: string } | null }[] }>(
      `/api/clubs/${club.clubId}/terrains/status`,
    );
    expect(body.terrains.map(({ recording }) => recording?.auto_stop_at)).toEqual([null, warned.at]);

    pace.warning = 1;
    const kept = await club.desk.post<{ status: Stoppable }>(`/api/recording/${still}/keep`);
    expect([kept.status, kept.body.status.auto_stop_at]).toEqual([200, null]);
    expect((await whenSaid(2)).at).toBeNull();

    const again = await whenSaid(3);
    expect(again.at).not.toBeNull();
    const over = await until(async () => {
      await club.service.app.get(AutoStop).tick();
      return [await recordingOf(still)].find(({ status }) => status === 'ready');
    });
    expect(over).toMatchObject({ stop_reason: 'no_play', auto_stop_at: null, error: null });
    expect(over.idle_tail_seconds).toBeGreaterThanOrEqual(4);
    expect(over.idle_tail_seconds).toBeLessThan(over.duration_seconds);
    expect((await club.desk.post(`/api/recording/${still}/keep`)).body).toMatchObject({ code: 'not_recording' });
    // Where somebody plays, nothing was ever said.
    expect(await recordingOf(moving)).toMatchObject({ active: true, auto_stop_at: null });
  });

  it('is in the audit trail, the stop as the service’s own', async () => {
    const { body } = await club.desk.get<{ entries: Record<string, unknown>[] }>('/api/audit?limit=20');
    const trail = body.entries.filter(({ target }) => target === still);
    expect(trail.find(({ action }) => action === 'recording.stopped')).toMatchObject({
      actor_id: null,
      details: { reason: 'no_play', idle_seconds: expect.any(Number) },
    });
    expect(trail.find(({ action }) => action === 'recording.kept')).toMatchObject({ actor_id: club.ids.desk });
  });

  it('is known again once another decoder has come; the recording has not suffered', async () => {
    // One hole, and something behind it: there the decoder died.
    const { scores } = await until(async () => {
      const found = await activity(moving);
      const newest = found.scores.findLastIndex((score) => score !== null);
      return found.scores.slice(0, newest).includes(null) && found;
    });
    const known = scores.slice(0, scores.findLastIndex((score) => score !== null) + 1);
    expect(known.filter((score) => score === null).length).toBeLessThan(10);
    expect(known.filter((score) => score !== null).every((score) => score > 3)).toBe(true);
    expect(await recordingOf(moving)).toMatchObject({ status: 'recording', gaps: [], restarts: 0 });
  });

  it('is what a stop goes by that a process decided on which died before it was done', async () => {
    const decided = `UPDATE recordings SET stop_reason = 'no_play', idle_tail_seconds = 1 WHERE session_id = $1`;
    await club.service.app.get(DataSource).query(decided, [moving]);
    const over = await until(async () => {
      await club.service.app.get(AutoStop).tick();
      return [await recordingOf(moving)].find(({ status }) => status === 'ready');
    });
    expect(over).toMatchObject({ stop_reason: 'no_play', idle_tail_seconds: 1 });
  });

  it('is put together where two processes saw a part of one minute each, and written for no recording that is gone', async () => {
    const store = club.service.app.get(ActivityStore);
    const half = (from: number, score: number): (number | null)[] =>
      Array.from({ length: 60 }, (_, second) => (second >= from && second < from + 30 ? score : null));
    await store.save(moving, 7, half(0, 5));
    await store.save(moving, 7, half(20, 9));
    const minute = (await store.read(moving)).slice(420);
    expect([minute[19], minute[20], minute[49], minute[50]]).toEqual([5, 9, 9, null]);
    await store.save(randomUUID(), 0, half(0, 5));
  });

  it('is kept with the video, and goes with it', async () => {
    const before = await activity(still);
    expect(before.scores.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(before.idle_tail_seconds).toBe((await recordingOf(still)).idle_tail_seconds);
    expect(before.scores).toHaveLength(Math.ceil((await recordingOf(still)).duration_seconds));
    expect((await desk.remove(still)).status).toBe(200);
    expect(await activity(still)).toMatchObject({ seconds: 0, scores: [] });
    const left = await club.service.app
      .get(DataSource)
      .query<unknown[]>('SELECT 1 FROM activity_minutes WHERE session_id = $1', [still]);
    expect(left).toEqual([]);
    // What comes late of a deleted video is not written.
    await club.service.app.get(ActivityStore).save(still, 0, new Array<number>(60).fill(1));
    expect(await club.service.app.get(ActivityStore).read(still)).toEqual([]);
  });
});
