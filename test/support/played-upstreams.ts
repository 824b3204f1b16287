import { Secret } from '../../src/base/secret.ts';
import { UNIX_ORIGIN } from '../../src/net/client-origin.ts';
import type { Endpoint } from '../../src/net/dial.ts';
import { Counters } from '../../src/observe/counters.ts';
import { createLogTo } from '../../src/observe/logger.ts';
import { Lease } from '../../src/pool/lease.ts';
import type { PoolSnapshot } from '../../src/pool/pool-snapshot.ts';
import type { RememberedAnswer } from '../../src/protocol/answer-memory.ts';
import { SessionState } from '../../src/protocol/session-state.ts';
import { CLEAN_VARIANT } from '../../src/protocol/variants.ts';
import type { CloseReason } from '../../src/upstream/close-reason.ts';
import { Connector, type ConnectorOptions } from '../../src/upstream/connector.ts';
import { type Credentials, PoolKeys } from '../../src/upstream/credentials.ts';
import { type LoginOccasion, LoginRequest } from '../../src/upstream/login-request.ts';
import { ServerProfile } from '../../src/upstream/server-profile.ts';
import { type LoginFacts, UpstreamConnection } from '../../src/upstream/upstream-connection.ts';
import type { UpstreamLimits } from '../../src/upstream/upstream-limits.ts';
import { type UpstreamLease, UpstreamPool } from '../../src/upstream/upstream-pool.ts';
import { FakeClock } from './fake-clock.ts';
import { type Answerer, PlayedSocket, settle } from './played-socket.ts';
import { questionIn } from './session-state-steps.ts';

const ENDPOINT: Endpoint = { host: 'mail.example', port: 143, family: 0 };

const OCCASION: LoginOccasion = {
  origin: UNIX_ORIGIN,
  sessionId: 'test',
};

/** What every login on a played connection is answered with. */
export const PLAYED_FACTS: LoginFacts = {
  user: 'alice',
  capabilities: ['IMAP4rev1', 'IDLE'],
  capabilityLine: 'IMAP4rev1 IDLE',
  text: 'Logged in',
  isCodeTaken: false,
  notices: Buffer.alloc(0),
  serverId: undefined,
  isPlain: true,
  expiresAt: undefined,
};

/** Limits that none of which is met unless a test means it. */
export const PLAYED_LIMITS: UpstreamLimits = {
  pool: {
    maxTotal: 100,
    maxPerKey: 0,
    maxParkedPerKey: 100,
    maxParkedMs: 1e9,
    maxWaitMs: 500,
    returnWaitMs: 0,
  },
  trust: { reauthIntervalMs: 0, memoryMs: 0 },
  lifetimeMs: 0,
  maxUses: 0,
  checkDelayMs: 30_000,
  parkIdleMs: 0,
  introduces: false,
  keepsEnabled: true,
};

/** Says OK to whatever comes. */
export const agreeing: Answerer = () => ['$ OK done'];

/** A pool of server connections whose server is played, without a network. */
export class PlayedUpstreams {
  readonly clock: FakeClock = new FakeClock();
  readonly pool: UpstreamPool;
  /** In the order of the logins. */
  readonly connections: UpstreamConnection[] = [];
  /** The other ends of these. */
  readonly sockets: PlayedSocket[] = [];
  /** How the server answers on connections that are made from now on. */
  answerer: Answerer;
  /** What the next logins fail with. */
  refusal: Error | undefined;
  readonly #keys = new PoolKeys(ENDPOINT);

  constructor(answerer: Answerer = agreeing, limits: Partial<UpstreamLimits> = {}) {
    this.answerer = answerer;
    const log = createLogTo({ write() {} }, 'error');
    this.pool = new UpstreamPool({ ...PLAYED_LIMITS, ...limits }, new Counters(), this.clock, log);
    this.pool.connectBy(new PlayedConnector(this));
  }

  get snapshot(): PoolSnapshot<CloseReason> {
    return this.pool.snapshot();
  }

  /** What the server was sent on its `index`th connection. */
  sent(index: number): string {
    return this.sockets[index]?.sent ?? '';
  }

  request(user = 'alice', password = 'secret'): LoginRequest {
    const credentials: Credentials = {
      mechanism: 'password',
      user: Buffer.from(user),
      authorization: undefined,
      password: new Secret(Buffer.from(password)),
      clientId: undefined,
    };
    return new LoginRequest(credentials, OCCASION, this.#keys);
  }

  /** A login at the server, whatever is parked. */
  async logIn(request: LoginRequest = this.request()): Promise<UpstreamLease> {
    const granted = await this.pool.open(request, { signal: new AbortController().signal, variants: [] });
    if (!(granted instanceof Lease)) throw new Error('Cannot log in: a parked connection was given');
    return granted;
  }

  /**
   * Parks a connection of a new login, which carries `variant` and has answered `answers`, by command, on a clean
   * connection.
   */
  async park({
    request = this.request(),
    variant = CLEAN_VARIANT,
    answers = {},
  }: ParkOptions = {}): Promise<UpstreamConnection> {
    const lease = await this.logIn(request);
    const connection = lease.value;
    for (const [command, untagged] of Object.entries(answers)) {
      connection.memory.remember(CLEAN_VARIANT, questionIn(`a ${command}`), answerBy(untagged));
    }
    this.pool.release(lease, new SessionState(variant, connection.memory));
    await settle();
    return connection;
  }

  /** What the connector does. */
  connect(key: string): UpstreamConnection {
    if (this.refusal !== undefined) throw this.refusal;
    const socket = new PlayedSocket(this.answerer);
    const connection = new UpstreamConnection(socket, key, this.clock);
    connection.loggedIn(PLAYED_FACTS);
    this.sockets.push(socket);
    this.connections.push(connection);
    return connection;
  }
}

export interface ParkOptions {
  readonly request?: LoginRequest;
  readonly variant?: string;
  /** By command without a tag: the untagged line that answers it, without its ending. */
  readonly answers?: Readonly<Record<string, string>>;
}

/** An answer of one line, and the OK behind it. */
export function answerBy(untagged: string): RememberedAnswer {
  return { untagged: Buffer.from(`${untagged}\r\n`, 'latin1'), completion: Buffer.from('OK done\r\n') };
}

/** Makes connections of played sockets. */
class PlayedConnector extends Connector {
  readonly #upstreams: PlayedUpstreams;

  constructor(upstreams: PlayedUpstreams) {
    // Of its other options none is of use to one that dials nobody.
    super({ endpoint: ENDPOINT } as ConnectorOptions, new ServerProfile(), upstreams.clock);
    this.#upstreams = upstreams;
  }

  override async connect({ key }: LoginRequest): Promise<UpstreamConnection> {
    return this.#upstreams.connect(key);
  }
}
