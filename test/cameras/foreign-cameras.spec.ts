import { once } from 'node:events';
import { mjpegClip } from './clips';
import { FfmpegMjpegCamera } from './ffmpeg-mjpeg-camera';
import { readWithFfmpeg } from './ffmpeg-reader';
import { GstreamerCamera, GstreamerCameraOptions } from './gstreamer-camera';

jest.setTimeout(30_000);

describe('GstreamerCamera', () => {
  const secret = { username: 'desk', password: 'p@ss word' };
  it.each<[string, GstreamerCameraOptions]>([
    ['no password', {}],
    ['Motion JPEG', { codec: 'mjpeg', height: 352 }],
    ['Motion JPEG, 4:2:2', { codec: 'mjpeg', height: 352, sampling: '4:2:2' }],
    ['Basic', { auth: 'basic', ...secret }],
    ['Digest and B-frames', { auth: 'digest', bframes: 2, ...secret }],
  ])('plays to FFmpeg with %s', async (_name, options) => {
    const camera = new GstreamerCamera(options);
    await camera.start();
    try {
      const inputArgs = ['-rtsp_transport', 'tcp', '-analyzeduration', '500000'];
      expect((await readWithFfmpeg(camera.url, { inputArgs, frames: 15 })).frames).toHaveLength(15);
      if (options.auth === undefined) return;
      const stranger = camera.url.replace('desk:', 'other:');
      expect((await readWithFfmpeg(stranger, { inputArgs, frames: 1 })).complaints).toMatch(/401/);
    } finally {
      await camera.stop();
    }
    expect(camera.pid).toBeUndefined();
  });
});

describe('FfmpegMjpegCamera', () => {
  it('serves one client after the other', async () => {
    const clip = await mjpegClip({ width: 640, height: 360, seconds: 1, bitrate: 4_000_000 });
    const camera = new FfmpegMjpegCamera({ clip });
    await camera.start();
    try {
      for (const _client of [1, 2]) {
        const again = once(camera, 'listening');
        const { frames } = await readWithFfmpeg(camera.url, { inputArgs: ['-f', 'mpjpeg'], frames: 12 });
        expect(frames.map(({ bars }) => bars)).toEqual(Array.from({ length: 12 }, (_, i) => i % 10));
        await again;
      }
    } finally {
      await camera.stop();
    }
  });
});
