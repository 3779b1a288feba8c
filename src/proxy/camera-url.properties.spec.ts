import fc from 'fast-check';
import { isIP, isIPv4 } from 'node:net';
import { property } from '../../test/support/property';
import { checkAddress, checkName } from './camera-address';
import { CameraError } from './camera-error';
import { liesIn } from './camera-networks';
import { bareHost, parseCameraUrl, ParsedCameraUrl } from './camera-url';

/** Ranges that no camera is in; a second opinion, told in another way than `camera-address.ts` does. */
const FORBIDDEN = /^(0|127|22[4-9]|23\d|24\d|25[0-5])\.|^169\.254\./;

const octet = fc.integer({ min: 0, max: 255 });
const badFirst = fc.constantFrom(0, 127, 169, 224, 255);
const address = fc.tuple(badFirst, fc.oneof(octet, fc.constant(254)), octet, octet);

/** One number in one of the ways in which C, browsers and people write it. */
const written = fc.constantFrom<(n: number) => string>(
  (n) => `${n}`,
  (n) => `0${n.toString(8)}`,
  (n) => `0x${n.toString(16)}`,
  (n) => `0X${n.toString(16).toUpperCase()}`,
  (n) => `${n}`.padStart(3, '0'),
  (n) => String.fromCharCode(...[...`${n}`].map((digit) => digit.charCodeAt(0) + 0xfee0)),
  (n) => [...`${n}`].map((digit) => `%3${digit}`).join(''),
);
const dot = fc.constantFrom('.', '.', '.', '\u3002', '\uff0e', '\uff61', '%2e');

/** Spellings of an IPv4 address, most of them known to some resolver. */
const disguised = fc
  .tuple(address, fc.array(written, { minLength: 4, maxLength: 4 }), dot, fc.integer({ min: 1, max: 4 }))
  .map(([parts, forms, point, count]) => {
    const kept = parts.slice(0, count - 1);
    const rest = parts.slice(count - 1).reduce((sum, part) => sum * 256 + part, 0);
    return [...kept, rest].map((part, i) => (forms[i] as (n: number) => string)(part)).join(point);
  });
const hex = (n: number): string => n.toString(16);
const inside = fc
  .tuple(address, fc.constantFrom('::ffff:', '::', '64:ff9b::', '0:0:0:0:0:FFFF:', '2002:', '::ffff:0:'), fc.boolean())
  .map(([[a, b, c, d], prefix, dotted]) => {
    const groups = `${hex(a * 256 + b)}:${hex(c * 256 + d)}`;
    if (prefix === '2002:') return `[2002:${groups}::1]`;
    return `[${prefix}${dotted ? [a, b, c, d].join('.') : groups}]`;
  });
const host = fc.oneof(
  disguised,
  inside,
  fc.ipV4(),
  fc.ipV6().map((ip) => `[${ip}]`),
  fc.domain(),
  fc.constantFrom('localhost', 'LOCALHOST', 'localhost.', 'cam.localhost', 'a', '-', '', '..'),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const url = fc
  .tuple(
    fc.constantFrom('rtsp://', 'rtsps://', 'http://', 'https://', 'RTSP://', 'rtsp:/', 'file://', '-', '', ' rtsp://'),
    fc.oneof(
      fc.constant(''),
      fc.constant(''),
      fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `${text}@`),
    ),
    host,
    fc.constantFrom('', '', ':', ':554', ':0', ':65536', ':00', ':5e1', ':٥'),
    fc.oneof(
      fc.constant('/live'),
      fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `/${text}`),
    ),
  )
  .map((parts) => parts.join(''));
const anything = fc.oneof(
  { weight: 4, arbitrary: url },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);

/** What is parsed and may be dialled, as far as that is known without a look-up; `null` where it is refused. */
function accept(text: string): ParsedCameraUrl | null {
  try {
    const camera = parseCameraUrl(text);
    const name = bareHost(camera.host);
    if (isIP(name)) checkAddress(name, { allowLoopback: false, literalHost: camera.host, port: camera.port });
    else checkName(name, { allowLoopback: false });
    return camera;
  } catch (error) {
    if (error instanceof CameraError) return null;
    throw error;
  }
}

describe('any camera URL', () => {
  it('is taken apart, or refused as a camera is, and what is taken leads nowhere forbidden', () => {
    let taken = 0;
    fc.assert(
      fc.property(anything, (text) => {
        const camera = accept(text);
        if (!camera) return;
        taken++;
        expect(camera.port).toBeGreaterThanOrEqual(1);
        expect(camera.port).toBeLessThanOrEqual(65_535);
        expect(camera.path).toMatch(/^\/[\x21-\x7e]*$/);
        // As the URL standard, and with it every browser and HTTP library, understands this host.
        const { hostname } = new URL(`http://${camera.host}/`);
        if (isIPv4(hostname)) expect(hostname).not.toMatch(FORBIDDEN);
        expect(hostname).not.toMatch(/(^|\.)localhost\.?$/);
        if (!isIP(bareHost(camera.host))) expect(isIPv4(hostname)).toBe(false);
      }),
      property(4_000),
    );
    expect(taken).toBeGreaterThan(200);
  });

  it('with an IPv4 address in an IPv6 one is judged by that', () => {
    const wrapped = fc.constantFrom('::ffff:', '64:ff9b::', '::FFFF:').chain((prefix) => {
      return fc.tuple(
        fc.constant(prefix),
        address.map((parts) => parts.join('.')),
      );
    });
    fc.assert(
      fc.property(wrapped, ([prefix, ip]) => {
        expect(accept(`rtsp://[${prefix}${ip}]/`) === null).toBe(accept(`rtsp://${ip}/`) === null);
      }),
      property(500),
    );
  });

  it('never shows any of itself in the refusal', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{12}$/),
        host,
        fc.constantFrom('rtsp', 'x', 'http'),
        (secret, at, scheme) => {
          try {
            parseCameraUrl(`${scheme}://u:${secret}@${at}/${secret}`);
          } catch (error) {
            expect((error as Error).message).not.toContain(secret);
          }
        },
      ),
      property(1_000),
    );
  });
});

describe('any network', () => {
  it('holds an address or does not, and never fails', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6()),
        fc.array(
          fc.oneof(
            fc.string(),
            fc.ipV4().map((ip) => `${ip}/8`),
          ),
        ),
        (ip, list) => {
          expect(typeof liesIn(ip, list)).toBe('boolean');
        },
      ),
      property(500),
    );
  });

  it('holds its own address whatever its length', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (ip, bits) => liesIn(ip, [`${ip}/${bits}`])),
      property(500),
    );
  });
});
