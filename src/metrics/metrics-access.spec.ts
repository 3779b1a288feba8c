import { mayScrape, Scrape } from './metrics-access';

const TOKEN = 'a-token-of-some-length';
const HERE: Scrape = { peer: '127.0.0.1', headers: { host: '127.0.0.1:5000' } };

const from = (peer: string | undefined, headers: Scrape['headers'] = {}): Scrape => {
  return { peer, headers: { ...HERE.headers, ...headers } };
};

describe('mayScrape', () => {
  it.each<[string, Scrape, string]>([
    ['the token', from('203.0.113.9', { authorization: `Bearer ${TOKEN}` }), 'allowed'],
    ['the token, through a proxy', from('127.0.0.1', { authorization: `bearer ${TOKEN}`, via: '1.1 x' }), 'allowed'],
    ['no token, from this machine', HERE, 'unauthorized'],
    ['another token', from('127.0.0.1', { authorization: `Bearer ${TOKEN}x` }), 'unauthorized'],
    ['a beginning of it', from('127.0.0.1', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }), 'unauthorized'],
    ['another scheme', from('127.0.0.1', { authorization: `Basic ${TOKEN}` }), 'unauthorized'],
    ['the bare token', from('127.0.0.1', { authorization: TOKEN }), 'unauthorized'],
  ])('where there is one, takes %s', (_name, scrape, expected) => {
    expect(mayScrape(TOKEN, scrape)).toBe(expected);
  });

  it.each<[string, Scrape, string]>([
    ['this machine', HERE, 'allowed'],
    ['this machine by another address of its own', from('127.0.0.53', { host: 'localhost' }), 'allowed'],
    ['this machine over IPv6', from('::1', { host: '[::1]:5000' }), 'allowed'],
    ['this machine, IPv4 in IPv6', from('::ffff:127.0.0.1'), 'allowed'],
    ['another machine', from('192.168.1.7'), 'forbidden'],
    ['an address that only looks like it', from('::ffff:192.168.127.1'), 'forbidden'],
    ['nobody knows where', from(undefined), 'forbidden'],
    ['a proxy here', from('127.0.0.1', { 'x-forwarded-for': '203.0.113.9' }), 'forbidden'],
    ['a proxy here that says nothing of importance', from('127.0.0.1', { 'x-forwarded-for': '' }), 'forbidden'],
    ['a proxy by RFC 7239', from('127.0.0.1', { forwarded: 'for=203.0.113.9' }), 'forbidden'],
    ['another proxy', from('127.0.0.1', { 'x-real-ip': '127.0.0.1' }), 'forbidden'],
    ['a page whose name was bent to here', from('127.0.0.1', { host: 'evil.example:5000' }), 'forbidden'],
    ['somebody with a token that nobody asked for', from('192.168.1.7', { authorization: 'Bearer x' }), 'forbidden'],
  ])('without a token, takes only direct calls from this machine: %s', (_name, scrape, expected) => {
    expect(mayScrape(null, scrape)).toBe(expected);
  });
});
