import type { Socket } from 'node:net';
import type { Recording } from './recording.ts';

/** Where the server stops in what it sends. */
export interface ServerCut {
  /** Octets that it still sends, on whatever connection. */
  readonly afterOctets: number;
  /** Behind the last octet of a write: whether it stops only when it would send more, a command read. */
  readonly isPatient: boolean;
  readonly how: 'FIN' | 'RST';
}

/** What a conversation asks of its server. */
export interface ConversationHost {
  readonly recording: Recording;
  /** How many of `wanted` octets may be sent; and how the connection ends behind them, if it does. */
  grant(wanted: number): { readonly octets: number; readonly end: ServerCut['how'] | undefined };
  /** A command has come on the connection of this number. */
  served(conversation: number): void;
}

const NEEDS_MAILBOX = /^(?:FETCH|STORE|SEARCH|UID \S+|CLOSE|UNSELECT)\b/i;
const SETS_CONDSTORE = /^(?:STATUS|FETCH|SELECT|EXAMINE) .*\b(?:HIGHESTMODSEQ|MODSEQ|CONDSTORE)\b/i;

/** One connection of an `AnsweringServer`: its state, and what it says to each command. */
export class ServedConversation {
  readonly #socket: Socket;
  readonly #server: ConversationHost;
  readonly #number: number;
  #pending = '';
  /** The command so far, its literals in place. */
  #command = '';
  #literalOctets = 0;
  #answer = '';
  #user: string | undefined;
  #isSelected = false;
  readonly #enabled = new Set<string>();
  /** The tag of an IDLE, or of an AUTHENTICATE whose response is still to come. */
  #waiting: { readonly tag: string; readonly name: 'IDLE' | 'AUTHENTICATE' } | undefined;
  #isOver = false;

  constructor(socket: Socket, server: ConversationHost, number: number) {
    this.#socket = socket;
    this.#server = server;
    this.#number = number;
    socket.on('data', (octets: Buffer) => this.#take(octets.toString('latin1')));
    socket.on('end', () => socket.end());
    // A proxy that is gone has nothing to be told.
    socket.on('error', () => socket.destroy());
    this.#answer = server.recording.greeting;
    this.#flush();
  }

  end(how: ServerCut['how']): void {
    this.#isOver = true;
    if (how === 'RST') this.#socket.resetAndDestroy();
    else this.#socket.end();
  }

  #take(octets: string): void {
    this.#pending += octets;
    while (!this.#isOver && this.#takeLiteral()) {
      const end = this.#pending.indexOf('\n') + 1;
      if (end === 0) break;
      const line = this.#pending.slice(0, end);
      this.#pending = this.#pending.slice(end);
      this.#takeLine(line);
    }
    this.#flush();
  }

  /** False while more of a literal is to come. */
  #takeLiteral(): boolean {
    const literal = this.#pending.slice(0, this.#literalOctets);
    this.#pending = this.#pending.slice(literal.length);
    this.#literalOctets -= literal.length;
    this.#command += literal;
    return this.#literalOctets === 0;
  }

  #takeLine(line: string): void {
    const marker = this.#waiting === undefined ? /\{(\d+)(\+?)\}\r\n$/.exec(line) : null;
    this.#command += line;
    if (marker !== null) {
      this.#literalOctets = Number(marker[1]);
      if (marker[2] === '') this.#answer += '+ OK\r\n';
      return;
    }
    const command = this.#command.trimEnd();
    this.#command = '';
    this.#server.served(this.#number);
    if (this.#waiting === undefined) this.#obey(command);
    else this.#takeAwaited(command);
  }

  #takeAwaited(line: string): void {
    const { tag = '', name = '' } = this.#waiting ?? {};
    this.#waiting = undefined;
    if (name === 'AUTHENTICATE') this.#logIn(tag, line);
    else this.#say(tag, line === 'DONE' ? 'OK Idle completed.' : 'BAD Expected DONE.');
  }

  #obey(command: string): void {
    const [, tag = '*', text = ''] = /^(\S+) (.*)$/s.exec(command) ?? [];
    const name = (/^\S+/.exec(text)?.[0] ?? '').toUpperCase();
    if (name === 'LOGOUT') {
      this.#say(tag, 'OK Logout completed.', '* BYE Logging out\r\n');
      this.#flush();
      this.end('FIN');
    } else if (this.#user === undefined) this.#obeyStranger(tag, name, text);
    else if (NEEDS_MAILBOX.test(text) && !this.#isSelected) this.#say(tag, 'BAD No mailbox selected.');
    else this.#obeyUser(tag, name, text);
  }

  #obeyStranger(tag: string, name: string, text: string): void {
    const [, , argument = '', response] = /^(\S+) (\S+)(?: (\S+))?$/.exec(text) ?? [];
    if (name === 'LOGIN') this.#welcome(tag, argument.replaceAll('"', ''));
    else if (name !== 'AUTHENTICATE') this.#say(tag, 'BAD Log in first.');
    else if (response !== undefined) this.#logIn(tag, response);
    else {
      this.#waiting = { tag, name };
      this.#answer += '+ \r\n';
    }
  }

  #logIn(tag: string, response: string): void {
    this.#welcome(tag, Buffer.from(response, 'base64').toString('latin1').split('\0')[1] ?? '');
  }

  #welcome(tag: string, user: string): void {
    if (!this.#server.recording.answers.has(user)) {
      this.#say(tag, 'NO [AUTHENTICATIONFAILED] Authentication failed.');
      return;
    }
    this.#user = user;
    this.#answer += `${tag} ${this.#server.recording.loggedIn}`;
  }

  #obeyUser(tag: string, name: string, text: string): void {
    if (SETS_CONDSTORE.test(text)) this.#enabled.add('CONDSTORE');
    switch (name) {
      case 'NOOP':
        this.#say(tag, `OK NOOP completed for ${this.#user}.`, this.#news());
        return;
      case 'UNSELECT':
      case 'CLOSE':
        this.#isSelected = false;
        this.#say(tag, `OK ${name} completed.`);
        return;
      case 'SELECT':
      case 'EXAMINE':
        if (this.#isSelected) this.#answer += '* OK [CLOSED] Previous mailbox closed.\r\n';
        this.#isSelected = true;
        this.#recorded(tag, text);
        return;
      case 'ENABLE':
        for (const word of text.split(' ').slice(1)) this.#enabled.add(word);
        this.#recorded(tag, text);
        return;
      case 'IDLE':
        this.#waiting = { tag, name };
        this.#answer += '+ idling\r\n';
        return;
      default:
        this.#recorded(tag, text);
    }
  }

  /** What only a session is told that has asked for it, and only while a mailbox is open. */
  #news(): string {
    if (!this.#isSelected || this.#enabled.size === 0) return '';
    return this.#enabled.has('QRESYNC') ? '* VANISHED 41\r\n' : '* 1 FETCH (FLAGS () MODSEQ (7))\r\n';
  }

  #recorded(tag: string, text: string): void {
    const answer = this.#server.recording.answers.get(this.#user ?? '')?.get(text);
    // A literal has been asked for as it was announced.
    if (answer === undefined) this.#say(tag, `BAD Unknown command ${JSON.stringify(text)}.`);
    else this.#answer += `${answer.untagged.replace(/^\+ .*\r\n/, '')}${tag} ${answer.tagged}`;
  }

  #say(tag: string, text: string, untagged = ''): void {
    this.#answer += `${untagged}${tag} ${text}\r\n`;
  }

  #flush(): void {
    if (this.#answer === '' || this.#isOver) return;
    const { octets, end } = this.#server.grant(this.#answer.length);
    if (octets > 0) this.#socket.write(this.#answer.slice(0, octets), 'latin1');
    this.#answer = '';
    if (end !== undefined) this.end(end);
  }
}
