/** Makes connections to the server: dial, encryption, greeting, login. */
import type { Clock } from '../base/clock.ts';
import type { ClientOrigin } from '../net/client-origin.ts';
import { type DialOptions, dial, type Endpoint } from '../net/dial.ts';
import { formatProxyHeader } from '../net/proxy-header.ts';
import type { ResolveHost } from '../net/resolver.ts';
import { isTlsError, TlsFailedError } from '../net/tls-failure.ts';
import { type Capabilities, hasCapability } from '../protocol/capability.ts';
import { type LoginOptions, logIn } from './login-exchange.ts';
import type { LoginRequest } from './login-request.ts';
import { type Opened, openDialogue, type UpstreamTls } from './opening.ts';
import { originatingParameters } from './origin-fields.ts';
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
  /** Which version of the PROXY protocol each connection begins with; `server_proxy_protocol`. */
  readonly proxyProtocol: 1 | 2 | undefined;
  /** Whether the server is told where the client comes from; `forward_client_address`. */
  readonly forwardsOrigin: boolean;
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
   * A new connection, logged in as `request` says.
   *
   * @throws UpstreamUnreachableError, TlsFailedError, TlsUnavailableError, UpstreamTimeoutError,
   *   UpstreamGoneError, UpstreamProtocolError, PrivacyRequiredError, AuthorizationUnsupportedError,
   *   PreauthRefusedError, LoginRefusedError
   */
  connect({ credentials, key, occasion }: LoginRequest): Promise<UpstreamConnection> {
    const { forwardsOrigin, login } = this.#options;
    const origin = forwardsOrigin ? originatingParameters(occasion) : [];
    return this.#converse(key, 'login', occasion.origin, async ({ dialogue, offered }) => {
      const { connection } = dialogue;
      const nextTag = (): string => connection.nextTag();
      const facts = await logIn(dialogue, nextTag, offered, credentials, { ...login, origin });
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
    const connection = await this.#converse('', 'greeting', undefined, async ({ dialogue }) => {
      dialogue.end();
    });
    const { encryption } = connection;
    await connection.logOut();
    return encryption;
  }

  async #converse(
    key: string,
    during: string,
    origin: ClientOrigin | undefined,
    talk: (opened: Opened) => Promise<void>,
  ): Promise<UpstreamConnection> {
    try {
      const opened = await this.#open(key, during, origin);
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

  async #open(key: string, during: string, origin: ClientOrigin | undefined): Promise<Opened> {
    try {
      return await this.#openOnce(key, during, origin);
    } catch (error) {
      if (error instanceof TlsFailedError && error.mayRetry) return await this.#openOnce(key, during, origin);
      throw error;
    }
  }

  async #openOnce(key: string, during: string, origin: ClientOrigin | undefined): Promise<Opened> {
    const { tls, connectTimeoutMs: handshakeTimeoutMs, loginTimeoutMs: timeoutMs } = this.#options;
    const remembered = this.#profile.capabilities;
    const { proxyProtocol } = this.#options;
    const dialled = await this.#dial();
    if (proxyProtocol !== undefined) {
      dialled.write(formatProxyHeader(proxyProtocol, origin?.client, origin?.destination));
    }
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
