import type { Address } from '../load/address.ts';
import type { ViewsJob } from '../load/jobs/views.ts';
import { median } from '../measure/statistics.ts';
import type { RowRun } from '../row-run.ts';
import { startDovecot } from '../servers/real-server.ts';
import { users } from './users.ts';

const CLIENTS = 10;
const USERS = users('user', 12);

/**
 * Page views in front of a real server, as fast as clients, proxy and server can on the machine they share. With TLS
 * `direct` means a webmail that speaks TLS itself; through a proxy it speaks clear text to the proxy on its own host.
 */
export async function measureDovecot(run: RowRun): Promise<void> {
  const { clear, tls } = await startDovecot(USERS, await run.authority(), run.started);
  const load = run.loadThread();
  const views = run.pick(300, 20);
  const field = await run.field(clear);
  await run.rounds(run.pick(4, 1), field, async ({ name, address }) => {
    const aloneViews = name === 'classic' ? run.pick(15, 3) : run.pick(50, 5);
    const alone = await load.run(viewsJob(address, aloneViews, 1));
    const many = await load.run(viewsJob(address, views, CLIENTS));
    return {
      'dovecot.wall': median(alone.viewMs),
      'dovecot.rate': views / (many.elapsedMs / 1000),
    };
  });
  const tlsViews = run.pick(160, 20);
  const tlsField = await run.field(tls);
  await run.rounds(run.pick(4, 1), tlsField, async ({ address }) => {
    const many = await load.run(viewsJob(address, tlsViews, CLIENTS));
    return { 'dovecot.rate-tls': tlsViews / (many.elapsedMs / 1000) };
  });
}

function viewsJob(address: Address, views: number, clients: number): ViewsJob {
  return { kind: 'views', address, conversation: 'page view', views, clients, users: USERS };
}
