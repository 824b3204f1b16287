import { effectOf, holdsCondstoreWord } from '../protocol/command-effects.ts';
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
 * Which connections serve a session that begins with the command line `line` just as a new one would. One
 * that carries state is among them only if this very command would bring that state about.
 */
export function readFirstCommand(line: Buffer): FirstCommand {
  const head = parseCommandHead(line, 0, line.length);
  if (head === undefined) return { tag: undefined, name: '', variants: CLEAN };
  const { tag, name, argumentsAt, end } = head;
  if (effectOf(name) === 'enables') {
    const wanted = enableVariant(line.toString('latin1', argumentsAt, end));
    return { tag, name, variants: [wanted, CLEAN_VARIANT] };
  }
  const isCondstore = holdsCondstoreWord(line, argumentsAt, end);
  return { tag, name, variants: isCondstore ? [CONDSTORE_VARIANT, CLEAN_VARIANT] : CLEAN };
}
