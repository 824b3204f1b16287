import { type Capabilities, capabilitiesIn } from './capability.ts';
import type { Response } from './response-line.ts';

/** What a server's first lines say about the connection. */
export type Greeting =
  | { readonly kind: 'ok'; readonly capabilities: Capabilities | undefined; readonly text: string }
  | { readonly kind: 'preauth' }
  | { readonly kind: 'bye'; readonly text: string }
  | { readonly kind: 'malformed' };

/**
 * Reads a greeting (RFC 9051 section 7.1: OK, PREAUTH or BYE, untagged).
 *
 * Dovecot may send `* OK Waiting for authentication process to respond..` ahead of its greeting while it
 * starts; {@link isInterimGreeting} tells that line.
 */
export function readGreeting(response: Response): Greeting {
  if (response.kind !== 'status' || response.tag !== undefined) return { kind: 'malformed' };
  switch (response.status) {
    case 'OK':
      return { kind: 'ok', capabilities: capabilitiesIn(response), text: response.text };
    case 'PREAUTH':
      return { kind: 'preauth' };
    case 'BYE':
      return { kind: 'bye', text: response.text };
    default:
      return { kind: 'malformed' };
  }
}

/** Tells Dovecot's "please wait" line from its greeting, which follows. */
export function isInterimGreeting(response: Response): boolean {
  return (
    response.kind === 'status' &&
    response.status === 'OK' &&
    response.code === undefined &&
    response.text.startsWith('Waiting for authentication process')
  );
}
