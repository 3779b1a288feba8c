import { CameraError } from './camera-error';
import { parseCameraUrl } from './camera-url';

function codeOf(url: string): string {
  try {
    return `accepted ${JSON.stringify(parseCameraUrl(url))}`;
  } catch (error) {
    if (error instanceof CameraError) {
      return error.code;
    }
    throw error;
  }
}

describe('parseCameraUrl', () => {
  it.each([
    ['rtsp://10.0.0.5/live', ['rtsp', '10.0.0.5', 554, '/live', null, null]],
    ['RTSP://Cam.Local:8554', ['rtsp', 'Cam.Local', 8554, '/', null, null]],
    ['rtsps://cam/x?a=1&b=2', ['rtsps', 'cam', 322, '/x?a=1&b=2', null, null]],
    ['http://cam:/mjpg', ['http', 'cam', 80, '/mjpg', null, null]],
    ['https://[fd12::5]:8443/a', ['https', '[fd12::5]', 8443, '/a', null, null]],
    ['  rtsp://cam/a ', ['rtsp', 'cam', 554, '/a', null, null]],
    ['http://cam?x=1', ['http', 'cam', 80, '/?x=1', null, null]],
    ['http://cam/a#part', ['http', 'cam', 80, '/a', null, null]],
    ['rtsp://cam/user=admin&password=a#1', ['rtsp', 'cam', 554, '/user=admin&password=a#1', null, null]],
    ['rtsp://cam/Terrain 1 é', ['rtsp', 'cam', 554, '/Terrain%201%20%C3%A9', null, null]],
  ])('takes %s apart', (url, [scheme, host, port, path, username, password]) => {
    expect(parseCameraUrl(url)).toEqual({ scheme, host, port, path, username, password });
  });

  it.each([
    ['admin:secret', 'admin', 'secret'],
    ['admin', 'admin', null],
    ['admin:', 'admin', ''],
    [':', null, null],
    ['admin:p@ss', 'admin', 'p@ss'],
    ['admin:a:b:c', 'admin', 'a:b:c'],
    ['admin:a#1', 'admin', 'a#1'],
    ['admin:a?b', 'admin', 'a?b'],
    ['admin:100%', 'admin', '100%'],
    ['admin:100%25', 'admin', '100%'],
    ['admin:%ff', 'admin', '%ff'],
    ['admin:p%40ss%2F1', 'admin', 'p@ss/1'],
    ['admin:pa/ss', 'admin', 'pa/ss'],
    ['admin:é ü"\\', 'admin', 'é ü"\\'],
    ['admin:127.0.0.1', 'admin', '127.0.0.1'],
  ])('finds the user and password in %s', (userinfo, username, password) => {
    expect(parseCameraUrl(`rtsp://${userinfo}@10.0.0.5:554/live`)).toEqual({
      scheme: 'rtsp',
      host: '10.0.0.5',
      port: 554,
      path: '/live',
      username,
      password,
    });
  });

  it.each([
    '',
    '-i',
    '-rtsp://cam/',
    '10.0.0.5/live',
    '//cam/live',
    'rtsp:/cam',
    'rtsp:cam',
    'ftp://cam/',
    'file:///etc/passwd',
    'concat:a|b',
    'pipe:1',
    'rtmp://cam/',
    'rtspu://cam/',
    'srt://cam:1',
    'javascript://cam',
    'data:text/plain,x',
    '__proto__://cam',
    'constructor://cam',
    'ｒｔｓｐ://cam',
  ])('does not know the scheme of %j', (url) => {
    expect(codeOf(url)).toBe('camera_scheme_unsupported');
  });

  it.each([
    'rtsp://',
    'rtsp:///live',
    'rtsp://:554/',
    'rtsp://user:pass@/live',
    'rtsp://cam:0/',
    'rtsp://cam:65536/',
    'rtsp://cam:000554/',
    'rtsp://cam:-1/',
    'rtsp://cam:5x/',
    'rtsp://127.1/',
    'rtsp://0177.0.0.1/',
    'rtsp://0x7f.0.0.1/',
    'rtsp://0x7f000001/',
    'rtsp://2130706433/',
    'rtsp://127.0.0.1./',
    'rtsp://localhost./',
    'rtsp://127.0.0.01/',
    'rtsp://１２７.0.0.1/',
    'rtsp://①②⑦.0.0.1/',
    'rtsp://127。0。0。1/',
    'rtsp://ｌocalhost/',
    'rtsp://local\u00adhost/',
    'rtsp://%31%32%37.0.0.1/',
    'rtsp://[::1%25lo]/',
    'rtsp://[::1%lo]/',
    'rtsp://[fe80::1%1]/',
    'rtsp://[::g]/',
    'rtsp://[::1/',
    'rtsp://::1/',
    'rtsp://a..b/',
    'rtsp://-cam/',
    'rtsp://cam\\x/',
    'rtsp://c am/',
    'rtsp://cam/\n',
    'rtsp://cam/a\r\nSession: 1',
    'rtsp://cam/\0',
    'rtsp://user:a%0d%0ab@cam/',
    'rtsp://user:%00@cam/',
    `rtsp://cam/${'a'.repeat(2048)}`,
    `rtsp://${'a'.repeat(254)}/`,
  ])('refuses %j', (url) => {
    expect(codeOf(url)).toBe('camera_address_forbidden');
  });

  it('is not fooled about the host by user information', () => {
    expect(parseCameraUrl('rtsp://cam.example@127.0.0.1/').host).toBe('127.0.0.1');
    expect(parseCameraUrl('rtsp://127.0.0.1@cam.example/').host).toBe('cam.example');
    expect(parseCameraUrl('rtsp://a@b@127.0.0.1/@c').host).toBe('127.0.0.1');
  });

  it('never repeats the address in what it says', () => {
    for (const url of [
      'rtsp://user:topsecret@/',
      'x://user:topsecret@cam/',
      'rtsp://user:topsecret@0x7f.1/topsecret',
    ]) {
      expect(() => parseCameraUrl(url)).toThrow(
        expect.objectContaining({ message: expect.not.stringMatching(/topsecret/) }),
      );
    }
  });
});
