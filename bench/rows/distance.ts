import type { Upstream } from '../contestants/contestant.ts';
import { median } from '../measure/statistics.ts';
import { FAR_CONVERSATIONS, farMetricId, ROUND_TRIPS_MS } from '../metrics.ts';
import type { RowRun } from '../row-run.ts';
import type { DelayRelaySettings } from '../servers/delay-relay.ts';
import { startDovecot } from '../servers/real-server.ts';
import { ServerProcess } from '../servers/server-process.ts';

/** Each conversation has a user of its own, as each client has. */
const USERS = FAR_CONVERSATIONS.map((_, index) => `far${index}`);

/** Clients and proxy on one host, the server far away, TLS on the way. */
export async function measureDistance(run: RowRun): Promise<void> {
  const { tls } = await startDovecot(USERS, await run.authority(), run.started);
  const loads = FAR_CONVERSATIONS.map(() => run.loadThread());
  for (const roundTripMs of run.pick<readonly number[]>(ROUND_TRIPS_MS, [50])) {
    const field = await run.field(await farAway(run, tls, roundTripMs), ['imapproxyd', 'classic', 'direct']);
    await run.rounds(run.pick(3, 1), field, async ({ address }) => {
      // All that is waited for is the way, so three clients at the same time do not disturb each other.
      const times = await Promise.all(
        FAR_CONVERSATIONS.map(async (conversation, index) => {
          const viewers = [USERS[index] ?? ''];
          const views = run.pick(2, 1);
          const job = { kind: 'views', address, conversation, views, clients: 1, users: viewers } as const;
          const result = await loads[index]?.run(job);
          return [farMetricId(roundTripMs, conversation), result && median(result.viewMs)] as const;
        }),
      );
      return Object.fromEntries(times);
    });
  }
}

/** `upstream` by TLS and STARTTLS, moved so far away that a round trip takes so long. */
async function farAway(run: RowRun, { port, tls }: Upstream, roundTripMs: number): Promise<Upstream> {
  if (tls === undefined) throw new Error('Cannot move a server without TLS');
  const relayTo = async (near: number): Promise<number> => {
    const settings: DelayRelaySettings = { port: near, roundTripMs };
    return run.started.use(await ServerProcess.start('./delay-relay.ts', settings)).ports.port;
  };
  return { port: await relayTo(port), tls: { caFile: tls.caFile, port: await relayTo(tls.port) } };
}
