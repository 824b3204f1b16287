/** Tells a server that takes it after a login too for whom its connection is used now. */
import type { Clock } from '../base/clock.ts';
import { hasCapability } from '../protocol/capability.ts';
import { Dialogue } from './dialogue.ts';
import { Exchange } from './exchange.ts';
import { identify } from './id-exchange.ts';
import type { LoginOccasion } from './login-request.ts';
import { originatingParameters } from './origin-fields.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** How long the server may take, in ms. */
const INTRODUCTION_TIMEOUT_MS = 10_000;

/** Whether `connection` is to a server that knows ID (RFC 2971). */
export function canIntroduce({ login }: UpstreamConnection): boolean {
  return hasCapability(login?.capabilities ?? [], 'ID');
}

/** Resolves whether the connection is as good as before; whatever the server says to an ID, that it is. */
export async function introduce(
  connection: UpstreamConnection,
  occasion: LoginOccasion,
  clock: Clock,
): Promise<boolean> {
  const dialogue = new Dialogue(connection, clock, INTRODUCTION_TIMEOUT_MS, 'introduction');
  const exchange = new Exchange(dialogue, connection.nextTag());
  try {
    await identify(exchange, originatingParameters(occasion), connection.login?.capabilities ?? []);
    return dialogue.end();
  } catch {
    // The server has gone, or speaks no IMAP; the dialogue has destroyed the connection.
    return false;
  } finally {
    dialogue.end();
  }
}
