/**
 * The PROXY protocol: what a proxy says first on a connection that it makes for a client.
 *
 * @see proxy-protocol.txt of HAProxy, versions 1 and 2
 */
import { plainAddress } from './ip-address.ts';
import { malformed, type ProxyHeader, type SocketEnd } from './proxied-connection.ts';
import { formatV1, parseV1, V1_BEGIN, V1_MAX_OCTETS, V1_UNKNOWN } from './proxy-header-v1.ts';
import {
  formatV2,
  lengthOfV2,
  parseV2,
  V2_BEGIN,
  V2_FIXED_OCTETS,
  V2_LOCAL,
  V2_MAX_OCTETS,
} from './proxy-header-v2.ts';

const LF = 0x0a;

/** Reads one header of either version, however it is cut, and not an octet of what follows it. */
export class ProxyHeaderReader {
  #held: Buffer = Buffer.alloc(0);
  #header: ProxyHeader | undefined;

  /** Undefined until it is complete, or cannot become one. */
  get header(): ProxyHeader | undefined {
    return this.#header;
  }

  /**
   * Takes octets from the beginning of `octets` and returns how many: all while the header goes on, none once
   * {@link header} is there. It keeps a copy, of {@link V2_MAX_OCTETS} at most.
   */
  feed(octets: Buffer): number {
    if (this.#header !== undefined) return 0;
    const before = this.#held.length;
    this.#held = Buffer.concat([this.#held, octets.subarray(0, V2_MAX_OCTETS - before)]);
    const length = lengthOf(this.#held);
    if (typeof length === 'string') {
      this.#header = malformed(length);
    } else if (length !== undefined && length <= this.#held.length) {
      this.#header = parse(this.#held.subarray(0, length));
      return length - before;
    }
    return this.#held.length - before;
  }
}

/**
 * The header that tells a server about `source` and `destination`, a client's address and the one that it has connected
 * to. Where one of them is missing or no IP address (a Unix socket, a connection for nobody in particular), it
 * says that the connection is what it looks like.
 */
export function formatProxyHeader(
  version: 1 | 2,
  source: SocketEnd | undefined,
  destination: SocketEnd | undefined,
): Buffer {
  const from = plainEnd(source);
  const to = plainEnd(destination);
  if (from === undefined || to === undefined) return version === 1 ? V1_UNKNOWN : V2_LOCAL;
  return version === 1 ? formatV1(from, to) : formatV2(from, to);
}

/** Of the header that `held` begins with; undefined when it is not long enough to tell; a text says what is wrong. */
function lengthOf(held: Buffer): number | string | undefined {
  if (begins(held, V1_BEGIN)) {
    const length = held.subarray(0, V1_MAX_OCTETS).indexOf(LF) + 1;
    if (length > 0) return length;
    return held.length < V1_MAX_OCTETS ? undefined : `no line end within ${V1_MAX_OCTETS} octets`;
  }
  if (!begins(held, V2_BEGIN)) return 'it does not begin like one';
  if (held.length < V2_FIXED_OCTETS) return undefined;
  const length = lengthOfV2(held);
  return length <= V2_MAX_OCTETS ? length : `it is longer than ${V2_MAX_OCTETS} octets`;
}

/** Whether `held` begins with `mark`, or may do so once there is more of it. */
function begins(held: Buffer, mark: Buffer): boolean {
  const length = Math.min(held.length, mark.length);
  return held.subarray(0, length).equals(mark.subarray(0, length));
}

function parse(header: Buffer): ProxyHeader {
  return begins(header, V1_BEGIN) ? parseV1(header) : parseV2(header);
}

function plainEnd(end: SocketEnd | undefined): SocketEnd | undefined {
  const address = end === undefined ? undefined : plainAddress(end.address);
  return end === undefined || address === undefined ? undefined : { address, port: end.port };
}
