import { describe, expect, it } from 'vitest';
import { type CommandEffect, effectOf, holdsCondstoreWord } from '../../../src/protocol/command-effects.ts';

/** Every command name that is known, once more and by hand: the table is a list of what may be trusted. */
const NAMES: Readonly<Record<Exclude<CommandEffect, 'unknown'>, string>> = {
  stateless: `
    CAPABILITY NOOP CREATE DELETE RENAME SUBSCRIBE UNSUBSCRIBE LIST LSUB NAMESPACE STATUS APPEND CHECK EXPUNGE
    SEARCH FETCH STORE COPY MOVE UID_FETCH UID_STORE UID_COPY UID_MOVE UID_SEARCH UID_EXPUNGE ID SORT THREAD
    UID_SORT UID_THREAD GETQUOTA GETQUOTAROOT SETQUOTA GETACL SETACL DELETEACL LISTRIGHTS MYRIGHTS GETMETADATA
    SETMETADATA REPLACE UID_REPLACE GENURLAUTH URLFETCH RESETKEY ESEARCH CANCELUPDATE XLIST RLIST RLSUB`,
  selects: 'SELECT EXAMINE',
  deselects: 'CLOSE UNSELECT',
  enables: 'ENABLE',
  idles: 'IDLE',
  authenticates: 'AUTHENTICATE',
  'logs out': 'LOGOUT',
  refused: 'COMPRESS UNAUTHENTICATE STARTTLS',
  lasting: 'NOTIFY LANGUAGE COMPARATOR',
};

const ROWS = Object.entries(NAMES).flatMap(([effect, names]) =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => [name.replace('_', ' '), effect] as const),
);

describe('effectOf', () => {
  it.each(ROWS)('knows %s as a command that is or does: %s', (name, effect) => {
    expect(effectOf(name)).toBe(effect);
  });

  it.each([
    '',
    'LOGIN',
    'XYZZY',
    'UID',
    'UID ',
    'UID CLOSE',
    'UID COPY ',
    'UIDFETCH',
    'SETANNOTATION',
    'XAPPLEPUSHSERVICE',
  ])('does not know %j', (name) => {
    expect(effectOf(name)).toBe('unknown');
  });

  it.each(['constructor', '__proto__', 'toString', 'noop'])(
    'does not take %s for a name of the table',
    (name) => {
      expect(effectOf(name)).toBe('unknown');
    },
  );
});

describe('holdsCondstoreWord', () => {
  const holds = (text: string) => holdsCondstoreWord(Buffer.from(text, 'latin1'), 0, text.length);

  it.each([
    'INBOX (CONDSTORE)',
    'INBOX (condstore)',
    'INBOX (QRESYNC (67890007 20050715194045000))',
    'INBOX (MESSAGES HIGHESTMODSEQ)',
    '1:* (FLAGS ModSeq)',
    '1:* (FLAGS) (CHANGEDSINCE 12345)',
    '7 (UNCHANGEDSINCE 320162338) +FLAGS.SILENT (\\Deleted)',
    'MODSEQ "/flags/\\draft" all 620162338',
    'modseq',
  ])('finds one in %j', (text) => {
    expect(holds(text)).toBe(true);
  });

  it.each([
    '',
    'INBOX',
    '1:* (FLAGS UID)',
    'SINCE 1-Feb-1994',
    'MODSE',
    'COND STORE',
    'M',
    'c',
    'q',
    'INBOX/Queue',
  ])('finds none in %j', (text) => {
    expect(holds(text)).toBe(false);
  });

  it('looks at the given octets only', () => {
    const octets = Buffer.from('MODSEQ x MODSEQ');
    expect(holdsCondstoreWord(octets, 1, 14)).toBe(false);
    expect(holdsCondstoreWord(octets, 1, 15)).toBe(true);
  });
});
