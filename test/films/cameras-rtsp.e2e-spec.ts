import { H264Clip, h264Clip, RtspCamera, RtspCameraOptions } from '../cameras';
import { missing, pictures } from '../faults/film';
import { describeFilms, FilmRow, row } from '../faults/film-table';
import { PLANTED } from '../support/planted';

const SMALL = { width: 320, height: 180, fps: 25, seconds: 8, gopSeconds: 1, bitrate: 400_000 };
const clip = (changes: Partial<typeof SMALL & { bframes: number; slices: number }> = {}): Promise<H264Clip> =>
  h264Clip({ ...SMALL, ...changes });

type Changes = Omit<RtspCameraOptions, 'clip'>;
const camera = async (changes: Changes = {}, pictureClip = clip()): Promise<RtspCamera> =>
  new RtspCamera({ clip: await pictureClip, ...changes });

/** A row whose camera is odd, but sound: nothing may be missing. */
function sound(name: string, changes: Changes, more: Partial<FilmRow<RtspCamera>> = {}): FilmRow {
  return row<RtspCamera>({
    name,
    make: () => camera(changes),
    ...more,
    check: (film, played) => {
      expect(film.recording.gaps).toEqual([]);
      expect(missing(film)).toEqual([]);
      expect(played.totalConnections).toBe(1);
      more.check?.(film, played);
    },
  });
}

const YEARS_MS = 3 * 365 * 24 * 3_600_000;
const LOGIN = { username: 'court', password: `pä:ss@/?#${PLANTED}` };

describeFilms('RTSP cameras that are odd, but sound', [
  sound('plain', {}),
  sound('B-frames', {}, { make: () => camera({}, clip({ bframes: 2 })) }),
  sound('four slices a picture', {}, { make: () => camera({}, clip({ slices: 4 })) }),
  sound('a burst of the last GOP at PLAY', { start: 'gop' }),
  sound(
    'a burst of the last GOP at PLAY, with B-frames',
    {},
    { make: () => camera({ start: 'gop' }, clip({ bframes: 2 })) },
  ),
  sound('pictures from the middle of a GOP at PLAY', { start: 'now' }),
  sound('a keyframe every 4 s', {}, { make: () => camera({ start: 'gop' }, clip({ gopSeconds: 4 })) }),
  sound('Basic', { ...LOGIN, auth: 'basic' }),
  sound('Digest', { ...LOGIN, auth: 'digest' }),
  sound('Digest with qop', { ...LOGIN, auth: 'digest', qop: true }),
  sound('Digest with SHA-256', { ...LOGIN, auth: 'digest', qop: true, algorithm: 'SHA-256' }),
  sound('Digest and Basic offered', { ...LOGIN, auth: 'both' }),
  sound('a nonce for two requests each', { ...LOGIN, auth: 'digest', nonceUses: 2 }),
  sound('a realm with quotes', { ...LOGIN, auth: 'digest', realm: 'say "court", 1' }),
  sound('relative control, no Content-Base', { controls: 'no-content-base' }),
  sound('absolute control', { controls: 'absolute' }),
  sound('aggregate control elsewhere', { controls: 'aggregate' }),
  sound('no control', { controls: 'missing' }),
  sound('audio behind the video', { announced: 'h264+audio' }),
  sound('audio before the video', { announced: 'audio+h264' }),
  sound('parameter sets in the SDP only', { parameterSets: 'sdp' }),
  sound('parameter sets in band only', { parameterSets: 'band' }),
  sound('no aggregation packets', { stapA: false }),
  sound('large packets', { maxPayload: 60_000 }),
  sound('tiny packets', { maxPayload: 100 }),
  sound('channels of its own choice', { firstChannel: 6 }),
  sound('other data between its answers', { chatter: true }),
  sound('media before the answer to PLAY', { mediaBeforeAnswer: true }),
  sound('no RTP-Info, no reports, no time-out', { rtpInfo: false, senderReportMs: 0, sessionTimeout: 0 }),
  sound('slow answers', { answerDelayMs: 150 }),
  sound('SDP with bare line feeds', { editSdp: (sdp) => sdp.replace(/\r\n/g, '\n') }),
  sound('SDP with a byte order mark and unknown lines', { editSdp: (sdp) => `${sdp}a=x-odd:1;=;\r\nq=?\r\n\r\n` }),
  sound(
    'RTP time stamps that wrap',
    { timestampStart: 2 ** 32 - 3 * 90_000 },
    {
      script: (played) => pictures(played, 125),
    },
  ),
  sound('sequence numbers that wrap', { sequenceStart: 65_500 }),
  sound(
    'a session that wants requests as signs of life',
    { sessionTimeout: 1, aliveBy: 'requests' },
    {
      script: (played) => pictures(played, 75),
    },
  ),
  sound(
    'a session that wants requests, with nonces that change',
    { ...LOGIN, auth: 'digest', sessionTimeout: 1, aliveBy: 'requests' },
    {
      script: async (played) => {
        await pictures(played, 25);
        played.rotateNonce();
        await pictures(played, 50);
      },
    },
  ),
]);

/** A second, the fault, until the court is live again, a second. */
const around =
  (fault: (played: RtspCamera) => void, after: number = 25) =>
  async (played: RtspCamera, court: { becomes(state: 'live'): Promise<void> }): Promise<void> => {
    await pictures(played, 30);
    const back = court.becomes('live');
    fault(played);
    await back;
    await pictures(played, after);
  };

const oneOutage =
  (reason: string, seconds: number): FilmRow<RtspCamera>['check'] =>
  (film, played) => {
    const { gaps } = film.recording;
    expect(gaps.map((gap) => gap.reason)).toEqual([reason]);
    expect((gaps[0]?.endSeconds ?? 0) - (gaps[0]?.startSeconds ?? 0)).toBeGreaterThan(seconds);
    expect(film.court.states).toEqual(['live', 'reconnecting', 'live']);
    expect(played.peakConnections).toBe(1);
  };

describeFilms('RTSP cameras that fail in mid-match', [
  row<RtspCamera>({
    name: 'cut for 2 s',
    make: () => camera({ onlyOneConnection: 'busy' }),
    script: around((played) => void played.cut({ refuseMs: 2_000 })),
    check: oneOutage('camera_lost', 1.8),
  }),
  row<RtspCamera>({
    name: 'an orderly end, and back at once',
    make: () => camera({ onlyOneConnection: 'refuse' }, clip({ bframes: 2 })),
    script: around((played) => void played.cut({ how: 'close' })),
    rules: { deviation: 0.4 },
    check: (film, played) => {
      expect(film.recording.gaps.map(({ reason }) => reason)).toEqual(
        film.recording.gaps.length ? ['camera_lost'] : [],
      );
      expect(played.peakConnections).toBe(1);
      expect(played.totalConnections).toBe(2);
    },
  }),
  row<RtspCamera>({
    name: 'a burst at PLAY after an outage',
    make: () => camera({ start: 'gop' }),
    script: around((played) => void played.cut({ refuseMs: 2_000 })),
    rules: { deviation: 0.4 },
  }),
  row<RtspCamera>({
    name: 'silent',
    make: () => camera({ onlyOneConnection: 'busy' }),
    script: around((played) => {
      played.silence();
      played.once('disconnection', () => played.speak());
    }),
    check: oneOutage('camera_stalled', 0.9),
  }),
  row<RtspCamera>({
    name: 'silent for less than a stall: the same connection goes on',
    make: () => camera(),
    script: async (played) => {
      await pictures(played, 30);
      played.silence();
      await pictures(played, 17);
      played.speak();
      await pictures(played, 50);
    },
    rules: { deviation: 0.4 },
    check: (_, played) => expect(played.totalConnections).toBe(1),
  }),
  row<RtspCamera>({
    name: 'one byte every 500 ms',
    make: () => camera({ onlyOneConnection: 'busy' }),
    script: around((played) => {
      played.oneByteEvery(500);
      played.once('disconnection', () => played.oneByteEvery(0));
    }),
    check: oneOutage('camera_stalled', 0.9),
  }),
  row<RtspCamera>({
    name: 'garbage in the stream',
    make: () => camera(),
    script: async (played) => {
      await pictures(played, 30);
      played.sendGarbage(3000);
      await pictures(played, 75);
    },
    rules: { deviation: 0.4 },
    check: (_, played) => expect(played.peakConnections).toBe(1),
  }),
  row<RtspCamera>({
    name: 'garbage that looks like a packet of the stream',
    make: () => camera(),
    script: async (played) => {
      await pictures(played, 30);
      played.sendGarbage(Buffer.concat([Buffer.from([0x24, 0, 0, 200]), Buffer.alloc(200, 0xa5)]));
      await pictures(played, 75);
    },
    rules: { deviation: 0.4 },
  }),
  row<RtspCamera>({
    name: 'one connection only, cut three times',
    make: () => camera({ onlyOneConnection: 'busy' }),
    script: async (played, court) => {
      for (let i = 0; i < 3; i++) await around((one) => void one.cut(), 5)(played, court);
    },
    rules: { deviation: 0.4 },
    check: (_, played) => {
      expect(played.peakConnections).toBe(1);
      expect(played.totalConnections).toBe(4);
    },
  }),
  row<RtspCamera>({
    name: 'says 25 and sends 21',
    make: async () => {
      const made = await camera();
      made.setSendFps(21);
      return made;
    },
    script: (played) => pictures(played, 21 * 8),
    check: (film) => {
      expect(film.recording.gaps).toEqual([]);
      expect(missing(film)).toEqual([]);
    },
  }),
  row<RtspCamera>({
    name: 'says 25 and sends 30, with B-frames',
    make: async () => {
      const made = await camera({}, clip({ bframes: 2 }));
      made.setSendFps(30);
      return made;
    },
    script: (played) => pictures(played, 30 * 8),
    check: (film) => expect(film.recording.gaps).toEqual([]),
  }),
  row<RtspCamera>({
    name: 'slows down in mid-match',
    make: () => camera(),
    script: async (played) => {
      await pictures(played, 75);
      played.setSendFps(18);
      await pictures(played, 90);
    },
    // The clock's recovery is slow, so that jitter does not move it: it catches up within seconds.
    rules: { deviation: 1.2 },
    check: (film) => expect(film.recording.gaps).toEqual([]),
  }),
  ...[
    ['back 10 s', -10_000],
    ['forward 10 s', 10_000],
    ['back by years', -YEARS_MS],
    ['forward by years', YEARS_MS],
    ['back 300 ms', -300],
    ['forward 800 ms', 800],
    ['by half the range of its 32 bits', (2 ** 31 / 90_000) * 1000],
  ].map(([what, ms]) =>
    row<RtspCamera>({
      name: `its time stamps jump ${what}`,
      make: () => camera(),
      script: async (played) => {
        await pictures(played, 40);
        played.jumpTimestamps(ms as number);
        await pictures(played, 60);
      },
      rules: { deviation: Math.abs(ms as number) < 1000 ? 1 : 0.35 },
      check: (film, played) => {
        expect(film.recording.gaps).toEqual([]);
        expect(missing(film)).toEqual([]);
        expect(played.totalConnections).toBe(1);
      },
    }),
  ),
  ...[0, 2].map((bframes) =>
    row<RtspCamera>({
      name: `loses packets, ${bframes} B-frames`,
      make: () => camera({ maxPayload: 400 }, clip({ bframes })),
      script: async (played) => {
        await pictures(played, 35);
        played.losePackets(2);
        await pictures(played, 45);
        played.losePackets(1);
        await pictures(played, 45);
      },
      check: (film, played) => {
        expect(film.recording.gaps.every(({ reason }) => reason === 'packets_lost')).toBe(true);
        expect(missing(film).length).toBeGreaterThan(5);
        expect(missing(film).length).toBeLessThan(55);
        expect(played.totalConnections).toBe(1);
      },
    }),
  ),
  row<RtspCamera>({
    name: 'loses every 150th packet all the time',
    make: () => camera({ maxPayload: 400, loseEvery: 150 }, clip({ gopSeconds: 0.4 })),
    script: (played) => pictures(played, 100),
    check: (film) => expect(film.recording.gaps.every(({ reason }) => reason === 'packets_lost')).toBe(true),
  }),
  row<RtspCamera>({
    name: 'another resolution in mid-match, and back',
    make: () => camera(),
    script: async (played) => {
      await pictures(played, 50);
      played.switchClip(await clip({ width: 480, height: 270 }));
      await pictures(played, 50);
      played.switchClip(await clip());
      await pictures(played, 50);
    },
    rules: { deviation: 0.4 },
    check: (film, played) => {
      expect(film.file).toMatchObject({ width: 320, height: 180 });
      expect(film.recording.gaps).toEqual([]);
      expect(played.totalConnections).toBe(1);
    },
  }),
  row<RtspCamera>({
    name: 'another profile after an outage',
    make: () => camera(),
    script: async (played, court) => {
      const other = await h264Clip({ ...SMALL, profile: 'baseline' });
      await around((one) => {
        void one.cut({ refuseMs: 500 });
        one.switchClip(other);
      })(played, court);
    },
    rules: { deviation: 0.4 },
    check: (film) => expect(film.recording.gaps.every(({ reason }) => reason === 'camera_lost')).toBe(true),
  }),
  row<RtspCamera>({
    name: 'a wrong password in mid-match, and back',
    make: () => camera({ ...LOGIN, auth: 'digest' }),
    script: around((played) => {
      played.set({ alwaysUnauthorized: true });
      void played.cut();
      played.once('request', () => played.once('disconnection', () => played.set({ alwaysUnauthorized: false })));
    }),
    check: (film) => expect(film.recording.gaps.map(({ reason }) => reason)).toEqual(['camera_lost']),
  }),
  row<RtspCamera>({
    name: 'stopped while the camera is away',
    make: () => camera(),
    script: async (played, court) => {
      await pictures(played, 40);
      const away = court.becomes('reconnecting');
      await played.cut({ refuseMs: Infinity });
      await away;
      await pictures(played, 30);
    },
    check: (film) => {
      expect(film.recording.gaps.map(({ reason }) => reason)).toEqual(['camera_lost']);
      expect(film.recording.gaps[0]?.endSeconds).toBeCloseTo(film.file.durationSeconds, 1);
    },
  }),
]);
