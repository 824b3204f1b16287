import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { withReadBuffer } from './read-buffer.ts';
import { bindToSocketFile, type SocketFile } from './socket-file.ts';

export type ListenOptions = (TcpPort | SocketFile) & {
  /**
   * Whether clients are given as Node.js accepts them, paused and unread: for those who read the socket by
   * themselves, as TLS does from its first octet. Default: with a `ReadBuffer`, reading.
   */
  readonly isUnread?: boolean;
};

export interface TcpPort {
  /** Undefined: all addresses of both IP versions. */
  readonly host: string | undefined;
  /** 0: the system picks a free one. */
  readonly port: number;
  readonly keepAlive: boolean;
}

export interface Listener {
  /** An IP address, or the path of a Unix socket. */
  readonly address: string;
  /** 0 for a Unix socket. */
  readonly port: number;
  /** From now on clients are given to `onClient`, those first who have been waiting. */
  open(): void;
  /** Accepts nobody any more, and removes the file of a Unix socket; connections that are there go on. */
  close(): void;
}

/** Told of each client's socket, for whoever looks into a running process. */
const ACCEPTED = channel('imapproxyd.client.socket');

/** How many connections the kernel may hold until they are accepted: a burst of a whole web server's workers. */
const BACKLOG = 4096;

/**
 * Listens on a TCP port or a Unix socket; once it is open, `onClient` is given each connection, Nagle's algorithm off,
 * half-open allowed: a client may close its side and still read what it asked for. Until then nothing of them is read.
 *
 * @throws Error when the address cannot be bound, with the system's code.
 * @throws SocketFileError when somebody listens on the Unix socket, or its path is taken by something else.
 */
export async function listen(options: ListenOptions, onClient: (socket: Socket) => void): Promise<Listener> {
  const keepAlive = 'keepAlive' in options && options.keepAlive;
  const settings = { allowHalfOpen: true, noDelay: true, keepAlive, pauseOnConnect: true };
  const waiting: Socket[] = [];
  let isOpen = false;
  const admit = (accepted: Socket): void => {
    const socket = options.isUnread === true ? accepted : withReadBuffer(accepted);
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
  const bound =
    'path' in options ? await bindToSocketFile(server, options, BACKLOG) : await bind(server, options);
  return { ...bound, open, close: () => server.close() };
}

async function bind(server: Server, { host, port }: TcpPort): Promise<Pick<Listener, 'address' | 'port'>> {
  const address = host === undefined ? {} : { host };
  server.listen({ ...address, port, backlog: BACKLOG });
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('The listener has no address');
  return { address: bound.address, port: bound.port };
}
