/** The child's end of `ServerProcess`: it reads its settings, says where it listens, answers, and ends with its parent. */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

/** Where a server listens; `tlsPort` where it does so twice. */
export interface Ports {
  readonly port: number;
  readonly tlsPort?: number;
}

/** The settings that the parent gave. */
export function settings<T>(): T {
  process.once('disconnect', () => process.exit(0));
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

export async function listenOnLoopback(server: Server, backlog: number): Promise<number> {
  server.listen({ host: '127.0.0.1', port: 0, backlog });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Answers the parent when it asks for `name`. */
export function onRequest(name: string, answer: () => number): void {
  process.on('message', (message) => {
    if (message === name) process.send?.({ answer: answer() });
  });
}

/** Tells the parent that the server is ready. */
export function announce(ports: Ports): void {
  // A parent that has gone meanwhile needs no word, and 'disconnect' ends this process.
  process.send?.(ports, undefined, undefined, () => undefined);
}
