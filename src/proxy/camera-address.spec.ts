import { networkInterfaces } from 'node:os';
import { checkAddress, checkName, isSameAddress } from './camera-address';
import { FORBIDDEN_ADDRESSES } from './forbidden-addresses.fixture';

const forbidden = expect.objectContaining({ code: 'camera_address_forbidden' });

describe('checkAddress', () => {
  it.each([...FORBIDDEN_ADDRESSES, '127.1', '0177.0.0.1', 'cam', ''])('refuses %j', (ip) => {
    expect(() => checkAddress(ip, { allowLoopback: false, literalHost: 'cam' })).toThrow(forbidden);
    expect(() => checkAddress(ip, { allowLoopback: true, literalHost: 'cam' })).toThrow(forbidden);
  });

  it.each([
    '10.0.0.5',
    '172.16.0.1',
    '192.168.1.10',
    '100.64.0.1',
    '203.0.113.9',
    '8.8.8.8',
    'fd12:3456::5',
    'fc00::1',
    '2606:4700::1',
    '::ffff:192.168.1.10',
    '64:ff9b::c0a8:10a',
  ])('lets %s pass', (ip) => {
    expect(() => checkAddress(ip, { allowLoopback: false, literalHost: ip, port: 554 })).not.toThrow();
  });

  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['[::1]', '::1', true],
    ['localhost', '127.0.0.1', true],
    ['localhost', '::1', true],
    ['LOCALHOST', '127.0.0.1', false],
    ['localhost', '127.0.0.2', false],
    ['localhost', '::ffff:127.0.0.1', false],
    ['127.0.0.2', '127.0.0.2', false],
    ['[0:0:0:0:0:0:0:1]', '::1', false],
    ['[::ffff:127.0.0.1]', '::ffff:127.0.0.1', false],
    ['cam.example', '127.0.0.1', false],
    ['__proto__', '127.0.0.1', false],
  ])('with loopback allowed, %s as %s: %s', (literalHost, ip, allowed) => {
    const check = (): void => checkAddress(ip, { allowLoopback: true, literalHost, port: 554 });
    if (allowed) {
      expect(check).not.toThrow();
    } else {
      expect(check).toThrow(forbidden);
    }
    expect(() => checkAddress(ip, { allowLoopback: false, literalHost, port: 554 })).toThrow(forbidden);
  });

  it.each([0, -1, 65536, NaN])('refuses port %d', (port) => {
    expect(() => checkAddress('10.0.0.5', { allowLoopback: false, literalHost: '10.0.0.5', port })).toThrow(forbidden);
  });

  it('refuses this machine by its own addresses, on every port or on the ones it is told', () => {
    const own = Object.values(networkInterfaces())
      .flat()
      .find((entry) => entry !== undefined && !entry.internal && !entry.address.startsWith('fe80'));
    const rules = { allowLoopback: true, literalHost: 'cam', port: 5000 };
    if (own !== undefined) {
      expect(() => checkAddress(own.address, rules)).toThrow(forbidden);
      expect(() => checkAddress(own.address, { ...rules, isOwnPort: (port) => port === 5000 })).toThrow(forbidden);
      expect(() => checkAddress(own.address, { ...rules, isOwnPort: (port) => port === 8080 })).not.toThrow();
    }
    const loopback = { ...rules, literalHost: '127.0.0.1' };
    expect(() => checkAddress('127.0.0.1', { ...loopback, isOwnPort: (port) => port === 5000 })).toThrow(forbidden);
    expect(() => checkAddress('127.0.0.1', { ...loopback, isOwnPort: () => false })).not.toThrow();
  });
});

describe('checkName', () => {
  it.each(['localhost', 'LOCALHOST', 'localhost.', 'cam.localhost', 'a.b.LocalHost.'])('refuses %s', (host) => {
    expect(() => checkName(host, { allowLoopback: false })).toThrow(forbidden);
    if (host === 'localhost') expect(() => checkName(host, { allowLoopback: true })).not.toThrow();
    else expect(() => checkName(host, { allowLoopback: true })).toThrow(forbidden);
  });

  it.each(['cam', 'localhost.example', 'notlocalhost', 'cam.local'])('lets %s pass', (host) => {
    expect(() => checkName(host, { allowLoopback: false })).not.toThrow();
  });
});

describe('isSameAddress', () => {
  it.each([
    ['10.0.0.5', '10.0.0.5', true],
    ['::ffff:10.0.0.5', '10.0.0.5', true],
    ['fd12:0::5', 'fd12::5', true],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['10.0.0.6', '10.0.0.5', false],
    [undefined, '10.0.0.5', false],
  ])('%s and %s: %s', (remote, dialled, same) => {
    expect(isSameAddress(remote, dialled)).toBe(same);
  });
});
