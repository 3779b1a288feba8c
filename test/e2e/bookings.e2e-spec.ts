import { DataSource } from 'typeorm';
import { BY_SERVICE } from '../../src/auth/audit.service';
import { BookingRunner } from '../../src/bookings/booking-runner.service';
import { Clock } from '../../src/common/clock';
import { RecordingService } from '../../src/recording/recording.service';
import { h264Clip, RtspCamera } from '../cameras';
import { Booked, WhenBooked } from '../support/booked';
import { startTestClub, TestClub } from '../support/club';
import { Courtside } from '../support/courtside';
import { inspectMp4 } from '../support/mp4';
import { join } from 'node:path';
import { until } from '../support/until';

const CLIP = { width: 320, height: 180, fps: 25, seconds: 4, gopSeconds: 1 };
/** A recording begins at the newest keyframe: up to a group of pictures before it was asked for. */
const GOP_MS = 1_000;

describe('a booked recording', () => {
  let club: TestClub;
  let camera: RtspCamera;
  let booked: Booked;
  let desk: Courtside;
  let number = 0;

  beforeAll(async () => {
    camera = new RtspCamera({ clip: await h264Clip(CLIP) });
    await camera.start();
    club = await startTestClub();
    booked = new Booked(club.desk, club.clubId);
    desk = new Courtside(club.desk, club.clubId);
  });

  afterAll(async () => {
    await club?.close();
    await camera?.stop();
  });

  const court = (url = camera.url): Promise<number> => club.addCourt(`Court ${++number}`, url);
  /** Books, and has the service look at what is due at once; that it does by itself every few seconds, the first test sees. */
  async function make(courtId: number, when: WhenBooked, more: object = {}): Promise<number> {
    const id = await booked.make(courtId, when, more);
    await club.service.app.get(BookingRunner).tick();
    return id;
  }
  const trail = async (target: string): Promise<[string, number | null][]> => {
    const rows = await club.service.app
      .get(DataSource)
      .query<{ action: string; actor_id: number | null }[]>(
        'SELECT action, actor_id FROM audit_log WHERE target = $1 ORDER BY id',
        [target],
      );
    return rows.map(({ action, actor_id: actor }) => [action, actor]);
  };

  it('begins when it is to, in a session of its owner that is open before, and is done when somebody stops it', async () => {
    const id = await booked.make(
      await court(),
      { from: 6, to: 120 },
      { owner_id: club.ids.player, player_ids: [club.ids.other] },
    );
    const opened = await booked.that(id, ({ session_id: session }) => session !== null);
    expect(opened.status).toBe('starting');
    expect(await club.player.get(`/api/video/session/${opened.session_id}`)).toMatchObject({
      status: 200,
      body: { session: { user_id: club.ids.player, player_ids: [club.ids.other], status: 'live', recording: null } },
    });
    const began = await booked.that(id, ({ started_at: at }) => at !== null);
    expect(began).toMatchObject({ status: 'recording', reason: null, late_seconds: 0, session_id: opened.session_id });
    const late = Date.parse(began.started_at as string) - Date.parse(began.starts_at);
    expect(late).toBeGreaterThan(-GOP_MS - 500);
    const recording = await desk.recording(opened.session_id as string);
    expect(recording?.planned_end_at).toBe(began.ends_at);
    expect((await booked.cancel(id)).body.code).toBe('booking_begun');
    await desk.stop(opened.session_id as string);
    expect(await booked.that(id, ({ status }) => status === 'done')).toMatchObject({ reason: 'stopped_early' });
    expect(await trail(`booking:${id}`)).toEqual([
      ['booking.created', club.ids.desk],
      ['booking.started', null],
      ['booking.done', null],
    ]);
    expect((await trail(opened.session_id as string))[0]).toEqual(['session.opened', null]);
  });

  it('that is made late is recorded from now, and ends by itself', async () => {
    const id = await make(await court(), { from: -55, to: 5 });
    const began = await booked.that(id, ({ started_at: at }) => at !== null);
    expect(began.late_seconds).toBeGreaterThanOrEqual(53);
    // Nobody was away: it was asked for so late.
    expect(began.reason).toBeNull();
    const done = await booked.that(id, ({ status }) => status === 'done');
    expect(done.reason).toBeNull();
    const recording = await desk.over(began.session_id as string);
    expect(recording.status).toBe('ready');
    const file = await inspectMp4(join(club.service.config.videosDir, recording.video_path as string));
    expect(file.complaints).toBe('');
  });

  it('begins late where the camera comes late, and says why', async () => {
    const away = new RtspCamera({ clip: await h264Clip(CLIP) });
    await away.start();
    await away.refuse();
    try {
      const id = await make(await court(away.url), { from: -30, to: 60 });
      const hindered = await booked.that(id, ({ reason }) => reason !== null);
      expect(hindered).toMatchObject({ status: 'starting', reason: 'camera_unreachable', started_at: null });
      await away.accept();
      const began = await booked.that(id, ({ started_at: at }) => at !== null);
      expect(began).toMatchObject({ status: 'recording', reason: 'camera_unreachable' });
      expect(began.late_seconds).toBeGreaterThan(25);
      await desk.stop(began.session_id as string);
    } finally {
      await away.stop();
    }
  });

  it('is missed where the camera does not come at all, and says why', async () => {
    const id = await make(await court('rtsp://127.0.0.1:1/nothing'), { from: -58, to: 3 });
    const missed = await booked.that(id, ({ status }) => status === 'missed');
    expect(missed).toMatchObject({ reason: 'camera_unreachable', session_id: null, started_at: null });
    expect((await trail(`booking:${id}`)).at(-1)).toEqual(['booking.missed', null]);
  });

  it("waits for somebody else's match, which it never ends, and begins when that is over", async () => {
    const busy = await court();
    const match = await desk.record(busy);
    const id = await make(busy, { from: -5, to: 120 }, { owner_id: club.ids.player });
    expect(await booked.that(id, ({ reason }) => reason !== null)).toMatchObject({
      status: 'starting',
      reason: 'court_busy',
    });
    expect((await desk.recording(match))?.active).toBe(true);
    await desk.stop(match);
    const began = await booked.that(id, ({ started_at: at }) => at !== null);
    expect(began.session_id).not.toBe(match);
    expect((await desk.recording(match))?.status).toBe('ready');
    expect(await trail(match)).toContainEqual(['session.closed', null]);
    await desk.stop(began.session_id as string);
  });

  it('takes the session that its owner has open, and the recording they have begun', async () => {
    const [first, second] = [await court(), await court()];
    const mine = new Courtside(club.player, club.clubId);
    const open = (await mine.create(first)).body.session?.session_id;
    const recorded = await mine.record(second);
    const [watched, running] = await Promise.all(
      [first, second].map((place) => make(place, { from: -1, to: 90 }, { owner_id: club.ids.player })),
    );
    expect(await booked.that(watched as number, ({ started_at: at }) => at !== null)).toMatchObject({
      session_id: open,
    });
    expect(await booked.that(running as number, ({ started_at: at }) => at !== null)).toMatchObject({
      ...{ session_id: recorded, status: 'recording', late_seconds: 0 },
    });
    for (const session of [open, recorded]) await desk.stop(session as string);
    await booked.that(running as number, ({ status }) => status === 'done');
  });

  it('right behind another one of its owner has a session and a recording of its own', async () => {
    const place = await court();
    const [before, behind] = [
      await make(place, { from: -53, to: 7 }, { owner_id: club.ids.player }),
      await make(place, { from: 7, to: 72 }, { owner_id: club.ids.player }),
    ];
    const second = await booked.that(behind, ({ started_at: at }) => at !== null);
    expect(second).toMatchObject({ status: 'recording' });
    const first = await booked.that(before, ({ status }) => status === 'done');
    expect(first.reason).toBeNull();
    expect(second.session_id).not.toBe(first.session_id);
    expect(Date.parse(second.started_at as string)).toBeGreaterThan(Date.parse(second.starts_at) - GOP_MS - 500);
    expect((await desk.over(first.session_id as string)).status).toBe('ready');
    const running = await desk.recording(second.session_id as string);
    expect(running).toMatchObject({ active: true, planned_end_at: second.ends_at });
    await desk.stop(second.session_id as string);
    await booked.that(behind, ({ status }) => status === 'done');
    expect((await desk.over(second.session_id as string)).status).toBe('ready');
  });

  it('does not take what its owner records by hand for its own where that ends before', async () => {
    const place = await court();
    const mine = new Courtside(club.player, club.clubId);
    const match = (await mine.create(place)).body.session?.session_id as string;
    const ends = Date.now() + 5_000;
    const { ids, clubId, service } = club;
    const session = { id: match, courtId: place, clubId, userId: ids.player, status: 'live' as const };
    await service.app.get(RecordingService).startUntil(() => ends, session, BY_SERVICE);
    const id = await make(place, { from: 4, to: 90 }, { owner_id: ids.player });
    const began = await booked.that(id, ({ started_at: at }) => at !== null);
    expect(began.session_id).not.toBe(match);
    await desk.stop(began.session_id as string);
  });

  it('does not take what its owner began by hand long before, though that goes on into its time', async () => {
    const clock = club.service.app.get(Clock, { strict: false });
    // Everybody has this one object already.
    const now = clock.now.bind(clock);
    const place = await court();
    const mine = new Courtside(club.player, club.clubId);
    const walkIn = await mine.record(place, 12);
    await mine.recordingThat(walkIn, ({ started_at: at }) => at !== null);
    const minutes = 11;
    clock.now = () => now() + minutes * 60_000;
    try {
      const when = { from: minutes * 60 - 6, to: minutes * 60 + 90 };
      const id = await make(place, when, { owner_id: club.ids.player });
      const seen = await booked.that(id, ({ status }) => status !== 'planned');
      expect(seen).toMatchObject({ status: 'starting', reason: 'court_busy', session_id: null });
      expect((await mine.recording(walkIn))?.active).toBe(true);
      await mine.stop(walkIn);
      const began = await booked.that(id, ({ started_at: at }) => at !== null);
      expect(began.session_id).not.toBe(walkIn);
      await desk.stop(began.session_id as string);
    } finally {
      clock.now = now;
    }
  });

  it('that is cancelled while its session waits is not recorded, and frees the court', async () => {
    const place = await court();
    const id = await make(place, { from: 5, to: 90 });
    const { session_id: session } = await booked.that(id, ({ session_id: one }) => one !== null);
    expect((await booked.cancel(id)).status).toBe(204);
    await until(async () => (await desk.session(session as string)).status === 'closed');
    expect(await desk.recording(session as string)).toBeNull();
    expect(await booked.see(id)).toMatchObject({ status: 'cancelled', started_at: null });
  });

  it('fails where its owner is no member any more', async () => {
    const { id: userId } = await club.addUser('gone@padelvar.test', 'PLAYER');
    const id = await make(await court(), { from: 30, to: 120 }, { owner_id: userId });
    await club.desk.delete(`/api/users/${userId}?club_id=${club.clubId}`);
    await club.service.app.get(DataSource).query('UPDATE bookings SET starts_at = now() WHERE id = $1', [id]);
    await club.service.app.get(BookingRunner).tick();
    expect(await booked.that(id, ({ status }) => status === 'failed')).toMatchObject({ reason: 'owner_gone' });
  });
});
