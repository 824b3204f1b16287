import type { Socket } from 'node:net';

/** The end of every such connection that is ours. */
export const DESTINATION = { address: '192.0.2.1', port: 143 };

/** `socket`, paused, as one that a listener has accepted from `address`; null for a client that has reset the connection. */
export function arriving<T extends Socket>(socket: T, address: string | null): T {
  socket.pause();
  return Object.defineProperties(socket, {
    remoteAddress: { value: address ?? undefined },
    remotePort: { value: address === null ? undefined : 4000 },
    localAddress: { value: DESTINATION.address },
    localPort: { value: DESTINATION.port },
  });
}
