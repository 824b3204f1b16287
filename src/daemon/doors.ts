/** The ports and the socket on which clients come in. */
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Config } from '../config/directives.ts';
import { type ClientOrigin, describeOrigin, originOf, UNIX_ORIGIN } from '../net/client-origin.ts';
import { EntranceRefusedError, type EntranceRules, enter, isAdmitted } from '../net/entrance.ts';
import { type Listener, type ListenOptions, listen } from '../net/listener.ts';
import { Networks } from '../net/networks.ts';
import type { Log } from '../observe/logger.ts';

/** What the doors ask of the daemon. */
export interface DoorKeeper {
  /** The rules that are in force now; those with TLS for the port that begins with it. */
  rules(hasTls: boolean): EntranceRules;
  admit(socket: Socket, origin: ClientOrigin): void;
  /** Somebody has come and was not let in. */
  turnedAway(): void;
}

export type DoorName = 'clear' | 'tls' | 'unix';

interface Door {
  readonly name: DoorName;
  readonly where: ListenOptions;
  /** What connections begin with. As long as it is open: what the configuration says later needs a restart. */
  readonly hasTls: boolean;
  readonly isProxied: boolean;
}

interface OpenDoor {
  readonly name: DoorName;
  readonly listener: Listener;
}

export class Doors {
  readonly #listeners: readonly OpenDoor[];
  readonly #inside: Inside;

  private constructor(listeners: readonly OpenDoor[], inside: Inside) {
    this.#listeners = listeners;
    this.#inside = inside;
  }

  /**
   * Takes all ports that `config` names; nobody is let in yet.
   *
   * @throws Error with the system's code, or SocketFileError, when one cannot be taken; none is then.
   */
  static async build(config: Config, keeper: DoorKeeper, clock: Clock, log: Log): Promise<Doors> {
    const inside = new Inside(keeper, clock, log);
    const listeners: OpenDoor[] = [];
    try {
      for (const door of doorsOf(config)) {
        const isPlain = !door.hasTls && !door.isProxied;
        const onClient = isPlain
          ? (socket: Socket) => inside.step(socket, door)
          : (socket: Socket) => void inside.lead(socket, door);
        const listener = await listen({ ...door.where, isUnread: !isPlain }, onClient);
        listeners.push({ name: door.name, listener });
      }
    } catch (error) {
      for (const { listener } of listeners) listener.close();
      throw error;
    }
    return new Doors(listeners, inside);
  }

  /** Lets clients in. */
  open(): void {
    for (const { listener } of this.#listeners) listener.open();
  }

  /** Lets nobody in any more, also those in the middle of a handshake. */
  close(): void {
    for (const { listener } of this.#listeners) listener.close();
    this.#inside.close();
  }

  /** Where the door `name` is; undefined where there is none. */
  find(name: DoorName): { readonly address: string; readonly port: number } | undefined {
    return this.#listeners.find((door) => door.name === name)?.listener;
  }
}

/** Those who have come to a door and are not let in yet. */
class Inside {
  readonly #keeper: DoorKeeper;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #arriving = new Set<Socket>();
  /** As last told; a configuration that names none any more needs a restart to come in force. */
  #proxies: Networks;
  #isClosed = false;

  constructor(keeper: DoorKeeper, clock: Clock, log: Log) {
    this.#keeper = keeper;
    this.#clock = clock;
    this.#log = log;
    this.#proxies = keeper.rules(false).proxies ?? new Networks([]);
  }

  /** A client about whom nothing has to be found out. */
  step(socket: Socket, { name }: Door): void {
    const origin = name === 'unix' ? UNIX_ORIGIN : originOf(socket);
    if (origin !== undefined && isAdmitted(origin, this.#keeper.rules(false))) {
      this.#keeper.admit(socket, origin);
      return;
    }
    const why = origin === undefined ? 'it has gone already' : 'allow_networks and deny_networks forbid it';
    this.#refused(origin, new EntranceRefusedError(why).message);
    socket.on('error', () => {});
    socket.destroy();
  }

  /** A client that says where it comes from, or begins with TLS. */
  async lead(socket: Socket, { hasTls, isProxied }: Door): Promise<void> {
    const direct = originOf(socket);
    // Until somebody listens, an error must not end the process.
    socket.on('error', () => {});
    this.#arriving.add(socket);
    try {
      const rules = this.#keeper.rules(hasTls);
      if (hasTls && rules.tls === undefined) {
        socket.destroy();
        throw new EntranceRefusedError('there is no certificate any more');
      }
      this.#proxies = rules.proxies ?? this.#proxies;
      const proxies = isProxied ? this.#proxies : undefined;
      const entered = await enter(socket, { ...rules, proxies }, this.#clock);
      if (this.#isClosed) entered.socket.destroy();
      else this.#keeper.admit(entered.socket, entered.origin);
    } catch (error) {
      this.#refused(direct, error instanceof Error ? error.message : String(error));
    } finally {
      this.#arriving.delete(socket);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const socket of this.#arriving) socket.destroy();
  }

  #refused(origin: ClientOrigin | undefined, error: string): void {
    this.#keeper.turnedAway();
    const client = origin === undefined ? 'gone' : describeOrigin(origin);
    this.#log.info({ client, error }, 'client refused');
  }
}

function doorsOf(config: Config): readonly Door[] {
  const { listenAddress: host, sendTcpKeepalives: keepAlive, proxyProtocol: isProxied } = config;
  const { listenPort, listenTlsPort, listenUnix } = config;
  const doors: Door[] = [
    { name: 'clear', where: { host, port: listenPort, keepAlive }, hasTls: false, isProxied },
  ];
  if (listenTlsPort !== undefined) {
    doors.push({ name: 'tls', where: { host, port: listenTlsPort, keepAlive }, hasTls: true, isProxied });
  }
  if (listenUnix !== undefined) {
    const where = { path: listenUnix, mode: config.listenUnixMode };
    doors.push({ name: 'unix', where, hasTls: false, isProxied: false });
  }
  return doors;
}
