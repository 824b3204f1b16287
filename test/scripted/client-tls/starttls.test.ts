import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, type ProxiedServer, startProxied, USER } from '../../support/proxied-server.ts';
import { acceptLogin, greet, serveCommands } from '../../support/scripted-imap.ts';
import type { Script } from '../../support/scripted-server.ts';
import { describeWith } from '../../support/system-packages.ts';
import { secure, startTls } from './secure-clients.ts';

const LOGIN = `LOGIN ${USER} "${PASSWORD}"`;

describeWith(['openssl'], 'STARTTLS', () => {
  let authority: CertificateAuthority;
  let certificate: Certificate;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    certificate = await authority.issue();
  });

  afterAll(() => authority.remove());

  const trust = () => ({ ca: readFileSync(authority.certFile) });

  function start(script?: Script): Promise<ProxiedServer> {
    const { certFile, keyFile } = certificate;
    const directives = { client_tls_cert_file: certFile, client_tls_key_file: keyFile };
    return startProxied(script, { directives });
  }

  async function connect({ proxy }: ProxiedServer): Promise<ImapClient> {
    const client = await ImapClient.connect(proxy.port);
    await client.readGreeting();
    return client;
  }

  it('is offered until it is done, and the session goes on without another greeting', async () => {
    const { proxy } = await start();
    const plain = await ImapClient.connect(proxy.port);
    expect(await plain.readGreeting()).toMatch(/^\* OK \[CAPABILITY [^\]]*\bAUTH=PLAIN\b[^\]]* STARTTLS\]/);
    expect((await plain.command('CAPABILITY')).untagged).toEqual([expect.stringMatching(/ STARTTLS$/)]);
    expect((await plain.command('STARTTLS')).tagged).toBe('OK Begin TLS negotiation now');

    const { client } = await secure(plain, trust());
    const { untagged } = await client.command('CAPABILITY');
    const { tagged } = await client.command(LOGIN);

    expect(untagged).toHaveLength(1);
    expect(untagged[0]).toMatch(/^\* CAPABILITY IMAP4rev1 .*AUTH=PLAIN/);
    expect(tagged).toMatch(/^OK /);
    for (const answer of [...untagged, tagged]) expect(answer).not.toMatch(/STARTTLS|LOGINDISABLED/);
    await client.logout();
  });

  it('is done once', async () => {
    const { proxy, server } = await start();
    const { client } = await startTls(proxy.port, trust());
    expect((await client.command('STARTTLS')).tagged).toBe('BAD Please login first');

    await client.login(USER, PASSWORD);
    expect((await client.command('STARTTLS')).status).toBe('BAD');
    await client.logout();
    for (const { received } of server.connections) expect(received).not.toContain('STARTTLS');
  });

  it('is not done behind a login in clear', async () => {
    const { proxy, server } = await start();
    const client = await ImapClient.login(proxy.port, USER, PASSWORD);
    expect((await client.command('STARTTLS')).status).toBe('BAD');
    await client.logout();
    for (const { received } of server.connections) expect(received).not.toContain('STARTTLS');
  });

  it('takes no argument, and leaves the session in clear then', async () => {
    const setup = await start();
    using client = await connect(setup);
    expect((await client.command('STARTTLS now')).tagged).toBe('BAD Unexpected argument to Starttls');
    expect((await client.command(LOGIN)).status).toBe('OK');
  });

  it('is unknown where there is no certificate', async () => {
    const { proxy } = await startProxied();
    using client = await ImapClient.connect(proxy.port);
    expect(await client.readGreeting()).not.toContain('STARTTLS');
    expect((await client.command('STARTTLS')).tagged).toBe('BAD Please login first');
  });

  it('makes commands of the same segment, said in clear, as if they had not been', async () => {
    const setup = await start();
    const plain = await connect(setup);
    await plain.send(`a1 STARTTLS\r\nx1 LOGIN mallory "${PASSWORD}"\r\nx2 XPROXY_DUMPICC\r\nx3 LOG`);
    expect(await plain.readResponse()).toBe('a1 OK Begin TLS negotiation now');

    const { client } = await secure(plain, trust());
    await client.send(`a2 ${LOGIN}\r\na3 LOGOUT\r\n`);
    const heard = (await client.readToEnd()).split('\r\n').map((line) => line.split(' ', 1)[0]);

    expect(heard).toEqual(['a2', '*', 'a3', '']);
    expect(setup.proxy.log('login').map(({ user }) => user)).toEqual([USER]);
    expect(setup.upstreams()).toHaveLength(1);
  });

  it('ends the connection for commands in clear that come in a segment of their own', async () => {
    const setup = await start();
    const plain = await connect(setup);
    await plain.command('STARTTLS');
    await plain.send(`x1 LOGIN mallory "${PASSWORD}"\r\n`);

    await plain.waitForEnd();

    expect(await plain.readToEnd()).not.toContain('x1');
    expect(setup.upstreams()).toHaveLength(0);
    expect(setup.proxy.log('TLS failed')).toEqual([
      expect.objectContaining({ error: expect.stringMatching(/what it sends is not TLS$/) }),
    ]);
  });

  it('forgets who the client said it was, how it asked for capabilities, and its mistakes', async () => {
    const setup = await start();
    const plain = await connect(setup);
    await plain.command('ID ("name" "injected")');
    await plain.command('CAPABILITY');
    for (const _ of ['first', 'second']) expect((await plain.command('NONSENSE')).status).toBe('BAD');
    await plain.command('STARTTLS');

    const { client } = await secure(plain, trust());
    for (const _ of ['first', 'second']) expect((await client.command('NONSENSE')).status).toBe('BAD');
    const { untagged, tagged } = await client.command(LOGIN);

    expect(untagged).toEqual([]);
    expect(tagged).toMatch(/^OK \[CAPABILITY /);
    expect((await setup.upstream(0)).received).not.toContain('injected');
    await client.logout();
  });

  it('tells the server who the client says it is behind it', async () => {
    const setup = await start(async (connection) => {
      await greet(connection);
      await connection.expectLine('P1 ID ("name" "genuine")');
      await connection.send('P1 OK Done\r\n');
      await acceptLogin(connection);
      await serveCommands(connection);
    });
    const { client } = await startTls(setup.proxy.port, trust());
    await client.command('ID ("name" "genuine")');

    await client.login(USER, PASSWORD);

    await client.logout();
  });
});

describe('The certificate for STARTTLS', () => {
  it('is read before anybody is let in', async () => {
    await expect(
      startProxied(undefined, { directives: { client_tls_cert_file: '/none.pem' } }),
    ).rejects.toThrow(/client_tls_cert_file \/none\.pem/);
  });
});
