import { Random } from '../random.ts';
import { Lane } from './lane.ts';
import { Peer } from './peer.ts';
import { type Event, ReadyList } from './ready-list.ts';

/** The proxy's end of a connection: what a handle of the system is to a socket. */
export interface Handle {
  readonly incoming: Lane;
  readonly outgoing: Lane;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** What happens at the end of a dial. */
export type DialOutcome = 'accepted' | 'refused';

interface Dial extends Event {
  readonly handle: Handle;
}

/** The network that the proxy is in: all connections, and what may happen on them next. */
export class Network {
  readonly ready: ReadyList = new ReadyList();
  readonly #random: Random;
  #lastPort = 20_000;
  /** Serves the peer of a connection that the proxy has made. */
  onDial: ((peer: Peer) => DialOutcome) | undefined;
  /** The proxy's own listener. */
  onClient: ((handle: Handle) => void) | undefined;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** A client connects to the proxy. */
  connectClient(): Peer {
    if (this.onClient === undefined) throw new Error('The proxy does not listen');
    const { handle, peer } = this.#connect('192.0.2.7');
    this.onClient(handle);
    return peer;
  }

  /** The proxy connects to the server; `done` is told some time later. */
  dial(done: (outcome: DialOutcome) => void): { readonly handle: Handle; readonly cancel: () => void } {
    const { handle, peer } = this.#connect('192.0.2.1');
    const dial: Dial = {
      handle,
      happen: () => {
        this.ready.remove(dial);
        done(this.onDial?.(peer) ?? 'refused');
      },
    };
    this.ready.set(dial, true);
    return { handle, cancel: () => this.ready.remove(dial) };
  }

  #connect(remoteAddress: string): { readonly handle: Handle; readonly peer: Peer } {
    const toProxy = new Lane(this.ready, this.#random);
    const fromProxy = new Lane(this.ready, this.#random);
    this.#lastPort += 1;
    return {
      handle: { incoming: toProxy, outgoing: fromProxy, remoteAddress, remotePort: this.#lastPort },
      peer: new Peer(toProxy, fromProxy),
    };
  }
}

let current: Network | undefined;

/** The network that sockets made from now on are in. */
export function enterNetwork(network: Network): void {
  current = network;
}

/** @throws Error outside of a simulation. */
export function currentNetwork(): Network {
  if (current === undefined) throw new Error('No simulated network has been entered');
  return current;
}
