import {
  createSecureContext,
  DEFAULT_CIPHERS,
  type SecureContext,
  type SecureContextOptions,
  type SecureVersion,
} from 'node:tls';
import { TlsSetupError } from './tls-files.ts';

export type TlsVersion = '1.0' | '1.1' | '1.2' | '1.3';

const VERSIONS: Readonly<Record<TlsVersion, SecureVersion>> = {
  '1.0': 'TLSv1',
  '1.1': 'TLSv1.1',
  '1.2': 'TLSv1.2',
  '1.3': 'TLSv1.3',
};

/**
 * What is spoken: `minVersion` and newer, by `ciphers` as in ciphers(1), or those of Node.js when undefined.
 *
 * @param directive where `ciphers` was set.
 * @throws TlsSetupError when the library makes nothing of `ciphers`.
 */
export function spokenTls(
  minVersion: TlsVersion,
  ciphers: string | undefined,
  directive: string,
): SecureContextOptions {
  const options = { minVersion: VERSIONS[minVersion] };
  return ciphers === undefined ? options : { ...options, ciphers: checkedCiphers(ciphers, directive) };
}

/** A context of `options`. @throws TlsSetupError that names `file`, set by `directive`, when the library refuses it */
export function contextOf(options: SecureContextOptions, directive: string, file: string): SecureContext {
  try {
    return createSecureContext(options);
  } catch (error) {
    throw new TlsSetupError(directive, file, reasonOf(error), { cause: error });
  }
}

/** One list for all versions, as Node.js wants it: without those of TLS 1.3 in it, that version would be given up. */
function checkedCiphers(ciphers: string, directive: string): string {
  const modern = DEFAULT_CIPHERS.split(':').filter((name) => name.startsWith('TLS_'));
  const all = ciphers.includes('TLS_') ? ciphers : [...modern, ciphers].join(':');
  try {
    createSecureContext({ ciphers: all });
    return all;
  } catch (error) {
    throw new TlsSetupError(directive, ciphers, reasonOf(error), { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
}
