import { describe, expect, it } from 'vitest';
import { createLogTo } from '../../../src/observe/logger.ts';
import { toTextLine } from '../../../src/observe/text-line.ts';

const CLIENT = { session: 7, client: '192.0.2.1:4711', user: 'alice' };

describe('a line of text', () => {
  it.each([
    [
      'a login on a new connection',
      { ...CLIENT, reused: false, upstream: 8 },
      'login',
      "LOGIN: 'alice' (192.0.2.1:4711) on new sd [8] session=7",
    ],
    [
      'a login that reuses one',
      { ...CLIENT, reused: true, upstream: 8 },
      'login',
      "LOGIN: 'alice' (192.0.2.1:4711) on existing sd [8] session=7",
    ],
    [
      'a login that the server refuses',
      { ...CLIENT, status: 'NO', error: '[AUTHENTICATIONFAILED] Authentication failed.' },
      'login refused',
      "LOGIN: 'alice' (192.0.2.1:4711) failed: non-OK server response to LOGIN command: " +
        'NO [AUTHENTICATIONFAILED] Authentication failed. session=7',
    ],
    [
      'a login that fails on the way',
      { ...CLIENT, error: 'Cannot connect to mail.example.org:143' },
      'login refused',
      "LOGIN: 'alice' (192.0.2.1:4711) failed: Cannot connect to mail.example.org:143 session=7",
    ],
    [
      'the end of a session',
      { ...CLIENT, upstream: 8, reason: 'logout', ms: 12 },
      'session ended',
      "LOGOUT: 'alice' from server sd [8] client=192.0.2.1:4711 session=7 reason=logout ms=12",
    ],
    [
      'the end of a session that needed no connection',
      { ...CLIENT, reason: 'logout', ms: 12 },
      'session ended',
      "LOGOUT: 'alice' from server sd [none] client=192.0.2.1:4711 session=7 reason=logout ms=12",
    ],
  ])('says %s in the classic words, and the rest behind', (_what, fields, message, text) => {
    expect(textOf(fields, message)).toBe(text);
  });

  it('lets no name end its quotes or its line', () => {
    const user = "eve' (203.0.113.9:1) on new sd [1]\r\nLOGIN: 'root";

    expect(textOf({ ...CLIENT, user, reused: true, upstream: 8 }, 'login')).toBe(
      "LOGIN: 'eve\\' (203.0.113.9:1) on new sd [1]\\r\\nLOGIN: \\'root' (192.0.2.1:4711) on existing sd [8] session=7",
    );
  });

  it('keeps our words for a session that ends before a login', () => {
    expect(textOf({ session: 7, client: '192.0.2.1:4711', reason: 'logout' }, 'session ended')).toBe(
      'session ended session=7 client=192.0.2.1:4711 reason=logout',
    );
  });
});

function textOf(fields: object, message: string): string {
  let json = '';
  createLogTo({ write: (line) => (json = line) }, 'debug').info(fields, message);
  return toTextLine(json).text;
}
