import { BlockList, isIP, isIPv6 } from 'node:net';

const CIDR = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/;

/** True for a network as `10.20.0.0/16` or `fd12:3456::/48`. */
export function isNetwork(text: unknown): boolean {
  return typeof text === 'string' && parse(text) !== null;
}

/** True where an address lies in one of these networks. What is no network holds nothing. */
export function liesIn(ip: string, networks: readonly string[]): boolean {
  const list = new BlockList();
  for (const network of networks) {
    const parsed = parse(network);
    if (parsed) list.addSubnet(parsed.address, parsed.prefix, parsed.family);
  }
  return list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}

function parse(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | null {
  const [, address = '', bits = ''] = CIDR.exec(text) ?? [];
  const version = isIP(address);
  const prefix = Number(bits);
  if (version === 0 || prefix > (version === 4 ? 32 : 128)) return null;
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}
