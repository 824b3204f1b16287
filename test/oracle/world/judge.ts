/** Who decides whether something was seen that must not be; the first such thing ends the run. */
import type { Command } from '../imap/command.ts';
import type { Owner } from '../imap/connection-state.ts';
import type { Login } from './accounts.ts';
import { LOGIN_SLACK_MS } from './limits.ts';

/** What one session has sent, to be found again at the server. */
export interface SessionRecord {
  readonly id: Owner;
  readonly login: Login;
  /** Commands sent and not yet seen at the server, by tag. */
  readonly sent: Map<string, string[]>;
  /** Where its commands arrive. */
  connection: ConnectionView | undefined;
  /** When it began its first command. */
  spokeMs: number;
  /** Commands that arrived there, for the case that they are repeated elsewhere. */
  readonly arrived: Command[];
}

/** A connection of the server, as far as the judge must know it. */
export interface ConnectionView {
  readonly id: number;
  readonly login: Login | undefined;
  /** The session whose commands came last; 0: none has had it. */
  session: Owner;
  /** Why nobody but the session that has it may ever use it. */
  readonly spoiled: string | undefined;
  readonly loggedInMs: number;
  /** How many sessions have had it. */
  uses: number;
  /** Whether server and proxy may disagree about where commands begin, because of the session that has it. */
  readonly isInDoubt: boolean;
  /** Whether it has ended, or said that it will. */
  readonly isLeaving: boolean;
  /** Octets that have been delivered to the proxy, but for a BYE. */
  readonly delivered: number;
  deliveredAtStart: number;
}

/** Commands whose second execution does something a second time. */
const UNSAFE: ReadonlySet<string> = new Set([
  'APPEND',
  'STORE',
  'UID STORE',
  'COPY',
  'EXPUNGE',
  'CREATE',
  'DELETE',
  'CLOSE',
  'AUTHENTICATE',
]);

/** For how long a connection may be used, 0: without limit. */
export interface ReuseLimits {
  readonly lifetimeMs: number;
  readonly maxUses: number;
}

/** How long ago a session must have been that nothing of it may come any more, in sessions. */
const FORGOTTEN_AFTER = 5_000;

export class Judge {
  readonly failures: string[] = [];
  /** The session to be told about, for people who look for the cause of a failure. */
  readonly #traced: Owner | undefined;
  readonly #sessions = new Map<Owner, SessionRecord>();

  get hasFailed(): boolean {
    return this.failures.length > 0;
  }

  readonly #limits: ReuseLimits;
  /** Sessions that got a connection which another one had before. */
  reuses = 0;

  constructor(limits: ReuseLimits, traced?: Owner) {
    this.#limits = limits;
    this.#traced = traced;
  }

  /** Tells of what the session `id` says or hears, if it is the one to be told about. */
  note(id: Owner, what: string, text: string): void {
    if (id === this.#traced) process.stdout.write(`${what} ${JSON.stringify(text)}\n`);
  }

  fail(message: string): void {
    this.failures.push(message);
  }

  register(id: Owner, login: Login): SessionRecord {
    const record: SessionRecord = {
      id,
      login,
      sent: new Map(),
      connection: undefined,
      spokeMs: 0,
      arrived: [],
    };
    this.#sessions.set(id, record);
    this.#sessions.delete(id - FORGOTTEN_AFTER);
    return record;
  }

  /** A command of a client has come to the server on `connection`. */
  arrived(command: Command, connection: ConnectionView): void {
    const session = this.#sessions.get(command.owner);
    const where = `connection ${connection.id} of ${connection.login?.identity}`;
    if (session === undefined) {
      this.fail(`A command of session ${command.owner}, long over, came to ${where}: ${command.text}`);
      return;
    }
    if (connection.session !== session.id) this.#handOver(session, connection, where);
    if (session.connection !== connection) this.#move(session, connection, where);
    const texts = session.sent.get(command.tag) ?? [];
    // Of a command whose literal was refused only the beginning comes.
    const place = texts.findIndex((text) => text === command.text || text.startsWith(`${command.text}\r\n`));
    if (place === -1 && !connection.isInDoubt) {
      const [expected] = texts;
      this.fail(
        `Session ${session.id} was heard saying what it never said, on ${where}: ${JSON.stringify(command.text)} instead of ${JSON.stringify(expected)}`,
      );
    }
    if (place !== -1) texts.splice(place, 1);
    session.arrived.push(command);
  }

  #handOver(session: SessionRecord, connection: ConnectionView, where: string): void {
    const { login } = connection;
    if (login === undefined) this.fail(`Session ${session.id} came to ${where} before any login`);
    else if (
      login.account !== session.login.account ||
      login.version !== session.login.version ||
      login.identity !== session.login.identity
    ) {
      this.fail(
        `Session ${session.id} of ${describe(session.login)} got ${where}, logged in as ${describe(login)}`,
      );
    }
    if (connection.spoiled !== undefined && connection.session !== 0) {
      this.fail(`Session ${session.id} got ${where} that must not be used again: ${connection.spoiled}`);
    }
    if (session.connection === connection) {
      this.fail(
        `Session ${session.id} goes on on ${where}, which session ${connection.session} has had since`,
      );
    }
    this.#checkAge(session, connection, where);
    if (connection.session !== 0) this.reuses += 1;
    connection.session = session.id;
    connection.deliveredAtStart = connection.delivered;
  }

  #checkAge({ id, spokeMs }: SessionRecord, connection: ConnectionView, where: string): void {
    const { lifetimeMs, maxUses } = this.#limits;
    connection.uses += 1;
    if (maxUses > 0 && connection.uses > maxUses)
      this.fail(`Session ${id} is number ${connection.uses} on ${where}, which is for ${maxUses}`);
    // The first one may take its time.
    const isReused = connection.session !== 0;
    if (isReused && lifetimeMs > 0 && spokeMs > connection.loggedInMs + lifetimeMs + LOGIN_SLACK_MS)
      this.fail(`Session ${id} got ${where} at an age of ${spokeMs - connection.loggedInMs} ms`);
  }

  /** A session changes its connection only before it has heard anything from the first one. */
  #move(session: SessionRecord, connection: ConnectionView, where: string): void {
    const before = session.connection;
    session.connection = connection;
    if (before === undefined) return;
    if (!before.isLeaving || before.delivered > before.deliveredAtStart || before.session !== session.id) {
      this.fail(`Session ${session.id} went on to ${where} after it had begun on connection ${before.id}`);
    }
    for (const { tag, name, text } of session.arrived.splice(0).reverse()) {
      if (UNSAFE.has(name)) this.fail(`${name} of session ${session.id} may have been done twice: ${text}`);
      session.sent.set(tag, [text, ...(session.sent.get(tag) ?? [])]);
    }
  }
}

function describe({ account, version, identity }: Login): string {
  return `${account.name} (password ${version}) as ${identity}`;
}
