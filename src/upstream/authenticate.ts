/**
 * Logs in by AUTHENTICATE, with a mechanism whose client says everything in one response.
 *
 * @see RFC 9051 section 6.2.2, RFC 4959 (initial response), RFC 4616 (PLAIN), RFC 7628 (OAUTHBEARER), Google's
 *   manual of IMAP and SMTP with OAuth 2.0 (XOAUTH2)
 */
import { type Capabilities, hasCapability } from '../protocol/capability.ts';
import { formatTokenPayload, type TokenMechanism } from '../protocol/oauth.ts';
import { decodeBase64, encodeInitialResponse, formatPlain } from '../protocol/sasl.ts';
import type { Credentials } from './credentials.ts';
import { type Exchange, refusal, type StatusResponse } from './exchange.ts';
import { UpstreamProtocolError } from './upstream-errors.ts';

/** What a client answers when it is told why its token was refused: an octet 1 in base64, or nothing. */
const TOLD: Readonly<Record<TokenMechanism, string>> = { OAUTHBEARER: 'AQ==', XOAUTH2: '' };

/** @throws what {@link Exchange.continuation} throws. */
export async function authenticatePlain(
  exchange: Exchange,
  credentials: Credentials,
  offered: Capabilities,
): Promise<StatusResponse> {
  const payload = formatPlain({
    authorization: credentials.authorization ?? Buffer.alloc(0),
    authentication: credentials.user,
    password: credentials.password.expose(),
  });
  await respond(exchange, 'PLAIN', payload, hasCapability(offered, 'SASL-IR'));
  return exchange.completion();
}

/**
 * A server that does not offer the mechanism is asked first, so that the token is not shown to one that cannot use it.
 *
 * @throws LoginRefusedError with what the server told about a token that it refused, and what
 *   {@link Exchange.continuation} throws.
 */
export async function authenticateByToken(
  exchange: Exchange,
  mechanism: TokenMechanism,
  credentials: Credentials,
  offered: Capabilities,
): Promise<StatusResponse> {
  const payload = formatTokenPayload(mechanism, {
    user: credentials.user,
    token: credentials.password.expose(),
  });
  const isExpected = hasCapability(offered, 'SASL-IR') && hasCapability(offered, `AUTH=${mechanism}`);
  await respond(exchange, mechanism, payload, isExpected);
  const answer = await exchange.answer();
  if (answer.kind === 'status') return answer;
  exchange.say(`${TOLD[mechanism]}\r\n`);
  const status = await exchange.completion();
  if (status.status === 'OK') throw new UpstreamProtocolError('login', 'an OK for a token that was refused');
  throw refusal(status, decodeBase64(answer.text) === undefined ? undefined : answer.text);
}

/** Says the command and `payload`, which is wiped. */
async function respond(
  exchange: Exchange,
  mechanism: string,
  payload: Buffer,
  isInitial: boolean,
): Promise<void> {
  const response = encodeInitialResponse(payload);
  payload.fill(0);
  if (isInitial) {
    exchange.say(`${exchange.tag} AUTHENTICATE ${mechanism} ${response}\r\n`);
    return;
  }
  exchange.say(`${exchange.tag} AUTHENTICATE ${mechanism}\r\n`);
  await exchange.continuation();
  exchange.say(`${response}\r\n`);
}
