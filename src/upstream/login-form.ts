import { type Capabilities, hasCapability } from '../protocol/capability.ts';
import type { TokenMechanism } from '../protocol/oauth.ts';
import type { Credentials } from './credentials.ts';
import { AuthorizationUnsupportedError, PrivacyRequiredError } from './upstream-errors.ts';

/** The command LOGIN, or AUTHENTICATE with a mechanism. */
export type LoginForm = 'LOGIN' | 'PLAIN' | TokenMechanism;

/**
 * Below this, in octets of base64, a response is sent by AUTHENTICATE. Dovecot 2.3 closes the connection when it
 * comes to 8 KiB; a literal of LOGIN already when it is over 1 KiB, so that LOGIN is worse for anything shorter.
 */
const RESPONSE_LIMIT_OCTETS = 8 * 1024;

/**
 * The form in which `credentials` go to a server that offers these capabilities: `wanted` is what the operator
 * demands of passwords (classic `auth_sasl_mech`). On a connection in clear, LOGINDISABLED forbids all of them; on an
 * encrypted one only the command LOGIN (RFC 9051 section 6.2.3).
 *
 * @throws PrivacyRequiredError, AuthorizationUnsupportedError
 */
export function chooseForm(
  credentials: Credentials,
  offered: Capabilities,
  wanted: 'auto' | 'login' | 'plain',
  isEncrypted: boolean,
): LoginForm {
  const isLoginDisabled = hasCapability(offered, 'LOGINDISABLED');
  if (isLoginDisabled && !isEncrypted) throw new PrivacyRequiredError();
  if (credentials.mechanism !== 'password') return credentials.mechanism;
  if (wanted === 'plain') return 'PLAIN';
  const hasPlain = hasCapability(offered, 'AUTH=PLAIN');
  if (credentials.authorization !== undefined) {
    if (hasPlain) return 'PLAIN';
    throw new AuthorizationUnsupportedError();
  }
  if (wanted === 'auto' && hasPlain && (isLoginDisabled || fitsPlain(credentials))) return 'PLAIN';
  if (isLoginDisabled) throw new PrivacyRequiredError();
  return 'LOGIN';
}

function fitsPlain({ user, password }: Credentials): boolean {
  const octets = user.length + password.expose().length + 2;
  return Math.ceil(octets / 3) * 4 < RESPONSE_LIMIT_OCTETS;
}
