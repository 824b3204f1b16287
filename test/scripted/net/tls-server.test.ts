import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { listenForOctets, stopListening } from '../../../src/net/read-buffer.ts';
import { filesOf, TlsServer, type TlsServerSettings } from '../../../src/net/tls-server.ts';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { tryProgram } from '../../support/run-program.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { connectSecured, HANDSHAKE_MS, recorded, TlsService } from './tls-service.ts';

/** The first octets of a ClientHello that promises 512 more. */
const HALF_A_HELLO = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc]);

describeWith(['openssl'], 'TlsServer', () => {
  let authority: CertificateAuthority;
  let certificate: Certificate;
  let settings: TlsServerSettings;
  let trust: ConnectionOptions;
  let clock: FakeClock;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    certificate = await authority.issue({ names: 'DNS:localhost' });
  });

  afterAll(() => authority.remove());

  beforeEach(() => {
    clock = new FakeClock();
    settings = {
      identities: [certificate],
      minVersion: '1.2',
      ciphers: undefined,
      clientCertificates: 'off',
      clientCaFile: undefined,
      clientCaPath: undefined,
    };
    trust = { ca: certificate.cert, rejectUnauthorized: false };
  });

  function serve(
    changes: Partial<TlsServerSettings> = {},
    ...rest: [isUnread?: boolean, approach?: (socket: Socket) => Promise<void>]
  ): Promise<TlsService> {
    return TlsService.start(new TlsServer({ ...settings, ...changes }, clock), ...rest);
  }

  const sockets = [
    ['as it was accepted', true],
    ['with a read buffer', false],
  ] as const;

  it.each(sockets)('secures a socket %s from its first octet', async (_, isUnread) => {
    const service = await serve({}, isUnread);
    const client = recorded(await connectSecured({ ...trust, port: service.port }));
    const server = await service.secured();

    await client.send('a CAPABILITY\r\n');
    expect(await server.takeLine()).toBe('a CAPABILITY');
    await server.send('a OK Done\r\n');
    expect(await client.takeLine()).toBe('a OK Done');
    expect(clock.pending).toBe(0);
  });

  it.each(sockets)('secures a socket %s after a conversation in clear', async (_, isUnread) => {
    const service = await serve({}, isUnread, async (socket) => {
      const { promise, resolve } = Promise.withResolvers<Buffer>();
      listenForOctets(socket, resolve);
      socket.resume();
      expect((await promise).toString()).toBe('a STARTTLS\r\n');
      stopListening(socket, resolve);
      socket.pause();
      socket.write('a OK Begin\r\n');
    });
    const plain = recorded(connect(service.port, '127.0.0.1'));
    await plain.send('a STARTTLS\r\n');
    expect(await plain.takeLine()).toBe('a OK Begin');

    const client = recorded(await connectSecured({ ...trust, socket: plain.release() }));
    await client.send('b NOOP\r\n');
    expect(await (await service.secured()).takeLine()).toBe('b NOOP');
  });

  it.each(sockets)('takes octets of a socket %s that were put back', async (_, isUnread) => {
    const service = await serve({}, isUnread, async (socket) => {
      const { promise, resolve } = Promise.withResolvers<Buffer>();
      listenForOctets(socket, resolve);
      socket.resume();
      const octets = Buffer.from(await promise);
      stopListening(socket, resolve);
      socket.pause();
      socket.unshift(octets.subarray(5));
    });
    const plain = connect(service.port, '127.0.0.1');
    // Both leave in one packet.
    plain.cork();
    plain.write('12345');
    const handshake = connectSecured({ ...trust, socket: plain });
    plain.uncork();

    const client = recorded(await handshake);
    await client.send('a NOOP\r\n');
    expect(await (await service.secured()).takeLine()).toBe('a NOOP');
  });

  it('takes a command in clear behind STARTTLS for no command', async () => {
    const service = await serve({}, false, async (socket) => {
      socket.unshift(Buffer.from('b LOGIN alice secret\r\n'));
    });
    const client = recorded(connect(service.port, '127.0.0.1'));

    expect(await service.failure()).toMatch(/: what it sends is not TLS$/);
    await client.waitForEnd();
  });

  it('keeps what a client sends until somebody listens', async () => {
    const service = await serve();
    const size = 1_000_000;
    const client = await connectSecured({ ...trust, port: service.port });
    client.write(Buffer.alloc(size, 'x'));
    await waitUntil(async () => ((await service.outcome()).secured?.readableLength ?? 0) > 0, {
      what: 'octets that nobody has read',
    });

    const server = await service.secured();
    expect((await server.takeOctets(size)).equals(Buffer.alloc(size, 'x'))).toBe(true);
  });

  it('answers a client that has closed its side', async () => {
    const service = await serve();
    const socket = await connectSecured({ ...trust, port: service.port });
    const client = recorded(socket);
    socket.end('a LOGOUT\r\n');

    const server = await service.secured();
    expect(await server.waitForEnd()).toEqual({ kind: 'end' });
    await server.send('* BYE\r\n');
    server.socket.end();
    expect(await client.takeLine()).toBe('* BYE');
    expect(await client.waitForEnd()).toEqual({ kind: 'end' });
  });

  it('closes a socket that is not half-open when the client closes its side', async () => {
    const service = await serve({}, true, async (socket) => {
      socket.allowHalfOpen = false;
    });
    const socket = await connectSecured({ ...trust, port: service.port });
    const client = recorded(socket);
    await service.secured();

    socket.end();
    expect(await client.waitForEnd()).toEqual({ kind: 'end' });
  });

  it.each([
    ['nobody', 'first'],
    ['first.example.org', 'first'],
    ['FIRST.example.org', 'first'],
    ['second.example.org', 'second'],
    ['second.example.org.', 'second'],
    ['other.example.org', 'wildcard'],
    ['deep.other.example.org', 'first'],
    ['exact.example.org', 'exact'],
    ['.example.org', 'first'],
    ['*.example.org', 'first'],
    ['b\u00fccher.example', 'first'],
  ])('shows a client that asks for %s the certificate "%s"', async (servername, expected) => {
    const names = {
      first: 'DNS:first.example.org,DNS:again.example.org',
      wildcard: 'DNS:*.example.org',
      second: 'DNS:second.example.org',
      exact: 'DNS:exact.example.org',
    };
    const [first, ...others] = await Promise.all(
      Object.values(names).map((each) => authority.issueSelfSigned({ names: each })),
    );
    expect(first).toBeDefined();
    const service = await serve({ identities: [first ?? certificate, ...others] });
    const sni = servername === 'nobody' ? {} : { servername };

    const client = await connectSecured({ port: service.port, rejectUnauthorized: false, ...sni });

    const shown = client.getPeerX509Certificate()?.subjectAltName?.replaceAll(' ', '');
    expect(Object.entries(names).find(([, each]) => each === shown)?.[0]).toBe(expected);
  });

  it.each([
    ['imap', ['imap']],
    ['imap, though not first', ['http/1.1', 'imap']],
  ])('agrees with a client on %s', async (_, ALPNProtocols) => {
    const service = await serve();
    const client = await connectSecured({ ...trust, port: service.port, ALPNProtocols });
    expect(client.alpnProtocol).toBe('imap');
  });

  it('refuses a client that wants another protocol, with an alert', async () => {
    const service = await serve();
    const handshake = connectSecured({ ...trust, port: service.port, ALPNProtocols: ['h2', 'pop3'] });
    await expect(handshake).rejects.toThrow(/no application protocol/);
    expect(await service.failure()).toMatch(/: it wants another protocol than IMAP \(ALPN\)$/);
  });

  const ENDED = /^TlsClientFailedError: Cannot use TLS with the client: it ended the connection during/;

  it.each<[string, (client: Socket) => void, RegExp]>([
    ['sends IMAP', (client) => client.write('a LOGIN alice secret\r\n'), /: what it sends is not TLS$/],
    ['sends HTTP', (client) => client.write('GET / HTTP/1.0\r\n\r\n'), /: what it sends is HTTP$/],
    ['sends nonsense', (client) => client.write(Buffer.alloc(100, 0x80)), /: what it sends is not TLS$/],
    [
      'sends an endless record',
      (client) => client.write(Buffer.alloc(40_000, 0x16)),
      /: what it sends is not/,
    ],
    ['closes', (client) => client.end(), ENDED],
    ['closes in the middle of its greeting', (client) => client.end(HALF_A_HELLO), ENDED],
    ['resets', (client) => client.resetAndDestroy(), ENDED],
    [
      'resets in the middle of its greeting',
      (client) => client.write(HALF_A_HELLO, () => client.resetAndDestroy()),
      ENDED,
    ],
  ])('gives up a client that %s, and no other', async (_, misbehave, reason) => {
    const service = await serve();
    const neighbour = recorded(await connectSecured({ ...trust, port: service.port }));
    const neighbourEnd = await service.secured();
    const socket = connect(service.port, '127.0.0.1');
    const client = recorded(socket);
    await once(socket, 'connect');

    misbehave(socket);

    expect(await service.failure(1)).toMatch(reason);
    expect((await service.outcome(1)).error).toMatchObject({ code: 'CLIENT_TLS', fault: 'client' });
    expect((await service.outcome(1)).accepted.destroyed).toBe(true);
    await client.waitForEnd();
    expect(clock.pending).toBe(0);
    await neighbour.send('a NOOP\r\n');
    expect(await neighbourEnd.takeLine()).toBe('a NOOP');
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['half its greeting', HALF_A_HELLO],
  ])('gives up a client that sends %s in time', async (_, octets) => {
    const service = await serve();
    const client = recorded(connect(service.port, '127.0.0.1'));
    await client.send(octets);
    await waitUntil(() => clock.pending === 1, { what: 'the handshake to begin' });

    clock.advance(HANDSHAKE_MS - 1);
    expect(client.ending).toBeUndefined();
    clock.advance(1);

    expect(await service.failure()).toMatch(/: the handshake was not done within 60000 ms$/);
    await client.waitForEnd();
  });

  it('gives up a connection that is closed already', async () => {
    const service = await serve({}, true, async (socket) => void socket.destroy());
    recorded(connect(service.port, '127.0.0.1'));
    expect(await service.failure()).toMatch(/: the connection is closed already$/);
    expect(clock.pending).toBe(0);
  });

  it.each<[string, Partial<TlsServerSettings>, ConnectionOptions, RegExp]>([
    [
      'an old version',
      {},
      { maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' },
      /no version of TLS in common$/,
    ],
    [
      'a version below the lowest',
      { minVersion: '1.3' },
      { maxVersion: 'TLSv1.2' },
      /no version of TLS in common$/,
    ],
    [
      'no cipher of the list',
      { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      /no cipher in common$/,
    ],
  ])('refuses a client with %s', async (_, changes, options, reason) => {
    const service = await serve(changes);
    await expect(
      connectSecured({ ...trust, minVersion: 'TLSv1', ...options, port: service.port }),
    ).rejects.toThrow();
    expect(await service.failure()).toMatch(reason);
  });

  it('takes a distrustful client for what it is', async () => {
    const service = await serve();
    await tryProgram('openssl', [
      's_client',
      '-connect',
      `127.0.0.1:${service.port}`,
      '-verify_return_error',
      '-brief',
    ]);
    expect(await service.failure()).toMatch(/: it does not trust the certificate of the proxy$/);
  });

  it('does no second handshake on a connection of TLS 1.2', async () => {
    const service = await serve();
    const attempt = tryProgram(
      'openssl',
      ['s_client', '-connect', `127.0.0.1:${service.port}`, '-tls1_2', '-brief'],
      { input: 'R\n' },
    );
    const { secured } = await service.outcome();
    await waitUntil(() => secured?.destroyed, { what: 'the end of the connection' });
    expect((await attempt).stderr.toString()).toMatch(/no renegotiation/);
  });

  it('destroys a connection on which no TLS is spoken any longer', async () => {
    const service = await serve();
    const plain = connect(service.port, '127.0.0.1');
    const client = recorded(await connectSecured({ ...trust, socket: plain }));
    const { secured } = await service.outcome();
    expect(secured?.destroyed).toBe(false);

    plain.write('in clear');

    await waitUntil(() => secured?.destroyed, { what: 'the end of the connection' });
    await client.waitForEnd();
  });

  it('names all files that it reads', () => {
    const all = { certFile: 'a', keyFile: 'b' };
    const one = { certFile: 'c', keyFile: undefined };
    const changes = { identities: [all, one], clientCaFile: 'd', clientCaPath: 'e' } as const;
    expect(filesOf({ ...settings, ...changes })).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(filesOf({ ...settings, identities: [one] })).toEqual(['c']);
  });
});
