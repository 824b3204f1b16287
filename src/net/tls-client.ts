/** TLS towards the server, over a connection that is there already. */
import { isIP, type Socket } from 'node:net';
import {
  connect,
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  TLSSocket,
} from 'node:tls';
import type { Clock } from '../base/clock.ts';
import type { Endpoint } from './dial.ts';
import { contextOf, spokenTls, type TlsVersion } from './tls-context.ts';
import { TlsFailedError } from './tls-failure.ts';
import { readAuthorities, readIdentity, systemAuthorities } from './tls-files.ts';

export interface TlsSettings {
  /** For which the certificate must be, and which is asked for (SNI) unless it is an address. */
  readonly serverName: string;
  readonly verifiesServer: boolean;
  readonly minVersion: TlsVersion;
  /** As in ciphers(1); undefined: those of Node.js. */
  readonly ciphers: string | undefined;
  /** With `caPath`: whom to trust. When both are undefined, whom the system trusts. */
  readonly caFile: string | undefined;
  readonly caPath: string | undefined;
  /** The proxy's own certificate. */
  readonly certFile: string | undefined;
  /** Undefined: the key is in `certFile`. */
  readonly keyFile: string | undefined;
}

/**
 * How long the check of a certificate counts, in ms: a resumed session repeats none, and servers renew their
 * tickets for ever. And how long no session is offered after one was taken badly.
 */
const MAX_SESSION_MS = 3_600_000;

/** What a later handshake can leave out, by leave of an earlier one (RFC 8446 section 2.2). */
interface Session {
  readonly ticket: Buffer;
  /** When the certificate was checked. */
  readonly verifiedMs: number;
}

/** Makes encrypted connections to one endpoint, and resumes the last session with it. */
export class TlsClient {
  readonly #endpoint: Endpoint;
  readonly #serverName: string;
  readonly #verifiesServer: boolean;
  readonly #context: SecureContext;
  readonly #clock: Clock;
  #session: Session | undefined;
  #resumesFromMs = 0;

  /**
   * Reads all files now and none later.
   *
   * @throws TlsSetupError
   */
  constructor(endpoint: Endpoint, settings: TlsSettings, clock: Clock) {
    this.#endpoint = endpoint;
    this.#serverName = settings.serverName.replace(/\.$/, '');
    this.#verifiesServer = settings.verifiesServer;
    this.#context = clientContext(settings);
    this.#clock = clock;
  }

  /**
   * Does the handshake over `socket`, on which nobody may listen and whose octets from now on are TLS. The
   * result owns it.
   *
   * @throws TlsFailedError when a check fails or `timeoutMs` pass; `socket` is destroyed then. It says whether
   *   another attempt, on a new connection, may do better.
   */
  secure(socket: Socket, timeoutMs: number): Promise<TLSSocket> {
    const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
    const session = this.#currentSession();
    const secured = connect({
      socket,
      secureContext: this.#context,
      host: this.#serverName,
      // RFC 6066 section 3: an address is no server name.
      ...(isIP(this.#serverName) === 0 && { servername: this.#serverName }),
      ...(session !== undefined && { session: session.ticket }),
      rejectUnauthorized: this.#verifiesServer,
    });
    let isOver = false;
    const fail = (error: Error, mayRetry = session !== undefined): void => {
      if (isOver) return;
      isOver = true;
      cancel();
      if (session !== undefined) this.#resumesFromMs = this.#clock.now() + MAX_SESSION_MS;
      secured.destroy();
      reject(new TlsFailedError(this.#endpoint, error, mayRetry));
    };
    const cancel = this.#clock.after(timeoutMs, () => {
      const what = `the handshake was not done within ${timeoutMs} ms (see server_connect_timeout)`;
      fail(new Error(what), false);
    });
    secured.on('error', (error) => {
      // Behind the handshake an error ends nothing by itself, and it may come before the new owner listens.
      secured.destroy(error);
      fail(error);
    });
    secured.once('close', () => fail(new Error('the connection was closed during the handshake')));
    let verifiedMs: number | undefined;
    secured.once('secureConnect', () => {
      if (isOver) return;
      isOver = true;
      cancel();
      verifiedMs = (secured.isSessionReused() ? session?.verifiedMs : undefined) ?? this.#clock.now();
      resolve(secured);
    });
    // With TLS 1.2 it is asked for before the handshake; with 1.3 tickets come at any time after it.
    secured.on('session', (ticket) => {
      if (verifiedMs !== undefined) this.#session = { ticket, verifiedMs };
    });
    return promise;
  }

  /** The last session, unless its certificate is due for another check or a server has taken one badly. */
  #currentSession(): Session | undefined {
    const session = this.#session;
    const now = this.#clock.now();
    if (session === undefined || now < this.#resumesFromMs) return undefined;
    return now - session.verifiedMs < MAX_SESSION_MS ? session : undefined;
  }
}

/** Version and cipher on `socket`, for people to read; undefined where it is not encrypted. */
export function encryptionOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  return `${socket.getProtocol()} ${socket.getCipher().name}`;
}

function clientContext(settings: TlsSettings): SecureContext {
  const { verifiesServer, minVersion, ciphers, caFile, caPath, certFile, keyFile } = settings;
  const authorities = readAuthorities(caFile, caPath) ?? (verifiesServer ? systemAuthorities() : undefined);
  const options: SecureContextOptions = {
    ...spokenTls(minVersion, ciphers, 'tls_ciphers'),
    ...(authorities !== undefined && { ca: [...authorities] }),
  };
  if (certFile === undefined) return createSecureContext(options);
  return contextOf({ ...options, ...readIdentity(certFile, keyFile) }, 'tls_cert_file', certFile);
}
