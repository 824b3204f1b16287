import { describe, expect, it } from 'vitest';
import {
  bad,
  bye,
  capabilities,
  completed,
  EMPTY_CHALLENGE,
  failed,
  GO_AHEAD,
  idAnswer,
  loggedIn,
  loggedOut,
  no,
  PASSWORD_CHALLENGE,
  repeated,
  USERNAME_CHALLENGE,
} from '../../../src/session/replies.ts';
import type { LoginFacts } from '../../../src/upstream/upstream-connection.ts';

const FACTS: LoginFacts = {
  user: 'me',
  capabilities: ['IMAP4rev1', 'COMPRESS=DEFLATE', 'IDLE'],
  capabilityLine: 'IMAP4rev1 IDLE',
  text: 'Logged in',
  isCodeTaken: false,
  notices: Buffer.alloc(0),
  isPlain: true,
  expiresAt: undefined,
  serverId: undefined,
};

describe('replies', () => {
  it.each([
    ['an answer that says no more', completed('a'), 'a OK Completed\r\n'],
    ['the capabilities', capabilities('a', 'IMAP4rev1'), '* CAPABILITY IMAP4rev1\r\na OK Completed\r\n'],
    ['the identity', idAnswer('a', 'NIL'), '* ID NIL\r\na OK Completed\r\n'],
    ['the goodbye', loggedOut('a'), '* BYE LOGOUT received\r\na OK Completed\r\n'],
    ['a syntax error', bad('a', 'Missing x'), 'a BAD Missing x\r\n'],
    ['a refusal', no('a', 'CANNOT', 'not here'), 'a NO [CANNOT] not here\r\n'],
    ['an unasked goodbye', bye('UNAVAILABLE', 'Stopping'), '* BYE [UNAVAILABLE] Stopping\r\n'],
    ['a failure', failed('a', { status: 'NO', code: 'LIMIT' }, 'Full'), 'a NO [LIMIT] Full\r\n'],
    [
      'a failure that ends all',
      failed('a', { status: 'BYE', code: 'LIMIT' }, 'Full'),
      '* BYE [LIMIT] Full\r\n',
    ],
  ])('write %s', (_, reply, expected) => {
    expect(reply).toBe(expected);
  });

  it.each([GO_AHEAD, EMPTY_CHALLENGE, USERNAME_CHALLENGE, PASSWORD_CHALLENGE])(
    'ask with %j, a continuation request with a space, as clients demand',
    (line) => {
      expect(line).toMatch(/^\+ [^\r\n]*\r\n$/);
    },
  );

  it('ask for name and password in the words of the mechanism LOGIN', () => {
    const decoded = [USERNAME_CHALLENGE, PASSWORD_CHALLENGE].map((line) =>
      Buffer.from(line.slice(2), 'base64'),
    );
    expect(decoded.map(String)).toEqual(['Username:', 'Password:']);
  });
});

describe('loggedIn', () => {
  it('names the capabilities in the tagged OK', () => {
    expect(loggedIn('a', FACTS, 'response code', undefined)).toBe(
      'a OK [CAPABILITY IMAP4rev1 IDLE] Logged in\r\n',
    );
  });

  it('names them untagged to a client that had asked before', () => {
    expect(loggedIn('a', FACTS, 'untagged', undefined)).toBe(
      '* CAPABILITY IMAP4rev1 IDLE\r\na OK Logged in\r\n',
    );
  });

  it('names them untagged when the OK has a code of its own', () => {
    const facts = { ...FACTS, text: '[ALERT] Change it', isCodeTaken: true };
    expect(loggedIn('a', facts, 'response code', undefined)).toBe(
      '* CAPABILITY IMAP4rev1 IDLE\r\na OK [ALERT] Change it\r\n',
    );
  });
});

describe('loggedIn for a session that is announced', () => {
  it('ends in the id of the session, as Roundcube reads it', () => {
    expect(loggedIn('a', FACTS, 'response code', 'k3-7')).toBe(
      'a OK [CAPABILITY IMAP4rev1 IDLE] Logged in SESSIONID=k3-7\r\n',
    );
  });

  it('ends in it too where the capabilities are told untagged, or the OK has a code of its own', () => {
    const facts = { ...FACTS, text: '[ALERT] Change it', isCodeTaken: true };
    expect(loggedIn('a', FACTS, 'untagged', 'k3-7')).toBe(
      '* CAPABILITY IMAP4rev1 IDLE\r\na OK Logged in SESSIONID=k3-7\r\n',
    );
    expect(loggedIn('a', facts, 'response code', 'k3-7')).toBe(
      '* CAPABILITY IMAP4rev1 IDLE\r\na OK [ALERT] Change it SESSIONID=k3-7\r\n',
    );
  });
});

describe('repeated', () => {
  it("gives the server's words again, under the client's tag", () => {
    const answer = {
      untagged: Buffer.from('* ENABLED X\r\n'),
      completion: Buffer.from('OK \xe4 Enabled.\r\n', 'latin1'),
    };
    expect(repeated('$1.$', answer).toString('latin1')).toBe('* ENABLED X\r\n$1.$ OK \xe4 Enabled.\r\n');
  });
});
