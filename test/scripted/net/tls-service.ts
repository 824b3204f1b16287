import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { type Listener, listen } from '../../../src/net/listener.ts';
import type { TlsServer } from '../../../src/net/tls-server.ts';
import { RecordedSocket } from '../../support/recorded-socket.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** Longer than any test: where a test is about it, its clock is turned. */
export const HANDSHAKE_MS = 60_000;

/** What became of one client, in the order they came. */
export interface Outcome {
  readonly accepted: Socket;
  readonly secured?: TLSSocket;
  readonly error?: unknown;
}

/** Accepts clients on a loopback port and secures each; all is closed when the test ends. */
export class TlsService {
  readonly #listener: Listener;
  readonly #outcomes: Outcome[];

  private constructor(listener: Listener, outcomes: Outcome[]) {
    this.#listener = listener;
    this.#outcomes = outcomes;
  }

  /** @param approach What happens in clear before the handshake. */
  static async start(
    tls: TlsServer,
    isUnread = true,
    approach: (socket: Socket) => Promise<void> = async () => undefined,
  ): Promise<TlsService> {
    const outcomes: Outcome[] = [];
    const accepted: Socket[] = [];
    const serve = async (socket: Socket): Promise<void> => {
      accepted.push(socket);
      try {
        await approach(socket);
        outcomes.push({ accepted: socket, secured: await tls.secure(socket, HANDSHAKE_MS) });
      } catch (error) {
        outcomes.push({ accepted: socket, error });
      }
    };
    const options = { host: '127.0.0.1', port: 0, keepAlive: false, isUnread };
    const listener = await listen(options, (socket) => void serve(socket));
    listener.open();
    onTestFinished(() => {
      listener.close();
      for (const socket of accepted) socket.destroy();
    });
    return new TlsService(listener, outcomes);
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Waits for what becomes of the client number `index`, counted from 0. */
  async outcome(index = 0): Promise<Outcome> {
    return waitUntil(() => this.#outcomes[index], { what: `the outcome of handshake ${index}` });
  }

  /** The server's end of the connection number `index`. @throws what the handshake failed with */
  async secured(index = 0): Promise<RecordedSocket> {
    const { secured, error } = await this.outcome(index);
    if (secured === undefined) throw error;
    return new RecordedSocket(secured, { own: 'S', peer: 'C' });
  }

  /** What a failed handshake is said to be. */
  async failure(index = 0): Promise<string> {
    const { error } = await this.outcome(index);
    return String(error);
  }
}

/** A client in clear, closed when the test ends. */
export function recorded(socket: Socket): RecordedSocket {
  onTestFinished(() => void socket.destroy());
  return new RecordedSocket(socket, { own: 'C', peer: 'S' });
}

/** A client that has done its part of the handshake. @throws Error when it fails */
export async function connectSecured(options: ConnectionOptions): Promise<TLSSocket> {
  const host = { host: '127.0.0.1', allowHalfOpen: true };
  const socket = connect({ ...host, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  // A server that refuses later is what some tests are about; they look at its side.
  socket.on('error', () => socket.destroy());
  return socket;
}
