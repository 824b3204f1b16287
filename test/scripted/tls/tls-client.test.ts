import { constants, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { TlsClient, type TlsSettings } from '../../../src/net/tls-client.ts';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';

const HOUR_MS = 3_600_000;

describeWith(['openssl'], 'TlsClient', () => {
  let authority: CertificateAuthority;
  let certificate: Certificate;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    certificate = await authority.issue();
  });

  afterAll(() => authority.remove());

  /** A TLS server that says "hi", and a client for it. */
  async function start(options: TlsOptions = {}, settings: Partial<TlsSettings> = {}) {
    const seen: TLSSocket[] = [];
    const server = createServer({ ...certificate, ...options }, (socket) => {
      seen.push(socket);
      // The end of a test resets what is left.
      socket.on('error', () => socket.destroy());
      socket.write('hi');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const clock = new FakeClock();
    const all: TlsSettings = {
      serverName: 'localhost',
      verifiesServer: true,
      minVersion: '1.2',
      ciphers: undefined,
      caFile: authority.certFile,
      caPath: undefined,
      certFile: undefined,
      keyFile: undefined,
      ...settings,
    };
    const client = new TlsClient({ host: 'localhost', port, family: 0 }, all, clock);
    const sockets: Socket[] = [];
    onTestFinished(() => {
      for (const socket of [...sockets, ...seen]) socket.destroy();
      server.close();
    });
    const handshake = async (): Promise<TLSSocket> => {
      const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
      sockets.push(socket);
      await once(socket, 'connect');
      return client.secure(socket, 1_000);
    };
    const secure = async (): Promise<TLSSocket> => {
      const secured = await handshake();
      // Tickets of TLS 1.3 come before the first octet of the server.
      await once(secured, 'data');
      return secured;
    };
    return { handshake, secure, seen, server, clock };
  }

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('resumes the last session (%s)', async (maxVersion) => {
    const { secure } = await start({ maxVersion });

    const reused = [];
    for (let login = 0; login < 4; login += 1) reused.push((await secure()).isSessionReused());

    expect(reused).toEqual([false, true, true, true]);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'checks the certificate again an hour after the last check, however often it was resumed (%s)',
    async (maxVersion) => {
      const { secure, clock } = await start({ maxVersion });
      await secure();

      clock.advance(HOUR_MS - 1);
      expect((await secure()).isSessionReused()).toBe(true);
      clock.advance(1);
      expect((await secure()).isSessionReused()).toBe(false);
      expect((await secure()).isSessionReused()).toBe(true);
    },
  );

  it('does without the session when the server has forgotten it', async () => {
    const { secure, server } = await start();
    await secure();
    expect((await secure()).isSessionReused()).toBe(true);

    server.setTicketKeys(randomBytes(48));

    expect((await secure()).isSessionReused()).toBe(false);
    expect((await secure()).isSessionReused()).toBe(true);
  });

  it('does without sessions, for an hour, once a server has broken off a handshake because of one', async () => {
    const { secure, server, clock } = await start({
      maxVersion: 'TLSv1.2',
      secureOptions: constants.SSL_OP_NO_TICKET,
    });
    const sessions = new Map<string, Buffer>();
    let offered = 0;
    server.on('newSession', (id: Buffer, session: Buffer, done: () => void) => {
      sessions.set(id.toString('hex'), session);
      done();
    });
    server.on('resumeSession', (id: Buffer, done: (error: Error | null) => void) => {
      // A client that knows TLS 1.3 always names a session, for the sake of old equipment on the way.
      const isKnown = sessions.has(id.toString('hex'));
      if (isKnown) offered += 1;
      done(isKnown ? new Error('No sessions here') : null);
    });
    await secure();

    await expect(secure()).rejects.toMatchObject({ code: 'UPSTREAM_TLS', mayRetry: true });
    for (let login = 0; login < 3; login += 1) expect((await secure()).isSessionReused()).toBe(false);
    expect(offered).toBe(1);

    clock.advance(HOUR_MS);
    await secure();
    await expect(secure()).rejects.toMatchObject({ mayRetry: true });
  });

  it.each([
    ['localhost', 'localhost'],
    ['localhost.', 'localhost'],
    ['127.0.0.1', false],
  ])('verifies %j and asks for %j by name', async (serverName, asked) => {
    const { secure, seen } = await start({}, { serverName });

    expect((await secure()).authorized).toBe(true);
    expect(seen[0]?.servername).toBe(asked);
  });

  it.each([
    { ciphers: 'ALL:!aNULL:!eNULL', version: 'TLSv1.3', cipher: /^TLS_/ },
    { ciphers: 'TLS_CHACHA20_POLY1305_SHA256', version: 'TLSv1.3', cipher: /^TLS_CHACHA20_POLY1305_SHA256$/ },
    {
      ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256',
      version: 'TLSv1.2',
      cipher: /^ECDHE-ECDSA-AES128-GCM-SHA256$/,
    },
  ])('with ciphers $ciphers speaks $version where the server does', async ({ ciphers, version, cipher }) => {
    const { secure } = await start(version === 'TLSv1.2' ? { maxVersion: version } : {}, { ciphers });

    const secured = await secure();

    expect(secured.getProtocol()).toBe(version);
    expect(secured.getCipher().name).toMatch(cipher);
  });

  it('shows its certificate to a server that asks for one', async () => {
    const own = await authority.issue({ names: 'DNS:proxy', purpose: 'clientAuth' });
    const { certFile, keyFile } = own;
    const { secure, seen } = await start(
      { requestCert: true, ca: readFileSync(authority.certFile) },
      { certFile, keyFile },
    );

    await secure();

    expect(seen[0]?.authorized).toBe(true);
    expect(seen[0]?.getPeerCertificate().subjectaltname).toBe('DNS:proxy');
  });

  it('speaks an old version only when told to, and the server too', async () => {
    const old: TlsOptions = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    const refused = await start(old);
    await expect(refused.secure()).rejects.toThrow(/: server and proxy have no version of TLS in common /);

    const { secure } = await start(old, { minVersion: '1.0', ciphers: 'DEFAULT@SECLEVEL=0' });
    expect((await secure()).getProtocol()).toBe('TLSv1.1');
  });

  it('survives octets outside of TLS right behind the handshake', async () => {
    const { handshake, seen, server } = await start({ maxVersion: 'TLSv1.2' });
    const raw: Socket[] = [];
    server.on('connection', (socket: Socket) => raw.push(socket));
    server.on('secureConnection', () => raw[0]?.write('not TLS'));

    const secured = await handshake();
    secured.resume();
    await waitUntil(() => secured.destroyed, { what: 'the end of the connection' });

    expect(seen).toHaveLength(1);
    expect(secured.errored).toMatchObject({ code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
  });
});
