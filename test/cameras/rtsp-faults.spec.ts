import { once } from 'node:events';
import { H264Clip, h264Clip } from './clips';
import { RtspCamera, RtspCameraOptions } from './rtsp-camera';
import { ProbedPacket, RtspProbe } from './rtsp-probe';

jest.setTimeout(20_000);

describe('RtspCamera, its faults', () => {
  let clip: H264Clip;
  let other: H264Clip;
  let camera: RtspCamera;
  const probes: RtspProbe[] = [];

  beforeAll(async () => {
    clip = await h264Clip({ width: 640, height: 360, seconds: 1, gopSeconds: 0.2, bitrate: 600_000 });
    other = await h264Clip({ width: 320, height: 180, seconds: 1, gopSeconds: 0.2, bitrate: 300_000 });
  });
  afterEach(async () => {
    await Promise.all(probes.splice(0).map((probe) => probe.close()));
    await camera.stop();
  });

  async function run(options: Partial<RtspCameraOptions> = {}): Promise<RtspCamera> {
    camera = new RtspCamera({ clip, ...options });
    await camera.start();
    return camera;
  }
  function probe(): RtspProbe {
    const made = new RtspProbe(camera.urlWithoutCredentials);
    probes.push(made);
    return made;
  }

  it.each<[string, Partial<RtspCameraOptions>, number]>([
    ['a redirect', { redirectTo: 'rtsp://127.0.0.1:1/' }, 302],
    ['401 whatever comes', { alwaysUnauthorized: true }, 401],
    ['credentials wanted', { username: 'a', password: 'b' }, 401],
    ['a status of choice', { status: { DESCRIBE: 404 } }, 404],
    ['a slow answer among interleaved data', { answerDelayMs: 30, chatter: true }, 200],
  ])('answers DESCRIBE with %s', async (_name, options, status) => {
    await run(options);
    const client = probe();
    client.send('DESCRIBE');
    expect((await client.answer())?.status).toBe(status);
  });

  it.each(['h265', 'jpeg', 'mpeg4', 'aac', 'h264+audio', 'audio+h264'] as const)('announces %s', async (announced) => {
    await run({ announced });
    const client = probe();
    client.send('DESCRIBE');
    const { body = '' } = (await client.answer()) ?? {};
    const media = {
      h265: ['H265/'],
      jpeg: ['JPEG/'],
      mpeg4: ['MP4V'],
      aac: ['MPEG4'],
      'h264+audio': ['H264/', 'MPEG4'],
      'audio+h264': ['MPEG4', 'H264/'],
    };
    expect([...body.matchAll(/a=rtpmap:\d+ (H26.\/|JPEG\/|MP4V|MPEG4)/g)].map((match) => match[1])).toEqual(
      media[announced],
    );
  });

  it('cuts, refuses, and listens again on the same port', async () => {
    await run();
    const first = probe();
    await first.play();
    await camera.cut({ refuseMs: Infinity });
    await first.closed;
    const refused = probe();
    expect((await once(refused.raw, 'error'))[0]).toMatchObject({ code: 'ECONNREFUSED' });
    await camera.accept();
    expect((await probe().play())?.status).toBe(200);
    expect(camera.peakConnections).toBe(1);
  });

  it.each([
    ['busy', 453],
    ['refuse', undefined],
  ] as const)('allows one connection only: %s', async (onlyOneConnection, status) => {
    await run({ onlyOneConnection });
    expect((await probe().play())?.status).toBe(200);
    const second = probe();
    second.send('DESCRIBE');
    expect((await second.answer())?.status).toBe(status);
    expect(camera.peakConnections).toBe(2);
  });

  it('falls silent and goes on at a keyframe with the next sequence number', async () => {
    await run();
    const client = probe();
    await client.play();
    const before = await client.picture();
    camera.silence();
    for (let i = 0; i < 7; i++) expect((await once(camera, 'frame'))[0]).toMatchObject({ clients: 0 });
    const [last] = before.slice(-1);
    camera.speak();
    const seen: ProbedPacket[] = [];
    // What had left before the silence comes first.
    for (;;) {
      const picture = await client.picture();
      seen.push(...picture);
      if ((picture[0]?.timestamp ?? 0) > (last?.timestamp ?? 0) + 7 * 3600) break;
    }
    expect((seen.filter((packet) => packet.timestamp === seen.at(-1)?.timestamp)[0]?.payload[0] ?? 0) & 31).toBe(24);
    expect(seen.map((packet) => packet.sequence)).toEqual(seen.map((_, i) => ((last?.sequence ?? 0) + 1 + i) & 0xffff));
  });

  it('notices who leaves during silence, and answers who stays after it', async () => {
    await run();
    const [leaving, staying] = [probe(), probe()];
    await leaving.play();
    camera.silence();
    staying.send('OPTIONS');
    const left = once(camera, 'disconnection');
    await leaving.close();
    await left;
    expect(camera.connections).toBe(1);
    camera.speak();
    expect((await staying.answer())?.status).toBe(200);
  });

  it('leaves nothing behind, and starts again on its port', async () => {
    const before = process.getActiveResourcesInfo().sort();
    await run();
    const { port } = camera;
    const client = probe();
    await client.play();
    camera.silence(60_000);
    await camera.refuse(60_000);
    await Promise.all([camera.stop(), client.closed]);
    expect(process.getActiveResourcesInfo().sort()).toEqual(before);
    await camera.start();
    expect(camera.port).toBe(port);
    expect((await probe().play())?.status).toBe(200);
  });

  it('sends one byte at a time', async () => {
    await run();
    camera.oneByteEvery(1);
    const client = probe();
    client.send('OPTIONS');
    const sizes = [];
    for (let i = 0; i < 10; i++) sizes.push(((await once(client.raw, 'data')) as [Buffer])[0].length);
    expect(Math.max(...sizes)).toBeLessThan(5);
    camera.oneByteEvery(0);
    expect((await client.answer())?.status).toBe(200);
  });

  it('loses packets', async () => {
    await run({ loseEvery: 5, start: 'gop' });
    const client = probe();
    await client.play();
    const sequences = (await client.packets(12)).map((packet) => packet.sequence);
    expect(sequences.map((n) => (n - (sequences[0] ?? 0)) & 0xffff)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13]);
  });

  it('lies about its frame rate', async () => {
    await run();
    camera.setSendFps(50);
    const client = probe();
    await client.play();
    const [first] = (await once(camera, 'frame')) as [{ dueAt: number; pts: number }];
    const [second] = (await once(camera, 'frame')) as [{ dueAt: number; pts: number }];
    expect(second.pts - first.pts).toBe(3600);
    expect(second.dueAt - first.dueAt).toBeCloseTo(20, 3);
  });

  it.each([-5000, 3 * 365 * 86_400_000])('jumps by %i ms', async (ms) => {
    await run({ timestampStart: 2 ** 32 - 3600 });
    const client = probe();
    await client.play();
    const before = (await client.picture())[0]?.timestamp ?? NaN;
    camera.jumpTimestamps(ms);
    let step = 0;
    let previous = before;
    do {
      const now = (await client.picture())[0]?.timestamp ?? NaN;
      step = (now - previous) >>> 0;
      previous = now;
    } while (step === 3600);
    expect(step).toBe(((3600 + ms * 90) % 2 ** 32) >>> 0);
  });

  it('changes resolution in mid-stream', async () => {
    await run();
    const client = probe();
    await client.play();
    await client.picture();
    camera.switchClip(other);
    for (;;) {
      const [packet] = await client.picture();
      if (packet === undefined) throw new Error('the stream ended');
      const isSet = ((packet.payload[0] ?? 0) & 31) === 24;
      if (isSet && packet.payload.subarray(3, 3 + other.sps.length).equals(other.sps)) break;
    }
  });

  it('ends a session nobody keeps alive', async () => {
    await run({ sessionTimeout: 1 });
    const client = probe();
    expect((await client.play())?.headers.session).toMatch(/;timeout=1$/);
    await Promise.all([once(camera, 'timeout'), client.closed]);
  });

  it('says nothing after PLAY, or to a method', async () => {
    await run({ silentAfterPlay: true, unanswered: ['GET_PARAMETER'] });
    const client = probe();
    await client.play();
    client.send('GET_PARAMETER');
    client.send('OPTIONS');
    await once(camera, 'frame');
    expect(await client.next()).toMatchObject({ kind: 'answer', headers: { cseq: '4' } });
  });

  it('writes whole pictures to a client that stalls while others read', async () => {
    const big = await h264Clip({ width: 1280, height: 720, seconds: 1, gopSeconds: 0.2, bitrate: 20_000_000 });
    await run({ clip: big });
    camera.setSendFps(500);
    const [slow, quick] = [probe(), probe()];
    await Promise.all([slow.play(), quick.play()]);
    slow.raw.pause();
    await once(camera, 'overrun');
    slow.raw.resume();
    for (const client of [slow, quick]) {
      const packets = await client.packets(4000);
      const start = packets[0]?.sequence ?? 0;
      expect(packets.every((packet, i) => packet.sequence === ((start + i) & 0xffff))).toBe(true);
      const times = packets.filter((packet) => packet.marker).map((packet) => packet.timestamp);
      expect(times.every((time, i) => i === 0 || time > (times[i - 1] ?? 0))).toBe(true);
    }
  });
});
