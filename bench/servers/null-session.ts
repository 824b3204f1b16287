import type { Socket } from 'node:net';
import { ANSWERS, CAPABILITY_BEFORE, FLAGS_ANSWER, LIST_ANSWER, LOGIN_OK } from './null-answers.ts';

/** What all sessions of a null server share. */
export interface NullServerState {
  logins: number;
  /** Turns the connection to TLS after STARTTLS; absent when that is not offered. */
  readonly startTls: ((socket: Socket) => Socket) | undefined;
}

const MEGABYTE = 1_000_000;
const PIECE = Buffer.from(`${'x'.repeat(98)}\r\n`.repeat(1000));
const LITERAL = /\{(\d+)(\+?)\}$/;
const BODY = /^FETCH (\d+) BODY\[\]$/;

/**
 * One client of the null server, which says yes to everything at once: what is measured in front of it is the
 * work of whoever stands between. Its messages are as many megabytes long as their number says.
 */
export class NullSession {
  readonly #state: NullServerState;
  #socket: Socket;
  /** The command so far, its literals left out. */
  #command = '';
  /** A line that has not ended yet. */
  #line = '';
  #literalOctets = 0;
  /** The tag of an AUTHENTICATE that waits for its message. */
  #authenticating: string | undefined;
  #replies = '';

  constructor(socket: Socket, state: NullServerState) {
    this.#socket = socket;
    this.#state = state;
    this.#listen();
    socket.write(`* OK [CAPABILITY ${this.#capabilities}] Null server ready.\r\n`);
  }

  get #capabilities(): string {
    const starttls = this.#state.startTls === undefined ? '' : ' STARTTLS';
    return `${CAPABILITY_BEFORE}${starttls} AUTH=PLAIN`;
  }

  #listen(): void {
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Buffer) => this.#feed(chunk));
    // A client may leave as it likes.
    this.#socket.on('error', () => undefined);
  }

  #feed(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#literalOctets > 0) {
        const taken = Math.min(this.#literalOctets, chunk.length - at);
        this.#literalOctets -= taken;
        at += taken;
        continue;
      }
      const end = chunk.indexOf(0x0a, at);
      const stop = end === -1 ? chunk.length : end + 1;
      this.#line += chunk.toString('latin1', at, stop);
      at = stop;
      if (end !== -1) this.#endLine();
    }
    this.#flush();
  }

  #endLine(): void {
    const line = this.#line.trimEnd();
    this.#line = '';
    const literal = LITERAL.exec(line);
    this.#command += line;
    if (literal !== null) {
      this.#literalOctets = Number(literal[1]);
      if (literal[2] === '') this.#replies += '+ OK\r\n';
      return;
    }
    const command = this.#command;
    this.#command = '';
    this.#answer(command);
  }

  #answer(command: string): void {
    const authenticating = this.#authenticating;
    if (authenticating !== undefined) {
      this.#authenticating = undefined;
      this.#logIn(authenticating);
      return;
    }
    const space = command.indexOf(' ');
    const tag = command.slice(0, space);
    const text = command.slice(space + 1).replace(/^UID /i, '');
    const name = text.split(' ', 1)[0]?.toUpperCase() ?? '';
    switch (name) {
      case 'CAPABILITY':
        this.#reply([`* CAPABILITY ${this.#capabilities}\r\n`, 'OK Capability completed.\r\n'], tag);
        return;
      case 'LOGIN':
        this.#logIn(tag);
        return;
      case 'AUTHENTICATE':
        this.#authenticate(tag, text);
        return;
      case 'FETCH':
        this.#fetch(tag, text);
        return;
      case 'STARTTLS':
        this.#startTls(tag);
        return;
      case 'LOGOUT':
        this.#reply(['* BYE Logging out\r\n', 'OK Logout completed.\r\n'], tag);
        this.#flush();
        this.#socket.end();
        return;
      default:
        this.#reply(ANSWERS.get(name) ?? ['', `OK ${name} completed.\r\n`], tag);
    }
  }

  #logIn(tag: string): void {
    this.#state.logins += 1;
    this.#reply(['', LOGIN_OK], tag);
  }

  #authenticate(tag: string, text: string): void {
    if (text.split(' ').length > 2) {
      this.#logIn(tag);
      return;
    }
    this.#authenticating = tag;
    this.#replies += '+ \r\n';
  }

  #startTls(tag: string): void {
    const { startTls } = this.#state;
    if (startTls === undefined) {
      this.#reply(['', 'BAD TLS support is not enabled.\r\n'], tag);
      return;
    }
    this.#reply(['', 'OK Begin TLS negotiation now.\r\n'], tag);
    this.#flush();
    this.#socket.removeAllListeners('data');
    this.#socket = startTls(this.#socket);
    this.#listen();
  }

  #fetch(tag: string, text: string): void {
    const megabytes = BODY.exec(text)?.[1];
    if (megabytes === undefined) {
      this.#reply(text.includes('BODY') ? LIST_ANSWER : FLAGS_ANSWER, tag);
      return;
    }
    this.#flush();
    this.#stream(Number(megabytes) * MEGABYTE, tag, megabytes);
  }

  /** Writes as fast as the other side reads, one piece a turn at most, so that others are served in between. */
  #stream(octets: number, tag: string, number: string): void {
    this.#socket.write(`* ${number} FETCH (BODY[] {${octets}}\r\n`);
    let left = octets;
    const next = (): void => {
      if (this.#socket.destroyed) return;
      if (left === 0) {
        this.#socket.write(`)\r\n${tag} OK Fetch completed.\r\n`);
        return;
      }
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
      left -= piece.length;
      if (this.#socket.write(piece)) setImmediate(next);
      else this.#socket.once('drain', next);
    };
    next();
  }

  #reply([untagged, tagged]: readonly [string, string], tag: string): void {
    this.#replies += `${untagged}${tag} ${tagged}`;
  }

  #flush(): void {
    if (this.#replies === '') return;
    this.#socket.write(this.#replies, 'latin1');
    this.#replies = '';
  }
}
