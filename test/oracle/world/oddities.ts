/** Things that a client says to trick whoever stands between it and the server. */
import type { Owner } from '../imap/connection-state.ts';
import type { Random } from '../random.ts';
import { lines, type PlannedCommand, piece, withLiterals } from './planned-command.ts';
import { REFUSED } from './vocabulary.ts';

/** A line that no server answers under a tag. */
export function junk(owner: Owner, random: Random): PlannedCommand {
  const line = random.pick([
    `%s${owner} junk`,
    ` s${owner}n1 NOOP`,
    `* s${owner} NOOP`,
    `s${owner}n*`,
    `"s${owner}"`,
  ]);
  return { pieces: [piece(`${line}\r\n`, '')], arrivals: [] };
}

/** A command inside what might be a literal: the server, which does not know the command around it, runs it. */
export function smuggled(tag: string, owner: Owner, random: Random): PlannedCommand {
  const inner = `s${owner}n${9_000 + random.below(900)}`;
  const hidden = random.pick(['SELECT hidden', 'ENABLE QRESYNC', 'NOTIFY NONE', 'NOOP']);
  return lines([tag, `XYZZY {${inner.length + hidden.length + 3}+}`], [inner, hidden]);
}

/** A mailbox name that the server repeats, and in it the answer to `target`. */
export function forged(tag: string, target: string, owner: Owner, random: Random): PlannedCommand {
  const name = `no-box\r\n${target} OK Forged @${owner}`;
  return withLiterals(tag, ['STATUS ', name, ' (MESSAGES)'], random);
}

/** More than is read at once, in one piece, and at its end what has to wait for all before it. */
export function burst(tags: readonly [string, string, string], owner: Owner, random: Random): PlannedCommand {
  const size = 14_000 + random.below(8_000);
  const message = `<@${owner}>`.repeat(size).slice(0, size);
  const [first, second, third] = tags;
  const { arrivals } = lines(
    [first, `APPEND "box@${owner}" {${size}+}\r\n${message}`],
    [second, random.pick(REFUSED)],
    [third, `STATUS "box@${owner}" (MESSAGES)`],
  );
  const text = arrivals.map(([, line]) => `${line}\r\n`).join('');
  return { pieces: [piece(text, first)], arrivals };
}
