import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, type ProxiedServer, startProxied, USER } from '../../support/proxied-server.ts';
import { greet, serveCommands } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { connectSecurely, secure, startTls } from './secure-clients.ts';

const SESSIONS = 200;

/** How often the daemon looks at the files. */
const LOOK_MS = 30_000;

/** Longer than any test lets go by. */
const LONG_S = 1_000_000;

const RELOADED = 'certificates for clients reloaded';
const UNUSABLE = 'certificates for clients have changed and cannot be used';

/** An ordinary server, at whose greeting the proxy looks again when it reloads. */
async function server(connection: ScriptedConnection): Promise<void> {
  await greet(connection);
  await serveCommands(connection, { AUTHENTICATE: ['$ OK [CAPABILITY IMAP4rev1 UNSELECT] Logged in'] });
}

describeWith(['openssl'], 'A change of the certificate', () => {
  let authority: CertificateAuthority;
  let before: Certificate;
  let after: Certificate;
  let certFile: string;
  let keyFile: string;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    before = await authority.issue();
    after = await authority.issue();
    [certFile, keyFile] = [authority.path('served.pem'), authority.path('served.key')];
  });

  afterAll(() => authority.remove());

  beforeEach(() => install(before));

  function install(certificate: Certificate): void {
    copyFileSync(certificate.certFile, certFile);
    copyFileSync(certificate.keyFile, keyFile);
  }

  async function start(): Promise<ProxiedServer> {
    const directives = {
      listen_tls_port: 0,
      client_tls_cert_file: certFile,
      client_tls_key_file: keyFile,
      client_login_timeout: LONG_S,
      client_idle_timeout: LONG_S,
    };
    const setup = await startProxied(server, { directives });
    await waitUntil(() => setup.proxy.clock.pending > 0, { what: 'the first look at the files' });
    return setup;
  }

  const trust = () => ({ ca: readFileSync(authority.certFile) });

  /** Which certificate clients are shown now, from the first octet and by STARTTLS. */
  async function shown({ proxy }: ProxiedServer): Promise<readonly string[]> {
    const implicit = await connectSecurely(proxy.tlsPort, trust());
    const started = await startTls(proxy.port, trust());
    const names = [implicit, started].map(({ socket }) => nameOf(socket));
    implicit.client.close();
    started.client.close();
    return names;
  }

  function nameOf(socket: TLSSocket): string {
    const pem = socket.getPeerX509Certificate()?.toString();
    return pem === before.cert ? 'before' : pem === after.cert ? 'after' : 'another';
  }

  /** Lets time go by until the daemon has looked at the files often enough to log `message`. */
  async function looked({ proxy }: ProxiedServer, message: string): Promise<void> {
    const isTold = (): boolean => {
      if (proxy.log(message).length > 0) return true;
      proxy.advance(LOOK_MS);
      return false;
    };
    await waitUntil(isTold, { what: message });
  }

  async function openSessions({ proxy }: ProxiedServer): Promise<readonly ImapClient[]> {
    const clients: ImapClient[] = [];
    for (let index = 0; index < SESSIONS; index += 1) {
      const isImplicit = index % 2 === 0;
      const { client } = isImplicit
        ? await connectSecurely(proxy.tlsPort, trust())
        : await startTls(proxy.port, trust());
      if (isImplicit) await client.readGreeting();
      await client.login(USER, PASSWORD);
      clients.push(client);
    }
    return clients;
  }

  async function expectAlive(clients: readonly ImapClient[]): Promise<void> {
    const replies = await Promise.all(clients.map((client) => client.command('NOOP')));
    expect(replies.filter(({ status }) => status === 'OK')).toHaveLength(clients.length);
  }

  async function close(clients: readonly ImapClient[]): Promise<void> {
    await Promise.all(clients.map((client) => client.logout()));
  }

  it('during 200 sessions drops none, and is seen by those that come after', async () => {
    const setup = await start();
    const clients = await openSessions(setup);
    expect(await shown(setup)).toEqual(['before', 'before']);

    install(after);
    await looked(setup, RELOADED);

    expect(await shown(setup)).toEqual(['after', 'after']);
    await expectAlive(clients);

    install(before);
    await setup.proxy.reload();

    expect(await shown(setup)).toEqual(['before', 'before']);
    await expectAlive(clients);
    await close(clients);
  });

  it('is in force for a session in clear that has begun before it', async () => {
    const setup = await start();
    const plain = await ImapClient.connect(setup.proxy.port);
    await plain.readGreeting();
    install(after);
    await looked(setup, RELOADED);

    await plain.command('STARTTLS');
    const { socket } = await secure(plain, trust());

    expect(nameOf(socket)).toBe('after');
  });

  it.each<[string, () => void]>([
    ['are gone', () => rmSync(keyFile)],
    ['are no certificates', () => writeFileSync(certFile, 'nonsense')],
    ['do not belong together', () => copyFileSync(after.certFile, certFile)],
  ])('to files that %s leaves the certificates as they were, and says so', async (_, spoil) => {
    const setup = await start();
    spoil();
    await looked(setup, UNUSABLE);

    expect(setup.proxy.log(UNUSABLE)).toEqual([
      expect.objectContaining({
        level: 'warn',
        error: expect.stringMatching(/client_tls_(?:cert|key)_file /),
      }),
    ]);
    expect(await shown(setup)).toEqual(['before', 'before']);

    install(after);
    await looked(setup, RELOADED);

    expect(await shown(setup)).toEqual(['after', 'after']);
    expect(setup.proxy.log(UNUSABLE)).toHaveLength(1);
  });

  it('of the directives is in force when they are reloaded', async () => {
    const setup = await start();
    await setup.proxy.reload({ client_tls_cert_file: after.certFile, client_tls_key_file: after.keyFile });
    expect(await shown(setup)).toEqual(['after', 'after']);
  });

  it('of the directives to what cannot be used leaves everything as it was', async () => {
    const setup = await start();
    await expect(setup.proxy.reload({ client_tls_cert_file: keyFile })).rejects.toMatchObject({
      code: 'TLS_SETUP',
    });
    expect(await shown(setup)).toEqual(['before', 'before']);
  });

  it('is none by itself: files that stay as they are are read once', async () => {
    const setup = await start();
    for (let look = 1; look <= 5; look += 1) {
      await waitUntil(() => setup.proxy.clock.pending > 0, { what: 'the time until the next look' });
      setup.proxy.advance(LOOK_MS);
      await stat(certFile);
    }
    expect(setup.proxy.log(RELOADED)).toEqual([]);
  });

  it('to no certificate at all lets nobody in where TLS is spoken from the first octet', async () => {
    const setup = await start();
    const port = setup.proxy.tlsPort;
    await setup.proxy.reload({
      listen_tls_port: undefined,
      client_tls_cert_file: undefined,
      client_tls_key_file: undefined,
    });

    const client = await ImapClient.connect(port);

    expect(await client.readToEnd()).toBe('');
    expect(setup.proxy.log('client refused').map(({ error }) => error)).toEqual([
      'Cannot let the client in: there is no certificate any more',
    ]);
  });
});
