/**
 * What each command leaves behind on a server connection. It is an allow-list: a command that is not in
 * the table may have left anything, and the connection is not used again.
 *
 * @see RFC 9051 section 6 and the RFCs named at each row
 */

import { startsWithWord } from './octets.ts';

/**
 * - `stateless`: nothing that outlives its tagged response.
 * - `selects`, `deselects`: opens or closes a mailbox.
 * - `enables`: switches extensions on until the connection ends (RFC 5161).
 * - `idles`: takes the next line for itself (RFC 2177).
 * - `authenticates`: takes lines for itself as long as the server asks for them.
 * - `logs out`: answered by the proxy; never sent.
 * - `refused`: would break the relay or the connection; answered by the proxy; never sent.
 * - `lasting`: leaves state that no command takes back.
 * - `unknown`: not in the table.
 */
export type CommandEffect =
  | 'stateless'
  | 'selects'
  | 'deselects'
  | 'enables'
  | 'idles'
  | 'authenticates'
  | 'logs out'
  | 'refused'
  | 'lasting'
  | 'unknown';

const TABLE: readonly (readonly [CommandEffect, string, readonly string[]])[] = [
  ['stateless', 'RFC 9051', ['CAPABILITY', 'NOOP', 'CREATE', 'DELETE', 'RENAME', 'SUBSCRIBE', 'UNSUBSCRIBE']],
  ['stateless', 'RFC 9051', ['LIST', 'LSUB', 'NAMESPACE', 'STATUS', 'APPEND', 'CHECK', 'EXPUNGE', 'SEARCH']],
  ['stateless', 'RFC 9051', ['FETCH', 'STORE', 'COPY', 'MOVE', 'UID FETCH', 'UID STORE', 'UID COPY']],
  ['stateless', 'RFC 9051', ['UID MOVE', 'UID SEARCH', 'UID EXPUNGE']],
  ['stateless', 'RFC 2971', ['ID']],
  ['stateless', 'RFC 5256', ['SORT', 'THREAD', 'UID SORT', 'UID THREAD']],
  ['stateless', 'RFC 9208', ['GETQUOTA', 'GETQUOTAROOT', 'SETQUOTA']],
  ['stateless', 'RFC 4314', ['GETACL', 'SETACL', 'DELETEACL', 'LISTRIGHTS', 'MYRIGHTS']],
  ['stateless', 'RFC 5464', ['GETMETADATA', 'SETMETADATA']],
  ['stateless', 'RFC 8508', ['REPLACE', 'UID REPLACE']],
  ['stateless', 'RFC 4467', ['GENURLAUTH', 'URLFETCH', 'RESETKEY']],
  ['stateless', 'RFC 7377', ['ESEARCH']],
  ['stateless', 'RFC 5267, ended by UNSELECT', ['CANCELUPDATE']],
  ['stateless', 'Gmail and older Dovecot', ['XLIST']],
  ['stateless', 'RFC 2193', ['RLIST', 'RLSUB']],
  ['selects', 'RFC 9051', ['SELECT', 'EXAMINE']],
  ['deselects', 'RFC 9051', ['CLOSE', 'UNSELECT']],
  ['enables', 'RFC 5161', ['ENABLE']],
  ['idles', 'RFC 2177', ['IDLE']],
  ['authenticates', 'RFC 9051', ['AUTHENTICATE']],
  ['logs out', 'RFC 9051', ['LOGOUT']],
  ['refused', 'RFC 4978', ['COMPRESS']],
  ['refused', 'RFC 8437', ['UNAUTHENTICATE']],
  ['refused', 'RFC 9051, between client and proxy only', ['STARTTLS']],
  ['lasting', 'RFC 5465, NOTIFY NONE is not the initial state', ['NOTIFY']],
  ['lasting', 'RFC 5255', ['LANGUAGE', 'COMPARATOR']],
];

const EFFECTS: ReadonlyMap<string, CommandEffect> = new Map(
  TABLE.flatMap(([effect, , names]) => names.map((name) => [name, effect] as const)),
);

/** The effect of the command `name` as `parseCommandHead` gives it. */
export function effectOf(name: string): CommandEffect {
  return EFFECTS.get(name) ?? 'unknown';
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
