/** A camera's address as a form asks for it: where it is, and who we are there. */
export interface CameraAddress {
  /** `rtsp://192.168.1.20:554/stream1`, without user and password. */
  readonly place: string;
  readonly user: string;
  readonly password: string;
}

export const NO_ADDRESS: CameraAddress = { place: '', user: '', password: '' };
/** Problems of the service that are about the address, and are said beside it. */
export const OF_ADDRESS = ['camera_address_forbidden', 'camera_scheme_unsupported'];

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
/** `host`, `host:port`, `[v6]` or `[v6]:port`, then a path, a query or nothing: as the service reads it. */
const HOST = /^(\[[^\]@/]+\]|[^:/?#@[\]\\]+)(?::\d*)?(?=$|[/?])/;

/**
 * Takes what somebody typed or pasted apart, by the service's own rule (`src/proxy/camera-url.ts`): user and password end
 * at the last `@` before the first `/`, or at the next one behind which there can be a host. Without a scheme it is RTSP.
 * @returns `null` where no host can be found
 */
export function splitCameraAddress(text: string): CameraAddress | null {
  const trimmed = text.trim();
  const scheme = SCHEME.exec(trimmed)?.[0] ?? '';
  const rest = trimmed.slice(scheme.length);
  const slash = rest.indexOf('/');
  let at = rest.lastIndexOf('@', slash < 0 ? rest.length : slash);
  while (!HOST.test(rest.slice(at + 1))) {
    at = rest.indexOf('@', at + 1);
    if (at < 0) return null;
  }
  const place = `${scheme === '' ? 'rtsp://' : scheme.toLowerCase()}${rest.slice(at + 1)}`;
  const who = at < 0 ? '' : rest.slice(0, at);
  const colon = who.indexOf(':');
  return {
    place,
    user: decoded(colon < 0 ? who : who.slice(0, colon)),
    password: colon < 0 ? '' : decoded(who.slice(colon + 1)),
  };
}

/** The IPv4 address in what somebody typed, to ask it by name what it is; `null` where there is none. */
export function addressToAsk(place: string): string | null {
  const host = HOST.exec(place.trim().replace(SCHEME, ''))?.[1] ?? '';
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) ? host : null;
}

/**
 * The address as the service takes it. User and password are escaped whatever is in them; where the place holds them
 * already and the fields are empty, those count.
 * @returns `null` where no host can be found
 */
export function composeCameraAddress({ place, user, password }: CameraAddress): string | null {
  const split = splitCameraAddress(place);
  if (split === null) return null;
  const who = user !== '' || password !== '' ? { user, password } : split;
  const scheme = SCHEME.exec(split.place)?.[0] ?? '';
  const secret = who.password === '' ? '' : `:${escaped(who.password)}`;
  const at = who.user === '' && who.password === '' ? '' : `${escaped(who.user)}${secret}@`;
  return `${scheme}${at}${split.place.slice(scheme.length)}`;
}

/** Half a character, which cannot be escaped, is what no keyboard gives. */
function escaped(text: string): string {
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd'));
}

/** Reads what is escaped and leaves a lone `%` alone: people write both. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch {
    return text;
  }
}
