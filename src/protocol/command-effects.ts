/** What is known of a command by its name and its words. */
import { COMMAND_TABLE, type CommandEffect, type CommandRow } from './command-table.ts';
import { startsWithWord } from './octets.ts';

export type { CommandEffect } from './command-table.ts';

const ROWS: ReadonlyMap<string, CommandRow> = new Map(
  COMMAND_TABLE.flatMap((row) => row.names.map((name) => [name, row] as const)),
);

/** The effect of the command `name` as `parseCommandHead` gives it. */
export function effectOf(name: string): CommandEffect {
  return ROWS.get(name)?.effect ?? 'unknown';
}

/** Whether the command `name` may be sent again to a server that may have run it already. */
export function mayRepeat(name: string): boolean {
  return ROWS.get(name)?.repeats === 'any times';
}

/**
 * Words that switch CONDSTORE on for the rest of the connection when they stand among a command's
 * arguments (RFC 7162 section 3.1); MODSEQ covers HIGHESTMODSEQ, SINCE would be too wide.
 */
const CONDSTORE_WORDS: readonly string[] = ['MODSEQ', 'CONDSTORE', 'CHANGEDSINCE', 'QRESYNC'];

/** `m`, `c`, `q` and their capitals: where such a word can begin. */
const CONDSTORE_INITIALS: ReadonlySet<number> = new Set([...'mcqMCQ'].map((letter) => letter.charCodeAt(0)));

/**
 * Tells whether `source[start..end)` holds a word that enables CONDSTORE. A mailbox of that name is taken
 * for one too: that costs one parked connection, the other mistake would show MODSEQ to a stranger.
 */
export function holdsCondstoreWord(source: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (!CONDSTORE_INITIALS.has(source[at] ?? 0)) continue;
    for (const word of CONDSTORE_WORDS) {
      if (startsWithWord(source, at, end, word)) return true;
    }
  }
  return false;
}
