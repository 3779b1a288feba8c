import { parseChallenges, RtspAuthenticator } from './rtsp-auth';

const field = (authorization: string | null, name: string): string | undefined =>
  new RegExp(`\\b${name}="?([^",]*)`).exec(authorization ?? '')?.[1];

describe('parseChallenges', () => {
  it.each([
    ['Digest realm="a, b", nonce="x=="', [['digest', { realm: 'a, b', nonce: 'x==' }]]],
    ['Basic realm="cam"', [['basic', { realm: 'cam' }]]],
    ['Digest realm=cam, nonce=abc, stale=TRUE', [['digest', { realm: 'cam', nonce: 'abc', stale: 'TRUE' }]]],
    [
      'Digest realm="a", nonce="b", Basic realm="c"',
      [
        ['digest', { realm: 'a', nonce: 'b' }],
        ['basic', { realm: 'c' }],
      ],
    ],
    ['Digest realm="say \\"hi\\"",nonce = "n"', [['digest', { realm: 'say "hi"', nonce: 'n' }]]],
    ['', []],
    ['=,=,"', []],
  ])('reads %s', (value, expected) => {
    expect(parseChallenges([value]).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])).toEqual(
      expected,
    );
  });
});

describe('RtspAuthenticator', () => {
  const mufasa = (cnonce = ''): RtspAuthenticator =>
    new RtspAuthenticator({ username: 'Mufasa', password: 'Circle Of Life' }, () => cnonce);

  it('answers as RFC 2617 §3.5', () => {
    const auth = mufasa('0a4f113b');
    const challenge =
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
      'opaque="5ccc069c403ebaf9f0171e9517f40e41"';
    expect(auth.accept([challenge])).toBe(true);
    const answer = auth.authorize('GET', '/dir/index.html');
    expect(field(answer, 'response')).toBe('6629fae49393a05397450978507c4ef1');
    expect(field(answer, 'opaque')).toBe('5ccc069c403ebaf9f0171e9517f40e41');
    expect(field(answer, 'nc')).toBe('00000001');
    expect(field(auth.authorize('GET', '/'), 'nc')).toBe('00000002');
  });

  const rfc7616 =
    'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';

  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('answers as RFC 7616 §3.9.1 by %s', (algorithm, response) => {
    const auth = new RtspAuthenticator(
      { username: 'Mufasa', password: 'Circle of Life' },
      () => 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    );
    expect(auth.accept([`Digest ${rfc7616}, algorithm=${algorithm}`])).toBe(true);
    expect(field(auth.authorize('GET', '/dir/index.html'), 'response')).toBe(response);
  });

  it('answers without qop as RFC 2069 did', () => {
    const auth = mufasa();
    auth.accept(['Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"']);
    const answer = auth.authorize('GET', '/dir/index.html');
    expect(field(answer, 'response')).toBe('670fd8c2df070c60b045671b8b24ff02');
    expect(answer).not.toMatch(/qop|cnonce/);
  });

  it('takes the strongest Digest, Basic only alone', () => {
    const auth = mufasa();
    auth.accept(['Basic realm="x"', 'Digest realm="x", nonce="1"', 'Digest realm="x", nonce="1", algorithm=SHA-256']);
    expect(field(auth.authorize('PLAY', '*'), 'algorithm')).toBe('SHA-256');
    const basic = mufasa();
    expect(basic.accept(['Basic realm="x"'])).toBe(true);
    expect(basic.authorize('PLAY', '*')).toBe(`Basic ${Buffer.from('Mufasa:Circle Of Life').toString('base64')}`);
    expect(basic.accept(['Basic realm="x"'])).toBe(false);
  });

  it('knows when the answer was wrong and when only the nonce was', () => {
    const auth = mufasa();
    expect(auth.accept(['Digest realm="x", nonce="1"'])).toBe(true);
    expect(auth.accept(['Digest realm="x", nonce="1", stale=true'])).toBe(true);
    expect(auth.accept(['Digest realm="x", nonce="2"'])).toBe(true);
    expect(auth.accept(['Digest realm="x", nonce="2"'])).toBe(false);
  });

  it('falls back to MD5 where a camera cannot do the SHA-256 it offers, but not to Basic', () => {
    const auth = mufasa();
    const challenges = [
      'Digest realm="x", nonce="1", algorithm=SHA-256',
      'Digest realm="x", nonce="1"',
      'Basic realm="x"',
    ];
    expect(auth.accept(challenges)).toBe(true);
    expect(auth.accept(challenges)).toBe(true);
    expect(auth.authorize('PLAY', '*')).not.toMatch(/SHA-256/);
    expect(auth.accept(challenges)).toBe(false);
  });

  it('refuses what it does not know, and quotes what it must', () => {
    expect(mufasa().accept([])).toBe(false);
    expect(mufasa().accept(['Negotiate abc=='])).toBe(false);
    expect(mufasa().accept(['Digest realm="x", nonce="1", algorithm=CRC32'])).toBe(false);
    const auth = new RtspAuthenticator({ username: 'a"b\\', password: '' });
    auth.accept(['Digest realm="x", nonce="1"']);
    expect(auth.authorize('PLAY', '*')).toContain('username="a\\"b\\\\"');
  });
});
