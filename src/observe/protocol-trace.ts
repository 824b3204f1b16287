/** What one user's sessions say and hear after login, for finding faults; classic `protocol_log_filename`. */
import { closeSync, fchownSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** The trace of one session. */
export interface SessionTrace {
  client(octets: Buffer): void;
  server(octets: Buffer): void;
  /** The client sent `octets` octets that nobody may read. */
  masked(octets: number): void;
}

/** Owner only: messages of users stand in it. */
const MODE = 0o600;

/**
 * Writes the classic layout: each record two line feeds, a head line, and the octets as they passed. Written
 * synchronously: tracing is for one user at a time, and the last record before a crash is the one wanted.
 *
 * It differs from the classic in two ways: credentials are masked, and the
 * file is not emptied at the start.
 */
export class ProtocolTrace {
  readonly #file: string;
  readonly #nowSeconds: () => number;
  readonly #onFailure: (error: unknown) => void;
  #descriptor: number | undefined;
  #user: string | undefined;

  /**
   * @param onFailure is told when a record cannot be written; tracing ends then, sessions go on.
   * @param nowSeconds gives the time of day in seconds since 1970.
   */
  constructor(
    file: string,
    onFailure: (error: unknown) => void,
    nowSeconds: () => number = () => Math.floor(Date.now() / 1000),
  ) {
    this.#file = file;
    this.#onFailure = onFailure;
    this.#nowSeconds = nowSeconds;
  }

  /** The user whose sessions are traced from their login on, if any. */
  get user(): string | undefined {
    return this.#user;
  }

  /** Opens the file; what it holds stays. @throws Error with the system's code */
  open(): void {
    this.#descriptor ??= openSync(this.#file, 'a', MODE);
  }

  /** Gives it to the user that the daemon is about to become. @throws Error with the system's code */
  chown(uid: number, gid: number): void {
    this.open();
    if (this.#descriptor !== undefined) fchownSync(this.#descriptor, uid, gid);
  }

  /** Opens it anew under its name, if it is open; the old one stays in use when that fails. @throws Error */
  reopen(): void {
    if (this.#descriptor === undefined) return;
    const fresh = openSync(this.#file, 'a', MODE);
    this.close();
    this.#descriptor = fresh;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** Empties the file; `XPROXY_NEWLOG`. @throws Error when that cannot be done */
  clear(): void {
    this.open();
    if (this.#descriptor !== undefined) ftruncateSync(this.#descriptor, 0);
  }

  /** Traces the sessions of `user` that log in from now on, and no longer anybody else's. */
  begin(user: string): void {
    this.#user = user;
    this.#write(`${this.#head(user)} PROXY: user tracing enabled.\n`);
  }

  /** Sessions that are being traced stay so until they end. */
  end(): void {
    const user = this.#user;
    this.#user = undefined;
    if (user === undefined) return;
    this.#write(
      `${this.#head(user)} PROXY: user tracing disabled. Expect further output until client logout.\n`,
    );
  }

  /**
   * The trace of a session that has just got its server connection, if `user` is traced. The numbers stand
   * where the classic daemon wrote its socket descriptors.
   */
  follow(user: string, clientId: number, serverId: number): SessionTrace | undefined {
    if (user !== this.#user) return undefined;
    const record = (side: string, id: number, octets: Buffer): void =>
      this.#write(`\n\n${this.#head(user)} ${side}: sd [${id}]\n`, octets);
    return {
      client: (octets) => record('CLIENT', clientId, octets),
      server: (octets) => record('SERVER', serverId, octets),
      masked: (octets) =>
        record('CLIENT', clientId, Buffer.from(`<${octets} octets with credentials are not shown>\r\n`)),
    };
  }

  #head(user: string): string {
    return `-----> C= ${this.#nowSeconds()} ${user}`;
  }

  #write(head: string, octets?: Buffer): void {
    try {
      this.open();
      if (this.#descriptor === undefined) return;
      writeSync(this.#descriptor, Buffer.concat([Buffer.from(head), octets ?? Buffer.alloc(0)]));
    } catch (error) {
      this.#user = undefined;
      this.#onFailure(error);
    }
  }
}
