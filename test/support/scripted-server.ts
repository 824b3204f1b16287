import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import { type Chunk, type Ending, RecordedSocket } from './recorded-socket.ts';
import { waitUntil } from './wait-until.ts';

/**
 * What the server does on one connection, step by step. When it returns, the connection stays open until the
 * peer or the end of the test ends it. `index` counts the connections of the server from 0.
 */
export type Script = (connection: ScriptedConnection, index: number) => Promise<void>;

/**
 * A server on 127.0.0.1 for what no real one does. For use inside a test: it closes itself when the test ends, and a
 * script that failed fails the test, with the conversation so far.
 */
export class ScriptedServer {
  readonly #server: Server;
  readonly #connections: ScriptedConnection[] = [];
  readonly #failures: Error[] = [];
  #running = 0;
  #isClosed = false;

  private constructor(server: Server, script: Script) {
    this.#server = server;
    server.on('connection', (socket) => this.#serve(socket, script));
  }

  /** Listens on a port that the system chooses and runs `script` for each connection. */
  static async listen(script: Script): Promise<ScriptedServer> {
    const server = new ScriptedServer(createServer({ allowHalfOpen: true }), script);
    onTestFinished(() => server.close());
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** All connections so far, closed ones included, in the order they came. */
  get connections(): readonly ScriptedConnection[] {
    return this.#connections;
  }

  /** Waits until `count` connections have come and every script has run to its end. @throws what a script threw. */
  async finished(count = 1): Promise<void> {
    await waitUntil(
      () => this.#failures.length > 0 || (this.#connections.length >= count && this.#running === 0),
      {
        what: `${count} scripted connections to finish (${this.#connections.length} came, ${this.#running} still run)`,
      },
    );
    this.#throwFailures();
  }

  /** Closes everything, whatever the scripts are waiting for. @throws what a script threw before that. */
  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#server.close();
      for (const connection of this.#connections) connection.destroy();
    }
    this.#throwFailures();
  }

  #serve(socket: Socket, script: Script): void {
    const connection = new ScriptedConnection(socket);
    const index = this.#connections.push(connection) - 1;
    this.#running += 1;
    script(connection, index)
      .then(() => void connection.stall().then(() => connection.destroy()))
      .catch((error: unknown) => {
        // Closing the server ends what a script waits for; that is no failure of the script.
        if (!this.#isClosed && !isPeerGone(error))
          this.#failures.push(new Error(`Script of connection ${index} failed`, { cause: error }));
        connection.destroy();
      })
      .finally(() => {
        this.#running -= 1;
      });
  }

  #throwFailures(): void {
    const [failure] = this.#failures.splice(0);
    if (failure !== undefined) throw failure;
  }
}

/** One accepted connection in the hands of a script. Strings are latin1, one character per octet. */
export class ScriptedConnection {
  readonly #peer: RecordedSocket;

  constructor(socket: Socket) {
    this.#peer = new RecordedSocket(socket, { own: 'S', peer: 'C' });
  }

  /** Every read so far, with its boundaries and time. */
  get chunks(): readonly Chunk[] {
    return this.#peer.chunks;
  }

  /** All octets received so far, as latin1. */
  get received(): string {
    return Buffer.concat(this.#peer.chunks.map((chunk) => chunk.octets)).toString('latin1');
  }

  /** How the peer ended the connection, or `undefined` while it has not. */
  get ending(): Ending | undefined {
    return this.#peer.ending;
  }

  /**
   * Goes on under TLS, as its server. Resolves with what is said inside, as a connection of its own, when the
   * handshake is done. @throws Error when it fails.
   */
  secure(options: TlsOptions): Promise<ScriptedConnection> {
    const { promise, resolve, reject } = Promise.withResolvers<ScriptedConnection>();
    const server = createTlsServer(options, (socket) => resolve(new ScriptedConnection(socket)));
    server.on('tlsClientError', reject);
    server.emit('connection', this.#peer.release());
    return promise;
  }

  /** Writes in one piece; resolves when the kernel has taken it all. */
  async send(octets: string | Buffer): Promise<void> {
    await this.#peer.send(octets);
  }

  /** Writes in pieces of `chunkOctets`, each in a packet of its own. */
  async sendSlowly(octets: string | Buffer, chunkOctets = 1): Promise<void> {
    const all = typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets;
    for (let at = 0; at < all.length; at += chunkOctets) {
      await this.#peer.send(all.subarray(at, at + chunkOctets));
      await setImmediate();
    }
  }

  /** Takes the next line, without its line end, and demands that it is `pattern` or matches it. */
  async expectLine(pattern: string | RegExp = /.*/): Promise<string> {
    const line = await this.#peer.takeLine(`a line that matches ${pattern}`);
    const isExpected = typeof pattern === 'string' ? line === pattern : pattern.test(line);
    if (isExpected) return line;
    throw new Error(
      `Expected a line that matches ${pattern}, got "${line}". So far:\n${this.#peer.transcript()}`,
    );
  }

  /** Takes the next line, or `undefined` when the peer ends the connection instead. */
  async lineOrEnd(): Promise<string | undefined> {
    return this.#peer.takeLineOrEnd();
  }

  /** Takes exactly `count` octets. */
  async expectOctets(count: number): Promise<Buffer> {
    return this.#peer.takeOctets(count);
  }

  /** Throws away `count` octets as they come: for what is too large to keep. Ends the recording of chunks. */
  async skipOctets(count: number): Promise<void> {
    this.#peer.stopRecording();
    await this.#peer.skipOctets(count);
  }

  /** Demands that the peer ends the connection and has sent nothing more than what was taken. */
  async expectEnd(): Promise<Ending> {
    const ending = await this.#peer.waitForEnd();
    const rest = this.#peer.takeUnread().toString('latin1');
    if (rest !== '') throw new Error(`Expected the end, got "${rest}". So far:\n${this.#peer.transcript()}`);
    return ending;
  }

  /** Does nothing, however long, until the peer ends the connection or the test ends. */
  async stall(): Promise<void> {
    await this.#peer.ended;
  }

  /** Sends FIN behind everything sent so far. */
  cut(): void {
    this.#peer.socket.end();
  }

  /** Sends RST. */
  reset(): void {
    this.#peer.socket.resetAndDestroy();
  }

  /** Stops reading, so that the peer meets a full window in the end. */
  pause(): void {
    this.#peer.socket.pause();
  }

  resume(): void {
    this.#peer.socket.resume();
  }

  destroy(): void {
    this.#peer.socket.destroy();
  }
}

/** Whether the proxy had gone when something was sent to it, as it may at any time; whoever misses an answer will say so. */
function isPeerGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
}
