import { createHash, generateKeyPairSync, KeyObject, sign, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** A key and its certificate, for TLS in tests. */
export interface Certificate {
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
  /** SHA-256 of the public key, in base64: as Chromium's `--ignore-certificate-errors-spki-list` takes it. */
  readonly publicKeyHash: string;
}

const HOUR_MS = 3_600_000;

/**
 * Makes a certificate that signs itself, good for some hours. Node reads certificates and makes none, and a test should
 * need no program beyond what is there, so its few fields are written here (RFC 5280 §4.1, in DER: ITU-T X.690).
 */
export function makeCertificate(names: readonly string[]): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const algorithm = sequence(objectId('1.2.840.10045.4.3.2')); // ecdsa-with-SHA256
  const body = certificateBody(names, spki, algorithm);
  const signature = sign('sha256', body, privateKey);
  const certificate = new X509Certificate(sequence(body, algorithm, bitString(signature)));
  return {
    key: pem(privateKey),
    cert: certificate.toString(),
    publicKeyHash: createHash('sha256').update(spki).digest('base64'),
  };
}

function certificateBody(names: readonly string[], spki: Buffer, algorithm: Buffer): Buffer {
  const name = sequence(der(0x31, sequence(objectId('2.5.4.3'), der(0x0c, Buffer.from(names[0] ?? '')))));
  const now = Date.now();
  const validity = sequence(time(now - HOUR_MS), time(now + 24 * HOUR_MS));
  const alternatives = sequence(...names.map(alternativeName));
  const extensions = sequence(sequence(objectId('2.5.29.17'), der(0x04, alternatives)));
  const version3 = der(0xa0, der(0x02, Buffer.from([2])));
  const serial = der(0x02, Buffer.from([1]));
  return sequence(version3, serial, algorithm, name, validity, name, spki, der(0xa3, extensions));
}

function alternativeName(name: string): Buffer {
  if (isIP(name) === 4) return der(0x87, Buffer.from(name.split('.').map(Number)));
  return der(0x82, Buffer.from(name));
}

/** One value: tag, length in as few bytes as it takes, contents. */
function der(tag: number, contents: Buffer): Buffer {
  const { length } = contents;
  const long = length < 0x80 ? [] : length < 0x100 ? [0x81] : [0x82, length >> 8];
  return Buffer.concat([Buffer.from([tag, ...long, length & 0xff]), contents]);
}

function sequence(...items: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(items));
}

function bitString(contents: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), contents]));
}

/** GeneralizedTime, to the second. */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\.\d+/, '').replace(/[-:T]/g, '');
  return der(0x18, Buffer.from(digits));
}

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [40 * first + second, ...rest].flatMap((value) => {
    const groups = [value & 0x7f];
    for (let left = value >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Buffer.from(bytes));
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
