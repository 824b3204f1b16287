import { type Question, questionOf } from '../protocol/answer-memory.ts';
import { parseCommandHead } from '../protocol/command-line.ts';
import { RBRACE } from '../protocol/octets.ts';
import { CLEAN_VARIANT, CONDSTORE_VARIANT } from '../protocol/variants.ts';

/** A command of a session that has no server connection yet, as far as it decides which one the session gets. */
export interface FirstCommand {
  readonly tag: string | undefined;
  readonly name: string;
  /** What it asks, where a connection may have been answered before. */
  readonly question: Question | undefined;
  /** In order of preference; a new connection is clean. */
  readonly variants: readonly string[];
}

const CLEAN: readonly string[] = [CLEAN_VARIANT];
const AWARE: readonly string[] = [CONDSTORE_VARIANT, CLEAN_VARIANT];

/**
 * Arguments that switch CONDSTORE on for sure (RFC 7162 section 3.1.1). Whoever might not have meant it gets
 * a connection without; that costs a login at most.
 */
const CONDSTORE_BY: ReadonlyMap<string, RegExp> = new Map([
  ['SELECT', /\((?:[^()"]* )?CONDSTORE(?: [^()"]*)?\) *$/i],
  ['EXAMINE', /\((?:[^()"]* )?CONDSTORE(?: [^()"]*)?\) *$/i],
  ['STATUS', /\((?:[^()"]* )?HIGHESTMODSEQ(?: [^()"]*)?\) *$/i],
]);

/**
 * Reads the command line `line`, and which connections serve a session that begins with it just as a new one would:
 * one that carries state only if this very command would bring that state about.
 */
export function readFirstCommand(line: Buffer): FirstCommand {
  const head = parseCommandHead(line, 0, line.length);
  if (head === undefined) return { tag: undefined, name: '', question: undefined, variants: CLEAN };
  const { tag, name, argumentsAt, end } = head;
  const announcesLiteral = line[end - 1] === RBRACE;
  const question = announcesLiteral ? undefined : questionOf(head, line);
  const isAware = CONDSTORE_BY.get(name)?.test(line.toString('latin1', argumentsAt, end)) === true;
  return { tag, name, question, variants: isAware ? AWARE : CLEAN };
}
