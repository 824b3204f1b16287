import { InvariantError, ProxyError } from '../base/errors.ts';
import { LoginRefusedError } from '../upstream/upstream-errors.ts';
import { failed, no } from './replies.ts';

/** What a client is told when its login fails, and what the log is told. */
export interface LoginRefusal {
  readonly reply: string;
  /** What the client is told and has to answer before that, in base64. */
  readonly challenge: string | undefined;
  readonly level: 'info' | 'warn' | 'error';
  /** The server's own answer, where it gave one. */
  readonly status: 'NO' | 'BAD' | undefined;
  /** For the log: the server's words, or what went wrong on our side. */
  readonly cause: string | undefined;
  /** Whether the session ends with it. */
  readonly isFinal: boolean;
}

export const UNAVAILABLE_TEXT = 'Mail server is not available at the moment';

/** By response code: what a stranger may know. Addresses and causes are for the log only. */
const TEXTS: Readonly<Record<string, string>> = {
  UNAVAILABLE: UNAVAILABLE_TEXT,
  LIMIT: 'Too many connections at the moment',
  PRIVACYREQUIRED: 'Mail server takes no password without TLS',
  CANNOT: 'Mail server cannot log in for another user',
  AUTHENTICATIONFAILED: 'Authentication failed',
  SERVERBUG: 'Internal error',
};

/**
 * The answer to a login that has failed with `error`: the server's own refusal in its own words, anything
 * else under an RFC 5530 code, so that trouble on the way never looks like a wrong password.
 */
export function describeRefusal(tag: string, error: unknown): LoginRefusal {
  if (error instanceof LoginRefusedError) {
    return {
      reply: `${tag} ${error.status} ${error.text}\r\n`,
      challenge: error.challenge,
      level: 'info',
      status: error.status,
      cause: error.text,
      isFinal: false,
    };
  }
  if (error instanceof ProxyError && error.reply !== undefined && !(error instanceof InvariantError)) {
    const { reply } = error;
    return {
      reply: failed(tag, reply, TEXTS[reply.code] ?? UNAVAILABLE_TEXT),
      challenge: undefined,
      level: error.fault === 'client' ? 'info' : 'warn',
      status: undefined,
      cause: error.message,
      isFinal: reply.status === 'BYE',
    };
  }
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const reply = no(tag, 'SERVERBUG', 'Internal error');
  return { reply, challenge: undefined, level: 'error', status: undefined, cause, isFinal: false };
}
