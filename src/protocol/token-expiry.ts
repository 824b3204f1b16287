/** The last second of the year 9999; a later one is no time but a mistake, such as milliseconds. */
const LAST_SECOND = 253_402_300_799;

const BASE64URL = /^[A-Za-z0-9_-]+$/;

/**
 * When an access token ends, in ms since the epoch, if it is a signed JSON Web Token that says so (RFC 7519 section
 * 4.1.4); undefined for any other token and for a time that makes no sense. The signature is for the server to check:
 * what is read here only shortens the use of a login that the server has accepted.
 */
export function tokenExpiry(token: Buffer): number | undefined {
  const parts = token.toString('latin1').split('.');
  const [, claims] = parts;
  if (claims === undefined || parts.length !== 3 || !parts.every((part) => BASE64URL.test(part)))
    return undefined;
  const seconds = readExpiry(Buffer.from(claims, 'base64url').toString());
  return typeof seconds === 'number' && seconds > 0 && seconds <= LAST_SECOND
    ? Math.floor(seconds * 1000)
    : undefined;
}

function readExpiry(json: string): unknown {
  try {
    const claims: unknown = JSON.parse(json);
    return typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
  } catch {
    return undefined;
  }
}
