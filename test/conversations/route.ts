import { InProcessProxy } from '../integration/support/in-process-proxy.ts';
import { ClassicDaemon } from '../parity/support/classic-daemon.ts';
import type { Directives } from '../support/daemon-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { waitUntilSettled } from '../support/wait-until-settled.ts';
import { CountingRelay } from './counting-relay.ts';

/** How a client gets at its mail. Through `cold`, no connection is ever used again; `hot` has served it before. */
export const WAYS = ['direct', 'classic', 'cold', 'hot'] as const;
export type Way = (typeof WAYS)[number];

/** What stands between a client and the relay before the server. */
interface Station {
  readonly port: number;
  /** Resolves when nothing is under way any more. */
  settle(): Promise<unknown>;
  stop(): Promise<void>;
}

/** One way to a mail server, with a relay that counts directly before the server. */
export class Route implements AsyncDisposable {
  readonly way: Way;
  readonly relay: CountingRelay;
  readonly #station: Station;

  private constructor(way: Way, relay: CountingRelay, station: Station) {
    this.way = way;
    this.relay = relay;
    this.#station = station;
  }

  /** @param directives for a proxy of ours */
  static async open(way: Way, serverPort: number, directives: Directives = {}): Promise<Route> {
    const relay = await CountingRelay.listen(serverPort);
    return new Route(way, relay, await openStation(way, relay, directives));
  }

  /** Where clients connect. */
  get port(): number {
    return this.#station.port;
  }

  /** Waits until nothing goes on any more, neither for a client nor on a proxy's own account. */
  async settle(): Promise<void> {
    await this.#station.settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#station.stop();
    await this.relay[Symbol.asyncDispose]();
  }
}

function openStation(way: Way, relay: CountingRelay, directives: Directives): Promise<Station> {
  switch (way) {
    case 'direct':
      return openDirect(relay);
    case 'classic':
      return openClassic(relay);
    case 'cold':
      return openProxy(relay, { ...directives, cache_expiration_time: 0 });
    case 'hot':
      return openProxy(relay, directives);
  }
}

async function openDirect(relay: CountingRelay): Promise<Station> {
  const settle = (): Promise<unknown> => untilOpen(relay, () => 0);
  return { port: relay.port, settle, stop: async () => undefined };
}

async function openClassic(relay: CountingRelay): Promise<Station> {
  const daemon = await ClassicDaemon.start({ server_hostname: '127.0.0.1', server_port: relay.port });
  // It cannot be asked whether it has done everything.
  const settle = (): Promise<unknown> => waitUntilSettled(() => relay.octets, 'the classic daemon');
  return { port: daemon.port, settle, stop: () => daemon[Symbol.asyncDispose]() };
}

async function openProxy(relay: CountingRelay, directives: Directives): Promise<Station> {
  const proxy = await InProcessProxy.start(relay.port, directives);
  const settle = async (): Promise<void> => {
    await proxy.settled();
    await untilOpen(relay, () => proxy.snapshot().parked);
  };
  return { port: proxy.port, settle, stop: () => proxy.stop() };
}

async function untilOpen(relay: CountingRelay, wanted: () => number): Promise<void> {
  await waitUntil(() => relay.openConnections === wanted(), { what: 'the end of server connections' });
}
