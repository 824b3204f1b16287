import { MAX_TAG_OCTETS } from './limits.ts';

declare const tagBrand: unique symbol;

/** A tag as a client or this proxy writes it: octets of US-ASCII, so one character is one octet. */
export type Tag = string & { readonly [tagBrand]: true };

const TAG = /^[!#$&',\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/;

/**
 * Accepts `1*<ASTRING-CHAR except "+">` (RFC 9051 section 9) of at most {@link MAX_TAG_OCTETS} octets.
 * `]` is refused, although the grammar has it: Dovecot answers such a tag with an untagged BAD, so
 * nobody may wait for it.
 */
export function parseTag(text: string): Tag | undefined {
  return text.length <= MAX_TAG_OCTETS && TAG.test(text) ? (text as Tag) : undefined;
}

/**
 * Tags for commands of our own: `P1`, `P2`, … They go out only while no client has the connection, so
 * they meet no tag of a client.
 */
export class TagSequence {
  #last = 0;

  next(): Tag {
    this.#last += 1;
    return `P${this.#last}` as Tag;
  }
}
