import type { KeyObject } from 'node:crypto';
import { AppConfig } from '../config/app-config';
import { DeviceCookies } from './device-cookies';
import { SigningKeys } from './signing-keys';

const OLD = 'an old secret of at least 32 characters';
const NEW = 'the new secret of at least 32 characters';
const config = (jwtSecret: string, ...olderJwtSecrets: string[]): AppConfig => {
  return { jwtSecret, olderJwtSecrets } as unknown as AppConfig;
};
const tokenWith = (header: unknown): string => `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.x`;

const textOf = (key: KeyObject | null): string | null => key?.export().toString() ?? null;

describe('signing keys', () => {
  const keys = new SigningKeys(config(NEW, OLD));
  const before = new SigningKeys(config(OLD)).current;

  it('sign with the newest and know the older ones by their names', () => {
    expect(textOf(keys.current.key)).toBe(NEW);
    expect(textOf(keys.keyFor(tokenWith({ alg: 'HS256', kid: keys.current.id })))).toBe(NEW);
    expect(textOf(keys.keyFor(tokenWith({ alg: 'HS256', kid: before.id })))).toBe(OLD);
    expect(keys.current.id).toMatch(/^[0-9a-f]{12}$/);
  });

  it('take the newest for tokens without a name', () => {
    expect(textOf(keys.keyFor(tokenWith({ alg: 'HS256' })))).toBe(NEW);
  });

  it.each([{ kid: 'x' }, { kid: '' }, { kid: null }, { kid: 7 }, { kid: ['x'] }, null])(
    'know no secret for %j',
    (header) => {
      expect(keys.keyFor(tokenWith(header))).toBeNull();
    },
  );

  it.each(['', 'x', '..', 'e30'])('know a secret for no token that is none: %j', (token) => {
    expect([null, NEW]).toContain(textOf(keys.keyFor(token)));
  });
});

describe('device cookies', () => {
  const old = new DeviceCookies(config(OLD));
  const rotated = new DeviceCookies(config(NEW, OLD));
  const ACCOUNT = 'a@club.example';

  it('of an older secret are known, and made anew for the same device', () => {
    const cookie = old.renewed(null, ACCOUNT) as string;
    const device = old.deviceOf(cookie, ACCOUNT);
    expect(rotated.deviceOf(cookie, ACCOUNT)).toBe(device);
    const renewed = rotated.renewed(cookie, ACCOUNT) as string;
    expect(renewed).not.toBe(cookie);
    expect(new DeviceCookies(config(NEW)).deviceOf(renewed, ACCOUNT)).toBe(device);
    expect(rotated.renewed(renewed, ACCOUNT)).toBeNull();
  });

  it('of a secret that is no more, or of another account, are not', () => {
    const cookie = old.renewed(null, ACCOUNT) as string;
    expect(new DeviceCookies(config(NEW)).deviceOf(cookie, ACCOUNT)).toBeNull();
    expect(rotated.deviceOf(cookie, 'b@club.example')).toBeNull();
    for (const text of [null, '', 'x.y', `${cookie}.z`]) expect(rotated.deviceOf(text, ACCOUNT)).toBeNull();
  });
});
