import type { Secret } from '../base/secret.ts';
import type { DirectivesFor } from './directive.ts';
import { choice, seconds, secret, text } from './kinds.ts';

/** How a user is logged in to the IMAP server. */
export interface LoginConfig {
  readonly serverLoginTimeoutMs: number;
  readonly preauthCommand: string | undefined;
  readonly authSaslMech: 'auto' | 'login' | 'plain';
  readonly authSaslPlainUsername: string | undefined;
  readonly authSaslPlainPassword: Secret | undefined;
  readonly authSharedSecret: Secret | undefined;
}

/** @see LoginConfig */
export const LOGIN_DIRECTIVES: DirectivesFor<LoginConfig> = {
  serverLoginTimeoutMs: {
    name: 'server_login_timeout',
    kind: seconds(1),
    unit: 'seconds',
    fallback: 30_000,
    doc:
      'How long the server may take from its greeting to its answer to the login. ' +
      'After that the login is refused.',
    since: '2.0',
  },
  preauthCommand: {
    name: 'preauth_command',
    kind: text('an IMAP command'),
    fallback: undefined,
    example: 'ID ("GUID" "1")',
    doc:
      'A command that the server wants to see before every login. ' +
      'When it does not answer OK, the login is refused.',
    since: 'classic',
  },
  authSaslMech: {
    name: 'auth_sasl_mech',
    kind: choice('auto', 'login', 'plain'),
    fallback: 'auto',
    doc:
      'How credentials are passed on to the server: by LOGIN or by AUTHENTICATE PLAIN. ' +
      'With auto, by PLAIN where the server offers it.',
    since: 'classic',
  },
  authSaslPlainUsername: {
    name: 'auth_sasl_plain_username',
    kind: text('a user name'),
    fallback: undefined,
    example: 'proxy',
    doc:
      'A user of the server who may act for all others; the proxy logs in as this user for the client. ' +
      'Together with auth_sasl_plain_password and auth_shared_secret, or not at all.',
    since: 'classic',
  },
  authSaslPlainPassword: {
    name: 'auth_sasl_plain_password',
    kind: secret,
    fallback: undefined,
    example: 'correct horse battery staple',
    doc: 'The password of auth_sasl_plain_username. It is never printed.',
    since: 'classic',
  },
  authSharedSecret: {
    name: 'auth_shared_secret',
    kind: secret,
    fallback: undefined,
    example: 'correct horse battery staple',
    doc: 'What clients send as password when auth_sasl_plain_username is in use. It is never printed.',
    since: 'classic',
  },
};
