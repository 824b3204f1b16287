import { channel } from 'node:diagnostics_channel';
import { createServer, type Socket } from 'node:net';
import { withReadBuffer } from './read-buffer.ts';

export interface ListenOptions {
  /** Undefined: all addresses of both IP versions. */
  readonly host: string | undefined;
  /** 0: the system picks a free one. */
  readonly port: number;
  readonly keepAlive: boolean;
}

export interface Listener {
  readonly address: string;
  readonly port: number;
  /** From now on clients are given to `onClient`, those first who have been waiting. */
  open(): void;
  /** Accepts nobody any more; connections that are there go on. */
  close(): void;
}

/** Told of each client's socket, for whoever looks into a running process. */
const ACCEPTED = channel('imapproxyd.client.socket');

/** How many connections the kernel may hold until they are accepted: a burst of a whole web server's workers. */
const BACKLOG = 4096;

/**
 * Listens on a TCP port; once it is open, `onClient` is given each connection, Nagle's algorithm off, half-open
 * allowed: a client may close its side and still read what it asked for. Until then nothing of them is read.
 *
 * @throws Error when the address cannot be bound, with the system's code.
 */
export function listen(options: ListenOptions, onClient: (socket: Socket) => void): Promise<Listener> {
  const { promise, resolve, reject } = Promise.withResolvers<Listener>();
  const settings = { allowHalfOpen: true, noDelay: true, keepAlive: options.keepAlive, pauseOnConnect: true };
  const waiting: Socket[] = [];
  let isOpen = false;
  const admit = (accepted: Socket): void => {
    const socket = withReadBuffer(accepted);
    ACCEPTED.publish({ socket });
    onClient(socket);
  };
  const server = createServer(settings, (accepted) => {
    if (isOpen) admit(accepted);
    else waiting.push(accepted);
  });
  const open = (): void => {
    isOpen = true;
    for (const accepted of waiting.splice(0)) admit(accepted);
  };
  server.once('error', reject);
  const address = options.host === undefined ? {} : { host: options.host };
  server.listen({ ...address, port: options.port, backlog: BACKLOG }, () => {
    server.off('error', reject);
    const bound = server.address();
    if (bound === null || typeof bound === 'string') {
      reject(new Error('The listener has no address'));
      return;
    }
    resolve({ address: bound.address, port: bound.port, open, close: () => server.close() });
  });
  return promise;
}
