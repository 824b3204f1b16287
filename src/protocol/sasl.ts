/**
 * Payloads of the SASL mechanisms PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login), and their base64
 * form in IMAP (RFC 9051 section 6.2.2).
 */

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const NUL = 0;

/** Who logs in, as the octets the client gave; nothing is trimmed, folded or normalised. */
export interface PlainPayload {
  /** Whom to act as; empty or equal to `authentication` means the same user. */
  readonly authorization: Buffer;
  readonly authentication: Buffer;
  readonly password: Buffer;
}

/** Decodes one base64 line, strictly; undefined when it is not base64. `=` alone is the empty response (RFC 4959). */
export function decodeBase64(text: string): Buffer | undefined {
  if (text === '=') return Buffer.alloc(0);
  return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}

/** Encodes an initial response; nothing is written as `=` (RFC 4959 section 3). */
export function encodeInitialResponse(payload: Buffer): string {
  return payload.length === 0 ? '=' : payload.toString('base64');
}

/** Splits `authzid NUL authcid NUL passwd`; undefined when it is not exactly that, or the name is empty. */
export function parsePlain(payload: Buffer): PlainPayload | undefined {
  const first = payload.indexOf(NUL);
  const second = first === -1 ? -1 : payload.indexOf(NUL, first + 1);
  if (second === -1 || payload.indexOf(NUL, second + 1) !== -1 || second === first + 1) return undefined;
  return {
    authorization: payload.subarray(0, first),
    authentication: payload.subarray(first + 1, second),
    password: payload.subarray(second + 1),
  };
}

/** Joins the three parts of {@link parsePlain}; they must hold no NUL, which {@link holdsNul} tells. */
export function formatPlain(payload: PlainPayload): Buffer {
  const nul = Buffer.of(NUL);
  return Buffer.concat([payload.authorization, nul, payload.authentication, nul, payload.password]);
}

/** Tells whether `octets` hold a NUL, which neither PLAIN nor an IMAP string can carry (RFC 9051 section 9, CHAR8). */
export function holdsNul(octets: Buffer): boolean {
  return octets.includes(NUL);
}
