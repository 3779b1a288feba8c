import { once } from 'node:events';
import { createServer } from 'node:net';
import { SystemClock } from '../common/clock';
import { CameraDialer, Lookup } from './camera-dialer';
import { FORBIDDEN_ADDRESSES } from './forbidden-addresses.fixture';

const clock = new SystemClock();
const dialer = (lookup?: Lookup, resolveTimeoutMs = 1000): CameraDialer =>
  new CameraDialer({ allowLoopback: true, resolveTimeoutMs, lookup }, clock);
const finds = (...addresses: string[]): Lookup => jest.fn(async () => addresses.map((address) => ({ address })));

describe('CameraDialer', () => {
  it('pins the first address and asks once', async () => {
    const lookup = finds('10.0.0.5', '10.0.0.6');
    expect(await dialer(lookup).resolve('rtsp://u:p@cam.example/x')).toEqual({
      scheme: 'rtsp',
      host: 'cam.example',
      port: 554,
      address: '10.0.0.5',
      path: '/x',
      username: 'u',
      password: 'p',
    });
    expect(lookup).toHaveBeenCalledTimes(1);
  });

  it.each([['127.0.0.1'], ['10.0.0.5', '169.254.169.254'], ['10.0.0.5', '::ffff:127.0.0.1'], ['fe80::1%eth0']])(
    'refuses a name that is also %s %s',
    async (...addresses) => {
      await expect(dialer(finds(...addresses)).resolve('http://cam.example/')).rejects.toMatchObject({
        code: 'camera_address_forbidden',
      });
    },
  );

  it.each(FORBIDDEN_ADDRESSES)(
    'refuses a name that leads to %s, alone or among others, and opens no socket',
    async (bad) => {
      for (const lookup of [finds(bad), finds('10.0.0.5', bad), finds(bad, '10.0.0.5')]) {
        const refused = dialer(lookup).resolve('rtsp://cam.example/');
        await expect(refused).rejects.toMatchObject({ code: 'camera_address_forbidden' });
        expect(lookup).toHaveBeenCalledTimes(1);
      }
    },
  );

  it('dials what it has checked, whatever the name has become meanwhile', async () => {
    const answers = ['10.0.0.5', '127.0.0.1'];
    const lookup: Lookup = jest.fn(async () => [{ address: answers.shift() as string }]);
    const target = await dialer(lookup).resolve('rtsp://cam.example/');
    expect(target.address).toBe('10.0.0.5');
    await expect(dialer(lookup).resolve('rtsp://cam.example/')).rejects.toMatchObject({
      code: 'camera_address_forbidden',
    });
  });

  it.each(['localhost.', 'cam.localhost', 'LOCALHOST'])('does not even look %s up', async (host) => {
    const lookup = finds('10.0.0.5');
    const target = { scheme: 'rtsp', host, port: 554, path: '/', username: null, password: null } as const;
    await expect(dialer(lookup).resolve(target)).rejects.toMatchObject({ code: 'camera_address_forbidden' });
    expect(lookup).not.toHaveBeenCalled();
  });

  it('never looks an address up', async () => {
    const lookup = finds('10.9.9.9');
    expect((await dialer(lookup).resolve('rtsp://192.168.1.10/')).address).toBe('192.168.1.10');
    expect((await dialer(lookup).resolve('rtsp://[fd12::5]/')).address).toBe('fd12::5');
    expect(lookup).not.toHaveBeenCalled();
  });

  it.each<[string, Lookup, string]>([
    ['is not known', () => Promise.reject(new Error('ENOTFOUND')), 'camera_unreachable'],
    ['has no address', finds(), 'camera_unreachable'],
    ['takes for ever', () => new Promise(() => undefined), 'camera_timeout'],
  ])('says so when the name %s', async (_name, lookup, code) => {
    await expect(dialer(lookup, 20).resolve('rtsp://cam.example/')).rejects.toMatchObject({ code });
  });

  it('connects, gives up when told to, and says when nobody listens', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const target = await dialer().resolve(`rtsp://localhost:${port}/`);
    expect(target.address).toBe('127.0.0.1');
    const socket = await dialer().connect(target, 1000, new AbortController().signal);
    expect(socket.remotePort).toBe(port);
    socket.destroy();
    await expect(dialer().connect(target, 1000, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    const secure = dialer().connect({ ...target, scheme: 'rtsps' }, 50, new AbortController().signal);
    await expect(secure).rejects.toMatchObject({ code: 'camera_timeout' });
    server.close();
    await once(server, 'close');
    await expect(dialer().connect(target, 1000, new AbortController().signal)).rejects.toMatchObject({
      code: 'camera_unreachable',
    });
  });
});
