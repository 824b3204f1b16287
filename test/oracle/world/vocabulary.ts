/** Commands of one line without literals, each with how often it is said; names of mailboxes tell what becomes of the command. */
import type { Random } from '../random.ts';

/** Whoever speaks. */
export interface Speaker {
  /** The name of the session's own mailbox. */
  readonly box: string;
  readonly random: Random;
}

export type Vocabulary = readonly (readonly [weight: number, make: (speaker: Speaker) => string])[];

/** What a server keeps of these lasts no longer than the mailbox is open. */
export const PLAIN: Vocabulary = [
  [4, () => 'NOOP'],
  [2, () => 'CAPABILITY'],
  [2, () => 'NAMESPACE'],
  [1, () => 'ID NIL'],
  [2, ({ box }) => `LIST "" "${box}"`],
  [1, () => 'LSUB "" "*"'],
  [3, ({ box }) => `STATUS "${box}" (MESSAGES UNSEEN)`],
  [8, ({ box }) => `SELECT "${box}"`],
  [2, () => 'SELECT INBOX'],
  [2, ({ box }) => `EXAMINE "${box}"`],
  [1, ({ box }) => `SELECT "no-${box}"`],
  [1, ({ box }) => `SELECT "bad-${box}"`],
  [1, ({ box }) => `STATUS "no-${box}" (MESSAGES)`],
  [6, () => 'FETCH 1:* (FLAGS)'],
  [4, ({ random }) => `UID FETCH 1 BODY[]<0.${1 + random.below(300)}>`],
  [0.3, ({ random }) => `FETCH 1 BODY[]<0.${1 + random.below(90_000)}>`],
  [1, () => 'STORE 1 +FLAGS (\\Seen)'],
  [1, () => 'UID SEARCH ALL'],
  [2, () => 'SEARCH RETURN (SAVE) ALL'],
  [1, () => 'SEARCH RETURN (UPDATE) ALL'],
  [2, () => 'FETCH $ (FLAGS)'],
  [1, () => 'EXPUNGE'],
  [1, ({ box }) => `COPY 1 "${box}"`],
  [1, ({ box }) => `CREATE "${box}"`],
  [3, () => 'CLOSE'],
  [2, () => 'UNSELECT'],
];

/** They switch CONDSTORE on by their words. */
export const CONDSTORE: Vocabulary = [
  [4, ({ box }) => `SELECT "${box}" (CONDSTORE)`],
  [1, ({ box }) => `EXAMINE "no-${box}" (CONDSTORE)`],
  [2, ({ box }) => `STATUS "${box}" (MESSAGES HIGHESTMODSEQ)`],
  [1, () => 'FETCH 1 (FLAGS MODSEQ)'],
  [1, () => 'UID FETCH 1:* (FLAGS) (CHANGEDSINCE 5)'],
  [1, () => 'STORE 1 (UNCHANGEDSINCE 5) +FLAGS (\\Seen)'],
  [1, () => 'SEARCH MODSEQ 5'],
];

/** Good ones and bad ones. */
export const ENABLE: Vocabulary = [
  [4, () => 'ENABLE QRESYNC'],
  [2, () => 'ENABLE CONDSTORE'],
  [2, () => 'enable qresync condstore'],
  [1, () => 'ENABLE CONDSTORE QRESYNC'],
  [3, () => 'ENABLE UTF8=ACCEPT'],
  [0.5, () => 'ENABLE REFUSED'],
  [0.5, () => 'ENABLE bad-QRESYNC'],
  [0.5, () => 'ENABLE'],
];

/** What they leave behind lasts, or nobody knows it. */
export const WILD: Vocabulary = [
  [2, () => 'NOTIFY NONE'],
  [1, () => 'LANGUAGE de'],
  [1, () => 'COMPARATOR i;octet'],
  [2, () => 'XAPPLEPUSHSERVICE aps-version 2'],
  [1, () => 'XYZZY'],
  [1, () => ''],
  [1, () => ' NOOP'],
  [1, () => 'LOGIN a b'],
  [1, () => 'AUTHENTICATE PLAIN AGEAYg=='],
];

export const OPENING: Vocabulary = [[1, ({ box }) => `EXAMINE "${box}"`]];

/** More than fits between the two ends of a connection. */
export const BULK: Vocabulary = [[1, ({ random }) => `FETCH 1 BODY[]<0.${1 + random.below(200_000)}>`]];

/** What the proxy does not let pass. */
export const REFUSED: readonly string[] = [
  'COMPRESS DEFLATE',
  'UNAUTHENTICATE',
  'STARTTLS',
  'compress deflate',
];
