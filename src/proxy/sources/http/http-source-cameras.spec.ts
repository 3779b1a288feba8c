import {
  h264Clip,
  HttpCamera,
  HttpCameraOptions,
  MjpegCamera,
  mjpegClip,
  MjpegCameraOptions,
} from '../../../../test/cameras';
import { SystemClock } from '../../../common/clock';
import { AccessUnit, GapReason } from '../../../media/access-unit';
import { CameraDialer } from '../../camera-dialer';
import { SOURCE_LIMITS } from '../stream-source';
import { HttpSource } from './http-source';

const clock = new SystemClock();

async function watch(
  url: string,
  pictures: number,
): Promise<{ units: AccessUnit[]; losses: GapReason[]; outcome: unknown }> {
  const dialer = new CameraDialer({ allowLoopback: true, isOwnPort: () => false, resolveTimeoutMs: 1000 }, clock);
  const ffmpeg = { path: 'ffmpeg', instance: 'spec', clock };
  const target = await dialer.resolve(url);
  const source = new HttpSource({
    target,
    dialer,
    limits: { ...SOURCE_LIMITS, timeoutMs: 8000 },
    clock,
    ffmpeg,
    session: 'cameras',
  });
  const units: AccessUnit[] = [];
  const losses: GapReason[] = [];
  const abort = new AbortController();
  const onAccessUnit = (unit: AccessUnit): void => {
    if (units.push(unit) >= pictures) abort.abort();
  };
  const sink = { onProtocol: () => undefined, onAccessUnit, onLoss: (reason: GapReason) => void losses.push(reason) };
  const outcome = await source.run(sink, abort.signal).then(
    () => 'resolved',
    (error: unknown) => error,
  );
  return { units, losses, outcome };
}

describe('HttpSource and cameras in their many moods', () => {
  let camera: { stop(): Promise<void> } | undefined;
  afterEach(() => camera?.stop());

  it.each<Partial<MjpegCameraOptions>>([
    {},
    { boundary: 'quoted' },
    { boundary: 'dashed', lineEnd: '\n' },
    { boundary: 'doubled', contentLength: 'none' },
    { boundary: 'wrong', contentLength: 'short' },
    { boundary: 'missing', contentLength: 'long' },
    { boundary: 'none' },
    { thumbnails: true, contentLength: 'none' },
    { partType: false, chunked: true },
    { auth: 'digest', username: 'desk', password: 'p@ss', onlyOneConnection: 'refuse' },
    { auth: 'basic', username: 'desk', password: 'p@ss', onlyOneConnection: 'busy' },
  ])('MJPEG %j', async (options) => {
    const mjpeg = new MjpegCamera({ clip: await mjpegClip({ width: 640, height: 360, seconds: 1 }), ...options });
    camera = mjpeg;
    await mjpeg.start();
    const { units, losses, outcome } = await watch(mjpeg.url, 8);
    expect(outcome).toBe('resolved');
    expect(units.every((unit) => unit.kind === 'jpeg' && unit.width === 640 && unit.height === 360)).toBe(true);
    expect(losses).toEqual([]);
  });

  it('MJPEG with halves: they are dropped and counted, the others are whole', async () => {
    const clip = await mjpegClip({ width: 640, height: 360, seconds: 1 });
    const mjpeg = new MjpegCamera({ clip, halveEvery: 3 });
    camera = mjpeg;
    await mjpeg.start();
    const { units, losses } = await watch(mjpeg.url, 9);
    expect(losses.length).toBeGreaterThanOrEqual(3);
    for (const { data } of units) expect(clip.jpegs.some((jpeg) => jpeg.equals(data))).toBe(true);
  });

  it.each<[Partial<MjpegCameraOptions>, string]>([
    [{ hugePart: 300 << 20 }, 'camera_unsupported'],
    [{ endlessPartHeader: true }, 'camera_unsupported'],
    [{ endlessHeader: true }, 'camera_timeout'],
    [{ gzip: true }, 'camera_unsupported'],
    [{ single: true }, 'camera_unsupported'],
    [{ claimedSize: 16_384 }, 'camera_unsupported'],
    [{ alwaysUnauthorized: true }, 'camera_unauthorized'],
    [{ status: 404 }, 'camera_stream_not_found'],
    [{ redirectTo: 'http://127.0.0.1:1/' }, 'camera_redirected'],
  ])('refuses %j with its code', async (options, code) => {
    const mjpeg = new MjpegCamera({ clip: await mjpegClip({ width: 640, height: 360, seconds: 1 }), ...options });
    camera = mjpeg;
    await mjpeg.start();
    const before = process.memoryUsage().arrayBuffers;
    const { outcome, units } = await watch(mjpeg.url, 50);
    expect(outcome).toMatchObject({
      code: options.endlessHeader ? expect.stringMatching(/timeout|unsupported/) : code,
    });
    expect(units).toHaveLength(0);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 << 20);
  });

  it.each<Partial<HttpCameraOptions>>([
    { container: 'ts' },
    { container: 'flv', chunked: true },
    { container: 'mp4' },
    { container: 'ts', timestampStart: 2 ** 33 - 45_000 },
  ])('H.264 %j', async (options) => {
    const http = new HttpCamera({
      clip: await h264Clip({ width: 640, height: 360, bframes: 2, seconds: 1, gopSeconds: 0.2 }),
      ...options,
    });
    camera = http;
    await http.start();
    const { units, outcome } = await watch(http.url, 40);
    expect(outcome).toBe('resolved');
    const times = units.map((unit) => (unit.kind === 'h264' ? unit.dts : NaN));
    times.slice(1).forEach((dts, i) => expect(Math.abs(dts - times[i]! - 3600)).toBeLessThanOrEqual(180));
  });
});
