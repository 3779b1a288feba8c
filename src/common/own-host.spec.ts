import { isOwnHost } from './own-host';

describe('isOwnHost', () => {
  const own = 'https://video.club.example';

  it.each([
    ['video.club.example', true],
    ['VIDEO.club.example:443', true],
    ['127.0.0.1:5000', true],
    ['[::1]:5000', true],
    ['192.168.1.20', true],
    ['localhost:5000', true],
    ['padelvar:5000', true],
    ['evil.example', false],
    ['video.club.example.evil.example', false],
    ['club.example', false],
    ['video.club.example@evil.example', false],
    ['video.club.example/evil', false],
    ['[evil]', false],
    ['', false],
    [undefined, false],
    ['127.0.0.1:5000, evil.example', false],
    ['a:b', false],
  ])('%s: %s', (host, expected) => expect(isOwnHost(host, own)).toBe(expected));

  it('takes any well-formed name where nobody said what it is called', () => {
    expect(isOwnHost('anything.example:81', null)).toBe(true);
    expect(isOwnHost('any thing', null)).toBe(false);
  });
});
