import { BlockList, isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { CameraError } from './camera-error';
import { liesIn } from './camera-networks';
import { bareHost } from './camera-url';

/** How addresses are judged. */
export interface AddressRules {
  /** `CAMERA_ALLOW_LOOPBACK`: permits the hosts `127.0.0.1`, `::1` and `localhost`, written exactly so. */
  readonly allowLoopback: boolean;
  /** The host as written in the camera's URL. */
  readonly literalHost: string;
  /** The port that will be dialled. */
  readonly port?: number;
  /**
   * Says which ports on this machine are the service's own. Without it, every port of this machine's own addresses
   * counts; with it, a camera program beside the service may be reached on the others.
   */
  readonly isOwnPort?: (port: number) => boolean;
  /** Those in which a club's cameras are, as `10.20.0.0/16`; `null` or none: anywhere a camera may be. */
  readonly networks?: readonly string[] | null;
}

/** The only spellings of loopback, and what each may resolve to. */
const LOOPBACK_HOSTS: Readonly<Record<string, readonly string[]>> = {
  '127.0.0.1': ['127.0.0.1'],
  '::1': ['::1'],
  localhost: ['127.0.0.1', '::1'],
};

/** IANA special-purpose registries (RFC 6890) and what clouds answer on; private LAN ranges stay out: cameras live there. */
const FORBIDDEN = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8], // "this network"; connects to the machine itself
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, cloud metadata
  ['192.0.0.0', 24], // protocol assignments, metadata of Oracle's cloud
  ['192.88.99.0', 24], // 6to4 relays
  ['100.100.100.200', 32], // metadata of Alibaba's cloud
  ['168.63.129.16', 32], // metadata of Azure
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
] as const) {
  FORBIDDEN.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 96], // unspecified, loopback, IPv4-compatible (deprecated)
  ['::ffff:0:0:0', 96], // IPv4-translated (RFC 2765)
  ['64:ff9b:1::', 48], // local NAT64
  ['100::', 64], // discard
  ['2001::', 32], // Teredo: an IPv4 address in disguise
  ['fe80::', 10], // link-local
  ['fec0::', 10], // site-local (deprecated)
  ['ff00::', 8], // multicast
  ['fd00:ec2::', 32], // metadata of Amazon's cloud
  ['fd20:ce::254', 128], // metadata of Google's cloud
] as const) {
  FORBIDDEN.addSubnet(network, prefix, 'ipv6');
}

/**
 * Lets an address pass that a camera may have, before any socket is opened.
 * @param ip one address the host resolved to
 * @throws CameraError `camera_address_forbidden`
 */
export function checkAddress(ip: string, rules: AddressRules): void {
  if (isIP(ip) === 0 || ip.includes('%')) {
    throw forbidden('The camera address is not a valid IP address.');
  }
  if (rules.port !== undefined && !(rules.port >= 1 && rules.port <= 65535)) {
    throw forbidden('The port of a camera address lies between 1 and 65535.');
  }
  if (rules.networks && !liesIn(innerIPv4(ip) ?? ip, rules.networks)) {
    throw forbidden('The camera address lies outside the networks that this club’s cameras may be in.');
  }
  const ownPort = rules.port !== undefined && rules.isOwnPort?.(rules.port);
  if (isLiteralLoopback(ip, rules)) {
    if (ownPort === true) {
      throw forbidden('The camera address points at this service itself.');
    }
    return;
  }
  const address = innerIPv4(ip) ?? ip;
  if (FORBIDDEN.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) {
    throw forbidden(
      'The camera address lies in a range no camera may have (loopback, link-local, multicast, metadata).',
    );
  }
  if (ownPort !== false && isOwnAddress(address)) {
    throw forbidden('The camera address points at this machine itself.');
  }
}

/**
 * Lets a name pass that may be looked up. `localhost` and what is below it are this machine, whatever a resolver says
 * (RFC 6761 §6.3).
 * @param host as written in the camera's URL
 * @throws CameraError `camera_address_forbidden`
 */
export function checkName(host: string, { allowLoopback }: Pick<AddressRules, 'allowLoopback'>): void {
  if (/(^|\.)localhost\.?$/i.test(host) && !(allowLoopback && host === 'localhost')) {
    throw forbidden('The camera address points at this machine itself.');
  }
}

function forbidden(message: string): CameraError {
  return new CameraError('camera_address_forbidden', message);
}

function isLiteralLoopback(ip: string, rules: AddressRules): boolean {
  const host = bareHost(rules.literalHost);
  return (
    rules.allowLoopback && Object.hasOwn(LOOPBACK_HOSTS, host) && LOOPBACK_HOSTS[host]?.includes(canonical(ip)) === true
  );
}

/** The eight groups of an IPv6 address. */
function groups(ip: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip);
  const plain = dotted
    ? `${dotted[1]}${(Number(dotted[2]) * 256 + Number(dotted[3])).toString(16)}:` +
      (Number(dotted[4]) * 256 + Number(dotted[5])).toString(16)
    : ip;
  const [head = '', tail] = plain.split('::');
  const parse = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const before = parse(head);
  if (tail === undefined) {
    return before;
  }
  const after = parse(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** The IPv4 address inside an IPv6 one: mapped (RFC 4291), NAT64 (RFC 6052) or 6to4 (RFC 3056). */
function innerIPv4(ip: string): string | null {
  if (!isIPv6(ip)) {
    return null;
  }
  const g = groups(ip) as [number, number, number, number, number, number, number, number];
  const dotted = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');
  if (g[0] === 0x2002) {
    return dotted(g[1], g[2]);
  }
  const zero = (from: number, to: number): boolean => g.slice(from, to).every((group) => group === 0);
  if ((zero(0, 5) && g[5] === 0xffff) || (g[0] === 0x64 && g[1] === 0xff9b && zero(2, 6))) {
    return dotted(g[6], g[7]);
  }
  return null;
}

/** One spelling for each address, so that two can be compared. */
function canonical(ip: string): string {
  if (!isIPv6(ip)) {
    return ip;
  }
  const g = groups(ip.split('%')[0] ?? ip);
  return g.every((group, i) => group === (i === 7 ? 1 : 0)) ? '::1' : g.map((group) => group.toString(16)).join(':');
}

function isOwnAddress(ip: string): boolean {
  const wanted = canonical(ip);
  return Object.values(networkInterfaces()).some((list) => list?.some((entry) => canonical(entry.address) === wanted));
}

/** Whether a connected socket's peer is the address that was dialled (IPv4 may show up mapped into IPv6). */
export function isSameAddress(remote: string | undefined, dialled: string): boolean {
  if (remote === undefined || isIP(remote) === 0) {
    return false;
  }
  return canonical(innerIPv4(remote) ?? remote) === canonical(innerIPv4(dialled) ?? dialled);
}
