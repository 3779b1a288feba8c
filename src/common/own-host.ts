import { isIP } from 'node:net';

const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::\d{1,5})?$/i;

/**
 * Whether a `Host` header (RFC 9110 §7.2) may name this service. Once `PUBLIC_URL` says what it is called, another public name
 * is somebody else's that was made to lead here (DNS rebinding), or a proxy set up wrongly. Addresses, `localhost` and names
 * without a dot are no public names: they stay, for probes and for the club's own network.
 * @param publicUrl `null`: it goes by any name
 */
export function isOwnHost(host: string | undefined, publicUrl: string | null): boolean {
  const [, six, name = ''] = HOST.exec(host ?? '') ?? [];
  if (six !== undefined) return isIP(six) === 6;
  if (name === '') return false;
  if (publicUrl === null || isIP(name) === 4 || !name.includes('.')) return true;
  return name.toLowerCase() === new URL(publicUrl).hostname;
}
