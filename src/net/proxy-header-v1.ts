/** @see proxy-protocol.txt of HAProxy, section 2.1 */
import { isIPv4, isIPv6 } from 'node:net';
import { plainAddress } from './ip-address.ts';
import { malformed, type ProxyHeader, type SocketEnd } from './proxied-connection.ts';

export const V1_BEGIN: Buffer = Buffer.from('PROXY ');

/** The longest header, its CRLF included. */
export const V1_MAX_OCTETS = 107;

const PORT = '(0|[1-9]\\d{0,4})';
const LINE = new RegExp(`^PROXY (TCP4|TCP6) (\\S+) (\\S+) ${PORT} ${PORT}\\r\\n$`);
const UNKNOWN = /^PROXY UNKNOWN(?: .*)?\r\n$/s;
const MAX_PORT = 65_535;

/** Reads a whole line that begins with {@link V1_BEGIN}. */
export function parseV1(header: Buffer): ProxyHeader {
  const line = header.toString('latin1');
  if (UNKNOWN.test(line)) return { kind: 'local' };
  const [, family, from = '', to = '', fromPort, toPort] = LINE.exec(line) ?? [];
  if (family === undefined)
    return malformed('expected PROXY TCP4, TCP6 or UNKNOWN, two addresses, two ports');
  const source = endOf(family, from, Number(fromPort));
  const destination = endOf(family, to, Number(toPort));
  if (source === undefined || destination === undefined) {
    return malformed(`an address is none of ${family}, or a port is above ${MAX_PORT}`);
  }
  return { kind: 'proxied', source, destination, facts: { authority: undefined, tls: undefined } };
}

function endOf(family: string, text: string, port: number): SocketEnd | undefined {
  const isOfFamily = family === 'TCP4' ? isIPv4(text) : isIPv6(text) && !text.includes('%');
  const address = isOfFamily ? plainAddress(text) : undefined;
  return address === undefined || port > MAX_PORT ? undefined : { address, port };
}

/** The header for plain addresses. */
export function formatV1(source: SocketEnd, destination: SocketEnd): Buffer {
  const isIpv4 = isIPv4(source.address) && isIPv4(destination.address);
  const shown = ({ address }: SocketEnd): string =>
    isIpv4 || !isIPv4(address) ? address : `::ffff:${address}`;
  const family = isIpv4 ? 'TCP4' : 'TCP6';
  return Buffer.from(
    `PROXY ${family} ${shown(source)} ${shown(destination)} ${source.port} ${destination.port}\r\n`,
  );
}

export const V1_UNKNOWN: Buffer = Buffer.from('PROXY UNKNOWN\r\n');
