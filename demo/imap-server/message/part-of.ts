import type { Message } from '../mailbox.ts';
import { type Part, parsePart } from './part.ts';

const PARTS = new WeakMap<Message, Part>();

/** A stored message, taken apart once and then remembered: real servers keep an index for that. */
export function partOf(message: Message): Part {
  const part = PARTS.get(message) ?? parsePart(message.octets);
  PARTS.set(message, part);
  return part;
}
