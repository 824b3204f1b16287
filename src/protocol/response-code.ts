/** A response code such as `[UIDVALIDITY 3]` at the beginning of a status response's text. */
export interface ResponseCode {
  /** Upper case, without brackets. */
  readonly name: string;
  /** What follows the name, as it came; empty when nothing does. */
  readonly argument: string;
}

const CODE = /^\[([^\] ]+)(?: ([^\]]*))?\] ?/;

/**
 * Splits the text of a status response into its code and the words for a person.
 *
 * @see RFC 9051 section 7.1, RFC 5530
 */
export function splitResponseCode(text: string): { code: ResponseCode | undefined; text: string } {
  const match = CODE.exec(text);
  if (match === null) return { code: undefined, text };
  const [whole, name = '', argument = ''] = match;
  return { code: { name: name.toUpperCase(), argument }, text: text.slice(whole.length) };
}
