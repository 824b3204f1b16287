import { ProxyError } from '../base/errors.ts';

/** The server said no to these credentials; the client hears the server's own words. */
export class LoginRefusedError extends ProxyError {
  readonly code = 'LOGIN_REFUSED';
  readonly fault = 'client';
  readonly status: 'NO' | 'BAD';
  /** What stood behind the status word: response code and text, latin1. */
  readonly text: string;

  constructor(status: 'NO' | 'BAD', text: string) {
    super('The server refused the login');
    this.status = status;
    this.text = text;
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
