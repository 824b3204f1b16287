import type { Address } from '../address.ts';
import { ImapConnection } from '../imap-connection.ts';

/** Clients that all connect at the same moment. */
export interface ConnectsJob {
  readonly kind: 'connects';
  readonly address: Address;
  readonly clients: number;
  /** A client that has not been greeted by then, in ms, counts as greeted then. */
  readonly deadlineMs: number;
}

/** From the moment at which all connected until each one's greeting, in ms. */
export type ConnectsResult = readonly number[];

export async function runConnects({ address, clients, deadlineMs }: ConnectsJob): Promise<ConnectsResult> {
  const greetedMs = new Array<number>(clients).fill(deadlineMs);
  const opened: ImapConnection[] = [];
  const startedAt = performance.now();
  const deadline = new Promise((resolve) => setTimeout(resolve, deadlineMs));
  const all = greetedMs.map(async (_, index) => {
    const connection = ImapConnection.connect(address);
    opened.push(connection);
    // Whom the program disconnects instead waits in vain too.
    const isGreeted = await connection.greeting().then(
      () => true,
      () => false,
    );
    if (isGreeted) greetedMs[index] = Math.min(deadlineMs, performance.now() - startedAt);
  });
  await Promise.race([Promise.all(all), deadline]);
  for (const connection of opened) connection.destroy();
  return greetedMs;
}
