import { describe, expect, it } from 'vitest';
import { CLEAN_VARIANT, CONDSTORE_VARIANT, enableVariant } from '../../../src/protocol/session-state.ts';
import { readFirstCommand } from '../../../src/session/wanted-variants.ts';

const wantedBy = (text: string) => readFirstCommand(Buffer.from(text, 'latin1'));

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
    expect(wantedBy(line)).toEqual({ tag, name, variants: [CLEAN_VARIANT] });
  });

  it.each(['\r\n', ' a ENABLE CONDSTORE\r\n', 'a] SELECT INBOX (CONDSTORE)\r\n', '', 'a{3}\r\n'])(
    'gives the line %j, which is no command, a clean connection only',
    (line) => {
      expect(wantedBy(line)).toEqual({ tag: undefined, name: '', variants: [CLEAN_VARIANT] });
    },
  );

  it.each(['a ENABLE QRESYNC CONDSTORE\r\n', 'a enable condstore  qresync \n'])(
    'prefers for %j a connection with just that enabled to a clean one',
    (line) => {
      expect(wantedBy(line).variants).toEqual([enableVariant('CONDSTORE QRESYNC'), CLEAN_VARIANT]);
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
    expect(wantedBy(line).variants).toEqual([CLEAN_VARIANT]);
  });

  it.each([
    'a SELECT INBOX (CONDSTORE)\r\n',
    'a examine "In box" (condstore)\r\n',
    'a STATUS INBOX (MESSAGES HIGHESTMODSEQ)\r\n',
  ])('prefers for %j a connection that such a command has made CONDSTORE-aware', (line) => {
    expect(wantedBy(line).variants).toEqual([CONDSTORE_VARIANT, CLEAN_VARIANT]);
  });
});
