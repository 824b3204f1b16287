import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { CommandScanner } from './command-scanner.ts';

/** Stands before a server on 127.0.0.1, passes everything on, and counts how often the server was waited for. */
export class CountingRelay implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #commands: string[] = [];
  #open = 0;
  #roundTrips = 0;
  #octets = 0;

  private constructor(serverPort: number) {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (peer) =>
      this.#serve(peer, serverPort),
    );
  }

  static async listen(serverPort: number): Promise<CountingRelay> {
    const relay = new CountingRelay(serverPort);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /**
   * How often somebody had to wait for the server: once for each greeting, and once for each burst of octets sent to
   * it that it has answered, however many commands were in it.
   */
  get roundTrips(): number {
    return this.#roundTrips;
  }

  /** Octets that have passed, both ways together. */
  get octets(): number {
    return this.#octets;
  }

  /** Connections whose two sides are not both closed yet. */
  get openConnections(): number {
    return this.#open;
  }

  /** The names of the commands that the server got, in order and in upper case; of `UID` commands both words. */
  get commands(): readonly string[] {
    return this.#commands;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(peer: Socket, serverPort: number): void {
    const server = connect({ host: '127.0.0.1', port: serverPort, allowHalfOpen: true, noDelay: true });
    const scanner = new CommandScanner((name) => this.#commands.push(name));
    let isWaiting = true;
    peer.on('data', (octets: Buffer) => {
      this.#octets += octets.length;
      isWaiting = true;
      scanner.push(octets);
      server.write(octets);
    });
    server.on('data', (octets: Buffer) => {
      this.#octets += octets.length;
      if (isWaiting) this.#roundTrips += 1;
      isWaiting = false;
      peer.write(octets);
    });
    this.#open += 1;
    let openSides = 2;
    const onClosed = (): void => {
      openSides -= 1;
      if (openSides === 0) this.#open -= 1;
    };
    this.#follow(peer, server, onClosed);
    this.#follow(server, peer, onClosed);
  }

  /** What ends on one side ends on the other. */
  #follow(one: Socket, other: Socket, onClosed: () => void): void {
    this.#sockets.add(one);
    one.on('end', () => other.end());
    // 'close' comes next.
    one.on('error', () => undefined);
    one.on('close', () => {
      this.#sockets.delete(one);
      other.destroySoon();
      onClosed();
    });
  }
}
