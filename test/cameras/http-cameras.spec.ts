import { H264Clip, h264Clip, MjpegClip, mjpegClip } from './clips';
import { readWithFfmpeg } from './ffmpeg-reader';
import { HttpCamera, HttpCameraOptions } from './http-camera';
import { MjpegCamera, MjpegCameraOptions } from './mjpeg-camera';

jest.setTimeout(20_000);
const consecutive = (frames: readonly { bars: number | null }[], modulus: number): unknown =>
  frames.map((_, i) => ((frames[0]?.bars ?? NaN) + i) % modulus);

describe('HttpCamera, read by FFmpeg', () => {
  let clip: H264Clip;
  let camera: HttpCamera | undefined;

  beforeAll(async () => {
    clip = await h264Clip({ width: 640, height: 360, bframes: 2, seconds: 1, gopSeconds: 0.2, bitrate: 600_000 });
  });
  afterEach(() => camera?.stop());

  it.each<[string, Partial<HttpCameraOptions>]>([
    ['MPEG-TS', {}],
    ['MPEG-TS in chunks', { chunked: true }],
    ['MPEG-TS over its clock wrap', { timestampStart: 2 ** 33 - 90_000 }],
    ['FLV', { container: 'flv' }],
    ['fragmented MP4', { container: 'mp4' }],
    ['Basic', { auth: 'basic', username: 'desk', password: 'p@ss' }],
    ['Digest', { auth: 'digest', qop: true, username: 'desk', password: 'p@ss' }],
  ])('plays %s over its loop', async (_name, options) => {
    camera = new HttpCamera({ clip, ...options });
    await camera.start();
    const { frames, complaints } = await readWithFfmpeg(camera.url, {
      inputArgs: ['-analyzeduration', '500000'],
      frames: 35,
    });
    expect(frames.map(({ bars }) => bars)).toEqual(consecutive(frames, 25));
    expect(frames).toHaveLength(35);
    expect((frames[34]?.seconds ?? 0) - (frames[0]?.seconds ?? 0)).toBeCloseTo(34 / 25, 2);
    expect(complaints).toBe('');
  });

  it.each([
    ['404', { status: 404 }, /404/],
    ['401', { alwaysUnauthorized: true }, /401/],
  ])('answers %s', async (_name, options, message) => {
    camera = new HttpCamera({ clip, ...options });
    await camera.start();
    expect((await readWithFfmpeg(camera.url, { frames: 1 })).complaints).toMatch(message);
  });
});

describe('MjpegCamera, read by FFmpeg', () => {
  let clip: MjpegClip;
  let camera: MjpegCamera | undefined;

  beforeAll(async () => {
    clip = await mjpegClip({ width: 640, height: 360, seconds: 1, bitrate: 4_000_000 });
  });
  afterEach(() => camera?.stop());

  it.each<[string, Partial<MjpegCameraOptions>]>([
    ['a right boundary', {}],
    ['a quoted boundary', { boundary: 'quoted' }],
    ['no Content-Length', { contentLength: 'none' }],
    ['Digest', { username: 'desk', password: 'p@ss' }],
    ['Basic', { username: 'desk', password: 'p@ss', auth: 'basic' }],
    ['gzip', { gzip: true }],
    ['chunks', { chunked: true }],
    ['thumbnails inside', { thumbnails: true }],
  ])('plays with %s', async (_name, options) => {
    camera = new MjpegCamera({ clip, ...options });
    await camera.start();
    const { frames } = await readWithFfmpeg(camera.url, { inputArgs: ['-f', 'mpjpeg'], frames: 15 });
    expect(frames.map(({ bars }) => bars)).toEqual(consecutive(frames, 10));
    expect(frames).toHaveLength(15);
  });
});
