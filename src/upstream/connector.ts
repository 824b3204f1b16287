/** Makes connections to the server: dial, encryption, greeting, login. */
import type { Clock } from '../base/clock.ts';
import { type DialOptions, dial, type Endpoint } from '../net/dial.ts';
import type { ResolveHost } from '../net/resolver.ts';
import { isTlsError, TlsFailedError } from '../net/tls-failure.ts';
import { type Capabilities, hasCapability } from '../protocol/capability.ts';
import type { Credentials } from './credentials.ts';
import { type LoginOptions, logIn } from './login-exchange.ts';
import { type Opened, openDialogue, type UpstreamTls } from './opening.ts';
import type { ServerProfile } from './server-profile.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import { UpstreamGoneError, UpstreamProtocolError } from './upstream-errors.ts';

export interface ConnectorOptions {
  readonly endpoint: Endpoint;
  readonly tls: UpstreamTls;
  /** All addresses together, in ms; and as long again for the TLS handshake. */
  readonly connectTimeoutMs: number;
  /** From the connection to the answer to the login, in ms. */
  readonly loginTimeoutMs: number;
  readonly keepAlive: boolean;
  /** Begin with another address of the name each time; classic `dns_rr`. */
  readonly rotates: boolean;
  readonly resolveHost: ResolveHost;
  readonly login: LoginOptions;
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
   * @throws UpstreamUnreachableError, TlsFailedError, TlsUnavailableError, UpstreamTimeoutError,
   *   UpstreamGoneError, UpstreamProtocolError, PrivacyRequiredError, AuthorizationUnsupportedError,
   *   PreauthRefusedError, LoginRefusedError
   */
  connect(credentials: Credentials, key: string): Promise<UpstreamConnection> {
    return this.#converse(key, 'login', async ({ dialogue, offered }) => {
      const { connection } = dialogue;
      const nextTag = (): string => connection.nextTag();
      const facts = await logIn(dialogue, nextTag, offered, credentials, this.#options.login);
      if (!dialogue.end()) throw new UpstreamProtocolError('login', 'more than the answer');
      if (facts.serverId !== undefined) this.#profile.learnId(facts.serverId);
      connection.loggedIn(facts);
    });
  }

  /**
   * Learns the server's greeting and its capabilities before login, and leaves. Tells how it was encrypted, for
   * people to read; undefined where it was not.
   *
   * @throws as {@link connect}
   */
  async probe(): Promise<string | undefined> {
    const connection = await this.#converse('', 'greeting', async ({ dialogue }) => {
      dialogue.end();
    });
    const { encryption } = connection;
    await connection.logOut();
    return encryption;
  }

  async #converse(
    key: string,
    during: string,
    talk: (opened: Opened) => Promise<void>,
  ): Promise<UpstreamConnection> {
    try {
      const opened = await this.#open(key, during);
      const { dialogue } = opened;
      try {
        await talk(opened);
        return dialogue.connection;
      } catch (error) {
        dialogue.end();
        dialogue.connection.destroy();
        throw error;
      }
    } catch (error) {
      throw explained(error, this.endpoint);
    }
  }

  async #open(key: string, during: string): Promise<Opened> {
    try {
      return await this.#openOnce(key, during);
    } catch (error) {
      if (error instanceof TlsFailedError && error.mayRetry) return await this.#openOnce(key, during);
      throw error;
    }
  }

  async #openOnce(key: string, during: string): Promise<Opened> {
    const { tls, connectTimeoutMs: handshakeTimeoutMs, loginTimeoutMs: timeoutMs } = this.#options;
    const remembered = this.#profile.capabilities;
    const dialled = await this.#dial();
    const options = { key, tls, handshakeTimeoutMs, timeoutMs, remembered };
    const opened = await openDialogue(dialled, during, options, this.#clock);
    this.#profile.learn(opened.offered, opened.text);
    return opened;
  }

  #dial(): ReturnType<typeof dial> {
    const { endpoint, connectTimeoutMs, keepAlive, rotates, resolveHost } = this.#options;
    const options: DialOptions = {
      resolveHost,
      timeoutMs: connectTimeoutMs,
      keepAlive,
      rotation: rotates ? this.#dials : 0,
    };
    this.#dials += 1;
    return dial(endpoint, options);
  }
}

/** Whether the server can close a mailbox without expunging it (RFC 3691; part of IMAP4rev2). */
export function canUnselect(capabilities: Capabilities): boolean {
  return hasCapability(capabilities, 'UNSELECT') || hasCapability(capabilities, 'IMAP4REV2');
}

/** With TLS 1.3 a server looks at the proxy's certificate after the handshake is done, and then ends it by an alert. */
function explained(error: unknown, endpoint: Endpoint): unknown {
  if (error instanceof UpstreamGoneError && isTlsError(error.cause)) {
    return new TlsFailedError(endpoint, error.cause);
  }
  return error;
}
