/** IP addresses in the forms that other programs write and read. */
import { isIPv4, isIPv6, SocketAddress } from 'node:net';

export const IPV4_OCTETS = 4;
export const IPV6_OCTETS = 16;

/** `::ffff:0:0/96`: IPv4 within IPv6, as sockets that serve both show it. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;
const MAPPED_PREFIX = Buffer.from('00000000000000000000ffff', 'hex');

/**
 * The one form that is used of `text` everywhere: RFC 5952, without a zone, and IPv4 as what it is. Undefined when
 * it is no address.
 */
export function plainAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (!isIPv6(text)) return undefined;
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  return MAPPED.exec(address)?.[1] ?? address;
}

/** The 4 octets of a plain IPv4 address. */
export function ipv4Octets(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** The 16 octets of a plain address; one of IPv4 becomes a mapped one. */
export function ipv6Octets(address: string): Buffer {
  if (isIPv4(address)) return Buffer.concat([MAPPED_PREFIX, ipv4Octets(address)]);
  const [head = [], tail = []] = address.split('::').map(groupOctets);
  const octets = Buffer.alloc(IPV6_OCTETS);
  octets.set(head);
  octets.set(tail, IPV6_OCTETS - tail.length);
  return octets;
}

/** The plain address that 4 or 16 `octets` are. */
export function addressOf(octets: Buffer): string {
  if (octets.length === IPV4_OCTETS) return octets.join('.');
  const groups = octets.toString('hex').match(/.{4}/g) ?? [];
  return plainAddress(groups.join(':')) ?? '';
}

function groupOctets(groups: string): readonly number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return [...ipv4Octets(group)];
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
