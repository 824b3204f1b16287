import { ProxyError } from '../base/errors.ts';
import { splitResponseCode } from '../protocol/response-code.ts';

/** RFC 5530 section 3: the same login may be accepted later. */
const PASSING: ReadonlySet<string> = new Set([
  'UNAVAILABLE',
  'INUSE',
  'LIMIT',
  'SERVERBUG',
  'PRIVACYREQUIRED',
]);

/** The server said no to these credentials; the client hears the server's own words. */
export class LoginRefusedError extends ProxyError {
  readonly code = 'LOGIN_REFUSED';
  readonly fault = 'client';
  readonly status: 'NO' | 'BAD';
  /** What stood behind the status word: response code and text, latin1. */
  readonly text: string;
  /** What the server told about a refused token before that, in base64 (RFC 7628 section 3.2.2). */
  readonly challenge: string | undefined;

  constructor(status: 'NO' | 'BAD', text: string, challenge?: string) {
    super('The server refused the login');
    this.status = status;
    this.text = text;
    this.challenge = challenge;
  }

  /** Whether it is about the credentials, and not about trouble at the server. */
  get isVerdict(): boolean {
    const { code } = splitResponseCode(this.text);
    return this.status === 'NO' && !PASSING.has(code?.name ?? '');
  }
}

/** The server ended the connection before it answered; `words` are those of its BYE, if it said one. */
export class UpstreamGoneError extends ProxyError {
  readonly code = 'UPSTREAM_GONE';
  readonly fault = 'upstream';
  override readonly reply = { status: 'NO', code: 'UNAVAILABLE' } as const;

  constructor(during: string, words?: string, options?: ErrorOptions) {
    super(`Server ended the connection during ${during}${words === undefined ? '' : `: ${words}`}`, options);
  }
}

/** The server did not answer in time. */
export class UpstreamTimeoutError extends ProxyError {
  readonly code = 'UPSTREAM_TIMEOUT';
  readonly fault = 'upstream';
  override readonly reply = { status: 'NO', code: 'UNAVAILABLE' } as const;

  constructor(during: string, timeoutMs: number) {
    super(`Server did not answer within ${timeoutMs} ms during ${during}`);
  }
}

/** The server spoke, but no IMAP that this step can go on with. */
export class UpstreamProtocolError extends ProxyError {
  readonly code = 'UPSTREAM_PROTOCOL';
  readonly fault = 'upstream';
  override readonly reply = { status: 'NO', code: 'UNAVAILABLE' } as const;

  constructor(during: string, what: string) {
    super(`Cannot understand the server during ${during}: ${what}`);
  }
}

/** Encryption was asked for, and the server does not begin it; nothing else is said to it then. */
export class TlsUnavailableError extends ProxyError {
  readonly code = 'TLS_UNAVAILABLE';
  readonly fault = 'upstream';
  override readonly reply = { status: 'NO', code: 'UNAVAILABLE' } as const;

  constructor(why: string) {
    super(`Cannot encrypt the connection to the server: ${why} (see server_tls, force_tls)`);
  }
}

/** The server takes no password on this connection (LOGINDISABLED), so none is sent. */
export class PrivacyRequiredError extends ProxyError {
  readonly code = 'PRIVACY_REQUIRED';
  readonly fault = 'operator';
  override readonly reply = { status: 'NO', code: 'PRIVACYREQUIRED' } as const;

  constructor() {
    super('Cannot log in: the server takes no password on this connection (LOGINDISABLED; see server_tls)');
  }
}

/** The server offers no way to log in as somebody else (SASL PLAIN), which the client asked for. */
export class AuthorizationUnsupportedError extends ProxyError {
  readonly code = 'AUTHORIZATION_UNSUPPORTED';
  readonly fault = 'client';
  override readonly reply = { status: 'NO', code: 'CANNOT' } as const;

  constructor() {
    super('Cannot act for another user: the server does not offer AUTH=PLAIN');
  }
}

/** The server did not answer OK to the operator's `preauth_command`, so nobody can log in. */
export class PreauthRefusedError extends ProxyError {
  readonly code = 'PREAUTH_REFUSED';
  readonly fault = 'operator';
  override readonly reply = { status: 'NO', code: 'UNAVAILABLE' } as const;

  constructor(words: string) {
    super(`Server refused preauth_command: ${words}`);
  }
}
