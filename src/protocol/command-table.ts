/**
 * What each command leaves behind on a server connection, and whether it may be sent twice. It is an allow-list:
 * a command that is not in the table may have left anything, and the connection is not used again.
 *
 * @see RFC 9051 section 6 and the RFCs named at each row
 */

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

/**
 * - `any times`: a server that has run it, and whose answer was lost, may be asked again with the same result.
 * - `once`: running it twice could do twice what was asked for once.
 */
export type Repeats = 'any times' | 'once';

export interface CommandRow {
  readonly effect: CommandEffect;
  readonly repeats: Repeats;
  /** Where the command is defined, and what else decides. */
  readonly source: string;
  readonly names: readonly string[];
}

/** Every command that is known; the documentation prints it. */
export const COMMAND_TABLE: readonly CommandRow[] = [
  row('stateless', 'any times', 'RFC 9051', 'CAPABILITY NOOP CHECK LIST LSUB NAMESPACE STATUS'),
  row('stateless', 'any times', 'RFC 9051', 'SEARCH', 'UID SEARCH', 'FETCH', 'UID FETCH'),
  row('stateless', 'once', 'RFC 9051', 'CREATE DELETE RENAME SUBSCRIBE UNSUBSCRIBE APPEND'),
  row(
    'stateless',
    'once',
    'RFC 9051',
    'STORE COPY MOVE EXPUNGE',
    'UID STORE',
    'UID COPY',
    'UID MOVE',
    'UID EXPUNGE',
  ),
  row('stateless', 'any times', 'RFC 2971', 'ID'),
  row('stateless', 'any times', 'RFC 5256', 'SORT THREAD', 'UID SORT', 'UID THREAD'),
  row('stateless', 'any times', 'RFC 9208', 'GETQUOTA GETQUOTAROOT'),
  row('stateless', 'once', 'RFC 9208', 'SETQUOTA'),
  row('stateless', 'any times', 'RFC 4314', 'GETACL LISTRIGHTS MYRIGHTS'),
  row('stateless', 'once', 'RFC 4314', 'SETACL DELETEACL'),
  row('stateless', 'any times', 'RFC 5464', 'GETMETADATA'),
  row('stateless', 'once', 'RFC 5464', 'SETMETADATA'),
  row('stateless', 'once', 'RFC 8508', 'REPLACE', 'UID REPLACE'),
  row('stateless', 'any times', 'RFC 4467', 'GENURLAUTH URLFETCH'),
  row('stateless', 'once', 'RFC 4467', 'RESETKEY'),
  row('stateless', 'any times', 'RFC 7377', 'ESEARCH'),
  row('stateless', 'once', 'RFC 5267, ended by UNSELECT', 'CANCELUPDATE'),
  row('stateless', 'any times', 'Gmail and older Dovecot', 'XLIST'),
  row('stateless', 'any times', 'RFC 2193', 'RLIST RLSUB'),
  row('selects', 'any times', 'RFC 9051', 'SELECT EXAMINE'),
  row('deselects', 'once', 'RFC 9051, CLOSE expunges', 'CLOSE UNSELECT'),
  row('enables', 'any times', 'RFC 5161', 'ENABLE'),
  row('idles', 'any times', 'RFC 2177', 'IDLE'),
  row('authenticates', 'once', 'RFC 9051', 'AUTHENTICATE'),
  row('logs out', 'once', 'RFC 9051', 'LOGOUT'),
  row('refused', 'once', 'RFC 4978', 'COMPRESS'),
  row('refused', 'once', 'RFC 8437', 'UNAUTHENTICATE'),
  row('refused', 'once', 'RFC 9051, between client and proxy only', 'STARTTLS'),
  row('lasting', 'once', 'RFC 5465, NOTIFY NONE is not the initial state', 'NOTIFY'),
  row('lasting', 'once', 'RFC 5255', 'LANGUAGE COMPARATOR'),
];

/** `names` with blanks between them, except where a name has two words. */
function row(
  effect: CommandEffect,
  repeats: Repeats,
  source: string,
  ...names: readonly string[]
): CommandRow {
  const all = names.flatMap((name) => (name.startsWith('UID ') ? [name] : name.split(' ')));
  return { effect, repeats, source, names: all };
}
