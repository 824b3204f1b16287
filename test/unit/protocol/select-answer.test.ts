import { describe, expect, it } from 'vitest';
import { SelectAnswer } from '../../../src/protocol/select-answer.ts';

const CLOSED = '* OK [CLOSED] Previous mailbox closed.';
const FLAGS = '* FLAGS (\\Seen $k)';
const PERMANENT = '* OK [PERMANENTFLAGS (\\Seen $k \\*)] Flags permitted.';
const REST = [
  '* OK [UIDVALIDITY 17] UIDs valid',
  '* OK [UIDNEXT 9] Predicted',
  '* OK [HIGHESTMODSEQ 21] Highest',
];
const LINES = [
  CLOSED,
  FLAGS,
  PERMANENT,
  '* 3 EXISTS',
  '* 0 RECENT',
  '* OK [UNSEEN 2] First unseen.',
  ...REST,
];
const NUMBERS = { EXISTS: '4', RECENT: '1', UIDVALIDITY: '17', UIDNEXT: '10', HIGHESTMODSEQ: '25' };

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');
const without = (word: string): string[] => LINES.filter((line) => !line.includes(word));

function answerOf(lines: readonly string[] = LINES): SelectAnswer {
  const answer = SelectAnswer.read(textOf(lines));
  if (answer === undefined) throw new Error('no answer to SELECT');
  return answer;
}

describe('SelectAnswer', () => {
  it.each([
    ['in the order of the server', LINES],
    ['in another order', [CLOSED, ...LINES.slice(1).reverse()]],
    ['in other letters', LINES.map((line) => line.toLowerCase())],
    ['without what not every mailbox has', without('UNSEEN').filter((line) => line !== PERMANENT)],
    ['with the identifier of the mailbox', [...LINES, '* OK [MAILBOXID (F2212ea87)] Ok']],
  ])('is read as it came: %s', (_how, lines) => {
    expect(answerOf(lines).text).toBe(textOf(lines));
  });

  it.each(['CLOSED', '* FLAGS', 'EXISTS', 'RECENT', 'UIDVALIDITY', 'UIDNEXT', 'HIGHESTMODSEQ'])(
    'is not read without %s',
    (word) => {
      expect(SelectAnswer.read(textOf(without(word)))).toBeUndefined();
    },
  );

  it.each([
    ['an alert', [...LINES, '* OK [ALERT] Nearly full']],
    ['a warning', [...LINES, '* NO Nearly full']],
    ['words without a code', [...LINES, '* OK Nearly full']],
    [
      'capabilities, of which a client may not see all',
      [...LINES, '* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE'],
    ],
    ['capabilities in a code', [...LINES, '* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] Ok']],
    ['news of a message', [...LINES, '* 2 FETCH (FLAGS (\\Seen))']],
    ['news of what is gone', [...LINES, '* VANISHED (EARLIER) 3:5']],
    ['a mailbox without a count of changes', [...LINES, '* OK [NOMODSEQ] No permanent modseqs']],
    ['a code that nobody knows', [...LINES, '* OK [X-NEW 1] Ok']],
    ['a count twice', [...LINES, '* 4 EXISTS']],
    ['news of the mailbox that was open before', ['* 7 EXISTS', ...LINES]],
    ['another mailbox that was closed later', [...LINES, CLOSED]],
    ['a literal', [...without('* FLAGS'), '* FLAGS {3}']],
    ['half a line', [...without('* FLAGS'), '* FLAGS (']],
    ['nothing', []],
  ])('is not read where it tells %s', (_what, lines) => {
    expect(SelectAnswer.read(textOf(lines))).toBeUndefined();
  });

  it('is not read where a line ends otherwise, or not at all', () => {
    expect(SelectAnswer.read(textOf(LINES).replaceAll('\r\n', '\n'))).toBeUndefined();
    expect(SelectAnswer.read(textOf(LINES).slice(0, -2))).toBeUndefined();
  });

  it('tells its numbers as the server wrote them', () => {
    const answer = answerOf(LINES.map((line) => line.replace('UIDNEXT 9', 'UIDNEXT 009')));

    expect(answer.numberOf('EXISTS')).toBe('3');
    expect(answer.numberOf('RECENT')).toBe('0');
    expect(answer.numberOf('UIDNEXT')).toBe('009');
    expect(answer.numberOf('UIDVALIDITY')).toBe('17');
    expect(answer.numberOf('HIGHESTMODSEQ')).toBe('21');
  });

  it('takes over numbers, line by line', () => {
    expect(answerOf().updated([], NUMBERS, '2').text).toBe(
      textOf([
        ...[CLOSED, FLAGS, PERMANENT, '* 4 EXISTS', '* 1 RECENT', '* OK [UNSEEN 2] First unseen.'],
        ...[
          '* OK [UIDVALIDITY 17] UIDs valid',
          '* OK [UIDNEXT 10] Predicted',
          '* OK [HIGHESTMODSEQ 25] Highest',
        ],
      ]),
    );
  });

  it.each([
    ['moves', LINES, '4', '* OK [UNSEEN 4] First unseen.'],
    ['appears', without('UNSEEN'), '4', '* OK [UNSEEN 4] First unseen.'],
    ['goes', LINES, '', undefined],
  ])('tells the first unseen message, which %s, behind RECENT', (_how, lines, firstUnseen, line) => {
    const told = answerOf(lines).updated([], NUMBERS, firstUnseen).text.split('\r\n');

    expect(told.filter((text) => text.includes('UNSEEN'))).toEqual(line === undefined ? [] : [line]);
    expect(told[told.indexOf('* 1 RECENT') + 1]).toBe(line ?? REST[0]);
  });

  it('takes over the flags of the mailbox from the news, and nothing else', () => {
    const news = [
      '* FLAGS (\\Seen $old)',
      '* FLAGS (\\Seen $new)',
      '* OK [PERMANENTFLAGS (\\Seen $new)] Flags permitted.',
      '* 9 EXISTS',
      '* OK [UIDVALIDITY 99] UIDs valid',
      '* 2 FETCH (FLAGS (\\Seen))',
      '* VANISHED 5',
    ].map((line) => `${line}\r\n`);

    expect(answerOf().updated(news, NUMBERS, '2').text.split('\r\n').slice(1, 4)).toEqual([
      '* FLAGS (\\Seen $new)',
      '* OK [PERMANENTFLAGS (\\Seen $new)] Flags permitted.',
      '* 4 EXISTS',
    ]);
  });

  it('stays as it is when it is updated', () => {
    const answer = answerOf();
    answer.updated(['* FLAGS ()\r\n'], NUMBERS, '');

    expect(answer.text).toBe(textOf(LINES));
  });
});
