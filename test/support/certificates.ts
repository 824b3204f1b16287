import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';
import { TempDirectory } from './temp-directory.ts';

/** A certificate and its private key, PEM both. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** As in openssl's `subjectAltName`. Default: this machine, by name and by address. */
  readonly names?: string;
  /** Counted from now; negative for a certificate that has expired. Default 2. */
  readonly days?: number;
  readonly purpose?: 'serverAuth' | 'clientAuth';
}

const THIS_MACHINE = 'DNS:localhost,IP:127.0.0.1';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/**
 * A certificate authority that lives as long as its test file, in a temporary directory. Needs the `openssl`
 * program. End it with `remove` in `afterAll`, or hold it with `using`.
 */
export class CertificateAuthority implements Disposable {
  readonly #directory: TempDirectory;
  #issued = 0;

  private constructor(directory: TempDirectory) {
    this.#directory = directory;
  }

  static async create(name = 'Test authority'): Promise<CertificateAuthority> {
    const authority = new CertificateAuthority(new TempDirectory('authority'));
    await authority.#selfSign('authority', [
      '-subj',
      `/CN=${name}`,
      '-addext',
      'keyUsage=critical,keyCertSign',
    ]);
    return authority;
  }

  /** Its own certificate, for whoever shall trust it. */
  get certFile(): string {
    return this.path('authority.pem');
  }

  /** A file in its directory, which goes with it. */
  path(name: string): string {
    return join(this.#directory.path, name);
  }

  async issue({
    names = THIS_MACHINE,
    days = 2,
    purpose = 'serverAuth',
  }: CertificateOptions = {}): Promise<Certificate> {
    const name = this.#nextName();
    const request = this.path(`${name}.csr`);
    const extensions = ['-addext', `subjectAltName=${names}`, '-addext', `extendedKeyUsage=${purpose}`];
    const subject = ['-subj', `/CN=${name}`];
    await openssl(
      'req',
      '-new',
      ...NEW_KEY,
      ...subject,
      ...extensions,
      '-keyout',
      this.#keyFile(name),
      '-out',
      request,
    );
    const issuer = ['-CA', this.certFile, '-CAkey', this.#keyFile('authority'), '-copy_extensions', 'copy'];
    await openssl(
      'x509',
      '-req',
      '-in',
      request,
      ...issuer,
      '-days',
      String(days),
      '-out',
      this.#certFile(name),
    );
    return this.#read(name);
  }

  /** A certificate that no authority stands behind. */
  async issueSelfSigned({ names = THIS_MACHINE }: CertificateOptions = {}): Promise<Certificate> {
    const name = this.#nextName();
    await this.#selfSign(name, ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${names}`]);
    return this.#read(name);
  }

  remove(): void {
    this.#directory.remove();
  }

  [Symbol.dispose](): void {
    this.remove();
  }

  async #selfSign(name: string, options: readonly string[]): Promise<void> {
    const files = ['-keyout', this.#keyFile(name), '-out', this.#certFile(name)];
    await openssl('req', '-x509', ...NEW_KEY, '-days', '2', ...options, ...files);
  }

  #read(name: string): Certificate {
    const [certFile, keyFile] = [this.#certFile(name), this.#keyFile(name)];
    return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  }

  #nextName(): string {
    this.#issued += 1;
    return `certificate-${this.#issued}`;
  }

  #certFile(name: string): string {
    return this.path(`${name}.pem`);
  }

  #keyFile(name: string): string {
    return this.path(`${name}.key`);
  }
}

async function openssl(...args: readonly string[]): Promise<void> {
  await runProgram('openssl', args);
}
