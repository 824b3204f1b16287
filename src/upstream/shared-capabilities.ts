import { type Capabilities, filterCapabilities } from '../protocol/capability.ts';

/** A list as the server gave it, and what a client may see of it, as one line of words. */
export interface SharedCapabilities {
  readonly capabilities: Capabilities;
  readonly capabilityLine: string;
}

/** A server has few different lists; more are not kept. */
const MAX_LISTS = 64;

const lists = new Map<string, SharedCapabilities>();

/** The same object for the same list, so that ten thousand parked connections do not hold it ten thousand times. */
export function sharedCapabilities(capabilities: Capabilities): SharedCapabilities {
  const words = capabilities.join(' ');
  const known = lists.get(words);
  if (known !== undefined) return known;
  const shared = { capabilities, capabilityLine: filterCapabilities(capabilities).join(' ') };
  if (lists.size < MAX_LISTS) lists.set(words, shared);
  return shared;
}
