/** Makes connections to the server: dial, greeting, login. */
import type { Clock } from '../base/clock.ts';
import { type DialOptions, dial, type Endpoint } from '../net/dial.ts';
import { type Capabilities, hasCapability } from '../protocol/capability.ts';
import { isInterimGreeting, readGreeting } from '../protocol/greeting.ts';
import type { Credentials } from './credentials.ts';
import { Dialogue } from './dialogue.ts';
import { askCapabilities, logIn } from './login-exchange.ts';
import type { ServerProfile } from './server-profile.ts';
import { UpstreamConnection } from './upstream-connection.ts';
import { UpstreamGoneError, UpstreamProtocolError } from './upstream-errors.ts';

export interface ConnectorOptions {
  readonly endpoint: Endpoint;
  /** All addresses together, in ms. */
  readonly connectTimeoutMs: number;
  /** From the connection to the answer to the login, in ms. */
  readonly loginTimeoutMs: number;
  readonly keepAlive: boolean;
  /** Begin with another address of the name each time; classic `dns_rr`. */
  readonly rotates: boolean;
}

export class Connector {
  readonly #options: ConnectorOptions;
  readonly #profile: ServerProfile;
  readonly #clock: Clock;
  #dials = 0;

  constructor(options: ConnectorOptions, profile: ServerProfile, clock: Clock) {
    this.#options = options;
    this.#profile = profile;
    this.#clock = clock;
  }

  get endpoint(): Endpoint {
    return this.#options.endpoint;
  }

  /**
   * A new connection, logged in with `credentials`; `key` is their pool key.
   *
   * @throws UpstreamUnreachableError, UpstreamTimeoutError, UpstreamGoneError, UpstreamProtocolError,
   *   PrivacyRequiredError, AuthorizationUnsupportedError, LoginRefusedError
   */
  connect(credentials: Credentials, key: string): Promise<UpstreamConnection> {
    return this.#converse(key, 'login', async (dialogue, connection) => {
      const offered = await this.#greet(dialogue, connection);
      const nextTag = (): string => connection.nextTag();
      const facts = await logIn(dialogue, nextTag, offered, credentials);
      if (!dialogue.end()) throw new UpstreamProtocolError('login', 'more than the answer');
      connection.loggedIn(facts);
      return connection;
    });
  }

  /** Learns the server's greeting and its capabilities before login, and leaves. @throws as {@link connect} */
  async probe(): Promise<void> {
    const connection = await this.#converse('', 'greeting', async (dialogue, dialled) => {
      await this.#greet(dialogue, dialled);
      dialogue.end();
      return dialled;
    });
    await connection.logOut();
  }

  async #converse(
    key: string,
    during: string,
    talk: (dialogue: Dialogue, connection: UpstreamConnection) => Promise<UpstreamConnection>,
  ): Promise<UpstreamConnection> {
    const connection = new UpstreamConnection(await this.#dial(), key, this.#clock);
    const dialogue = new Dialogue(connection, this.#clock, this.#options.loginTimeoutMs, during);
    try {
      return await talk(dialogue, connection);
    } catch (error) {
      dialogue.end();
      connection.destroy();
      throw error;
    }
  }

  #dial(): ReturnType<typeof dial> {
    const { endpoint, connectTimeoutMs, keepAlive, rotates } = this.#options;
    const options: DialOptions = {
      timeoutMs: connectTimeoutMs,
      keepAlive,
      rotation: rotates ? this.#dials : 0,
    };
    this.#dials += 1;
    return dial(endpoint, options);
  }

  /** Reads the greeting and returns what the server offers before login. */
  async #greet(dialogue: Dialogue, connection: UpstreamConnection): Promise<Capabilities> {
    let { response } = await dialogue.next();
    while (isInterimGreeting(response)) ({ response } = await dialogue.next());
    const greeting = readGreeting(response);
    switch (greeting.kind) {
      case 'bye':
        throw new UpstreamGoneError('greeting', greeting.text);
      case 'preauth':
        // The server takes the proxy for somebody already; the client would be that somebody.
        throw new UpstreamProtocolError('greeting', 'PREAUTH');
      case 'malformed':
        throw new UpstreamProtocolError('greeting', 'no IMAP greeting');
      case 'ok': {
        const known = greeting.capabilities ?? this.#profile.capabilities;
        const offered = known ?? (await askCapabilities(dialogue, connection.nextTag()));
        this.#profile.learn(offered, greeting.text);
        return offered;
      }
    }
  }
}

/** Whether the server can close a mailbox without expunging it (RFC 3691; part of IMAP4rev2). */
export function canUnselect(capabilities: Capabilities): boolean {
  return hasCapability(capabilities, 'UNSELECT') || hasCapability(capabilities, 'IMAP4REV2');
}
