import { isIP } from 'node:net';
import { z } from 'zod';

/** Field kinds of the environment: each takes the variable's text. Messages never repeat the value, it may be a secret. */

const NUMBER = /^-?\d{1,15}$/;

/** A whole number in decimal digits. */
export function integer(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.string().regex(NUMBER, message).transform(Number).pipe(z.number().min(min, message).max(max, message));
}

export function flag() {
  return z.enum(['true', 'false', '1', '0'], { error: 'must be true or false' }).transform((value) => {
    return value === 'true' || value === '1';
  });
}

export function text(pattern: RegExp, message: string) {
  return z.string().regex(pattern, message);
}

function parseUrl(value: string): URL | null {
  return URL.canParse(value) ? new URL(value) : null;
}

/** A URL of one of the given schemes (with colon). */
export function url(protocols: readonly string[], message: string) {
  return z.string().refine((value) => protocols.includes(parseUrl(value)?.protocol ?? ''), message);
}

/** `smtp(s)://[user:password@]host[:port]`; user and password percent-encoded where they need it (RFC 3986 §3.2.1). */
export function smtpUrl() {
  const message = 'must be smtp:// or smtps://user:password@host:port, both percent-encoded, and nothing behind it';
  return z.string().refine((value) => {
    const parsed = parseUrl(value);
    return parsed !== null && /^smtps?:$/.test(parsed.protocol) && namesMailServer(parsed);
  }, message);
}

function namesMailServer({ hostname, pathname, search, hash, username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
  } catch {
    return false;
  }
  return hostname !== '' && /^\/?$/.test(pathname) && search === '' && hash === '';
}

/** `address` or `Name <address>` on one line. */
export function mailFrom() {
  const address = String.raw`[^\s@<>,;:"()]+@[^\s@<>,;:"()]+`;
  const message = 'must be an address such as no-reply@club.example, or Name <no-reply@club.example>';
  return text(new RegExp(String.raw`^(${address}|[^\p{Cc}<>@,;:"()\\]{1,78}<${address}>)$`, 'u'), message);
}

function isOrigin(value: string): boolean {
  const parsed = parseUrl(value);
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.pathname === '/' && !/[?#@]/.test(value);
}

/** `http(s)://host[:port]`, as browsers write it in `Origin`. */
export function origin() {
  return z
    .string()
    .refine(isOrigin, 'must be an origin such as https://padel.example')
    .transform((value) => new URL(value).origin);
}

const splitList = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

export function originList() {
  return z
    .string()
    .transform(splitList)
    .refine((items) => items.every(isOrigin), 'must be origins such as https://padel.example, separated by commas')
    .transform((items) => items.map((item) => new URL(item).origin));
}

function isProxyRange(value: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(value)) return true;
  const [address = '', bits, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/**
 * Which proxies may say where a request came from: `off`, how many stand in front, or their addresses. A bare `true`
 * is refused: it would believe any caller's `X-Forwarded-For`.
 */
export function trustProxy() {
  const message = 'must be off, the number of proxies in front, or their addresses (loopback, 10.0.0.0/8) by commas';
  return z.string().transform((value, context): false | number | string[] => {
    if (value === 'off' || value === 'false' || value === '0') return false;
    if (/^[1-9]$/.test(value)) return Number(value);
    const items = splitList(value);
    if (items.length > 0 && items.every(isProxyRange)) return items;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** Keys and secrets that may be good at once, in a variable or a kept file. */
export const MOST_SECRETS = 8;
const TOO_MANY = `must be at most ${MOST_SECRETS}, separated by commas or spaces`;
export const LEAST_SECRET = 32;

/** A list without what stands in it twice; of the type that has a first one. */
type List<T> = readonly [T, ...T[]];

/** Keys of 32 bytes each as 64 hexadecimal digits or base64, newest first, separated by commas or white space. */
export function keyList() {
  return z.string().transform((value, context): List<Buffer> => {
    const keys = splitSecrets(value).map(decodeKey);
    if (keys.length === 0 || keys.some((key) => key === null)) {
      context.addIssue({ code: 'custom', message: 'must be 32 bytes each, as 64 hexadecimal digits or base64' });
      return z.NEVER;
    }
    if (keys.length > MOST_SECRETS) context.addIssue({ code: 'custom', message: TOO_MANY });
    return keys as unknown as List<Buffer>;
  });
}

/**
 * Secrets of at least 32 characters, newest first, separated by commas or white space. A text that does not part into
 * such secrets is one, commas, spaces and all: passphrases were allowed before lists were.
 */
export function secretList() {
  return z.string().transform((value, context): List<string> => {
    const pieces = splitSecrets(value);
    const isList = pieces.length > 0 && pieces.every((piece) => piece.length >= LEAST_SECRET);
    const secrets = isList && /[\s,]/.test(value.trim()) ? pieces : [value];
    if (value.length < LEAST_SECRET) {
      context.addIssue({ code: 'custom', message: `must be at least ${LEAST_SECRET} characters` });
    }
    if (secrets.length > MOST_SECRETS) context.addIssue({ code: 'custom', message: TOO_MANY });
    return secrets as unknown as List<string>;
  });
}

function splitSecrets(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((piece) => piece !== ''))];
}

/** The 32 bytes in `value` (hexadecimal or base64), or `null`. */
export function decodeKey(value: string): Buffer | null {
  if (/^[0-9a-fA-F]{64}$/.test(value)) return Buffer.from(value, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(value)) return null;
  const key = Buffer.from(value, 'base64');
  return key.length === 32 ? key : null;
}
