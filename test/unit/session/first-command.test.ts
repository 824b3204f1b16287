import { describe, expect, it } from 'vitest';
import { CLEAN_VARIANT, CONDSTORE_VARIANT } from '../../../src/protocol/variants.ts';
import { type FirstCommand, readFirstCommand } from '../../../src/session/first-command.ts';
import { questionIn } from '../../support/session-state-steps.ts';

const firstOf = (text: string): FirstCommand => readFirstCommand(Buffer.from(text, 'latin1'));

describe('readFirstCommand', () => {
  it.each([
    ['a1 NOOP\r\n', 'a1', 'NOOP'],
    ['a1 logout\n', 'a1', 'LOGOUT'],
    ['$1.$ uid fetch 1:* (FLAGS)\r\n', '$1.$', 'UID FETCH'],
    ['a SELECT INBOX\r\n', 'a', 'SELECT'],
    ['a APPEND INBOX {310}\r\n', 'a', 'APPEND'],
    ['a CONDSTORE\r\n', 'a', 'CONDSTORE'],
    ['a\r\n', 'a', ''],
  ])('gives %j a clean connection only', (line, tag, name) => {
    expect(firstOf(line)).toEqual({ tag, name, question: undefined, variants: [CLEAN_VARIANT] });
  });

  it.each(['\r\n', ' a ENABLE CONDSTORE\r\n', 'a] SELECT INBOX (CONDSTORE)\r\n', '', 'a{3}\r\n'])(
    'gives the line %j, which is no command, a clean connection only',
    (line) => {
      expect(firstOf(line)).toEqual({
        tag: undefined,
        name: '',
        question: undefined,
        variants: [CLEAN_VARIANT],
      });
    },
  );

  it.each([
    'a SELECT "qresync mails"\r\n',
    'a SELECT "x (CONDSTORE)"\r\n',
    'a SELECT condstore\r\n',
    'a LIST "" "condstore/%"\r\n',
    'a FETCH 1 (MODSEQ)\r\n',
    'a STATUS "(HIGHESTMODSEQ)" (MESSAGES)\r\n',
    'a ENABLE {9+}\r\n',
  ])('gives %j, which may switch nothing on, a clean connection only', (line) => {
    expect(firstOf(line).variants).toEqual([CLEAN_VARIANT]);
  });

  it.each([
    'a SELECT INBOX (CONDSTORE)\r\n',
    'a examine "In box" (condstore)\r\n',
    'a STATUS INBOX (MESSAGES HIGHESTMODSEQ)\r\n',
  ])('prefers for %j a connection that such a command has made CONDSTORE-aware', (line) => {
    expect(firstOf(line).variants).toEqual([CONDSTORE_VARIANT, CLEAN_VARIANT]);
  });

  it.each([
    ['a CAPABILITY\r\n', 'b CAPABILITY'],
    ['a namespace\n', 'b NAMESPACE'],
    ['a ID ("name" "x")\r\n', 'b id ("name" "x")'],
    ['a enable condstore  qresync \n', 'b ENABLE QRESYNC CONDSTORE'],
  ])('sees that %j asks the same as %j, of a clean connection', (line, alike) => {
    expect(firstOf(line)).toMatchObject({ variants: [CLEAN_VARIANT] });
    expect(firstOf(line).question?.key).toBe(questionIn(alike).key);
  });

  it.each([
    'a ENABLE {9+}\r\n',
    'a ENABLE CONDSTORE {7}\r\n',
    'a ID {3}\r\n',
    'a ID ("name" {1+}\r\n',
    'a CAPABILITY {1}\r\n',
    'a ENABLE\r\n',
    'a ID\r\n',
    'a NOOP\r\n',
    '\r\n',
  ])('sees no question in %j that could be answered from memory', (line) => {
    expect(firstOf(line).question).toBeUndefined();
  });
});
