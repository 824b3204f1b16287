import { afterAll, beforeAll, expect, it } from 'vitest';
import { TokenServer, tokenOf } from '../../integration/oauth/token-server.ts';
import { CertificateAuthority } from '../../support/certificates.ts';
import { passwordOf } from '../../support/dovecot.ts';
import { describeWith } from '../../support/system-packages.ts';
import { TLS_CLIENTS, type TlsClient, type TlsTarget } from './tls-clients.ts';
import { TlsDaemon } from './tls-daemon.ts';

const RUNS = 3;
const MESSAGES = 2;

describeWith(['dovecot-imapd', 'openssl'], 'Real mail clients under TLS', () => {
  let server: TokenServer;
  let daemon: TlsDaemon;

  beforeAll(async () => {
    const users = TLS_CLIENTS.map(userOf);
    server = await TokenServer.start(['alice', ...users]);
    for (const user of ['alice', ...users]) {
      for (let message = 1; message <= MESSAGES; message += 1) {
        await server.dovecot.deliver(user, `Subject: ${message}\n\nbody\n`);
      }
    }
    daemon = await TlsDaemon.start({ server_port: server.port, require_tls: 'yes' });
  });

  afterAll(async () => {
    await daemon[Symbol.asyncDispose]();
    await server.stop();
  });

  function targetFor(user: string, changes: Partial<TlsTarget> = {}): TlsTarget {
    const { port, tlsPort, authority } = daemon;
    const proofs = { password: passwordOf(user), token: tokenOf(user) };
    return { port, tlsPort, caFile: authority.certFile, user, ...proofs, ...changes };
  }

  for (const client of TLS_CLIENTS) {
    describeWith(client.needs, client.name, () => {
      it('sees the mail of its user, and the server one login in three runs', async () => {
        const target = targetFor(userOf(client));
        const seen: number[] = [];
        for (let run = 1; run <= RUNS; run += 1) seen.push(await client.count(target));

        expect(seen).toEqual(Array.from({ length: RUNS }, () => MESSAGES));
        expect(await server.dovecot.loginCount(target.user)).toBe(1);
      });

      it('is let in neither by another password or token, nor to a proxy that it does not trust', async () => {
        const { user } = targetFor(userOf(client));
        const wrong = { password: passwordOf('alice'), token: tokenOf('alice') };
        await expect(run(client, targetFor(user, wrong))).rejects.toThrow();

        using stranger = await CertificateAuthority.create('Stranger');
        await expect(run(client, targetFor(user, { caFile: stranger.certFile }))).rejects.toThrow();
      });
    });
  }

  it('share the connections of their user', async () => {
    // ImapFlow enables extensions, and so has a connection of its own.
    const clients = TLS_CLIENTS.filter(
      ({ name, proof }) => proof === 'password' && !name.startsWith('ImapFlow'),
    );
    for (const client of clients) expect(await client.count(targetFor('alice'))).toBe(MESSAGES);

    expect(await server.dovecot.loginCount('alice')).toBe(1);
  });
});

/** One run; a client that ends without having seen anything has failed too. */
async function run(client: TlsClient, target: TlsTarget): Promise<number> {
  const count = await client.count(target);
  if (Number.isNaN(count)) throw new Error(`${client.name} has seen nothing`);
  return count;
}

/** The server takes no blanks in the names of users. */
function userOf({ name }: TlsClient): string {
  return name.toLowerCase().replaceAll(/\W+/g, '-').replace(/-$/, '');
}
