import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../src/base/errors.ts';
import { UpstreamUnreachableError } from '../../../src/net/dial.ts';
import { CheckoutTimeoutError, PoolClosedError } from '../../../src/pool/pool-errors.ts';
import { describeRefusal } from '../../../src/session/login-refusal.ts';
import {
  AuthorizationUnsupportedError,
  LoginRefusedError,
  PrivacyRequiredError,
  UpstreamGoneError,
  UpstreamProtocolError,
  UpstreamTimeoutError,
} from '../../../src/upstream/upstream-errors.ts';

const UNAVAILABLE = 'a NO [UNAVAILABLE] Mail server is not available at the moment\r\n';
const ENDPOINT = { host: 'mail.internal', port: 993, family: 0 } as const;

describe('describeRefusal', () => {
  it.each([
    ['NO', '[AUTHENTICATIONFAILED] Falsches Passwort \xe4'],
    ['BAD', 'Too long argument'],
  ] as const)("repeats the server's own %s", (status, text) => {
    expect(describeRefusal('a', new LoginRefusedError(status, text))).toEqual({
      reply: `a ${status} ${text}\r\n`,
      level: 'info',
      status,
      cause: text,
      isFinal: false,
    });
  });

  it("has the server's reason for refusing a token told first, and keeps it out of the log", () => {
    const error = new LoginRefusedError('NO', '[AUTHENTICATIONFAILED] no', 'eyJzdGF0dXMiOiI0MDEifQ==');
    expect(describeRefusal('a', error)).toMatchObject({
      reply: 'a NO [AUTHENTICATIONFAILED] no\r\n',
      challenge: 'eyJzdGF0dXMiOiI0MDEifQ==',
      cause: '[AUTHENTICATIONFAILED] no',
    });
  });

  it.each([
    [
      'a server that cannot be reached',
      new UpstreamUnreachableError(ENDPOINT, new Error('ECONNREFUSED')),
      UNAVAILABLE,
    ],
    ['a server that has gone', new UpstreamGoneError('login', 'shutting down node7'), UNAVAILABLE],
    ['a server that does not answer', new UpstreamTimeoutError('login', 30_000), UNAVAILABLE],
    ['a server that speaks no IMAP', new UpstreamProtocolError('greeting', 'SSH-2.0'), UNAVAILABLE],
    [
      'a server that takes no password',
      new PrivacyRequiredError(),
      'a NO [PRIVACYREQUIRED] Mail server takes no password without TLS\r\n',
    ],
    ['a pool that is full', new CheckoutTimeoutError('total', 100, 5_000), UNAVAILABLE],
    [
      'a user with too many connections',
      new CheckoutTimeoutError('key', 4, 5_000),
      'a NO [LIMIT] Too many connections at the moment\r\n',
    ],
  ])('blames no password for %s, and tells a stranger no more than that', (_, error, reply) => {
    expect(describeRefusal('a', error)).toEqual({
      reply,
      level: 'warn',
      cause: error.message,
      isFinal: false,
    });
  });

  it('tells a client that wants to act for somebody else that this server cannot', () => {
    expect(describeRefusal('a', new AuthorizationUnsupportedError())).toMatchObject({
      reply: 'a NO [CANNOT] Mail server cannot log in for another user\r\n',
      isFinal: false,
    });
  });

  it('says goodbye when the pool is shut down', () => {
    expect(describeRefusal('a', new PoolClosedError())).toMatchObject({
      reply: '* BYE [UNAVAILABLE] Mail server is not available at the moment\r\n',
      isFinal: true,
    });
  });

  it.each([
    ['a broken promise of ours', new InvariantError('two owners of connection 7')],
    ['any other error', new TypeError('x is not a function')],
    ['something that is no error', 'oops'],
  ])('keeps %s from the client and logs all of it', (_, error) => {
    const refusal = describeRefusal('a', error);
    expect(refusal).toMatchObject({
      reply: 'a NO [SERVERBUG] Internal error\r\n',
      level: 'error',
      isFinal: false,
    });
    expect(refusal.cause).toBe(error instanceof Error ? error.stack : error);
  });
});
