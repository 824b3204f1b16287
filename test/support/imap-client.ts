import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Chunk, type Ending, RecordedSocket } from './recorded-socket.ts';

export interface ImapClientOptions {
  /** How long a single wait may take. Default 5000. */
  readonly deadlineMs?: number;
}

/** These end in free text, where `{3}` announces nothing (RFC 9051 section 7.1). */
const STATUS_RESPONSE = /^\* (?:OK|NO|BAD|BYE|PREAUTH)\b/i;

/** The answer to one command. Responses are latin1 text without their last CRLF, literals in place. */
export interface Reply {
  readonly tag: string;
  /** Everything before the tagged line, continuation requests included. */
  readonly untagged: readonly string[];
  /** The tagged line without its tag, such as `OK [READ-WRITE] Select completed`. */
  readonly tagged: string;
  /** The first word of `tagged`: `OK`, `NO` or `BAD`. */
  readonly status: string;
}

/**
 * A raw IMAP client for tests. It sends exactly the octets it is given and understands of the answers only where
 * they end; it never interprets, retries or repairs.
 */
export class ImapClient implements Disposable {
  readonly #peer: RecordedSocket;
  #lastTag = 0;

  private constructor(peer: RecordedSocket) {
    this.#peer = peer;
  }

  /** Connects to 127.0.0.1 and does not wait for a greeting. A half-closed connection stays half open. */
  static async connect(port: number, options: ImapClientOptions = {}): Promise<ImapClient> {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    const client = ImapClient.over(socket, options);
    await once(socket, 'connect');
    return client;
  }

  /** A client on a connection that is there already: an encrypted one, or to a Unix socket. */
  static over(socket: Socket, options: ImapClientOptions = {}): ImapClient {
    return new ImapClient(new RecordedSocket(socket, { own: 'C', peer: 'S', ...options }));
  }

  /** Connects, reads the greeting and logs in with the LOGIN command. */
  static async login(port: number, user: string, password: string): Promise<ImapClient> {
    const client = await ImapClient.connect(port);
    await client.readGreeting();
    await client.login(user, password);
    return client;
  }

  /** Every read of the socket so far, with its boundaries and time. */
  get chunks(): readonly Chunk[] {
    return this.#peer.chunks;
  }

  /** How the server ended the connection, or `undefined` while it has not. */
  get ending(): Ending | undefined {
    return this.#peer.ending;
  }

  /** Everything sent and received so far. */
  transcript(): string {
    return this.#peer.transcript();
  }

  /** Sends octets as they are, in one write. Strings are latin1. */
  async send(octets: string | Buffer): Promise<void> {
    await this.#peer.send(octets);
  }

  /** Reads one response: a line, and what follows a literal in it, without the last CRLF. */
  async readResponse(what = 'a response'): Promise<string> {
    let line = await this.#peer.takeLine(what);
    let response = line;
    const isData = line.startsWith('* ') && !STATUS_RESPONSE.test(line);
    for (let octets = literalOctets(line); isData && octets !== undefined; octets = literalOctets(line)) {
      const literal = await this.#peer.takeOctets(octets, `a literal of ${octets} octets`);
      line = await this.#peer.takeLine('the line after a literal');
      response += `\r\n${literal.toString('latin1')}${line}`;
    }
    return response;
  }

  async readGreeting(): Promise<string> {
    return this.readResponse('the greeting');
  }

  /** Reads responses up to the first that matches `pattern`, and returns them all, that one last. */
  async readUntil(pattern: RegExp): Promise<string[]> {
    const responses: string[] = [];
    do {
      responses.push(await this.readResponse(`a response that matches ${pattern}`));
    } while (!pattern.test(responses.at(-1) ?? ''));
    return responses;
  }

  /**
   * Sends `text` under a new tag and reads until its tagged response.
   *
   * @param continuations Sent as they are, one for each continuation request, CRLF included where one is due:
   *   `command('APPEND INBOX {2}', 'hi\r\n')`, `command('IDLE', 'DONE\r\n')`.
   */
  async command(text: string, ...continuations: readonly (string | Buffer)[]): Promise<Reply> {
    const tag = this.nextTag();
    await this.send(`${tag} ${text}\r\n`);
    return this.readReply(tag, ...continuations);
  }

  /** Reads until the tagged response for `tag`, for commands that were sent by hand or in a pipeline. */
  async readReply(tag: string, ...continuations: readonly (string | Buffer)[]): Promise<Reply> {
    const pending = [...continuations];
    const untagged: string[] = [];
    for (;;) {
      const response = await this.readResponse(`the tagged response to ${tag}`);
      if (response.startsWith(`${tag} `)) {
        const tagged = response.slice(tag.length + 1);
        return { tag, untagged, tagged, status: tagged.split(' ', 1)[0] ?? '' };
      }
      untagged.push(response);
      const next = response.startsWith('+') ? pending.shift() : undefined;
      if (next !== undefined) await this.send(next);
    }
  }

  /** Logs in with the LOGIN command, both arguments quoted. @throws Error with the answer when it is not OK. */
  async login(user: string, password: string): Promise<Reply> {
    const reply = await this.command(`LOGIN ${quote(user)} ${quote(password)}`);
    if (reply.status !== 'OK') throw new Error(`Cannot log in as ${user}: ${reply.tagged}`);
    return reply;
  }

  /** LOGOUT, and wait until the server has closed. */
  async logout(): Promise<Reply> {
    const reply = await this.command('LOGOUT');
    await this.waitForEnd();
    this.#peer.socket.destroy();
    return reply;
  }

  /** A tag that this client has not used. */
  nextTag(): string {
    this.#lastTag += 1;
    return `t${this.#lastTag}`;
  }

  /** Throws away `count` octets as they come: for what is too large to keep. Ends the recording of chunks. */
  async skipOctets(count: number): Promise<void> {
    this.#peer.stopRecording();
    await this.#peer.skipOctets(count);
  }

  /** The connection, for TLS to begin on it; nothing more is read here. */
  release(): Socket {
    return this.#peer.release();
  }

  /** Waits until the server ends the connection. */
  async waitForEnd(): Promise<Ending> {
    return this.#peer.waitForEnd();
  }

  /** Waits until the server ends the connection and returns what was still unread, as latin1. */
  async readToEnd(): Promise<string> {
    await this.#peer.waitForEnd();
    return this.#peer.takeUnread().toString('latin1');
  }

  /** Sends FIN and goes on reading. */
  halfClose(): void {
    this.#peer.socket.end();
  }

  /** Closes with RST. */
  reset(): void {
    this.#peer.socket.resetAndDestroy();
  }

  /** Closes both directions at once, as a client does that exits without LOGOUT. */
  close(): void {
    this.#peer.socket.destroy();
  }

  /** Stops reading, so that the server meets a full window in the end. */
  pause(): void {
    this.#peer.socket.pause();
  }

  resume(): void {
    this.#peer.socket.resume();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** `text` as an IMAP quoted string (RFC 9051 section 4.3). */
export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** The size of the literal that `line` announces at its end, if it does. */
function literalOctets(line: string): number | undefined {
  const marker = /~?\{(\d+)\}$/.exec(line);
  return marker?.[1] === undefined ? undefined : Number(marker[1]);
}
