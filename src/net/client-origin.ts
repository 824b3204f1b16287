/** Where a client comes from, as far as that is known. */
import { isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
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
}

/** The origin of a client that is connected by `socket` itself. */
export function originOf(socket: Socket): ClientOrigin {
  return {
    client: end(socket.remoteAddress, socket.remotePort),
    destination: end(socket.localAddress, socket.localPort),
    via: undefined,
    isEncrypted: socket instanceof TLSSocket,
  };
}

/** `address:port`, for the log. */
export function describeOrigin({ client }: ClientOrigin): string {
  return client === undefined ? 'unix' : `${client.address}:${client.port}`;
}

/** Whether the client is on this host. */
export function isLocal({ client }: ClientOrigin): boolean {
  if (client === undefined) return true;
  return client.address === '::1' || (isIP(client.address) === 4 && client.address.startsWith('127.'));
}

function end(address: string | undefined, port: number | undefined): SocketEnd | undefined {
  const plain = address === undefined ? undefined : plainAddress(address);
  return plain === undefined ? undefined : { address: plain, port: port ?? 0 };
}
