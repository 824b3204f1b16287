/** One simulated world: the proxy, a server, thousands of users, and a schedule that decides what happens next. */
import { Daemon } from '../../../src/daemon/daemon.ts';
import { createLogTo } from '../../../src/observe/logger.ts';
import type { Traits } from '../imap/execute.ts';
import { enterNetwork, Network } from '../network/network.ts';
import { ReadyList } from '../network/ready-list.ts';
import { Random } from '../random.ts';
import { Accounts, type Login } from './accounts.ts';
import { type Character, type CharacterName, characterOf, traitsOf } from './character.ts';
import { Client } from './client.ts';
import { Judge } from './judge.ts';
import { ServerConnection } from './server-connection.ts';
import { SimClock } from './sim-clock.ts';
import { installGlobals, realSetImmediate } from './sim-globals.ts';
import { surprise } from './surprises.ts';
import { Trust } from './trust.ts';
import { configOf } from './world-config.ts';

/** How many clients there are at a time. */
const CLIENTS = 24;

const USERS = 4_000;

/** How long everything may take to come to rest when nobody begins anything any more, in simulated ms. */
const REST_LIMIT_MS = 3 * 3_600_000;

export interface WorldOptions {
  /** One drawn from the seed when absent. */
  readonly characterName?: CharacterName | undefined;
  /** A session to be told about on standard output. */
  readonly traced?: number | undefined;
}

export class World {
  readonly random: Random;
  readonly clock: SimClock = new SimClock();
  readonly network: Network;
  readonly accounts: Accounts;
  readonly judge: Judge;
  readonly trust: Trust;
  readonly traits: Traits;
  readonly character: Character;
  readonly #clients = new ReadyList<Client>();
  readonly #connections = new ReadyList<ServerConnection>();
  readonly #daemon: Daemon;
  /** Nobody begins anything new any more. */
  isEnding = false;
  steps = 0;
  /** Until then nothing happens but what is due. */
  #busyAgainMs = 0;
  /** Until then everything has to come to rest. */
  #restByMs = 0;
  sessions = 0;
  logins = 0;
  #connectionsEver = 0;

  constructor(seed: number, { characterName, traced }: WorldOptions = {}) {
    const random = new Random(seed);
    this.character = characterOf(characterName, random);
    const config = configOf(random, this.character);
    const { serverLifetimeMs: lifetimeMs, serverMaxUses: maxUses, reauthIntervalMs } = config;
    this.judge = new Judge({ lifetimeMs, maxUses }, traced);
    this.trust = new Trust(this.clock, reauthIntervalMs);
    this.random = random;
    this.network = new Network(Random.seedOf(seed, 1));
    this.accounts = new Accounts(USERS, new Random(Random.seedOf(seed, 2)));
    this.traits = traitsOf(this.character, random);
    enterNetwork(this.network);
    installGlobals(this.clock, new Random(Random.seedOf(seed, 3)));
    this.network.onDial = (peer) => {
      if (random.chance(0.003)) return 'refused';
      this.#connectionsEver += 1;
      this.#connections.set(new ServerConnection(this.#connectionsEver, peer, this), true);
      return 'accepted';
    };
    this.#daemon = new Daemon(config, this.#log(), this.clock, () => Promise.resolve(['192.0.2.1']));
  }

  /** Lets `steps` things happen and comes to rest, or stops at the first that must not. */
  async run(steps: number): Promise<void> {
    let isServing = false;
    void this.#daemon.serve().then(() => {
      isServing = true;
    });
    await this.#repeat(() => (isServing ? 'done' : this.#bringOn()));
    await this.#repeat(() => (this.steps >= steps ? 'done' : this.#step()));
    this.isEnding = true;
    this.#restByMs = this.clock.now() + REST_LIMIT_MS;
    await this.#repeat(() => this.#wind());
    if (this.judge.hasFailed) return;
    this.#expectRest();
    let isStopped = false;
    void this.#daemon.stop().then(() => {
      isStopped = true;
    });
    await this.#repeat(() => (isStopped ? 'done' : this.#bringOn()));
    if (this.#connections.size > 0 && !this.judge.hasFailed)
      this.judge.fail(`${this.#connections.size} connections are left when the proxy has stopped`);
  }

  /** Two runs of one seed that were alike in every choice have the same. */
  get digest(): string {
    return Math.floor(this.random.next() * 2 ** 32).toString(16);
  }

  forget(connection: ServerConnection): void {
    this.#connections.remove(connection);
  }

  forgetClient(client: Client): void {
    this.#clients.remove(client);
  }

  loggedIn(login: Login): void {
    this.logins += 1;
    this.trust.accepted(login);
  }

  /** Whether a connection of `identity` that nobody talks to may all the same be somebody's. */
  mayBeTaken(identity: string): boolean {
    for (const client of this.#clients) if (client.mayHoldUnseen(identity)) return true;
    return false;
  }

  /** Calls `next` until it says that all is done, each time after everything before has had its effect. */
  #repeat(next: () => 'done' | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const turn = (): void => {
      try {
        if (this.judge.hasFailed || next() === 'done') resolve();
        else realSetImmediate(turn);
      } catch (error) {
        this.judge.fail(error instanceof Error ? `${error.stack}` : String(error));
        resolve();
      }
    };
    realSetImmediate(turn);
    return promise;
  }

  #step(): undefined {
    const { random } = this;
    const { surprise, newPassword } = this.character.misbehaviour;
    const dice = random.next();
    const idleMs = this.#busyAgainMs - this.clock.now();
    if (idleMs > 0) this.clock.advance(idleMs);
    else if (dice < 0.02) this.#letTimePass();
    else if (dice < 0.02 + surprise) this.#surprise();
    else if (dice < 0.02 + surprise + newPassword) this.accounts.pick().version += 1;
    else if (this.#clients.size < CLIENTS && dice < 0.15) this.#beginSession();
    else if (dice < 0.4 || this.network.ready.size === 0) {
      if (this.#clients.pick(random)?.act() !== true) return;
    } else this.network.ready.pick(random)?.happen();
    this.steps += 1;
  }

  /** Only what is on its way goes on. */
  #bringOn(): undefined {
    const event = this.network.ready.pick(this.random);
    if (event === undefined) this.clock.advance(500);
    else event.happen();
  }

  #wind(): 'done' | undefined {
    const client = this.#clients.pick(this.random);
    if (client !== undefined && this.random.chance(0.3)) client.act();
    else this.#bringOn();
    if (this.clock.now() > this.#restByMs) {
      this.#expectRest();
      return 'done';
    }
    return this.#isAtRest ? 'done' : undefined;
  }

  get #isAtRest(): boolean {
    const { leased, resetting, connecting, reserved, waiting } = this.#daemon.snapshot();
    const held = leased + resetting + connecting + reserved + waiting;
    return held === 0 && this.#daemon.counters.clientsNow === 0 && this.network.ready.size === 0;
  }

  #expectRest(): void {
    if (this.#isAtRest) return;
    const { clientsNow } = this.#daemon.counters;
    this.judge.fail(
      `Nothing moves, but the proxy holds ${JSON.stringify({ clientsNow, ...this.#daemon.snapshot() })}`,
    );
  }

  #letTimePass(): void {
    const { random } = this;
    const { haste, pauses } = this.character;
    const span = random.weighted([
      [70, 50 * haste],
      [25, 500 * haste],
      [5, 5_000 * haste],
      [pauses, 120_000],
    ]);
    this.#busyAgainMs = this.clock.now() + 1 + random.below(span);
  }

  #surprise(): void {
    const connection = this.#connections.pick(this.random);
    if (connection !== undefined) surprise(connection, this.random);
  }

  #beginSession(): void {
    const { random } = this;
    const account = this.accounts.pick();
    const version = random.weighted([
      [90, account.version],
      [5, Math.max(0, account.version - 1)],
      [5, -1],
    ]);
    const identity = random.chance(0.03) ? this.accounts.pick().name : account.name;
    this.sessions += 1;
    this.#clients.set(new Client(this.sessions, this, { account, version, identity }), true);
  }

  #log(): ReturnType<typeof createLogTo> {
    return createLogTo({ write: (line: string) => this.judge.fail(`The proxy logged ${line}`) }, 'error');
  }
}
