import { once } from 'node:events';
import { H264Clip, h264Clip } from './clips';
import { readWithFfmpeg } from './ffmpeg-reader';
import { RtspCamera, RtspCameraOptions } from './rtsp-camera';

const INPUT = ['-rtsp_transport', 'tcp', '-timeout', '10000000', '-analyzeduration', '500000'];

describe('RtspCamera, read by FFmpeg', () => {
  let plain: H264Clip;
  let reordered: H264Clip;
  let camera: RtspCamera | undefined;

  beforeAll(async () => {
    plain = await h264Clip({ width: 640, height: 360, seconds: 4, bitrate: 600_000 });
    reordered = await h264Clip({ width: 640, height: 360, bframes: 2, seconds: 4, bitrate: 600_000 });
  });
  afterEach(() => camera?.stop());
  jest.setTimeout(20_000);

  async function run(options: Partial<RtspCameraOptions>): Promise<RtspCamera> {
    camera = new RtspCamera({ clip: plain, ...options });
    await camera.start();
    return camera;
  }

  const secret = { username: 'desk', password: 'p@ss/w:rd "1"' };

  it.each<[string, Partial<RtspCameraOptions>]>([
    ['no password', {}],
    ['Basic', { ...secret, auth: 'basic' }],
    ['Digest', { ...secret, auth: 'digest' }],
    ['Digest with qop', { ...secret, auth: 'digest', qop: true }],
    ['Digest with nonces good for two requests', { ...secret, auth: 'digest', nonceUses: 2 }],
    ['single NAL units instead of STAP-A', { stapA: false }],
    ['absolute control URLs', { controls: 'absolute' }],
    ['an aggregate control URL', { controls: 'aggregate' }],
    ['no control URLs', { controls: 'missing' }],
    ['no Content-Base', { controls: 'no-content-base' }],
    ['a path with a query', { path: '/cam/realmonitor?channel=1&subtype=0' }],
    ['parameter sets in band only', { parameterSets: 'band' }],
    ['parameter sets in the SDP only', { parameterSets: 'sdp' }],
    ['a start at the next keyframe', { start: 'keyframe' }],
    ['audio besides', { announced: 'h264+audio' }],
    ['a time stamp wrap', { timestampStart: 2 ** 32 - 45_000 }],
    ['a sequence wrap', { sequenceStart: 0xfff8 }],
  ])('plays with %s', async (_name, options) => {
    const { url } = await run({ clip: reordered, start: 'gop', ...options });
    const { frames } = await readWithFfmpeg(url, { inputArgs: INPUT, frames: 20 });
    const first = frames[0]?.bars ?? NaN;
    expect(frames.map(({ bars }) => bars)).toEqual(frames.map((_, i) => (first + i) % reordered.frameCount));
    expect(frames).toHaveLength(20);
    // FFmpeg guesses the first decode times of reordered RTP: its times hold from the third picture on.
    expect((frames[19]?.seconds ?? 0) - (frames[3]?.seconds ?? 0)).toBeCloseTo(16 / 25, 2);
  });

  it('loops without a break', async () => {
    const { url } = await run({ clip: await h264Clip({ width: 640, height: 360, seconds: 1, bitrate: 600_000 }) });
    const { frames, complaints } = await readWithFfmpeg(url, { inputArgs: INPUT, frames: 60 });
    expect(frames.map(({ bars }) => bars)).toEqual(frames.map((_, i) => i % 25));
    expect(complaints).toBe('');
  });

  it.each<[string, Partial<RtspCameraOptions>, RegExp]>([
    ['a wrong password', { username: 'desk', password: 'right' }, /401/],
    ['an unknown path', {}, /404/],
    ['a method refused', { status: { SETUP: 503 } }, /503/],
  ])('refuses with %s', async (name, options, message) => {
    const { url } = await run(options);
    const asked = name.includes('path') ? `${url}/other` : url.replace(':right@', ':wrong@');
    const { code, complaints } = await readWithFfmpeg(asked, { inputArgs: INPUT, frames: 1 });
    expect(code).not.toBe(0);
    expect(complaints).toMatch(message);
  });

  it('says what happens', async () => {
    const running = await run({ start: 'gop' });
    const played = once(running, 'play');
    const left = once(running, 'disconnection');
    await readWithFfmpeg(running.url, { inputArgs: INPUT, frames: 5 });
    await Promise.all([played, left]);
    expect(running.peakConnections).toBe(1);
    expect(running.connections).toBe(0);
  });
});
