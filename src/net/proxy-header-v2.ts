/** @see proxy-protocol.txt of HAProxy, section 2.2 */
import { isIPv4 } from 'node:net';
import { addressOf, IPV4_OCTETS, IPV6_OCTETS, ipv4Octets, ipv6Octets } from './ip-address.ts';
import { malformed, type ProxyHeader, type SocketEnd } from './proxied-connection.ts';
import { parseTlvs } from './proxy-tlvs.ts';

export const V2_BEGIN: Buffer = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

/** Up to the length of what follows, inclusive. */
export const V2_FIXED_OCTETS = 16;

/** The longest header that is taken: the format allows 64 KiB, of which nobody has any use. */
export const V2_MAX_OCTETS = 4096;

const COMMAND_AT = 12;
const FAMILY_AT = 13;
const LENGTH_AT = 14;

const LOCAL = 0x20;
const PROXY = 0x21;

/** Families of addresses, each with SOCK_STREAM. */
const UNSPECIFIED = 0x00;
const TCP4 = 0x11;
const TCP6 = 0x21;
const UNIX = 0x31;

const PORT_OCTETS = 2;
const UNIX_OCTETS = 2 * 108;

/** The length of the whole header, of which the first {@link V2_FIXED_OCTETS} are there. */
export function lengthOfV2(header: Buffer): number {
  return V2_FIXED_OCTETS + header.readUInt16BE(LENGTH_AT);
}

/** Reads a whole header that begins with {@link V2_BEGIN}. */
export function parseV2(header: Buffer): ProxyHeader {
  const command = header[COMMAND_AT];
  if (command === LOCAL) return { kind: 'local' };
  if (command !== PROXY) return malformed('expected version 2 and the command LOCAL or PROXY');
  switch (header[FAMILY_AT]) {
    case UNSPECIFIED:
      return { kind: 'local' };
    case TCP4:
      return parseInternet(header, IPV4_OCTETS);
    case TCP6:
      return parseInternet(header, IPV6_OCTETS);
    case UNIX:
      return header.length < V2_FIXED_OCTETS + UNIX_OCTETS ? tooShort() : { kind: 'local' };
    default:
      return malformed('expected the addresses of a stream: of IPv4, IPv6 or a Unix socket');
  }
}

function parseInternet(header: Buffer, addressOctets: number): ProxyHeader {
  const portsAt = V2_FIXED_OCTETS + 2 * addressOctets;
  const factsAt = portsAt + 2 * PORT_OCTETS;
  if (header.length < factsAt) return tooShort();
  const endAt = (index: number): SocketEnd => {
    const at = V2_FIXED_OCTETS + index * addressOctets;
    const address = addressOf(header.subarray(at, at + addressOctets));
    return { address, port: header.readUInt16BE(portsAt + index * PORT_OCTETS) };
  };
  const facts = parseTlvs(header, factsAt);
  if (typeof facts === 'string') return malformed(facts);
  return { kind: 'proxied', source: endAt(0), destination: endAt(1), facts };
}

function tooShort(): ProxyHeader {
  return malformed('it is too short for its addresses');
}

/** The header for plain addresses. */
export function formatV2(source: SocketEnd, destination: SocketEnd): Buffer {
  const isIpv4 = isIPv4(source.address) && isIPv4(destination.address);
  const octetsOf = isIpv4 ? ipv4Octets : ipv6Octets;
  const ports = Buffer.alloc(2 * PORT_OCTETS);
  ports.writeUInt16BE(source.port, 0);
  ports.writeUInt16BE(destination.port, PORT_OCTETS);
  const body = Buffer.concat([octetsOf(source.address), octetsOf(destination.address), ports]);
  return Buffer.concat([V2_BEGIN, Buffer.from([PROXY, isIpv4 ? TCP4 : TCP6, 0, body.length]), body]);
}

export const V2_LOCAL: Buffer = Buffer.concat([V2_BEGIN, Buffer.from([LOCAL, UNSPECIFIED, 0, 0])]);
