/**
 * Answers of a server that stay the same for as long as a connection is logged in and nothing more is
 * switched on: what a later session of the same connection need not ask again.
 */
import type { CommandHead } from './command-line.ts';
import { enableVariant } from './variants.ts';

/** One answer, to be given again under another tag. */
export interface RememberedAnswer {
  /** The untagged responses, line endings included. */
  readonly untagged: Buffer;
  /** What stood behind the tag of the OK, line ending included: `OK Enabled (0.001 secs).` */
  readonly completion: Buffer;
}

/** A command whose answer can be remembered. */
export interface Question {
  /** The command without its tag, to ask it again. */
  readonly text: string;
  /** Equal for commands that ask the same. */
  readonly key: string;
  /** The untagged response that answers it. */
  readonly answeredBy: AnswerName;
}

export type AnswerName = 'CAPABILITY' | 'ID' | 'NAMESPACE' | 'ENABLED';

const ANSWERED_BY: ReadonlyMap<string, AnswerName> = new Map<string, AnswerName>([
  ['CAPABILITY', 'CAPABILITY'],
  ['ID', 'ID'],
  ['NAMESPACE', 'NAMESPACE'],
  ['ENABLE', 'ENABLED'],
]);

const TAKES_ARGUMENTS: ReadonlySet<string> = new Set(['ID', 'ENABLE']);

/** Most answers that one connection remembers. Clients ask three or four such questions. */
const MAX_ANSWERS = 8;

/** Longest answer that is remembered, in octets. Dovecot's longest list of capabilities is below 2 KiB. */
const MAX_ANSWER_OCTETS = 4096;

/** Longest question: an ID with all that a client tells about itself. */
const MAX_QUESTION_OCTETS = 1024;

/**
 * What the command line asks whose head is `head`, in `source`; undefined where its answer is not one to be
 * remembered. The line must be the whole command: it announces no literal.
 */
export function questionOf(head: CommandHead, source: Buffer): Question | undefined {
  const answeredBy = ANSWERED_BY.get(head.name);
  if (answeredBy === undefined || head.end - head.argumentsAt > MAX_QUESTION_OCTETS) return undefined;
  const args = source.toString('latin1', head.argumentsAt, head.end);
  if (TAKES_ARGUMENTS.has(head.name) !== (args !== '')) return undefined;
  const text = args === '' ? head.name : `${head.name} ${args}`;
  return { text, key: head.name === 'ENABLE' ? enableVariant(args) : text, answeredBy };
}

/** The answers of one connection, each with the variant that the connection had when it was asked. */
export class AnswerMemory {
  readonly #answers = new Map<string, RememberedAnswer>();

  recall(variant: string, { key }: Question): RememberedAnswer | undefined {
    return this.#answers.get(place(variant, key));
  }

  /** Keeps `answer`, unless it is too long, in place of the oldest where there are too many. */
  remember(variant: string, { key }: Question, answer: RememberedAnswer): void {
    if (answer.untagged.length + answer.completion.length > MAX_ANSWER_OCTETS) return;
    const at = place(variant, key);
    this.#answers.delete(at);
    this.#answers.set(at, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MAX_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
  }
}

/** Neither a variant nor a question holds a line break. */
function place(variant: string, key: string): string {
  return `${variant}\n${key}`;
}
