import { chmodSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeAsRoot } from '../../support/as-root.ts';
import type { Certificate } from '../../support/certificates.ts';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';
import type { ImapClient } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';
import { TlsDaemon } from './tls-daemon.ts';

const SESSIONS = 50;

describeWith(['dovecot-imapd', 'openssl'], 'A renewed certificate', () => {
  let dovecot: Dovecot;

  beforeAll(async () => {
    dovecot = await Dovecot.start();
  });

  afterAll(async () => {
    await dovecot.stop();
  });

  /** Puts another certificate in the place of the one in use, and has the daemon read it. Returns the new one. */
  async function renew({ authority, certificate, process }: TlsDaemon): Promise<Certificate> {
    const renewed = await authority.issue();
    // The files keep their permissions.
    writeFileSync(certificate.certFile, renewed.cert);
    writeFileSync(certificate.keyFile, renewed.key);
    process.signal('SIGHUP');
    await process.waitForLog('configuration reloaded');
    return renewed;
  }

  async function shownBy(daemon: TlsDaemon): Promise<string | undefined> {
    const { client, socket } = await daemon.connect();
    using _ = client;
    return socket.getPeerX509Certificate()?.toString();
  }

  async function openSessions(daemon: TlsDaemon): Promise<readonly ImapClient[]> {
    const clients: ImapClient[] = [];
    for (let session = 1; session <= SESSIONS; session += 1) {
      const { client } = await daemon.connect();
      await client.readGreeting();
      await client.login('alice', passwordOf('alice'));
      clients.push(client);
    }
    return clients;
  }

  it('is shown behind SIGHUP, and drops no session', async () => {
    await using daemon = await TlsDaemon.start({ server_port: dovecot.port });
    const { certFile, keyFile, cert } = daemon.certificate;
    // The daemon reads them as the user that it has become.
    chmodSync(dirname(certFile), 0o755);
    chmodSync(keyFile, 0o644);
    const clients = await openSessions(daemon);
    expect(await shownBy(daemon)).toBe(cert);

    const renewed = await renew(daemon);

    expect(await shownBy(daemon)).toBe(renewed.cert);
    for (const client of clients) expect((await client.command('NOOP')).status).toBe('OK');
    for (const client of clients) await client.logout();
  });

  describeAsRoot('that only root may read', () => {
    it('is not shown, which the log tells, and the one before goes on', async () => {
      await using daemon = await TlsDaemon.start({ server_port: dovecot.port });

      await renew(daemon);

      expect(await shownBy(daemon)).toBe(daemon.certificate.cert);
      expect(daemon.process.log('certificates and keys stay as they were read before')).toEqual([
        expect.objectContaining({
          level: 'warn',
          error: expect.stringMatching(/^Cannot use client_tls_cert_file .*permission denied/),
        }),
      ]);
    });
  });
});
