/** TLS towards clients, over connections that are there already. */
import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import { type Clock, systemClock } from '../base/clock.ts';
import { clientIdentityOf } from './client-identity.ts';
import { spokenTls, type TlsVersion } from './tls-context.ts';
import { readAuthorities, TlsSetupError } from './tls-files.ts';
import { type IdentityFiles, identityFor, loadIdentity, type TlsIdentityContext } from './tls-identities.ts';
import { describeFailure, describeRefusal, TlsClientFailedError } from './tls-server-failure.ts';

export interface TlsServerSettings {
  /** The first one is for clients that ask for no name, or for one that no certificate has. */
  readonly identities: readonly [IdentityFiles, ...IdentityFiles[]];
  readonly minVersion: TlsVersion;
  /** As in ciphers(1); undefined: those of Node.js. */
  readonly ciphers: string | undefined;
  /** `request`: one that is missing or not accepted ends nothing, but counts for nothing either. */
  readonly clientCertificates: 'off' | 'request' | 'require';
  /** With `clientCaPath`: who issues the certificates of clients. */
  readonly clientCaFile: string | undefined;
  readonly clientCaPath: string | undefined;
}

/** The registered name of the only protocol spoken here (RFC 7301 section 6). */
const PROTOCOLS = ['imap'];

/** Sessions with a client certificate are only resumed where this is set; its value means nothing. */
const SESSION_CONTEXT = 'imapproxyd';

interface Handshake {
  readonly allowHalfOpen: boolean;
  readonly resolve: (secured: TLSSocket) => void;
  readonly reject: (error: TlsClientFailedError) => void;
}

/** All files that `settings` name: those that {@link TlsServer} reads. */
export function filesOf({ identities, clientCaFile, clientCaPath }: TlsServerSettings): readonly string[] {
  const files = [
    ...identities.flatMap(({ certFile, keyFile }) => [certFile, keyFile]),
    clientCaFile,
    clientCaPath,
  ];
  return files.filter((file) => file !== undefined);
}

/**
 * Makes client connections encrypted ones. It never changes: for other certificates make another one, and
 * connections of the old one go on; its session tickets hold for nobody else.
 */
export class TlsServer {
  readonly #server: Server;
  readonly #identities: readonly TlsIdentityContext[];
  readonly #requiresCertificate: boolean;
  readonly #clock: Clock;
  readonly #handshakes = new WeakMap<Socket, Handshake>();

  /**
   * Reads all files now and none later.
   *
   * @throws TlsSetupError when one cannot be read or used, the list of ciphers is none, or certificates of clients are
   *   wanted and nobody is named who issues them.
   */
  constructor(settings: TlsServerSettings, clock: Clock = systemClock) {
    const common = commonOptions(settings);
    const [first, ...others] = settings.identities;
    const primary = loadIdentity(first, common);
    this.#identities = [primary, ...others.map((files) => loadIdentity(files, common))];
    this.#requiresCertificate = settings.clientCertificates === 'require';
    this.#clock = clock;
    this.#server = createServer({
      ...primary.options,
      ALPNProtocols: PROTOCOLS,
      SNICallback: (name, done) => done(null, identityFor(this.#identities, name)?.context),
      requestCert: settings.clientCertificates !== 'off',
      rejectUnauthorized: this.#requiresCertificate,
    });
    this.#server.on('secureConnection', (secured) => this.#onSecured(secured));
    this.#server.on('tlsClientError', (error, secured) => this.#onFailed(error, secured));
  }

  /**
   * Does the handshake over `socket`, on which nobody may listen any more. What has been read of it too early may be put
   * back with `unshift` before; else its octets from now on are TLS. The result owns it, is half-open where
   * `socket` was, and holds what the client sends until somebody listens; an error later destroys it.
   *
   * @throws TlsClientFailedError when there is no handshake within `timeoutMs`; `socket` is destroyed then.
   */
  async secure(socket: Socket, timeoutMs: number): Promise<TLSSocket> {
    const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
    const { allowHalfOpen } = socket;
    const fail = (why: string): void => reject(new TlsClientFailedError(why));
    const cancel = this.#clock.after(timeoutMs, () =>
      fail(`the handshake was not done within ${timeoutMs} ms`),
    );
    this.#handshakes.set(socket, { allowHalfOpen, resolve, reject });
    if (socket.destroyed) {
      fail('the connection is closed already');
    } else {
      // Or a client that ends in the middle of the handshake would be waited for.
      socket.allowHalfOpen = false;
      this.#server.emit('connection', socket);
    }
    try {
      const secured = await promise;
      if (secured.destroyed) throw new TlsClientFailedError('it ended right behind the handshake');
      return secured;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      cancel();
      this.#handshakes.delete(socket);
    }
  }

  #onSecured(secured: TLSSocket): void {
    const handshake = this.#handshakeOf(secured);
    if (handshake === undefined) {
      secured.destroy();
      return;
    }
    secured.allowHalfOpen = handshake.allowHalfOpen;
    // By itself an error behind the handshake ends nothing.
    secured.on('error', () => secured.destroy());
    if (this.#requiresCertificate && clientIdentityOf(secured) === undefined) {
      handshake.reject(new TlsClientFailedError('its certificate has expired since the session began'));
      return;
    }
    handshake.resolve(secured);
  }

  #onFailed(error: Error, secured: TLSSocket): void {
    // A word of OpenSSL or null, whatever the types say.
    const { authorizationError: verification }: { readonly authorizationError: unknown } = secured;
    const why = typeof verification === 'string' ? describeRefusal(verification) : describeFailure(error);
    this.#handshakeOf(secured)?.reject(new TlsClientFailedError(why, { cause: error }));
  }

  /** Node.js tells of the socket underneath only here; without it nobody would be let in. */
  #handshakeOf(secured: TLSSocket): Handshake | undefined {
    const { _parent: socket }: { readonly _parent?: unknown } = secured as { readonly _parent?: unknown };
    return this.#handshakes.get(socket as Socket);
  }
}

function commonOptions(settings: TlsServerSettings): SecureContextOptions {
  const { minVersion, ciphers, clientCertificates, clientCaFile, clientCaPath } = settings;
  const options: SecureContextOptions = {
    ...spokenTls(minVersion, ciphers, 'client_tls_ciphers'),
    honorCipherOrder: true,
    sessionIdContext: SESSION_CONTEXT,
    // With TLS 1.2 a client could make the proxy compute for it without end.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
  if (clientCertificates === 'off') return options;
  const authorities = readAuthorities(clientCaFile, clientCaPath, 'client_');
  // Those that the system trusts give a certificate to anybody.
  if (authorities === undefined) {
    throw new TlsSetupError('client certificates', clientCertificates, 'nobody is named who issues them');
  }
  return { ...options, ca: [...authorities] };
}
