import { startClassic } from './classic.ts';
import type { Contestant, ContestantName, StartContestant, Upstream, Wishes } from './contestant.ts';
import { startHaproxy } from './haproxy.ts';
import { startImapproxyd } from './imapproxyd.ts';
import { startNginx } from './nginx.ts';

const STARTERS: Readonly<Record<ContestantName, StartContestant>> = {
  imapproxyd: startImapproxyd,
  classic: startClassic,
  nginx: startNginx,
  haproxy: startHaproxy,
  direct: (upstream) => Promise.resolve(direct(upstream)),
};

/** Starts those of `names` that can do what is wished and are installed, all in front of `upstream`. */
export async function startField(
  names: readonly ContestantName[],
  upstream: Upstream,
  started: AsyncDisposableStack,
  wishes: Wishes = {},
): Promise<Contestant[]> {
  const field: Contestant[] = [];
  for (const name of names) {
    const contestant = await STARTERS[name](upstream, wishes, started);
    if (contestant !== undefined) field.push(contestant);
  }
  return field;
}

function direct({ port, tls }: Upstream): Contestant {
  const address = tls === undefined ? { port } : { port: tls.port, caFile: tls.caFile };
  return { name: 'direct', address, startMs: 0, pids: () => [] };
}
