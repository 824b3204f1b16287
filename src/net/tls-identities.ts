/** The certificates that the proxy shows to clients, and which of them a client gets. */
import { X509Certificate } from 'node:crypto';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import { contextOf } from './tls-context.ts';
import { readIdentity } from './tls-files.ts';

export interface IdentityFiles {
  /** PEM: the certificate, and behind it those in between. */
  readonly certFile: string;
  /** Undefined: the key is in `certFile`. */
  readonly keyFile: string | undefined;
}

/** A certificate and its key, ready for use. */
export interface TlsIdentityContext {
  readonly options: SecureContextOptions;
  readonly context: SecureContext;
  readonly certificate: X509Certificate;
}

/**
 * Reads the files of one identity; `common` is what all of them share.
 *
 * @throws TlsSetupError when they cannot be read or used.
 */
export function loadIdentity(
  { certFile, keyFile }: IdentityFiles,
  common: SecureContextOptions,
): TlsIdentityContext {
  const identity = readIdentity(certFile, keyFile, 'client_');
  const options = { ...common, ...identity };
  const context = contextOf(options, 'client_tls_cert_file', certFile);
  return { options, context, certificate: new X509Certificate(identity.cert) };
}

/** What a name that is asked for may consist of; the library throws at some of what is none. */
const HOST_NAME = /^[\w.-]+$/;

/**
 * The first of `identities` that is for `serverName` (RFC 6066 section 3), one that names it in full before one with a
 * wildcard; undefined when none is.
 */
export function identityFor(
  identities: readonly TlsIdentityContext[],
  serverName: string,
): TlsIdentityContext | undefined {
  const name = serverName.replace(/\.$/, '');
  if (!HOST_NAME.test(name)) return undefined;
  const isFor =
    (wildcards: boolean) =>
    ({ certificate }: TlsIdentityContext): boolean =>
      certificate.checkHost(name, { wildcards }) !== undefined;
  return identities.find(isFor(false)) ?? identities.find(isFor(true));
}
