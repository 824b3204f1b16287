import { parseCommandHead } from '../protocol/command-line.ts';
import { CLEAN_VARIANT, CONDSTORE_VARIANT, enableVariant } from '../protocol/session-state.ts';

/** The first command of a session, as far as it decides which connection the session gets. */
export interface FirstCommand {
  readonly tag: string | undefined;
  readonly name: string;
  /** In order of preference; a new connection is clean. */
  readonly variants: readonly string[];
}

const CLEAN: readonly string[] = [CLEAN_VARIANT];

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
 * Which connections serve a session that begins with the command line `line` just as a new one would. One
 * that carries state is among them only if this very command would bring that state about.
 */
export function readFirstCommand(line: Buffer): FirstCommand {
  const head = parseCommandHead(line, 0, line.length);
  if (head === undefined) return { tag: undefined, name: '', variants: CLEAN };
  const { tag, name, argumentsAt, end } = head;
  const carrying = carryingVariant(name, line.toString('latin1', argumentsAt, end));
  return { tag, name, variants: carrying === undefined ? CLEAN : [carrying, CLEAN_VARIANT] };
}

function carryingVariant(name: string, args: string): string | undefined {
  if (name === 'ENABLE') return args.includes('{') ? undefined : enableVariant(args);
  return CONDSTORE_BY.get(name)?.test(args) === true ? CONDSTORE_VARIANT : undefined;
}
