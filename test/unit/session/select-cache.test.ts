import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/observe/counters.ts';
import { SessionState } from '../../../src/protocol/session-state.ts';
import { CLEAN_VARIANT, CONDSTORE_VARIANT, enableVariant } from '../../../src/protocol/variants.ts';
import { SelectCache } from '../../../src/session/select-cache.ts';
import type { SelectedMailbox } from '../../../src/upstream/select-check.ts';
import { answer, begin, headOf } from '../../support/session-state-steps.ts';

const CONDSTORE = enableVariant('CONDSTORE');
const OK = 'OK [READ-WRITE] Select completed';
const LINES = [
  '* OK [CLOSED] Previous mailbox closed.',
  '* FLAGS (\\Seen)',
  '* OK [PERMANENTFLAGS (\\Seen)] Flags permitted.',
  '* 3 EXISTS',
  '* 0 RECENT',
  '* OK [UNSEEN 2] First unseen.',
  '* OK [UIDVALIDITY 17] UIDs valid',
  '* OK [UIDNEXT 9] Predicted',
  '* OK [HIGHESTMODSEQ 21] Highest',
];
const TEXT = LINES.map((line) => `${line}\r\n`).join('');
const FIRST = LINES.slice(1);

/** A session with a cache, as the taps drive it. */
class Session {
  readonly counters = new Counters();
  readonly state: SessionState;
  readonly cache: SelectCache;

  constructor(variant: string = CONDSTORE) {
    this.state = new SessionState(variant);
    this.cache = new SelectCache(this.state, this.counters);
  }

  /** A command goes to the server and is answered. */
  passes(command: string, lines: readonly string[] = [], completion = 'OK Done'): this {
    this.begins(command);
    this.hears(...lines);
    return this.ends(command, completion);
  }

  begins(command: string): this {
    const { head, source } = headOf(command);
    const [pending] = begin(this.state, command);
    if (pending === undefined) throw new Error(`${command} does not begin`);
    this.cache.begin(pending, head, source);
    return this;
  }

  hears(...lines: readonly string[]): this {
    for (const line of lines) {
      const source = Buffer.from(`> ${line}\r\n`, 'latin1');
      this.cache.note(source, 2, source.length);
    }
    return this;
  }

  ends(command: string, completion: string): this {
    const [tag] = command.split(' ', 1);
    const [completed] = answer(this.state, `${tag} ${completion}`);
    if (completed === undefined) throw new Error(`${command} is not pending`);
    this.cache.completed(completed, `${completion}\r\n`);
    return this;
  }

  recalls(command: string): SelectedMailbox | undefined {
    const { head, source } = headOf(command);
    return this.cache.recall(head, source);
  }
}

/** A session that has selected twice, the second time with this answer. */
function selected({
  variant = CONDSTORE,
  command = 'a SELECT INBOX',
  lines = LINES,
  completion = OK,
} = {}): Session {
  return new Session(variant).passes(command, FIRST, OK).passes(command, lines, completion);
}

describe('SelectCache remembers', () => {
  it('what the second SELECT was answered with, not what the first was', () => {
    const session = new Session().passes('a SELECT INBOX', FIRST, OK);
    expect(session.recalls('b SELECT INBOX')).toBeUndefined();

    session.passes('b SELECT INBOX', LINES, OK);

    const mailbox = session.recalls('c SELECT INBOX');
    expect(mailbox?.command).toBe('SELECT INBOX');
    expect(mailbox?.answer.text).toBe(TEXT);
    expect(mailbox?.completion).toBe(`${OK}\r\n`);
  });

  it.each(['a SELECT INBOX', 'a select INBOX', 'a EXAMINE "INBOX"', 'a SELECT inbox'])(
    '%s, for the same words',
    (command) => {
      const session = selected({ command });

      expect(session.recalls(command)?.answer.text).toBe(TEXT);
      expect(session.recalls(`${command} `)).toBeUndefined();
      expect(session.recalls('b SELECT "InBox"')).toBeUndefined();
    },
  );

  it.each(['ENABLE CONDSTORE', 'ENABLE QRESYNC', 'ENABLE CONDSTORE UTF8=ACCEPT'])(
    'on a connection with %s',
    (words) => {
      const variant = enableVariant(words.slice('ENABLE '.length));

      expect(selected({ variant }).recalls('b SELECT INBOX')).toBeDefined();
    },
  );

  it.each([
    ['CHECK', []],
    ['FETCH 1 BODY[]', ['* 1 FETCH (FLAGS (\\Seen) BODY[] {3}']],
    ['UID STORE 1 +FLAGS (\\Seen)', ['* 1 FETCH (UID 1 FLAGS (\\Seen))']],
    ['NOOP', ['* 1 EXPUNGE', '* VANISHED 4', '* 2 FETCH (FLAGS ())', '* OK [HIGHESTMODSEQ 30] Highest']],
    ['LIST "" *', ['* LIST () "/" EXISTS']],
    ['STATUS INBOX (MESSAGES)', ['* STATUS INBOX (MESSAGES 3)']],
    ['CAPABILITY', ['* CAPABILITY IMAP4rev1']],
  ])('it across %s, whose changes are counted', (command, lines) => {
    expect(selected().passes(`b ${command}`, lines).recalls('c SELECT INBOX')).toBeDefined();
  });
});

describe('SelectCache remembers nothing', () => {
  it.each([
    'SELECT Work',
    'SELECT "INBOX/Work"',
    'SELECT INBOX (CONDSTORE)',
    'SELECT INBOX ',
    'SELECT  INBOX',
    'SELECT {5}',
    'SELECT',
  ])('of %s', (words) => {
    expect(selected({ command: `a ${words}` }).recalls(`b ${words}`)).toBeUndefined();
  });

  it.each([
    ['nothing was enabled', CLEAN_VARIANT],
    ['CONDSTORE may be on by another command', CONDSTORE_VARIANT],
    ['something else was enabled', enableVariant('UTF8=ACCEPT')],
  ])('where %s', (_where, variant) => {
    expect(selected({ variant }).recalls('b SELECT INBOX')).toBeUndefined();
  });

  it.each([
    ['was refused', LINES, 'NO [SERVERBUG] Internal error'],
    ['was not understood', LINES, 'BAD Internal error'],
    ['ends in a code of another kind', LINES, 'OK [ALERT] Nearly full'],
    ['ends in no code', LINES, 'OK Select completed'],
    ['tells of recent mail', LINES.map((line) => line.replace('0 RECENT', '1 RECENT')), OK],
    ['tells no count of changes', LINES.slice(0, -1), OK],
    ['closed no mailbox', FIRST, OK],
    ['tells more', [...LINES, '* OK [ALERT] Nearly full'], OK],
    ['is longer than can be expected', LINES.map((line) => line.replace('\\Seen', 'k '.repeat(10_000))), OK],
  ])('where the answer %s', (_how, lines, completion) => {
    expect(selected({ lines, completion }).recalls('b SELECT INBOX')).toBeUndefined();
  });

  it('of a SELECT in a pipeline, be it the first or the last', () => {
    const last = selected().begins('b NOOP').begins('c SELECT INBOX').ends('b NOOP', 'OK Done');
    last.hears(...LINES).ends('c SELECT INBOX', OK);
    const first = selected().begins('b SELECT INBOX').begins('c NOOP');
    first
      .hears(...LINES)
      .ends('b SELECT INBOX', OK)
      .ends('c NOOP', 'OK Done');

    expect(last.recalls('d SELECT INBOX')).toBeUndefined();
    expect(first.recalls('d SELECT INBOX')).toBeUndefined();
  });
});

describe('SelectCache forgets', () => {
  it.each([
    'SELECT Work',
    'EXAMINE INBOX',
    'CLOSE',
    'UNSELECT',
    'SEARCH RETURN (SAVE) ALL',
    'UID SEARCH ALL',
    'APPEND INBOX {3+}',
    'COPY 1 INBOX',
    'EXPUNGE',
    'RENAME INBOX Old',
    'DELETE Work',
    'CREATE Work',
    'SETACL INBOX alice lr',
    'ENABLE QRESYNC',
    'NOTIFY NONE',
    'IDLE',
    'XYZZY',
  ])('at %s', (command) => {
    expect(selected().passes(`b ${command}`).recalls('c SELECT INBOX')).toBeUndefined();
  });

  it.each([
    '* 4 EXISTS',
    '* 1 RECENT',
    '* FLAGS (\\Seen new)',
    '* OK [PERMANENTFLAGS (\\*)] Flags permitted.',
    '* 4 exists',
  ])('when the client hears %s, which the next SELECT tells in another way', (line) => {
    expect(selected().passes('b NOOP', [line]).recalls('c SELECT INBOX')).toBeUndefined();
    expect(selected().hears(line).recalls('c SELECT INBOX')).toBeUndefined();
  });

  it.each(['lasting state', 'framing in doubt', 'stray response', 'bye', 'unknown command'] as const)(
    'a connection with an obstacle: %s',
    (obstacle) => {
      const session = selected();
      session.state.taint(obstacle);

      expect(session.recalls('b SELECT INBOX')).toBeUndefined();
    },
  );

  it('what is recent once the client has heard it', () => {
    const session = selected();
    const mailbox = session.recalls('b SELECT INBOX');
    if (mailbox === undefined) throw new Error('nothing is remembered');
    const numbers = { EXISTS: '4', RECENT: '1', UIDVALIDITY: '17', UIDNEXT: '10', HIGHESTMODSEQ: '22' };

    session.cache.answered(mailbox, mailbox.answer);
    expect(session.cache.holds(mailbox)).toBe(true);

    session.cache.answered(mailbox, mailbox.answer.updated([], numbers, ''));
    expect(session.cache.holds(mailbox)).toBe(false);
  });
});

describe('SelectCache recalls nothing', () => {
  it('while a command is pending', () => {
    const session = selected().begins('b NOOP');
    expect(session.recalls('c SELECT INBOX')).toBeUndefined();

    session.ends('b NOOP', 'OK Done');

    expect(session.recalls('c SELECT INBOX')).toBeDefined();
  });

  it('for EXAMINE of what was selected', () => {
    expect(selected().recalls('b EXAMINE INBOX')).toBeUndefined();
  });
});

describe('SelectCache counts', () => {
  it('each SELECT and EXAMINE once: as a hit, or when it goes to the server', () => {
    const session = selected()
      .passes('b EXAMINE Work', LINES, OK)
      .passes('c NOOP')
      .passes('d SELECT none', [], 'NO None');
    expect(session.counters).toMatchObject({ selects: 4, selectHits: 0, selectMisses: 4 });

    const mailbox = selected().recalls('e SELECT INBOX');
    if (mailbox !== undefined) session.cache.answered(mailbox, mailbox.answer);

    expect(session.counters).toMatchObject({ selects: 5, selectHits: 1, selectMisses: 4 });
  });
});
