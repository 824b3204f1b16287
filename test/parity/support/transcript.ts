/**
 * Reads transcripts: what clients say, and what the classic daemon and ours answer.
 *
 * ```
 * # The first comment is what the transcript shows.
 * with: enable_select_cache yes          a directive of both daemons
 * with ours: announce_reuse no           a directive of one
 * mail: 2                                messages in the INBOX of alice; or `large`
 * exact                                  greeting and answer to the login are compared as they are
 * alone                                  daemons that no other transcript talks to
 *
 * S: <greeting>                          both answer this; S2: on the second connection
 * C: a1 LOGIN alice alice-secret         without an empty line between them, lines go out in one write
 * S classic: a1 OK <logged in>           only one of the two answers this
 * C: (close)
 * (settled)                              wait until no server connection of alice is in use
 * ```
 *
 * Clients can also `(half-close)`, `(reset)` and `(stop reading)`. In place of a line, a daemon can have
 * `(closed)` the connection, have `(crashed)`, send `(nothing)`, send `(more)` than anybody would read, or send
 * `(anything)`, when that depends on the moment; the transcript of that daemon ends there.
 */

export const SIDES = ['classic', 'ours'] as const;
export type Side = (typeof SIDES)[number];

export const ACTIONS = ['close', 'half-close', 'reset', 'stop reading'] as const;
export type Action = (typeof ACTIONS)[number];

export type AnswerStep = {
  readonly kind: 'answer';
  readonly connection: number;
  readonly text: string;
  readonly sides: readonly Side[];
};

export type ClientStep =
  | { readonly kind: 'send'; readonly connection: number; readonly lines: readonly string[] }
  | { readonly kind: 'act'; readonly connection: number; readonly action: Action }
  | { readonly kind: 'settle' };

export type Step = ClientStep | AnswerStep | { readonly kind: 'comment'; readonly text: string };

export interface Setting {
  readonly directive: string;
  readonly value: string;
  readonly sides: readonly Side[];
}

export interface Transcript {
  /** Folder and file, such as `pre-login/noop`. */
  readonly name: string;
  /** The first comment, in one line. */
  readonly title: string;
  readonly settings: readonly Setting[];
  /** How many messages are in the INBOX of alice; or one, too large to be sent to a client that does not read. */
  readonly messages: number | 'large';
  readonly isExact: boolean;
  readonly isAlone: boolean;
  readonly steps: readonly Step[];
  /** The lines before the first step, as written. */
  readonly head: string;
}

interface Head {
  title: string[];
  settings: Setting[];
  messages: number | 'large';
  isExact: boolean;
  isAlone: boolean;
}

/** @throws Error that names file and line of what cannot be read */
export function parseTranscript(name: string, text: string): Transcript {
  const lines = text.replace(/\n$/, '').split('\n');
  const headEnd = lines.findIndex((line, index) => line === '' && index > 0);
  const head: Head = { title: [], settings: [], messages: 0, isExact: false, isAlone: false };
  const steps: Step[] = [];
  for (const [index, line] of lines.entries()) {
    const isRead = index <= headEnd ? readHead(head, line) : readStep(steps, line);
    if (!isRead) throw new Error(`Cannot read ${name}.txt, line ${index + 1}: ${line}`);
  }
  const { title, ...rest } = head;
  return { name, title: title.join(' '), ...rest, steps, head: lines.slice(0, headEnd).join('\n') };
}

/** How a step is written. */
export function formatStep(step: Step): string {
  switch (step.kind) {
    case 'send':
      return step.lines.map((line) => `C${digit(step.connection)}: ${line}`.trimEnd()).join('\n');
    case 'act':
      return `C${digit(step.connection)}: (${step.action})`;
    case 'settle':
      return '(settled)';
    case 'answer':
      return `S${digit(step.connection)}${sideWord(step.sides)}: ${step.text}`.trimEnd();
    case 'comment':
      return step.text;
  }
}

/** An answer in the transcript of one side alone, where it needs no side. */
export function formatAnswer({ connection, text }: Pick<AnswerStep, 'connection' | 'text'>): string {
  return `S${digit(connection)}: ${text}`.trimEnd();
}

export function isClientStep(step: Step): step is ClientStep {
  return step.kind !== 'answer' && step.kind !== 'comment';
}

function sideWord(sides: readonly Side[]): string {
  return sides.length === SIDES.length ? '' : ` ${sides[0]}`;
}

function digit(connection: number): string {
  return connection === 1 ? '' : String(connection);
}

function readHead(head: Head, line: string): boolean {
  const comment = /^# ?(.*)$/.exec(line)?.[1];
  const [, side, directive = '', value = ''] = /^with(?: (classic|ours))?: (\S+) (.+)$/.exec(line) ?? [];
  const messages = /^mail: (\d+|large)$/.exec(line)?.[1];
  if (comment !== undefined) head.title.push(comment);
  else if (directive !== '') head.settings.push({ directive, value, sides: sidesOf(side) });
  else if (messages !== undefined) head.messages = messages === 'large' ? messages : Number(messages);
  else if (line === 'exact') head.isExact = true;
  else if (line === 'alone') head.isAlone = true;
  else return line === '';
  return true;
}

function readStep(steps: Step[], line: string): boolean {
  const [, who, number = '1', side, text = ''] =
    /^([CS])(\d?)(?: (classic|ours))?:(?: (.*))?$/.exec(line) ?? [];
  const connection = number === '' ? 1 : Number(number);
  if (line === '' || line.startsWith('#')) steps.push({ kind: 'comment', text: line });
  else if (line === '(settled)') steps.push({ kind: 'settle' });
  else if (who === 'S') steps.push({ kind: 'answer', connection, text, sides: sidesOf(side) });
  else if (who === 'C' && side === undefined) readClient(steps, connection, text);
  else return false;
  return true;
}

function readClient(steps: Step[], connection: number, text: string): void {
  const action = ACTIONS.find((candidate) => text === `(${candidate})`);
  const last = steps.at(-1);
  if (action !== undefined) {
    steps.push({ kind: 'act', connection, action });
  } else if (last?.kind === 'send' && last.connection === connection) {
    steps[steps.length - 1] = { ...last, lines: [...last.lines, text] };
  } else {
    steps.push({ kind: 'send', connection, lines: [text] });
  }
}

function sidesOf(side: string | undefined): readonly Side[] {
  return side === undefined ? SIDES : SIDES.filter((candidate) => candidate === side);
}
