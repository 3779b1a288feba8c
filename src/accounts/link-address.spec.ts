import { linkAddress, linkOrigin } from './link-address';

describe('a link', () => {
  it('has its token behind the #, where no server sees it', () => {
    const address = linkAddress('https://padel.example', 'reset', 'a-_1');
    expect(address).toBe('https://padel.example/panel/link#/reset/a-_1');
    expect(new URL(address)).toMatchObject({ pathname: '/panel/link', search: '', hash: '#/reset/a-_1' });
  });

  const asked = (host: string | undefined, protocol = 'http') => ({ protocol, headers: { host } });

  it('leads to PUBLIC_URL, whatever host was asked', () => {
    expect(linkOrigin('https://padel.example', asked('evil.example'))).toBe('https://padel.example');
  });

  it.each([
    ['192.168.1.4:5000', 'http', 'http://192.168.1.4:5000'],
    ['padel.local', 'https', 'https://padel.local'],
    ['[::1]:5000', 'http', 'http://[::1]:5000'],
    ['padel.local', 'javascript', 'http://padel.local'],
  ])('without it leads to the host that was asked: %s, %s', (host, protocol, origin) => {
    expect(linkOrigin(null, asked(host, protocol))).toBe(origin);
  });

  it.each([undefined, '', 'a b', 'evil.example/x', 'user@evil.example', 'a"b', 'a#b', 'a:b', 'é.example'])(
    'refuses the host %j',
    (host) => {
      expect(() => linkOrigin(null, asked(host))).toThrow('Host');
    },
  );
});
