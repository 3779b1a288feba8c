import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { CameraError } from './camera-error';
import { CameraTarget } from './sources/stream-source';

/** A camera's address taken apart, before its host is resolved. */
export type ParsedCameraUrl = Omit<CameraTarget, 'address'>;

/** Longest camera URL taken, in UTF-16 units. */
export const MAX_CAMERA_URL_LENGTH = 2048;

/** Default ports: RFC 2326 §3.2, RFC 7826 §4.2, RFC 9110 §4.2. */
const DEFAULT_PORTS = { rtsp: 554, rtsps: 322, http: 80, https: 443 } as const;
type Scheme = keyof typeof DEFAULT_PORTS;

/** Everything up to space, and DEL and the C1 controls. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Takes a camera's URL apart the way clubs write it: passwords with `@`, `:`, `#`, `?`, `%`, spaces or `/` in them need
 * no escaping as long as the address stays unambiguous; where they are percent-encoded they are decoded.
 *
 * The host is kept as written (an IPv6 address in its brackets), for only some spellings are allowed; see
 * `camera-address.ts`. It is not resolved here, and no rule on addresses is applied beyond its spelling.
 * @throws CameraError `camera_scheme_unsupported` for anything that is not rtsp(s) or http(s);
 * `camera_address_forbidden` for what cannot be dialled safely. Messages hold no part of the URL.
 */
export function parseCameraUrl(url: string): ParsedCameraUrl {
  if (url.length > MAX_CAMERA_URL_LENGTH) {
    throw forbidden(`The camera address is longer than ${MAX_CAMERA_URL_LENGTH} characters.`);
  }
  if (CONTROL.test(url)) {
    throw forbidden('The camera address holds control characters.');
  }
  const trimmed = url.trim();
  const match = /^([a-z]+):\/\//i.exec(trimmed);
  const scheme = match?.[1]?.toLowerCase();
  if (match === null || scheme === undefined || !isScheme(scheme)) {
    throw new CameraError(
      'camera_scheme_unsupported',
      'A camera address begins with rtsp://, rtsps://, http:// or https://.',
    );
  }
  const { userinfo, host, port, path } = splitAuthority(trimmed.slice(match[0].length));
  const colon = userinfo?.indexOf(':') ?? -1;
  const username = userinfo === null ? null : decode(colon < 0 ? userinfo : userinfo.slice(0, colon));
  const password = userinfo === null || colon < 0 ? null : decode(userinfo.slice(colon + 1));
  return {
    scheme,
    host: checkHost(host),
    port: port === '' ? DEFAULT_PORTS[scheme] : checkPort(port),
    path: encodePath(path, scheme),
    // `rtsp://:@host/` and `rtsp://@host/` are written by tools for "none".
    username: username === '' && (password === null || password === '') ? null : username,
    password: username === '' && password === '' ? null : password,
  };
}

/** The port a scheme stands for when a URL names none. */
export function defaultPort(scheme: Scheme): number {
  return DEFAULT_PORTS[scheme];
}

/** A host without the brackets of an IPv6 address. */
export function bareHost(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

function forbidden(message: string): CameraError {
  return new CameraError('camera_address_forbidden', message);
}

function isScheme(scheme: string): scheme is Scheme {
  return Object.hasOwn(DEFAULT_PORTS, scheme);
}

interface Authority {
  readonly userinfo: string | null;
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

/** `host`, `host:port`, `[v6]` or `[v6]:port`, then path or query */
const HOST_PORT = /^(\[[^\]@/]*\]|[^:/?#@[\]\\]*)(?::(\d*))?(?=$|[/?])/;

/**
 * The authority ends at the first `/`, and the user information at the last `@` before it, which RFC 3986 would want
 * escaped in passwords. Where that leaves nothing that can be a host (`admin:pa/ss@10.0.0.5`), the next `@` behind it
 * is tried. Nobody else parses this URL again, so there is no second opinion to be fooled.
 */
function splitAuthority(rest: string): Authority {
  const slash = rest.indexOf('/');
  let at = rest.lastIndexOf('@', slash < 0 ? rest.length : slash);
  for (;;) {
    const found = HOST_PORT.exec(rest.slice(at + 1));
    if (found !== null && found[1] !== '') {
      const [all, host = '', port = ''] = found;
      return { userinfo: at < 0 ? null : rest.slice(0, at), host, port, path: rest.slice(at + 1 + all.length) };
    }
    at = rest.indexOf('@', at + 1);
    if (at < 0) {
      throw forbidden('The camera address has no valid host and port.');
    }
  }
}

/** Percent-decodes what is escaped and leaves a lone `%` alone; clubs write both. */
function decode(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch {
    decoded = text;
  }
  if (CONTROL.test(decoded)) {
    throw forbidden("The camera's user name or password holds control characters.");
  }
  return decoded;
}

function checkPort(port: string): number {
  const value = Number(port);
  if (port.length > 5 || value < 1 || value > 65535) {
    throw forbidden('The port of a camera address lies between 1 and 65535.');
  }
  return value;
}

/**
 * Refuses every host that is an IP address in disguise: what `getaddrinfo` and the URL standard would take for one
 * (`127.1`, `0x7f.1`, `2130706433`, full-width digits, a trailing dot, a zone) but is not in its usual form.
 */
function checkHost(host: string): string {
  if (host.startsWith('[')) {
    if (!isIPv6(bareHost(host)) || host.includes('%')) {
      throw forbidden('The camera address holds an IPv6 address that is not valid.');
    }
    return host;
  }
  if (isIPv4(host)) {
    return host;
  }
  const ascii = /^[\u0000-\u007f]*$/.test(host) ? host : domainToASCII(host);
  const labels = ascii.split('.');
  const last = labels.at(-1) ?? '';
  const disguised = ascii !== host && !labels.some((label) => label.startsWith('xn--'));
  // The URL standard's "ends in a number" rule.
  const numeric = /^(\d+|0x[0-9a-f]*)$/i.test(last);
  const wellFormed = labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label));
  if (disguised || numeric || !wellFormed || ascii.length > 253) {
    throw forbidden('The host of the camera address is not a valid name or IP address.');
  }
  return ascii;
}

/**
 * Path and query as the camera shall see them: kept as written but for what a request line cannot carry. Cameras that
 * want a password in the path (`/user=admin&password=a#1`) get its `#` over RTSP; in HTTP a fragment is never sent.
 */
function encodePath(path: string, scheme: Scheme): string {
  const fragment = scheme === 'http' || scheme === 'https' ? path.indexOf('#') : -1;
  const kept = fragment < 0 ? path : path.slice(0, fragment);
  const encoded = kept.replace(/[^\u0021-\u007e]+|["<>]/g, (part) =>
    [...Buffer.from(part, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
  return encoded.startsWith('/') ? encoded : `/${encoded}`;
}
