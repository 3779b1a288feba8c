import {
  H264Clip,
  h264Clip,
  HttpCamera,
  HttpCameraOptions,
  MjpegCamera,
  MjpegCameraOptions,
  MjpegClip,
  mjpegClip,
} from '../cameras';
import { Film, missing, pictures } from '../faults/film';
import { describeFilms, FilmRow, row } from '../faults/film-table';
import { PLANTED } from '../support/planted';

const SMALL = { width: 320, height: 180, seconds: 8 };
const jpegs = (changes: Partial<{ width: number; height: number; fps: number }> = {}): Promise<MjpegClip> =>
  mjpegClip({ ...SMALL, fps: 10, bitrate: 1_500_000, ...changes });
const frames = (
  changes: { bframes?: number; width?: number; height?: number; gopSeconds?: number } = {},
): Promise<H264Clip> => h264Clip({ ...SMALL, fps: 25, gopSeconds: 1, bitrate: 400_000, ...changes });

const mjpeg = async (changes: Omit<MjpegCameraOptions, 'clip'> = {}, clip = jpegs()): Promise<MjpegCamera> =>
  new MjpegCamera({ clip: await clip, ...changes });
const http = async (changes: Omit<HttpCameraOptions, 'clip'>, clip = frames()): Promise<HttpCamera> =>
  new HttpCamera({ clip: await clip, ...changes });

function uninterrupted(film: Film, camera: MjpegCamera | HttpCamera): void {
  expect(film.recording.gaps).toEqual([]);
  expect(missing(film)).toEqual([]);
  expect(camera.peakConnections).toBe(1);
}

/** An MJPEG camera of 10 pictures a second that is odd, but sound. */
function oddMjpeg(name: string, changes: Omit<MjpegCameraOptions, 'clip'>): FilmRow {
  return row<MjpegCamera>({
    name,
    make: () => mjpeg(changes),
    script: (camera) => pictures(camera, 25),
    check: uninterrupted,
  });
}

const LOGIN = { username: 'court', password: `pä:ss@/?#${PLANTED}` };

describeFilms('MJPEG cameras that are odd, but sound', [
  oddMjpeg('plain, 10 pictures a second', {}),
  ...(['quoted', 'dashed', 'doubled', 'wrong', 'missing', 'none'] as const).map((boundary) =>
    oddMjpeg(`boundary: ${boundary}`, { boundary }),
  ),
  ...(['none', 'short', 'long'] as const).map((contentLength) =>
    oddMjpeg(`Content-Length: ${contentLength}`, { contentLength }),
  ),
  oddMjpeg('no Content-Length, wrong boundary', { contentLength: 'none', boundary: 'wrong' }),
  oddMjpeg('bare line feeds', { lineEnd: '\n' }),
  oddMjpeg('parts without a type', { partType: false }),
  oddMjpeg('nothing but boundaries', { partType: false, contentLength: 'none' }),
  oddMjpeg('chunked', { chunked: true }),
  oddMjpeg('thumbnails inside', { thumbnails: true }),
  oddMjpeg('thumbnails inside, no Content-Length', { thumbnails: true, contentLength: 'none' }),
  oddMjpeg('a wrong Content-Type', { headers: { 'Content-Type': 'application/octet-stream' } }),
  oddMjpeg('Basic', { ...LOGIN, auth: 'basic' }),
  oddMjpeg('Digest', { ...LOGIN, auth: 'digest', qop: true }),
  oddMjpeg('Digest, one connection only', { ...LOGIN, auth: 'digest', onlyOneConnection: 'refuse' }),
  row<MjpegCamera>({
    name: '25 pictures a second',
    make: () => mjpeg({}, jpegs({ fps: 25 })),
    script: (camera) => pictures(camera, 75),
    check: uninterrupted,
  }),
  row<MjpegCamera>({
    name: '2 pictures a second',
    make: async () => {
      const camera = await mjpeg();
      camera.setSendFps(2);
      return camera;
    },
    script: (camera) => pictures(camera, 10),
    check: (_, camera) => expect(camera.peakConnections).toBe(1),
  }),
]);

type Court = Parameters<NonNullable<FilmRow['script']>>[1];
/** A second, the fault, until the court is live again, a second. */
const around =
  (fault: (camera: MjpegCamera) => void) =>
  async (camera: MjpegCamera, court: Court): Promise<void> => {
    await pictures(camera, 12);
    const back = court.becomes('live');
    fault(camera);
    await back;
    await pictures(camera, 10);
  };

function oneOutage(reason: string, seconds: number): FilmRow<MjpegCamera>['check'] {
  return ({ recording: { gaps } }, camera) => {
    expect(gaps.map((gap) => gap.reason)).toEqual([reason]);
    expect((gaps[0]?.endSeconds ?? 0) - (gaps[0]?.startSeconds ?? 0)).toBeGreaterThan(seconds);
    expect(camera.peakConnections).toBe(1);
  };
}

describeFilms('MJPEG cameras that fail in mid-match', [
  row<MjpegCamera>({
    name: 'cut for 2 s',
    make: () => mjpeg({ onlyOneConnection: 'busy' }),
    script: around((camera) => void camera.cut({ refuseMs: 2_000 })),
    check: oneOutage('camera_lost', 1.8),
  }),
  row<MjpegCamera>({
    name: 'cut in the middle of a picture',
    make: () => mjpeg({ boundary: 'none', onlyOneConnection: 'refuse' }),
    script: around((camera) => camera.cutInPicture()),
    check: (film, camera) => {
      expect(film.recording.gaps.every(({ reason }) => reason === 'camera_lost')).toBe(true);
      expect(camera.totalConnections).toBe(2);
    },
  }),
  row<MjpegCamera>({
    name: 'silent',
    make: () => mjpeg({ onlyOneConnection: 'busy' }),
    script: around((camera) => {
      camera.silence();
      camera.once('disconnection', () => camera.speak());
    }),
    check: oneOutage('camera_stalled', 0.9),
  }),
  row<MjpegCamera>({
    name: 'a network that stands still for 0.7 s and then delivers all at once',
    make: () => mjpeg(),
    script: async (camera) => {
      await pictures(camera, 15);
      camera.oneByteEvery(60_000);
      await pictures(camera, 7);
      camera.oneByteEvery(0);
      await pictures(camera, 12);
    },
    check: uninterrupted,
  }),
  row<MjpegCamera>({
    name: 'one byte every 500 ms',
    make: () => mjpeg({ onlyOneConnection: 'busy' }),
    script: around((camera) => {
      camera.oneByteEvery(500);
      camera.once('disconnection', () => camera.oneByteEvery(0));
    }),
    check: oneOutage('camera_stalled', 0.9),
  }),
  ...(['right', 'none'] as const).map((contentLength) =>
    row<MjpegCamera>({
      name: `half-cut pictures, Content-Length: ${contentLength}`,
      make: () => mjpeg({ halveEvery: 6, contentLength }),
      script: (camera) => pictures(camera, 40),
      check: (film, camera) => {
        expect(film.recording.gaps).toEqual([]);
        expect(missing(film).length).toBeGreaterThan(3);
        expect(missing(film).length).toBeLessThan(10);
        expect(camera.totalConnections).toBe(1);
      },
    }),
  ),
  row<MjpegCamera>({
    name: 'garbage between pictures',
    make: () => mjpeg({ contentLength: 'none' }),
    script: async (camera) => {
      await pictures(camera, 12);
      camera.sendGarbage(5000);
      await pictures(camera, 15);
    },
    rules: { deviation: 0.5 },
    check: (_, camera) => expect(camera.peakConnections).toBe(1),
  }),
  row<MjpegCamera>({
    name: 'another resolution in mid-match, and back',
    make: () => mjpeg({}, jpegs()),
    script: async (camera) => {
      await pictures(camera, 15);
      camera.switchClip(await jpegs({ width: 480, height: 270 }));
      await pictures(camera, 15);
      camera.switchClip(await jpegs());
      await pictures(camera, 15);
    },
    rules: { deviation: 0.6 },
    check: (film, camera) => {
      expect(film.file).toMatchObject({ width: 320, height: 180 });
      expect(camera.totalConnections).toBe(1);
    },
  }),
  row<MjpegCamera>({
    name: 'one picture of 16384 pixels: refused, reconnected',
    make: () => mjpeg({ onlyOneConnection: 'busy' }),
    script: around((camera) => {
      camera.set({ claimedSize: 16_384 });
      camera.once('disconnection', () => camera.set({ claimedSize: null }));
    }),
    check: (film, camera) => {
      expect(film.file).toMatchObject({ width: 320, height: 180 });
      expect(camera.peakConnections).toBe(1);
    },
  }),
]);

describeFilms('HTTP cameras', [
  ...(['ts', 'flv', 'mp4'] as const).flatMap((container) =>
    [0, 2].map((bframes) =>
      row<HttpCamera>({
        name: `${container}, ${bframes} B-frames`,
        make: () => http({ container }, frames({ bframes })),
        script: (camera) => pictures(camera, 75),
        check: uninterrupted,
      }),
    ),
  ),
  row<HttpCamera>({
    name: 'ts, chunked, Digest',
    make: () => http({ container: 'ts', chunked: true, ...LOGIN, auth: 'digest' }),
    check: uninterrupted,
  }),
  row<HttpCamera>({
    name: 'ts whose clock wraps',
    make: () => http({ container: 'ts', timestampStart: 2 ** 33 - 3 * 90_000 }),
    script: (camera) => pictures(camera, 125),
    check: uninterrupted,
  }),
  row<HttpCamera>({
    name: 'ts that says 25 and sends 21',
    make: async () => {
      const camera = await http({ container: 'ts' });
      camera.setSendFps(21);
      return camera;
    },
    script: (camera) => pictures(camera, 21 * 6),
    check: uninterrupted,
  }),
  ...(['ts', 'flv', 'mp4'] as const).map((container) =>
    row<HttpCamera>({
      name: `${container}, cut for 2 s`,
      make: () => http({ container, onlyOneConnection: 'busy' }),
      script: async (camera, court) => {
        await pictures(camera, 30);
        const back = court.becomes('live');
        void camera.cut({ refuseMs: 2_000 });
        await back;
        await pictures(camera, 30);
      },
      rules: { deviation: 0.5 },
      check: ({ recording: { gaps } }, camera) => {
        expect(gaps.map(({ reason }) => reason)).toEqual(['camera_lost']);
        expect(camera.peakConnections).toBe(1);
      },
    }),
  ),
  row<HttpCamera>({
    name: 'ts, silent',
    make: () => http({ container: 'ts', onlyOneConnection: 'busy' }),
    script: async (camera, court) => {
      await pictures(camera, 30);
      const back = court.becomes('live');
      camera.silence();
      camera.once('disconnection', () => camera.speak());
      await back;
      await pictures(camera, 30);
    },
    rules: { deviation: 0.5 },
    check: ({ recording: { gaps } }) => expect(gaps.map(({ reason }) => reason)).toEqual(['camera_stalled']),
  }),
  ...(
    [
      ['back 10 s', -10_000],
      ['forward by years', 2 * 365 * 86_400_000],
    ] as const
  ).map(([what, ms]) =>
    row<HttpCamera>({
      name: `ts whose clock jumps ${what}`,
      make: () => http({ container: 'ts' }),
      script: async (camera) => {
        await pictures(camera, 40);
        camera.jumpTimestamps(ms);
        await pictures(camera, 60);
      },
      check: (film) => expect(film.recording.gaps).toEqual([]),
    }),
  ),
  row<HttpCamera>({
    name: 'ts with another resolution in mid-match',
    make: () => http({ container: 'ts' }),
    script: async (camera) => {
      await pictures(camera, 40);
      camera.switchClip(await frames({ width: 480, height: 270 }));
      await pictures(camera, 75);
    },
    rules: { deviation: 0.6 },
    check: (film) => expect(film.file).toMatchObject({ width: 320, height: 180 }),
  }),
]);
