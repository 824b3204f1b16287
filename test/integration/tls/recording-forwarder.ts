import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Where the connections go; `host` is 127.0.0.1 by default. */
export interface Target {
  readonly port: number;
  readonly host?: string;
}

/**
 * A port on 127.0.0.1 that passes every connection on to another and keeps what goes towards it: the wire between
 * proxy and server, as someone on the way sees it. For use inside a test; it ends with it.
 */
export class RecordingForwarder {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly #towardsTarget: Buffer[] = [];
  #connections = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start({ port, host = '127.0.0.1' }: Target): Promise<RecordingForwarder> {
    const server = createServer({ allowHalfOpen: true });
    const forwarder = new RecordingForwarder(server);
    server.on('connection', (client) =>
      forwarder.#forward(client, connect({ host, port, allowHalfOpen: true })),
    );
    onTestFinished(() => forwarder.#close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return forwarder;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#connections;
  }

  /** All octets that went towards the target, on all connections, as latin1. */
  get sent(): string {
    return Buffer.concat(this.#towardsTarget).toString('latin1');
  }

  #forward(client: Socket, target: Socket): void {
    this.#connections += 1;
    this.#sockets.push(client, target);
    client.on('data', (octets: Buffer) => this.#towardsTarget.push(octets));
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.pipe(to);
      // One side that breaks breaks the other.
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  }

  #close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
