import { addressToAsk, composeCameraAddress, splitCameraAddress } from './camera-address';

const PLACE = 'rtsp://192.168.1.20:554/stream1';
const ODD = ['p@ss', 'a:b', 'a/b', 'a#b', '100%', '%41', '?x=1', 'two words', 'é€😀', '@:/#%?', '//@//', '\\', '[::1]'];

/** What stands in a URL, by a reader that is not ours. */
function partsOf(url: string) {
  const { protocol, hostname, port, pathname, username, password } = new URL(url);
  const [user, secret] = [username, password].map(decodeURIComponent);
  return { place: `${protocol}//${hostname}:${port}${pathname}`, user, password: secret };
}

describe('a camera’s address', () => {
  it.each(ODD)('holds the password %s as it was typed', (password) => {
    const url = composeCameraAddress({ place: PLACE, user: 'admin', password }) ?? '';
    expect(partsOf(url)).toEqual({ place: PLACE, user: 'admin', password });
    expect(splitCameraAddress(url)).toEqual({ place: PLACE, user: 'admin', password });
  });

  it.each(ODD)('holds the user %s as it was typed', (user) => {
    const url = composeCameraAddress({ place: PLACE, user, password: 'x' }) ?? '';
    expect(partsOf(url)).toEqual({ place: PLACE, user, password: 'x' });
    expect(splitCameraAddress(url)).toEqual({ place: PLACE, user, password: 'x' });
  });

  // Pasted as it is, `%41` is an `A`, and `//@//` leaves the user as the host: no rule can tell.
  it.each(ODD.filter((password) => !['%41', '//@//'].includes(password)))(
    'is taken apart where the password %s is pasted unescaped',
    (password) => {
      const pasted = `rtsp://admin:${password}@192.168.1.20:554/stream1`;
      expect(splitCameraAddress(pasted)).toEqual({ place: PLACE, user: 'admin', password });
    },
  );

  it.each([
    ['rtsp://admin:p%40ss@cam.local/a', { place: 'rtsp://cam.local/a', user: 'admin', password: 'p@ss' }],
    ['rtsp://admin@cam.local/a', { place: 'rtsp://cam.local/a', user: 'admin', password: '' }],
    ['rtsp://cam.local/user=a&password=b@c', { place: 'rtsp://cam.local/user=a&password=b@c', user: '', password: '' }],
    ['  HTTP://10.0.0.5/video.mjpg ', { place: 'http://10.0.0.5/video.mjpg', user: '', password: '' }],
    ['10.0.0.5/live', { place: 'rtsp://10.0.0.5/live', user: '', password: '' }],
    ['admin:secret@10.0.0.5', { place: 'rtsp://10.0.0.5', user: 'admin', password: 'secret' }],
    ['rtsp://u:p@[fd00::5]:8554/x', { place: 'rtsp://[fd00::5]:8554/x', user: 'u', password: 'p' }],
  ])('%s is taken apart', (pasted, parts) => {
    expect(splitCameraAddress(pasted)).toEqual(parts);
  });

  it.each(['', 'rtsp://', 'rtsp://:554/a', 'rtsp://a:b@', 'rtsp:///stream'])('%j has no host', (text) => {
    expect(splitCameraAddress(text)).toBeNull();
    expect(composeCameraAddress({ place: text, user: 'a', password: 'b' })).toBeNull();
  });

  it('has user and password from their fields, else from the address', () => {
    const place = 'rtsp://old:one@cam.local/a';
    expect(composeCameraAddress({ place, user: '', password: '' })).toBe('rtsp://old:one@cam.local/a');
    expect(composeCameraAddress({ place, user: 'new', password: 'two' })).toBe('rtsp://new:two@cam.local/a');
    expect(composeCameraAddress({ place: 'rtsp://cam.local', user: '', password: '' })).toBe('rtsp://cam.local');
  });
});

describe('the address to ask', () => {
  it.each([
    ['192.168.1.20', '192.168.1.20'],
    [' rtsp://192.168.1.20:554/stream1 ', '192.168.1.20'],
    ['HTTP://10.0.0.5', '10.0.0.5'],
    ['', null],
    ['camera.local', null],
    ['[2001:db8::1]', null],
    ['192.168.1', null],
  ])('of %s is %s', (place, expected) => expect(addressToAsk(place)).toBe(expected));
});
