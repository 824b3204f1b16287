/** The same connection twice: by the system's loopback, and in the simulated network. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type OnReadOpts, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { connect as connectInMemory } from '../../oracle/network/memory-net.ts';
import { enterNetwork, Network } from '../../oracle/network/network.ts';
import type { Peer } from '../../oracle/network/peer.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** What the code under test has: a real socket, or what stands in for one. */
export type Near = Duplex;

/** The other end, in the hands of the test. */
export interface Far {
  write(text: string): void;
  end(): void;
  reset(): void;
  /** Takes nothing until it is called again with true. */
  read(isReading: boolean): void;
  readonly heard: string;
}

/** What happened at the near end, in order; what is read is joined. */
export type Happenings = string[];

export interface Connection {
  readonly near: Near;
  readonly far: Far;
  readonly happenings: Happenings;
  /** Lets everything go on until `condition` holds. */
  waitFor(condition: () => boolean): Promise<void>;
}

type Use = (connection: Connection) => Promise<void>;

/** How much is read at once. */
const READ_OCTETS = 64 * 1024;

/** Uses a connection by loopback; returns what happened at the near end. */
export async function onLoopback(use: Use): Promise<Happenings> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const happenings: Happenings = [];
  const near = connect({ host: '127.0.0.1', port, allowHalfOpen: true, onread: reader(happenings) });
  note(near, happenings);
  const [socket] = (await once(server, 'connection')) as [Socket];
  let heard = '';
  socket.on('data', (octets: Buffer) => {
    heard += octets.toString('latin1');
  });
  socket.on('error', () => undefined);
  const far: Far = {
    write: (text) => void socket.write(text),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    read: (isReading) => void (isReading ? socket.resume() : socket.pause()),
    get heard() {
      return heard;
    },
  };
  const waitFor = (condition: () => boolean): Promise<void> =>
    waitUntil(condition, { what: `what comes next after ${happenings.join(', ')}` }).then(() => undefined);
  try {
    await waitFor(() => happenings.includes('connect'));
    await use({ near, far, happenings, waitFor });
    return [...happenings];
  } finally {
    near.destroy();
    socket.destroy();
    server.close();
  }
}

/** The same in the simulated network of `seed`. */
export async function inMemory(use: Use, seed: number): Promise<Happenings> {
  const network = new Network(seed);
  enterNetwork(network);
  let heard = '';
  let peer: Peer | undefined;
  network.onDial = (dialled) => {
    peer = dialled;
    dialled.belongTo({
      onText(text) {
        heard += text;
      },
      onEnd() {},
      onReset() {},
    });
    return 'accepted';
  };
  const happenings: Happenings = [];
  const near = connectInMemory({
    host: '192.0.2.1',
    port: 143,
    allowHalfOpen: true,
    onread: reader(happenings),
  });
  note(near, happenings);
  const waitFor = (condition: () => boolean): Promise<void> => {
    const goOn = async (): Promise<boolean> => {
      while (!condition() && network.ready.size > 0) {
        for (const event of network.ready) event.happen();
        await setImmediate();
      }
      return condition();
    };
    return waitUntil(goOn, { what: `what comes next after ${happenings.join(', ')}` }).then(() => undefined);
  };
  await waitFor(() => happenings.includes('connect'));
  const far: Far = {
    write: (text) => peer?.write(text),
    end: () => peer?.end(),
    reset: () => peer?.reset(),
    read: (isReading) => peer?.incoming.setReading(isReading),
    get heard() {
      return heard;
    },
  };
  await use({ near, far, happenings, waitFor });
  return [...happenings];
}

function reader(happenings: Happenings): OnReadOpts {
  const memory = Buffer.alloc(READ_OCTETS);
  return {
    buffer: () => memory,
    callback: (octets) => {
      const text = memory.toString('latin1', 0, octets);
      const last = happenings.at(-1);
      if (last?.startsWith('read ') === true) happenings[happenings.length - 1] = last + text;
      else happenings.push(`read ${text}`);
      return true;
    },
  };
}

function note(socket: Near, happenings: Happenings): void {
  for (const event of ['connect', 'end', 'finish', 'drain', 'close'] as const) {
    socket.on(event, () => void happenings.push(event));
  }
  socket.on(
    'error',
    (error: Error & { readonly code?: string }) => void happenings.push(`error ${error.code}`),
  );
}
