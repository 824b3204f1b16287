/**
 * Payloads of the SASL mechanisms that carry an access token: OAUTHBEARER (RFC 7628 section 3.1, with the GS2
 * header of RFC 5801 section 4) and XOAUTH2 (Google's manual of IMAP and SMTP with OAuth 2.0). Both are
 * `key=value` fields that end in an octet 1, and one more of these at the end.
 */
import { holdsNul } from './sasl.ts';

export const TOKEN_MECHANISMS = ['XOAUTH2', 'OAUTHBEARER'] as const;

export type TokenMechanism = (typeof TOKEN_MECHANISMS)[number];

export interface TokenPayload {
  /** The octets that the client meant, unescaped. Empty with OAUTHBEARER where the token alone tells who it is. */
  readonly user: Buffer;
  /** Empty with OAUTHBEARER where a client only asks what token is wanted (RFC 7628 section 4.3). */
  readonly token: Buffer;
}

const SEPARATOR = '\x01';
const FIELD = /^([A-Za-z]+)=(.*)$/s;
/** RFC 6750 section 2.1; the scheme has no letter case (RFC 9110 section 11.1). */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;
/** No channel binding, and whom to act as, if that is said. */
const GS2_HEADER = /^[ny],(?:a=((?:[^,=]|=2[Cc]|=3[Dd])+))?,$/s;

/**
 * Reads what a client sends for `mechanism`; undefined when it is malformed, names a field twice, asks for channel
 * binding, or has no token of the form that HTTP knows. Fields besides user and token are left out: host and port
 * matter to tokens that are signed for them only, and would name this proxy.
 */
export function parseTokenPayload(mechanism: TokenMechanism, payload: Buffer): TokenPayload | undefined {
  const text = payload.toString('latin1');
  if (!text.endsWith(SEPARATOR + SEPARATOR)) return undefined;
  const parts = text.slice(0, -2).split(SEPARATOR);
  const header = mechanism === 'OAUTHBEARER' ? GS2_HEADER.exec(parts.shift() ?? '') : undefined;
  const fields = readFields(parts);
  if (header === null || fields === undefined) return undefined;
  const user = header === undefined ? fields.get('user') : unescapeName(header[1] ?? '');
  const token = readToken(mechanism, fields.get('auth') ?? 'none');
  if (user === undefined || token === undefined || (user === '' && mechanism === 'XOAUTH2')) return undefined;
  const read = { user: Buffer.from(user, 'latin1'), token: Buffer.from(token, 'latin1') };
  return holdsNul(read.user) ? undefined : read;
}

/** Writes what {@link parseTokenPayload} reads; the name must hold neither NUL nor octet 1. */
export function formatTokenPayload(mechanism: TokenMechanism, { user, token }: TokenPayload): Buffer {
  const name = user.toString('latin1');
  const auth = token.length === 0 ? 'auth=' : `auth=Bearer ${token.toString('latin1')}`;
  const head = mechanism === 'XOAUTH2' ? `user=${name}` : `n,${name === '' ? '' : `a=${escapeName(name)}`},`;
  return Buffer.from([head, auth, '', ''].join(SEPARATOR), 'latin1');
}

function readFields(parts: readonly string[]): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  for (const part of parts) {
    const [, key, value] = FIELD.exec(part) ?? [];
    if (key === undefined || value === undefined || fields.has(key)) return undefined;
    fields.set(key, value);
  }
  return fields;
}

function readToken(mechanism: TokenMechanism, auth: string): string | undefined {
  return auth === '' && mechanism === 'OAUTHBEARER' ? '' : BEARER.exec(auth)?.[1];
}

function escapeName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}

function unescapeName(name: string): string {
  return name.replaceAll(/=2C/gi, ',').replaceAll(/=3D/gi, '=');
}
