/** Where a client comes from, as far as that is known. */
import { isIP, type Socket } from 'node:net';
import type { ClientIdentity } from './client-identity.ts';
import { plainAddress } from './ip-address.ts';
import type { SocketEnd } from './proxied-connection.ts';

export interface ClientOrigin {
  /** The client itself; undefined on a Unix socket. */
  readonly client: SocketEnd | undefined;
  /** What the client has connected to; undefined likewise. */
  readonly destination: SocketEnd | undefined;
  /** Who has connected to us, where that is a proxy before us. */
  readonly via: SocketEnd | undefined;
  /** Whether nobody between can read what is said: TLS, here or at the proxy before us. */
  readonly isEncrypted: boolean;
  /** Whether all of the way that is known is on this host; what a client is said to be later changes nothing of it. */
  readonly isLocal: boolean;
  /** Who it is by its certificate, where it was asked for one and has a good one. */
  readonly certificate?: ClientIdentity | undefined;
}

/** Of a client on a Unix socket, which has no addresses. */
export const UNIX_ORIGIN: ClientOrigin = {
  client: undefined,
  destination: undefined,
  via: undefined,
  isEncrypted: false,
  isLocal: true,
};

/**
 * The origin of a client that is connected by TCP on `socket` itself. Undefined when it has reset the connection already:
 * nobody can tell any more where it was, and yet all that it has said could be read.
 */
export function originOf(socket: Socket): ClientOrigin | undefined {
  const client = end(socket.remoteAddress, socket.remotePort);
  const destination = end(socket.localAddress, socket.localPort);
  if (client === undefined) return undefined;
  return { client, destination, via: undefined, isEncrypted: false, isLocal: isLoopback(client) };
}

/** The origin of the client at `source`, as the proxy `before` tells it that has connected to us. */
export function originBehind(
  before: ClientOrigin,
  source: SocketEnd,
  destination: SocketEnd,
  isEncrypted: boolean,
): ClientOrigin {
  const isLocal = before.isLocal && isLoopback(source);
  return { client: source, destination, via: before.client, isEncrypted, isLocal };
}

/** `address:port`, for the log. */
export function describeOrigin({ client }: ClientOrigin): string {
  return client === undefined ? 'unix' : `${client.address}:${client.port}`;
}

function isLoopback({ address }: SocketEnd): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

function end(address: string | undefined, port: number | undefined): SocketEnd | undefined {
  const plain = address === undefined ? undefined : plainAddress(address);
  return plain === undefined ? undefined : { address: plain, port: port ?? 0 };
}
