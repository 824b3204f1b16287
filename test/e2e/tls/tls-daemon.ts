import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import { DaemonProcess, type Directives } from '../../support/daemon-process.ts';
import { ImapClient } from '../../support/imap-client.ts';

/** The daemon as a process of its own, with a certificate for `localhost` that its authority stands behind. */
export class TlsDaemon implements AsyncDisposable {
  readonly authority: CertificateAuthority;
  /** What its clients are shown. */
  readonly certificate: Certificate;
  readonly process: DaemonProcess;

  private constructor(authority: CertificateAuthority, certificate: Certificate, process: DaemonProcess) {
    this.authority = authority;
    this.certificate = certificate;
    this.process = process;
  }

  static async start(directives: Directives): Promise<TlsDaemon> {
    const authority = await CertificateAuthority.create();
    try {
      const certificate = await authority.issue();
      const { certFile, keyFile } = certificate;
      const own = { listen_tls_port: 0, client_tls_cert_file: certFile, client_tls_key_file: keyFile };
      const local = { server_hostname: '127.0.0.1' };
      const process = await DaemonProcess.start({ ...local, ...own, ...directives });
      return new TlsDaemon(authority, certificate, process);
    } catch (error) {
      authority.remove();
      throw error;
    }
  }

  /** In clear, with STARTTLS. */
  get port(): number {
    return this.process.port;
  }

  /** Where TLS begins with the first octet. */
  get tlsPort(): number {
    const [listening] = this.process.log('listening').map(({ tls }) => tls);
    if (typeof listening !== 'number') throw new Error('The daemon has no port for TLS');
    return listening;
  }

  /** A client under TLS from the first octet, and what is known of the TLS. */
  async connect(): Promise<{ readonly client: ImapClient; readonly socket: TLSSocket }> {
    const ca = readFileSync(this.authority.certFile);
    const socket = connect({ host: '127.0.0.1', port: this.tlsPort, ca });
    await once(socket, 'secureConnect');
    return { client: ImapClient.over(socket), socket };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    this.authority.remove();
  }
}
