/** Reads what TLS needs from files, once: later there may be another root directory and another user. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { ProxyError } from '../base/errors.ts';

/** A setting of TLS cannot be used; the message names the directive and its value. */
export class TlsSetupError extends ProxyError {
  readonly code = 'TLS_SETUP';
  readonly fault = 'operator';

  constructor(directive: string, value: string, why: string, options?: ErrorOptions) {
    super(`Cannot use ${directive} ${value}: ${why}`, options);
  }
}

/** A certificate with what stands behind it, and its private key; PEM both. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

const CERTIFICATE = /-----BEGIN ((?:TRUSTED |X509 )?CERTIFICATE)-----.*?-----END \1-----/gs;

/** What counts in a directory: names that say so, and those of `openssl rehash`. */
const CERTIFICATE_FILE = /\.(?:pem|crt|cer)$|^[\da-f]{8}\.\d+$/i;

/** Before the names of directives: those for the server connection have none, those for clients this. */
export type DirectivePrefix = '' | 'client_';

/**
 * The certificate authorities, as PEM, each once, in `file` and in the files of `directory`; undefined when
 * both are.
 *
 * @param prefix Of the directives that errors name.
 * @throws TlsSetupError when one cannot be read or holds no certificate at all.
 */
export function readAuthorities(
  file: string | undefined,
  directory: string | undefined,
  prefix: DirectivePrefix = '',
): readonly string[] | undefined {
  if (file === undefined && directory === undefined) return undefined;
  const fromFile = file === undefined ? [] : certificatesIn(`${prefix}tls_ca_file`, file, [file]);
  const fromDirectory = directory === undefined ? [] : authoritiesUnder(`${prefix}tls_ca_path`, directory);
  return [...new Set([...fromFile, ...fromDirectory])];
}

/**
 * The certificate authorities that the administrator of this machine trusts, as PEM, each once. Undefined
 * where there are none to be had (Node.js before 22.15, a container without certificates): TLS then takes
 * the list that comes with Node.js.
 */
export function systemAuthorities(): readonly string[] | undefined {
  // Not there before 22.15, whatever the types say.
  const read: typeof tls.getCACertificates | undefined = tls.getCACertificates;
  const found = new Set(read?.('system'));
  return found.size === 0 ? undefined : [...found];
}

/**
 * The certificate in `certFile` with its key in `keyFile`, or in the same file when that is undefined.
 *
 * @param prefix Of the directives that errors name.
 * @throws TlsSetupError when one cannot be read, or the key is not that of the certificate.
 */
export function readIdentity(
  certFile: string,
  keyFile: string | undefined,
  prefix: DirectivePrefix = '',
): TlsIdentity {
  const certDirective = `${prefix}tls_cert_file`;
  const cert = certificatesIn(certDirective, certFile, [certFile]).join('');
  const [directive, file] =
    keyFile === undefined ? [certDirective, certFile] : [`${prefix}tls_key_file`, keyFile];
  const key = readText(directive, file);
  let isKeyOfCertificate: boolean;
  try {
    isKeyOfCertificate = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch (error) {
    throw new TlsSetupError(directive, file, whyNoKey(key), { cause: error });
  }
  if (!isKeyOfCertificate) {
    throw new TlsSetupError(directive, file, `it is not the key of ${certDirective} ${certFile}`);
  }
  return { cert, key };
}

function certificatesIn(directive: string, value: string, files: readonly string[]): readonly string[] {
  const found = files.flatMap((file) => blocksIn(directive, file));
  if (found.length === 0) throw new TlsSetupError(directive, value, 'no PEM certificate in it');
  return found;
}

function authoritiesUnder(directive: string, directory: string): readonly string[] {
  return certificatesIn(directive, directory, filesUnder(directive, directory));
}

function filesUnder(directive: string, directory: string): readonly string[] {
  try {
    const names = readdirSync(directory).filter((name) => CERTIFICATE_FILE.test(name));
    // Links that lead nowhere are what the removal of a package leaves behind.
    return names.map((name) => join(directory, name)).filter((file) => existsSync(file));
  } catch (error) {
    throw unreadable(directive, directory, error);
  }
}

function blocksIn(directive: string, file: string): readonly string[] {
  return (readText(directive, file).match(CERTIFICATE) ?? []).map((block, index) => {
    try {
      // The library leaves out what it cannot read, without a word.
      return new X509Certificate(block).toString();
    } catch (error) {
      throw new TlsSetupError(directive, file, `cannot read certificate ${index + 1} in it`, {
        cause: error,
      });
    }
  });
}

function readText(directive: string, file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    throw unreadable(directive, file, error);
  }
}

function unreadable(directive: string, file: string, error: unknown): TlsSetupError {
  const why = error instanceof Error ? error.message : String(error);
  return new TlsSetupError(directive, file, why, { cause: error });
}

/** The library only says that nobody answered when it asked for the passphrase. */
function whyNoKey(pem: string): string {
  return /^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(pem)
    ? 'the private key is encrypted: expected one without a passphrase'
    : 'no PEM private key in it that can be read';
}
