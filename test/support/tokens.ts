import { createHmac } from 'node:crypto';

/** The claims of a token; times in seconds since the epoch. */
export interface Claims {
  readonly sub: string;
  readonly exp: number;
  readonly [name: string]: unknown;
}

/** A JSON Web Token (RFC 7519) signed with HMAC-SHA-256 and `key`, as a mail server that knows the key checks it. */
export function signedToken(claims: Claims, key: string): string {
  const parts = [{ alg: 'HS256', typ: 'JWT', kid: 'default' }, claims];
  const body = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
}

/** What a client sends for XOAUTH2, in base64. */
export function xoauth2(user: string, token: string): string {
  return base64(`user=${user}\x01auth=Bearer ${token}\x01\x01`);
}

/** What a client sends for OAUTHBEARER (RFC 7628 section 3.1), in base64. */
export function oauthBearer(user: string, token: string, fields = 'host=localhost\x01port=143\x01'): string {
  return base64(`n,a=${user},\x01${fields}auth=Bearer ${token}\x01\x01`);
}

/** Of text in latin1, one character per octet. */
export function base64(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}
