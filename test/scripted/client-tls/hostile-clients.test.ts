import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, type ProxiedServer, startProxied, USER } from '../../support/proxied-server.ts';
import { tryProgram } from '../../support/run-program.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { connectSecurely } from './secure-clients.ts';

const LIMIT_MS = 60_000;

/** The beginning of a ClientHello of 512 octets. */
const HALF_A_HELLO = Buffer.from('16030102000100', 'hex');

type Door = 'listen_tls_port' | 'STARTTLS';

interface Setup extends ProxiedServer {
  /** Somebody else, who is served before, during and after. */
  readonly neighbour: ImapClient;
}

describeWith(['openssl'], 'TLS with a client that wishes us ill', () => {
  let authority: CertificateAuthority;
  let certificate: Certificate;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    certificate = await authority.issue();
  });

  afterAll(() => authority.remove());

  async function start(): Promise<Setup> {
    const directives = {
      listen_tls_port: 0,
      client_tls_cert_file: certificate.certFile,
      client_tls_key_file: certificate.keyFile,
      client_login_timeout: LIMIT_MS / 1_000,
    };
    const setup = await startProxied(undefined, { directives });
    const { client } = await connectSecurely(setup.proxy.tlsPort, { ca: readFileSync(authority.certFile) });
    await client.readGreeting();
    await client.login(USER, PASSWORD);
    return { ...setup, neighbour: client };
  }

  /** A client whose next octets are taken for TLS. */
  async function approach({ proxy }: Setup, door: Door): Promise<Socket> {
    const socket = connect(door === 'STARTTLS' ? proxy.port : proxy.tlsPort, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    if (door !== 'STARTTLS') return socket;
    const client = ImapClient.over(socket);
    await client.readGreeting();
    await client.command('STARTTLS');
    client.release();
    return socket;
  }

  /** Waits until `socket` has been given up, and demands that nobody else has noticed. Returns what the log says. */
  async function givenUp(setup: Setup, socket: Socket, door: Door): Promise<string> {
    const { proxy, neighbour } = setup;
    socket.resume();
    await waitUntil(() => socket.closed, { what: 'the end of the connection' });
    const told = () => proxy.log(door === 'STARTTLS' ? 'TLS failed' : 'client refused');
    await waitUntil(() => told().length === 1 && proxy.clients === 1, { what: 'one refusal' });
    expect((await neighbour.command('NOOP')).status).toBe('OK');
    await neighbour.logout();
    expect(setup.upstreams()).toHaveLength(1);
    await waitUntil(() => proxy.clients === 0, { what: 'no clients' });
    return told()
      .map(({ error }) => String(error))
      .join();
  }

  const ENDED = /it ended the connection during the handshake|closed already/;

  describe.each<Door>(['listen_tls_port', 'STARTTLS'])('at %s', (door) => {
    it.each<[string, (client: Socket) => void, RegExp]>([
      ['sends IMAP', (client) => client.write('a LOGIN alice secret\r\n'), /not TLS$/],
      ['sends HTTP', (client) => client.write('GET / HTTP/1.0\r\n\r\n'), /is HTTP$/],
      ['sends noise', (client) => client.write(Buffer.alloc(100_000, 0x80)), /not TLS$/],
      ['sends an endless record', (client) => client.write(Buffer.alloc(40_000, 0x16)), /not TLS/],
      ['closes at once', (client) => client.end(), ENDED],
      ['closes after half a ClientHello', (client) => client.end(HALF_A_HELLO), ENDED],
      ['resets at once', (client) => client.resetAndDestroy(), ENDED],
      [
        'resets after half a ClientHello',
        (client) => client.write(HALF_A_HELLO, () => client.resetAndDestroy()),
        ENDED,
      ],
    ])('loses only the connection that %s', async (_, misbehave, why) => {
      const setup = await start();
      const socket = await approach(setup, door);

      misbehave(socket);

      const error = await givenUp(setup, socket, door);
      expect(error).toMatch(/^Cannot use TLS with the client: /);
      expect(error).toMatch(why);
      expect(error).not.toContain('secret');
    });

    it.each([
      ['nothing', Buffer.alloc(0)],
      ['half a ClientHello', HALF_A_HELLO],
    ])('loses the connection that says %s when its time is over', async (_, octets) => {
      const setup = await start();
      const { proxy } = setup;
      const pending = proxy.clock.pending;
      const socket = await approach(setup, door);
      socket.write(octets);
      await waitUntil(() => proxy.clock.pending > pending, { what: 'a handshake' });

      proxy.advance(LIMIT_MS - 1);
      expect(socket.closed).toBe(false);
      proxy.advance(1);

      expect(await givenUp(setup, socket, door)).toMatch(
        /was not done within 60000 ms$|ended the connection/,
      );
    });

    it('ends with the daemon in the middle of a handshake', async () => {
      const { proxy, neighbour, ...setup } = await start();
      const pending = proxy.clock.pending;
      const socket = await approach({ proxy, neighbour, ...setup }, door);
      socket.write(HALF_A_HELLO);
      await waitUntil(() => proxy.clock.pending > pending, { what: 'a handshake' });
      await neighbour.logout();

      await proxy.stop();

      socket.resume();
      await waitUntil(() => socket.closed, { what: 'the end of the connection' });
      expect(proxy.clients).toBe(0);
    });

    it('loses only the connection that wants to negotiate again', async () => {
      const setup = await start();
      const { proxy } = setup;
      const port = door === 'STARTTLS' ? proxy.port : proxy.tlsPort;
      const how = door === 'STARTTLS' ? ['-starttls', 'imap'] : [];
      const args = ['s_client', '-connect', `127.0.0.1:${port}`, ...how, '-tls1_2', '-brief'];

      const { stderr } = await tryProgram('openssl', args, { input: 'R\n' });

      expect(stderr.toString()).toMatch(/no renegotiation/);
      await waitUntil(() => proxy.clients === 1, { what: 'the end of the session' });
      expect((await setup.neighbour.command('NOOP')).status).toBe('OK');
    });
  });

  it('loses a client under TLS that goes on in clear', async () => {
    const setup = await start();
    const plain = connect(setup.proxy.tlsPort, '127.0.0.1');
    onTestFinished(() => void plain.destroy());
    const { client } = await connectSecurely(setup.proxy.tlsPort, {
      ca: readFileSync(authority.certFile),
      socket: plain,
    });
    await client.readGreeting();

    plain.write('a1 LOGIN alice secret\r\n');

    await client.waitForEnd();
    await waitUntil(() => setup.proxy.clients === 1, { what: 'the end of the session' });
    expect((await setup.neighbour.command('NOOP')).status).toBe('OK');
  });
});
