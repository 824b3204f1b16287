import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { type AccountSpec, Accounts } from './accounts.ts';
import { Session } from './session.ts';

/** What the server tells while it runs. */
export interface ImapServerEvents {
  /** A user logged in. */
  readonly onLogin: (name: string) => void;
  /** A session ended with an error that is no broken connection: a bug of this server. */
  readonly onDefect: (error: unknown) => void;
}

/**
 * A small IMAP4rev1 server that keeps all mail in memory and listens on loopback only. Good enough for
 * ordinary mail clients, and honest about what a login costs: see {@link SCRYPT_COST}.
 */
export class ImapServer {
  readonly #server: Server;
  readonly #accounts: Accounts;
  readonly #events: ImapServerEvents;
  readonly #sockets = new Set<Socket>();

  private constructor(accounts: Accounts, events: ImapServerEvents) {
    this.#accounts = accounts;
    this.#events = events;
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  /** Hashes the passwords and listens on a free port of 127.0.0.1. */
  static async start(specs: readonly AccountSpec[], events: ImapServerEvents): Promise<ImapServer> {
    const server = new ImapServer(await Accounts.create(specs, events.onLogin), events);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  /** The port it listens on. */
  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string')
      throw new Error('Cannot tell the port: not listening');
    return address.port;
  }

  /** Logins that succeeded so far. */
  get logins(): number {
    return this.#accounts.logins;
  }

  /** Closes every connection and stops listening. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // The session's reader reports the same error; without a listener it would end the process.
    socket.on('error', () => socket.destroy());
    new Session(socket, this.#accounts).run().catch((error: unknown) => {
      const isConnectionLost = socket.destroyed;
      socket.destroy();
      if (!isConnectionLost) this.#events.onDefect(error);
    });
  }
}
