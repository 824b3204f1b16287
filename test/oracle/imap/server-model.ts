/** What an IMAP server makes of a logged-in connection's octets, and what it says; no socket, no time, no chance. */
import { type Command, markerOf, parseCommand } from './command.ts';
import { ConnectionState, type Owner } from './connection-state.ts';
import { execute, isKnown, type Result, type Traits } from './execute.ts';
import { LineReader } from './line-reader.ts';

/** Something that the server says in one piece. */
export interface Answer {
  /** `continuation` must keep its place among the answers; a `block` is untagged data and the tagged line behind it. */
  readonly kind: 'block' | 'continuation' | 'junk';
  readonly tag: string;
  readonly owner: Owner;
  readonly text: string;
}

export interface ModelPort {
  answer(answer: Answer): void;
  /** A whole command has come and is about to be executed. */
  began(command: Command): void;
}

type Mode = 'command' | 'arguments' | 'literal' | 'idle' | 'challenge';

export class ServerModel {
  readonly state: ConnectionState;
  readonly #traits: Traits;
  readonly #port: ModelPort;
  readonly #reader = new LineReader();
  #mode: Mode = 'command';
  /** What has come of a command that is not whole. */
  #head: Command | undefined;
  #line = '';
  #text = '';
  #literals: string[] = [];
  #missing = 0;

  constructor(identity: string, traits: Traits, port: ModelPort) {
    this.state = new ConnectionState(identity);
    this.#traits = traits;
    this.#port = port;
  }

  /** Whether everything that came was whole commands, and each of them is done. */
  get isAtBoundary(): boolean {
    return this.#mode === 'command' && this.#reader.rest === '';
  }

  /** Whose IDLE is running; undefined when none is. */
  get idlingFor(): Owner | undefined {
    return this.#mode === 'idle' ? this.#head?.owner : undefined;
  }

  feed(text: string): void {
    this.#reader.push(text);
    while (this.#takeNext()) {
      // All there is to do is done on the way.
    }
  }

  #takeNext(): boolean {
    if (this.#mode === 'literal') return this.#takeLiteral();
    const line = this.#reader.line();
    if (line === undefined) return false;
    if (this.#mode === 'idle') this.#endIdle(line);
    else if (this.#mode === 'challenge') this.#endChallenge(line);
    else if (this.#mode === 'arguments') this.#goOn(line);
    else this.#begin(line);
    return true;
  }

  #takeLiteral(): boolean {
    const octets = this.#reader.octets(this.#missing);
    if (octets === undefined) return false;
    this.#literals.push(octets);
    this.#text += octets;
    this.#mode = 'arguments';
    return true;
  }

  #begin(line: string): void {
    this.#head = parseCommand(line);
    this.#literals = [];
    this.#text = '';
    this.#line = '';
    if (this.#head === undefined) this.#junk(line);
    else if (markerOf(line) !== undefined && !isKnown(this.#head.name)) this.#refuse(this.#head, line, 'BAD');
    else this.#goOn(line);
  }

  #goOn(line: string): void {
    const head = this.#head;
    if (head === undefined) throw new Error('No command goes on');
    this.#line += line;
    this.#text += line;
    const marker = markerOf(line);
    if (marker === undefined) {
      this.#mode = 'command';
      this.#run(head);
      return;
    }
    if (marker.isSynchronizing) {
      // Mailboxes are looked up before the literal is asked for.
      if (head.args.includes('no-')) {
        this.#refuse(head, line, 'NO');
        return;
      }
      this.#continue(head);
    }
    this.#text += '\r\n';
    this.#missing = marker.octets;
    this.#mode = 'literal';
  }

  /** The literal was not read: what follows are commands. */
  #refuse(head: Command, line: string, status: 'NO' | 'BAD'): void {
    this.#mode = 'command';
    this.#port.began({ ...head, text: this.#text === '' ? line : this.#text });
    if (status === 'BAD') this.state.marks.doubt = head.owner;
    this.#answer(head, { status, text: 'No literal is read here' });
  }

  #run(head: Command): void {
    const whole = parseCommand(this.#line, this.#literals, this.#text);
    if (whole === undefined) throw new Error('A command has lost its head');
    this.#port.began(whole);
    if (whole.name === 'IDLE' || (whole.name === 'AUTHENTICATE' && !whole.args.includes(' '))) {
      this.#mode = whole.name === 'IDLE' ? 'idle' : 'challenge';
      this.#continue(head);
      return;
    }
    this.#answer(whole, execute(whole, this.state, this.#traits));
  }

  #endIdle(line: string): void {
    const isDone = line.toUpperCase() === 'DONE';
    this.#mode = 'command';
    if (this.#head === undefined) return;
    if (markerOf(line) !== undefined) this.state.marks.doubt = this.#head.owner;
    this.#answer(
      this.#head,
      isDone ? { status: 'OK', text: 'Idle completed' } : { status: 'BAD', text: 'Expected DONE' },
    );
  }

  #endChallenge(line: string): void {
    this.#mode = 'command';
    if (this.#head === undefined) return;
    if (line === '*') {
      this.#answer(this.#head, { status: 'BAD', text: 'Authentication cancelled' });
      return;
    }
    this.state.marks.authenticated = this.#head.owner;
    this.#answer(this.#head, { status: 'OK', text: 'Authenticated again' });
  }

  /** No tag can be told of such a line, and where the next command begins is anybody's guess. */
  #junk(line: string): void {
    const owner = Number(/s(\d+)/.exec(line)?.[1] ?? 0);
    this.state.marks.doubt = owner;
    this.#port.answer({ kind: 'junk', tag: '', owner, text: `* BAD Junk "${line}" @${owner}\r\n` });
  }

  #continue({ tag, owner }: Command): void {
    this.#port.answer({ kind: 'continuation', tag, owner, text: owner % 2 === 0 ? '+ OK\r\n' : '+\r\n' });
  }

  #answer(command: Command, { untagged = '', status, text, isPlain = false }: Result): void {
    const { tag, owner, literals, name } = command;
    if (status === 'BAD' && literals.length > 0) this.state.marks.doubt = owner;
    const stamp = isPlain ? `<u=${this.state.identity}>` : this.state.stamp();
    // A server that repeats what it was given lets a client forge lines in its own stream.
    const echo = literals.find((literal) => name === 'STATUS' && literal.includes('\n')) ?? '';
    if (echo !== '') this.state.marks.doubt = owner;
    // The words of a status may end like the announcement of a literal.
    const tail = echo === '' && status === 'NO' ? ' {3}' : echo;
    this.#port.answer({
      kind: 'block',
      tag,
      owner,
      text: `${untagged}${tag} ${status} ${text} ${stamp}${tail}\r\n`,
    });
  }
}
