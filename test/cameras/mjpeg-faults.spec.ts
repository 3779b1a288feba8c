import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { gunzipSync, constants } from 'node:zlib';
import { MjpegClip, mjpegClip } from './clips';
import { MjpegBehaviour, MjpegCamera, MjpegCameraOptions } from './mjpeg-camera';

jest.setTimeout(20_000);

describe('MjpegCamera, its faults', () => {
  let clip: MjpegClip;
  let camera: MjpegCamera;
  let socket: Socket;

  beforeAll(async () => {
    clip = await mjpegClip({ width: 640, height: 360, seconds: 1, bitrate: 4_000_000 });
  });
  afterEach(async () => {
    socket.destroy();
    await camera.stop();
  });

  async function run(options: Partial<MjpegCameraOptions> = {}): Promise<Socket> {
    camera = new MjpegCamera({ clip, ...options });
    await camera.start();
    socket = connect(camera.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`GET ${camera.path} HTTP/1.1\r\nHost: camera\r\n\r\n`);
    return socket;
  }

  /** Reads until `enough`, or the end. */
  function read(enough: (all: Buffer) => boolean): Promise<Buffer> {
    return new Promise((settle) => {
      let all = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        all = Buffer.concat([all, chunk]);
        if (!enough(all)) return;
        socket.destroy();
        settle(all);
      });
      socket.on('close', () => settle(all));
    });
  }
  const parts =
    (n: number) =>
    (all: Buffer): boolean =>
      all.toString('latin1').split('X-Timestamp').length > n;

  it.each<[MjpegBehaviour['boundary'], RegExp, RegExp | null]>([
    ['right', /boundary=frame\r/, /\n--frame\r/],
    ['quoted', /boundary="frame"\r/, /\n--frame\r/],
    ['dashed', /boundary=--frame\r/, /\n--frame\r/],
    ['doubled', /boundary=--frame\r/, /\n----frame\r/],
    ['wrong', /boundary=frame\r/, /\n--other\r/],
    ['missing', /x-mixed-replace\r/, /\n--frame\r/],
    ['none', /boundary=frame\r/, null],
  ])('boundary: %s', async (boundary, header, body) => {
    await run({ boundary });
    const all = (await read((read) => read.length > 30_000)).toString('latin1');
    const [head = '', ...rest] = all.split('\r\n\r\n');
    expect(`${head}\r\n`).toMatch(header);
    const text = `\r\n${rest.join('\r\n\r\n')}`;
    if (body === null) expect(text).not.toMatch(/Content-Length|--frame/);
    else expect(text).toMatch(body);
  });

  it.each<[MjpegBehaviour['contentLength'], number | null]>([
    ['right', 0],
    ['none', null],
    ['short', -1000],
    ['long', 1000],
  ])('Content-Length: %s', async (contentLength, error) => {
    await run({ contentLength });
    const all = (await read(parts(2))).toString('latin1');
    const start = all.indexOf('\xff\xd8');
    const real = all.indexOf('\r\n--frame', start) - start;
    const claimed = /Content-Length: (\d+)/.exec(all)?.[1];
    expect(claimed === undefined ? null : Number(claimed) - real).toBe(error);
  });

  it('compresses', async () => {
    await run({ gzip: true });
    const all = await read((read) => read.length > 60_000);
    const body = all.subarray(all.indexOf('\r\n\r\n') + 4);
    expect(all.subarray(0, 400).toString()).toMatch(/Content-Encoding: gzip/);
    expect(gunzipSync(body, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1')).toMatch(/^--frame/);
  });

  it('halves every second picture', async () => {
    await run({ halveEvery: 2 });
    const lengths = [...(await read(parts(4))).toString('latin1').matchAll(/Content-Length: (\d+)/g)].map((m) =>
      Number(m[1]),
    );
    const whole = clip.jpegs.map(({ length }) => length);
    const halves = whole.map((length) => length >> 1);
    const kinds = lengths.map((length) =>
      whole.includes(length) ? 'whole' : halves.includes(length) ? 'half' : length,
    );
    expect(kinds.slice(0, 4)).toEqual(['whole', 'half', 'whole', 'half']);
  });

  it('answers with one JPEG', async () => {
    await run({ single: true });
    const all = (await read(() => false)).toString('latin1');
    expect(all).toMatch(/Content-Type: image\/jpeg/);
    expect(all.endsWith('\xff\xd9')).toBe(true);
  });

  it.each<[string, Partial<MjpegBehaviour>, number, number]>([
    ['a header', { endlessHeader: true }, 20_000, 0],
    ['a part header', { endlessPartHeader: true }, 5_000_000, 1],
    ['a part', { hugePart: 300_000_000 }, 5_000_000, 2],
  ])('goes on and on with %s', async (_name, behaviour, bytes, headerEnds) => {
    await run(behaviour);
    const all = (await read((read) => read.length > bytes)).toString('latin1');
    expect(all.split('\r\n\r\n').length - 1).toBe(headerEnds);
  });

  it('cuts in the middle of a picture', async () => {
    await run();
    await once(camera, 'frame');
    camera.cutInPicture();
    const all = (await read(() => false)).toString('latin1');
    expect(all.lastIndexOf('\xff\xd8')).toBeGreaterThan(all.lastIndexOf('\xff\xd9\r\n'));
  });

  it.each<[string, Partial<MjpegCameraOptions>, RegExp]>([
    ['302', { redirectTo: 'http://127.0.0.1:1/' }, /^HTTP\/1.1 302 [^]*\r\nLocation: http:\/\/127.0.0.1:1\/\r\n/],
    ['401', { username: 'a', password: 'b' }, /^HTTP\/1.1 401 [^]*\r\nWWW-Authenticate: Digest /],
    ['404', { status: 404 }, /^HTTP\/1.1 404 /],
  ])('answers %s', async (_name, options, answer) => {
    await run(options);
    expect((await read((read) => read.includes('\r\n\r\n'))).toString()).toMatch(answer);
  });

  it('claims any size', async () => {
    await run({ claimedSize: 16_384 });
    const all = await read((read) => read.length > 30_000);
    const header = all.indexOf(Buffer.from([0xff, 0xc0]), all.indexOf(Buffer.from([0xff, 0xd8])));
    expect(all.readUInt32BE(header + 5)).toBe(16_384 * 65_536 + 16_384);
  });
});
