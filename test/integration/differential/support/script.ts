import { toWire } from '../../../parity/support/wire-text.ts';

/** Who plays a script; everybody has a mailbox of his own. */
export interface Cast {
  readonly user: string;
  readonly password: string;
}

/** What a client does to its connection, besides sending. */
export const ACTIONS = ['connect', 'close', 'reset', 'half-close'] as const;
export type Action = (typeof ACTIONS)[number];

/** What is done next, on the connection of that name. */
export type Step =
  /** One write, as latin1; what it asks for is awaited. The data of a literal are only sent if they were asked for. */
  | { readonly kind: 'send'; readonly name: string; readonly octets: string; readonly isData: boolean }
  | { readonly kind: 'act'; readonly name: string; readonly action: Action }
  /** Waits until a response has come, since the last write, that holds the text. */
  | { readonly kind: 'await'; readonly name: string; readonly text: string }
  /** Waits until every session that has ended is over at the server's side too. */
  | { readonly kind: 'settle' };

/**
 * Reads a script: what the clients of one user say, and never what is answered.
 *
 * ```
 * # The first comment is what the script shows.
 * A: SELECT INBOX               a command of connection A under its next tag; its answer is awaited
 * A&: NOOP                      goes out in one write with the next line of A
 * A= x1 NOOP                    a line as it is
 * B: APPEND INBOX <literal:hi>  announced, awaited, and then sent; <literal+:hi> does not wait
 * A: (until EXISTS)             waits until a response holds this
 * A: (close)                    or (reset), (half-close)
 * A: (connect)                  without it a connection is greeted and logged in before its first line
 * (settled)                     waits until the sessions that have ended are over
 * ```
 *
 * `<user>` and `<password>` stand for those of `cast`; other octets are written as in `wire-text.ts`. A connection that
 * still can at the end says LOGOUT.
 *
 * @throws Error that names the line that cannot be read
 */
export function parseScript(text: string, cast: Cast): Step[] {
  const reader = new ScriptReader();
  for (const line of text.split('\n')) reader.read(dress(line, cast));
  return reader.steps;
}

/** The first comment, in one line. */
export function titleOf(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('# '));
  return lines
    .slice(0, end)
    .map((line) => line.slice(2))
    .join(' ');
}

class ScriptReader {
  readonly steps: Step[] = [];
  readonly #lastTags = new Map<string, number>();
  /** What goes out with the next line, by connection. */
  readonly #held = new Map<string, string>();
  /** The connections whose next octets are the data of a literal. */
  readonly #hasAnnounced = new Set<string>();

  read(line: string): void {
    if (line === '' || line.startsWith('#')) return;
    if (line === '(settled)') {
      this.steps.push({ kind: 'settle' });
      return;
    }
    const [, name = '', held, mark, text = ''] = /^([A-Z])(&?)([:=]) ?(.*)$/.exec(line) ?? [];
    if (name === '') throw new Error(`Cannot read the line of a script: ${line}`);
    if (mark === ':' && text.startsWith('(')) this.#readAction(name, text);
    else this.#readOctets(name, mark === ':' ? `${this.#nextTag(name)} ${text}` : text, held !== '');
  }

  #readAction(name: string, text: string): void {
    const awaited = /^\(until (.*)\)$/.exec(text)?.[1];
    const action = ACTIONS.find((candidate) => text === `(${candidate})`);
    if (awaited !== undefined) this.steps.push({ kind: 'await', name, text: awaited });
    else if (action !== undefined) this.steps.push({ kind: 'act', name, action });
    else throw new Error(`Cannot read the action ${text}`);
  }

  #readOctets(name: string, text: string, isHeld: boolean): void {
    const pieces = text.split(LITERAL);
    // The pattern has two groups: text, `+` or nothing, data, text ...
    for (let index = 0; index + 1 < pieces.length; index += 3) {
      const [before = '', plus = '', data = ''] = pieces.slice(index, index + 3);
      const octets = toWire(`${data}<end>`);
      this.#hold(name, toWire(`${before}{${octets.length}${plus}}`));
      if (plus === '') {
        this.#send(name);
        this.#hasAnnounced.add(name);
      }
      this.#hold(name, octets);
    }
    this.#hold(name, toWire(pieces.at(-1) ?? ''));
    if (!isHeld) this.#send(name);
  }

  #hold(name: string, octets: string): void {
    this.#held.set(name, `${this.#held.get(name) ?? ''}${octets}`);
  }

  #send(name: string): void {
    const isData = this.#hasAnnounced.delete(name);
    this.steps.push({ kind: 'send', name, octets: this.#held.get(name) ?? '', isData });
    this.#held.delete(name);
  }

  #nextTag(name: string): string {
    const next = (this.#lastTags.get(name) ?? 0) + 1;
    this.#lastTags.set(name, next);
    return `${name.toLowerCase()}${next}`;
  }
}

/** Escapes may stand in it, and in these one more. */
const LITERAL = /<literal(\+?):((?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*)>/;

function dress(line: string, { user, password }: Cast): string {
  return line.replaceAll('<user>', user).replaceAll('<password>', password);
}
