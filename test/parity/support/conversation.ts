import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { RecordedSocket } from '../../support/recorded-socket.ts';
import type { Action } from './transcript.ts';
import { toText, toWire } from './wire-text.ts';

/** How long a daemon may say nothing before that counts as its answer, in ms; nothing ends such a wait sooner. */
const SILENCE_MS = 300;
/** Longer than any pause within an answer, in ms: servers hold back the refusal of a password. */
const RECORDING_SILENCE_MS = 1_000;
const LOOK_MS = 50;
/** What nobody would read, in octets. */
const MORE_OCTETS = 64 * 1024;
/** How many lines of that a recording shows. */
const MORE_LINES = 3;
/** How a transcript marks that no CRLF follows. */
const PARTIAL = '<end>';

/** One client's connection to a daemon, and what the daemon says on it, line by line. */
export class Conversation {
  readonly #peer: RecordedSocket;
  /** What came is not looked at any more. */
  #isIgnored = false;
  #isOver = false;

  private constructor(peer: RecordedSocket) {
    this.#peer = peer;
  }

  static async open(port: number): Promise<Conversation> {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    const peer = new RecordedSocket(socket, { own: 'C', peer: 'S' });
    await once(socket, 'connect');
    return new Conversation(peer);
  }

  /** Whether one of the two has ended it, so that the client has nothing more to say. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Octets as latin1, in one write. */
  async send(octets: string): Promise<void> {
    await this.#peer.send(octets);
  }

  act(action: Action): void {
    const { socket } = this.#peer;
    switch (action) {
      case 'half-close':
        socket.end();
        return;
      case 'stop reading':
        this.#isIgnored = true;
        socket.pause();
        return;
      case 'close':
        this.#isOver = true;
        socket.destroy();
        return;
      case 'reset':
        this.#isOver = true;
        socket.resetAndDestroy();
    }
  }

  /** What came instead of, or as, `expected`: a line, or one of the words in parentheses. */
  async next(expected: string): Promise<string> {
    try {
      return await this.#meet(expected);
    } catch {
      // That it did not come is what the transcript will show.
      return this.#silence();
    }
  }

  /** What came and was not asked for. */
  unread(): string[] {
    const text = this.#isIgnored ? '' : this.#peer.takeUnread().toString('latin1');
    return linesOf(text);
  }

  /** Everything up to the next long silence, or to the end. */
  async record(): Promise<string[]> {
    let text = '';
    let quietMs = 0;
    while (quietMs < RECORDING_SILENCE_MS && text.length < MORE_OCTETS) {
      await delay(LOOK_MS);
      const more = this.#isIgnored ? '' : this.#peer.takeUnread().toString('latin1');
      quietMs = more === '' ? quietMs + LOOK_MS : 0;
      text += more;
    }
    const lines = linesOf(text);
    if (text.length >= MORE_OCTETS) {
      this.#isIgnored = true;
      return [...lines.slice(0, MORE_LINES), '(more)'];
    }
    if (this.#peer.ending === undefined || this.#isOver) return lines;
    this.#isOver = true;
    return [...lines, '(closed)'];
  }

  end(): void {
    this.#peer.socket.destroy();
  }

  async #meet(expected: string): Promise<string> {
    switch (expected) {
      case '(nothing)':
        await delay(SILENCE_MS);
        return this.unread()[0] ?? this.#silence();
      case '(anything)':
        return expected;
      case '(more)':
        await this.#peer.skipOctets(MORE_OCTETS);
        this.#isIgnored = true;
        return expected;
      case '(closed)':
      case '(crashed)':
        await this.#peer.waitForEnd();
        this.#isOver = true;
        return this.unread()[0] ?? '(closed)';
      default:
        return this.#take(expected);
    }
  }

  async #take(expected: string): Promise<string> {
    if (!expected.endsWith(PARTIAL)) return toText(await this.#peer.takeLine());
    const octets = await this.#peer.takeOctets(toWire(expected).length);
    return `${toText(octets.toString('latin1'))}${PARTIAL}`;
  }

  #silence(): string {
    return this.#peer.ending === undefined ? '(nothing)' : '(closed)';
  }
}

function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.replace(/\r\n$/, '').split('\r\n').map(toText);
  return text.endsWith('\r\n') ? lines : lines.with(-1, `${lines.at(-1)}${PARTIAL}`);
}
