import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJpegSize } from '../../src/media/jpeg';
import { endLeftover, Leftover } from '../../src/media/process';
import { CameraServer, h264Clip, mjpegClip, MjpegCamera, monotonic, RtspCamera } from '../cameras';
import { LiveClient, LiveMedia, LiveMessage } from '../support/live-client';
import { H264, isState, JPEGS, LiveCourts, MAX_VIEWERS, NOBODY } from '../support/live-courts';
import { inspectMp4 } from '../support/mp4';
import { until } from '../support/until';

const own = LiveCourts.use();

describe('a court', () => {
  it('of H.264 is shown from the newest keyframe on, frame by frame, in fragments that play', async () => {
    const viewer = await own.watch();
    const began = monotonic();
    const first = viewer.nextMedia(7, ({ kind }) => kind === 'fragment');
    expect(await viewer.subscribe(7, own.h264Session)).toEqual({
      type: 'subscribed',
      stream: 7,
      session_id: own.h264Session,
      mode: 'video',
      kind: 'h264',
    });
    const { cameAt, keyframe, discontinuity } = await first;
    expect([keyframe, discontinuity]).toEqual([true, false]);
    expect(cameAt - began).toBeLessThan(400);
    expect(viewer.messages.slice(1).map(({ type }) => type)).toEqual(['subscribed', 'state', 'init']);
    expect(viewer.messages[2]).toMatchObject({ stream: 7, state: 'live', recording: null, error: null });
    expect(viewer.messages[3]).toMatchObject({ stream: 7, width: 1280, height: 720, fps: expect.any(Number) });
    expect(viewer.messages[3]?.codec).toMatch(/^avc1\.[0-9a-f]{6}$/);

    const singles = await viewer.takeMedia(7, 60);
    expect(singles.filter(({ keyframe: is }) => is).length).toBeGreaterThan(0);
    expect(viewer.media.map(({ sequence }) => sequence)).toEqual(viewer.media.map((_, i) => i));
    expect(viewer.media.map(({ kind }) => kind)).toEqual(['init', ...Array(viewer.media.length - 1).fill('fragment')]);
    const ages = singles.map(({ at, cameAt: came }) => Date.now() - monotonic() + came - at).sort((a, b) => a - b);
    expect(ages[30]).toBeLessThan(50);
    const media = [...viewer.media];
    const file = await play(media);
    expect(file).toMatchObject({ codec: 'h264', width: 1280, height: 720, complaints: '' });
    expect(file.frames).toBe(media.slice(1).reduce((sum, message) => sum + framesIn(message), 0));
    expect(framesIn(media.at(-1) as LiveMedia)).toBe(1);
  });

  it('of JPEGs is shown as its camera sends it', async () => {
    const viewer = await own.watch(own.club.player);
    expect(await viewer.subscribe(1, own.mjpegSession)).toMatchObject({ mode: 'video', kind: 'jpeg' });
    const pictures = await viewer.takeMedia(1, 12);
    for (const { kind, keyframe, data } of pictures) {
      expect([kind, keyframe]).toEqual(['jpeg', true]);
      expect(own.jpegs.jpegs.some((original) => original.equals(data))).toBe(true);
    }
    expect(viewer.messages.some(({ type }) => type === 'init')).toBe(false);
    expect(await own.decoders(own.mjpegSession)).toEqual([]);
  });

  it('is one of many on a connection, and let go by number', async () => {
    const viewer = await own.watch();
    await viewer.subscribe(1, own.h264Session);
    await viewer.subscribe(65_535, own.mjpegSession);
    await viewer.subscribe(3, own.h264Session, 'video');
    await Promise.all([1, 65_535, 3].map((stream) => viewer.takeMedia(stream, 5)));
    const [one, three] = [1, 3].map((stream) => viewer.media.filter((media) => media.stream === stream));
    // The same bytes for both; each with numbers of its own.
    const shared = three?.filter(({ at, data }) => one?.some((other) => other.at === at && other.data.equals(data)));
    expect(shared?.length).toBeGreaterThan(3);
    expect(three?.[0]?.sequence).toBe(0);

    const ended = viewer.hears('ended', 1);
    viewer.say({ type: 'unsubscribe', stream: 1 });
    expect(await ended).toEqual({ type: 'ended', stream: 1, reason: 'unsubscribed' });
    const before = viewer.media.filter(({ stream }) => stream === 1).length;
    await viewer.takeMedia(3, 5);
    expect(viewer.media.filter(({ stream }) => stream === 1)).toHaveLength(before);
    // The number is free again, and begins anew.
    expect(await viewer.subscribe(1, own.mjpegSession)).toMatchObject({ type: 'subscribed', kind: 'jpeg' });
    expect((await viewer.nextMedia(1)).kind).toBe('jpeg');
    expect(await own.info(own.mjpegSession)).toMatchObject({
      live_viewers: 2,
      max_live_viewers: MAX_VIEWERS,
      urls: { live: '/api/preview/live', review: `/api/preview/${own.mjpegSession}/review.m3u8` },
      health: { proxy: 'live', watching: 2, viewers: { mjpeg: 0, live: 2 }, delivery: { slow: 0, skipped_frames: 0 } },
    });
    await until(async () => typeof (await own.info(own.h264Session)).health?.delivery.round_trip_ms === 'number');
  });

  it.each([
    ['tile', 480, 270],
    ['pictures', 640, 360],
  ])('of H.264 is shown in mode %s by one decoder, which goes when nobody watches', async (mode, width, height) => {
    const [viewer, other] = await Promise.all([own.watch(), own.watch(own.club.player)]);
    await until(async () => (await own.decoders(own.h264Session)).length === 0);
    expect(await viewer.subscribe(1, own.h264Session, mode)).toMatchObject({ mode, kind: 'jpeg' });
    const shown = await viewer.takeMedia(1, 4);
    expect(shown.map(({ data }) => readJpegSize(data))).toEqual(Array(4).fill({ width, height }));
    const apart = shown.slice(1).map(({ at }, i) => at - (shown[i]?.at ?? 0));
    if (mode === 'tile') expect(Math.min(...apart)).toBeGreaterThan(700);
    else expect(Math.max(...apart)).toBeLessThan(700);
    // Who comes later sees the newest one at once.
    const first = other.nextMedia(1);
    await other.subscribe(1, own.h264Session, mode);
    expect((await first).data.equals(viewer.media.at(-1)?.data as Buffer)).toBe(true);
    expect(await own.decoders(own.h264Session)).toHaveLength(1);
    expect(await own.info(own.h264Session)).toMatchObject({ health: { decoding: true, viewers: { live: 2 } } });
    viewer.hangUp();
    other.say({ type: 'unsubscribe', stream: 1 });
    await until(async () => (await own.decoders(own.h264Session)).length === 0);
    expect(await own.info(own.h264Session)).toMatchObject({ health: { decoding: false, viewers: { live: 0 } } });
  });

  it('of JPEGs is shown in mode tile once a second, in mode pictures not more than five times', async () => {
    own.mjpeg.setSendFps(25);
    const viewer = await own.watch();
    await viewer.subscribe(1, own.mjpegSession, 'tile');
    await viewer.subscribe(2, own.mjpegSession, 'pictures');
    const [tiles, pictures] = await Promise.all([viewer.takeMedia(1, 4), viewer.takeMedia(2, 12)]);
    own.mjpeg.setSendFps(null);
    const spans = [tiles, pictures].map((list) => (list.at(-1)?.at ?? 0) - (list[1]?.at ?? 0));
    expect(spans[0]).toBeGreaterThan(1_700);
    expect(spans[1]).toBeGreaterThan(1_800);
    for (const { data } of tiles) expect(own.jpegs.jpegs.some((original) => original.equals(data))).toBe(true);
    expect(await own.decoders(own.mjpegSession)).toEqual([]);
  });

  it('gets a fresh decoder for its tiles where one died', async () => {
    const viewer = await own.watch();
    await viewer.subscribe(1, own.h264Session, 'tile');
    await viewer.takeMedia(1, 2);
    const [victim] = await own.decoders(own.h264Session);
    expect(endLeftover(victim as Leftover)).toBe(true);
    await viewer.takeMedia(1, 3);
    expect((await own.decoders(own.h264Session)).map(({ pid }) => pid)).not.toContain(victim?.pid);
  });

  it('of pictures that refer to later ones has tiles as soon as keyframes come', async () => {
    const camera = new RtspCamera({ clip: await h264Clip({ ...H264, width: 640, height: 360, bframes: 2 }) });
    await camera.start();
    const session = await own.open(await own.club.addCourt('Court with B-frames', camera.url));
    try {
      const viewer = await own.watch();
      await viewer.subscribe(1, session, 'tile');
      const tiles = await viewer.takeMedia(1, 3);
      const keyframes: number[] = [];
      camera.on('frame', ({ keyframe, at }) => keyframe && keyframes.push(at));
      const tile = await viewer.nextMedia(1, () => keyframes.length > 0);
      expect(tile.cameAt - (keyframes.at(-1) ?? 0)).toBeLessThan(500);
      expect(readJpegSize(tiles[0]?.data as Buffer)).toEqual({ width: 480, height: 270 });
    } finally {
      await own.club.desk.post('/api/video/session/close', { session_id: session });
      await camera.stop();
    }
  });

  it('that changes its format is shown in the new one', async () => {
    const viewer = await own.watch();
    await viewer.subscribe(1, own.h264Session);
    await viewer.subscribe(2, own.h264Session, 'tile');
    await Promise.all([viewer.takeMedia(1, 10), viewer.takeMedia(2, 1)]);
    const changed = viewer.next(({ type, stream, width }) => type === 'init' && stream === 1 && width === 480);
    const init = viewer.nextMedia(1, ({ kind }) => kind === 'init');
    own.rtsp.switchClip(await h264Clip({ ...H264, width: 480, height: 480 }));
    await changed;
    const { sequence } = await init;
    await viewer.takeMedia(1, 30);
    const after = viewer.media.filter((media) => media.stream === 1 && media.sequence >= sequence);
    expect(after[1]).toMatchObject({ kind: 'fragment', keyframe: true });
    expect(await play(after)).toMatchObject({ width: 480, height: 480, complaints: '' });
    const small = await viewer.nextMedia(2, ({ data }) => readJpegSize(data)?.height === 480);
    expect(small.kind).toBe('jpeg');
    own.rtsp.switchClip(await h264Clip(H264));
    await viewer.next(({ type, stream, width }) => type === 'init' && stream === 1 && width === 1280);
    await viewer.nextMedia(2, ({ data }) => readJpegSize(data)?.height === 270);
  });

  it.each(['h264', 'mjpeg'])('whose camera (%s) goes and comes back says so, and goes on', async (kind) => {
    const [camera, session]: [CameraServer, string] =
      kind === 'h264' ? [own.rtsp, own.h264Session] : [own.mjpeg, own.mjpegSession];
    const viewer = await own.watch();
    await viewer.subscribe(1, session);
    await viewer.subscribe(2, session, 'tile');
    await Promise.all([viewer.takeMedia(1, 10), viewer.takeMedia(2, 1)]);
    const away = viewer.next(isState('reconnecting', 1));
    await camera.cut({ refuseMs: 1_500 });
    const { since, error } = await away;
    expect(Math.abs(Number(since) - Date.now())).toBeLessThan(1_000);
    expect(error).toMatchObject({ code: expect.stringMatching(/^camera_/), detail: expect.any(String) });
    // Who comes during an outage is told, and shown what was seen last.
    const late = await own.watch(own.club.player);
    await late.subscribe(9, session);
    expect(await late.hears('state', 9)).toMatchObject({ state: 'reconnecting' });
    const back = [viewer.next(isState('live', 1)), viewer.next(isState('live', 2)), late.next(isState('live', 9))];
    const gap = viewer.nextMedia(1, ({ discontinuity }) => discontinuity);
    for (const state of await Promise.all(back)) expect(state).toMatchObject({ error: null });
    expect((await gap).keyframe).toBe(true);
    await Promise.all([viewer.takeMedia(1, 10), viewer.takeMedia(2, 2), late.takeMedia(9, 10)]);
    // No state twice in a row.
    const states = viewer.messages.filter(({ type, stream }) => type === 'state' && stream === 1);
    expect(states.map(({ state }) => state)).toEqual(['live', 'reconnecting', 'live']);
    if (kind === 'h264') expect((await play(viewer.media.filter(({ stream }) => stream === 1))).complaints).toBe('');
  });

  it('that records says so, gaps included', async () => {
    const camera = new RtspCamera({ clip: await h264Clip({ ...H264, width: 320, height: 180, bitrate: 400_000 }) });
    await camera.start();
    const session = await own.open(await own.club.addCourt('Court 3', camera.url));
    try {
      const viewer = await own.watch(own.club.player);
      await viewer.subscribe(1, session, 'tile');
      const recording = (message: LiveMessage): Record<string, unknown> | undefined =>
        message.type === 'state' ? ((message.recording as Record<string, unknown> | null) ?? undefined) : undefined;
      const started = viewer.next((message) => recording(message)?.status === 'recording');
      await own.club.desk.post('/api/video/record/start', { session_id: session, duration_minutes: 30 });
      const first = recording(await started);
      expect(first).toMatchObject({ gaps: 0, started_at: expect.stringMatching(/Z$/) });
      expect(Date.parse(String(first?.planned_end_at)) - Date.now()).toBeGreaterThan(29 * 60_000);

      const extended = viewer.next((message) => recording(message)?.planned_end_at !== first?.planned_end_at);
      await own.club.desk.post('/api/video/record/extend', { session_id: session, minutes: 10 });
      await extended;

      const away = viewer.next((message) => recording(message)?.status === 'reconnecting');
      const gap = viewer.hears('gap', 1);
      await camera.cut({ refuseMs: 1_500 });
      await away;
      const { start_seconds: start, end_seconds: end, reason } = await gap;
      expect(Number(end) - Number(start)).toBeGreaterThan(1);
      expect(reason).toBe('camera_lost');
      await until(async () => viewer.messages.some((message) => recording(message)?.gaps === 1));

      const ready = viewer.next((message) => recording(message)?.status === 'ready');
      const stopped = await own.club.desk.post<{ recording: { gaps: object[] } }>('/api/video/record/stop', {
        session_id: session,
      });
      expect(stopped.body.recording.gaps).toEqual([{ start_seconds: start, end_seconds: end, reason }]);
      await ready;
      const statuses = viewer.messages.map((message) => recording(message)?.status).filter((status) => status);
      expect(new Set(statuses)).toEqual(
        new Set(['starting', 'recording', 'reconnecting', 'stopping', 'finalizing', 'ready']),
      );

      const closed = viewer.hears('ended', 1);
      await own.club.desk.post('/api/video/session/close', { session_id: session });
      expect(await closed).toEqual({ type: 'ended', stream: 1, reason: 'closed' });
      expect(await viewer.subscribe(2, session)).toMatchObject({
        type: 'error',
        code: 'session_not_live',
        status: 409,
      });
      expect(await own.decoders(session)).toEqual([]);
    } finally {
      await camera.stop();
    }
  });
});

describe('a viewer', () => {
  it.each<[string, (viewer: LiveClient, i: number) => void]>([
    ['subscriptions', (viewer, i) => viewer.say({ type: 'subscribe', stream: i, session_id: own.h264Session })],
    ['subscriptions of nothing', (viewer, i) => viewer.say({ type: 'subscribe', stream: i, session_id: NOBODY })],
    ['pings', (viewer, i) => viewer.say({ type: 'ping', at: i })],
    ['pongs', (viewer) => viewer.ws.pong()],
  ])('that floods with %s is cut off, and others notice nothing', async (_name, speak) => {
    const calm = await own.watch(own.club.player);
    await calm.subscribe(1, own.h264Session);
    await calm.takeMedia(1, 5);
    const viewer = await own.watch();
    for (let i = 1; i <= 2_000; i++) speak(viewer, i);
    expect(await viewer.closed()).toBe(4429);
    const before = monotonic();
    const frames = await calm.takeMedia(1, 25);
    expect(monotonic() - before).toBeLessThan(2_000);
    expect(frames.some(({ discontinuity }) => discontinuity)).toBe(false);
    await until(async () => (await own.info(own.h264Session)).live_viewers === 1);
  });

  it('that floods with WebSocket pings is cut off, without a good-bye where it does not read the answers', async () => {
    const viewer = await own.watch();
    for (let i = 0; i < 2_000; i++) viewer.ws.ping();
    expect([4429, 1006]).toContain(await viewer.closed());
  });
});

describe('a viewer that does not read', () => {
  it.each(['h264', 'mjpeg'])('changes nothing for others (%s), and goes on at the newest picture', async (kind) => {
    const clip = kind === 'h264' ? await h264Clip({ ...H264, bitrate: 24_000_000 }) : await mjpegClip(JPEGS);
    const camera = clip.codec === 'h264' ? new RtspCamera({ clip }) : new MjpegCamera({ clip });
    await camera.start();
    if (kind === 'mjpeg') camera.setSendFps(50);
    const session = await own.open(await own.club.addCourt(`Court of many bits (${kind})`, camera.url));
    try {
      const [deaf, viewer] = await Promise.all([own.watch(own.club.player), own.watch()]);
      await Promise.all([deaf.subscribe(1, session), viewer.subscribe(1, session)]);
      await Promise.all([deaf.takeMedia(1, 5), viewer.takeMedia(1, 5)]);
      deaf.pause();
      // Until what the two kernels hold for it is full, and for some groups of pictures more.
      await until(async () => ((await own.info(session)).health?.delivery.slow ?? 0) > 0);
      const frames = await viewer.takeMedia(1, 75);
      expect(frames.some(({ discontinuity }) => discontinuity)).toBe(false);
      expect(viewer.messages.some(({ type }) => type === 'skipped')).toBe(false);
      const { delivery } = (await own.info(session)).health ?? {};
      expect(delivery).toMatchObject({ slow: 1, skipped_frames: 0 });
      expect(delivery?.queued_bytes).toBeLessThan(8 * 1024 * 1024);

      const skipped = deaf.hears('skipped', 1);
      const goesOn = deaf.nextMedia(1, ({ discontinuity }) => discontinuity);
      deaf.resume();
      expect(Number((await skipped).frames)).toBeGreaterThan(20);
      expect(await goesOn).toMatchObject({ keyframe: true });
      const both = await Promise.all([deaf.takeMedia(1, 10), viewer.takeMedia(1, 10)]);
      expect(both[0].at(-1)?.at).toBeGreaterThan((both[1][0]?.at ?? 0) - 1_000);
      expect((await own.info(session)).health?.delivery).toMatchObject({ slow: 0 });
      if (kind === 'h264') expect((await play(deaf.media)).complaints).toBe('');
    } finally {
      await own.club.desk.post('/api/video/session/close', { session_id: session });
      await camera.stop();
    }
  });

  it('and does not answer either is dropped', async () => {
    const viewer = await own.watch(own.club.desk, { autoPong: false });
    await viewer.subscribe(1, own.mjpegSession, 'tile');
    expect(await viewer.closed()).toBe(1006);
    await until(async () => (await own.info(own.mjpegSession)).live_viewers === 0);
  });
});

/** How many fragments are in a message. */
function framesIn({ data }: LiveMedia): number {
  let frames = 0;
  for (let at = 0; at < data.length; at += data.readUInt32BE(at)) {
    if (data.toString('latin1', at + 4, at + 8) === 'moof') frames++;
  }
  return frames;
}

/** What FFmpeg's tools say of a stream's media put together, which is how Media Source Extensions take them. */
async function play(media: readonly LiveMedia[]): ReturnType<typeof inspectMp4> {
  const folder = mkdtempSync(join(tmpdir(), 'padelvar-live-'));
  try {
    const path = join(folder, 'stream.mp4');
    writeFileSync(path, Buffer.concat(media.map(({ data }) => data)));
    return await inspectMp4(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
