import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, linkSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Listener, type ListenOptions, listen } from '../../../src/net/listener.ts';
import { listenForOctets } from '../../../src/net/read-buffer.ts';
import { TlsServer } from '../../../src/net/tls-server.ts';
import { CertificateAuthority } from '../../support/certificates.ts';
import { RecordedSocket } from '../../support/recorded-socket.ts';
import { describeWith } from '../../support/system-packages.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { HANDSHAKE_MS, recorded } from './tls-service.ts';

/** A listener that is closed, with its clients, when the test ends. */
async function start(
  options: ListenOptions,
  onClient: (socket: Socket) => void = () => undefined,
): Promise<Listener> {
  const accepted: Socket[] = [];
  const listener = await listen(options, (socket) => {
    accepted.push(socket);
    onClient(socket);
  });
  onTestFinished(() => {
    listener.close();
    for (const socket of accepted) socket.destroy();
  });
  return listener;
}

/** Sends back what it reads, and its end. */
function echo(socket: Socket): void {
  listenForOctets(socket, (octets) => socket.write(Buffer.from(octets)));
  socket.on('end', () => socket.end('end\n'));
  // Who only looks whether somebody listens does not stay for the answer.
  socket.on('error', () => socket.destroy());
  socket.resume();
}

const LOOPBACK = { host: '127.0.0.1', port: 0, keepAlive: false };

/** Where a test listens: on TCP or on a Unix socket. */
interface Place {
  readonly options: ListenOptions;
  connect(listener: Listener): Socket;
}

describe('listen', () => {
  let directory: TempDirectory;
  let path: string;

  beforeEach(() => {
    directory = new TempDirectory('listener');
    onTestFinished(() => directory.remove());
    path = `${directory.path}/imapproxyd.sock`;
  });

  const places: readonly (readonly [string, () => Place])[] = [
    ['a TCP port', () => ({ options: LOOPBACK, connect: ({ address, port }) => connect(port, address) })],
    ['a Unix socket', () => ({ options: { path }, connect: ({ address }) => connect(address) })],
  ];

  describe.each(places)('on %s', (_, place) => {
    it.each([false, true])(
      'carries octets both ways, after the end of one too (unread: %s)',
      async (isUnread) => {
        const { options, connect } = place();
        const listener = await start({ ...options, isUnread }, echo);
        listener.open();
        const client = recorded(connect(listener));

        await client.send('a\n');
        expect(await client.takeLine()).toBe('a');
        await client.send('b\n');
        client.socket.end();
        expect(await client.takeLine()).toBe('b');
        expect(await client.takeLine()).toBe('end');
        await client.waitForEnd();
      },
    );

    it('gives clients who have been waiting first, with all they have said', async () => {
      const { options, connect } = place();
      const said: string[] = [];
      const listener = await start(options, (socket) => {
        const index = said.push('') - 1;
        listenForOctets(socket, (octets) => {
          said[index] += octets.toString();
        });
        socket.resume();
      });
      await recorded(connect(listener)).send('first');
      await recorded(connect(listener)).send('second');
      expect(said).toEqual([]);

      listener.open();

      await waitUntil(() => said.join(' ') === 'first second', { what: 'both clients' });
    });

    it('leaves what a client says unread, where that is wanted, until somebody reads', async () => {
      const { options, connect } = place();
      const accepted: Socket[] = [];
      const listener = await start({ ...options, isUnread: true }, (socket) => void accepted.push(socket));
      listener.open();
      await recorded(connect(listener)).send('a NOOP\r\n');
      const socket = await waitUntil(() => accepted[0], { what: 'the client' });
      expect(socket.isPaused()).toBe(true);
      expect(socket.bytesRead).toBe(0);

      const server = new RecordedSocket(socket, { own: 'S', peer: 'C' });
      socket.resume();
      expect(await server.takeLine()).toBe('a NOOP');
    });

    it('tells of each socket that it gives', async () => {
      const { options, connect } = place();
      const told: unknown[] = [];
      const given: unknown[] = [];
      const onTold = (message: unknown): void => void told.push(message);
      subscribe('imapproxyd.client.socket', onTold);
      onTestFinished(() => void unsubscribe('imapproxyd.client.socket', onTold));
      const listener = await start(options, (socket) => void given.push({ socket }));
      listener.open();

      recorded(connect(listener));

      await waitUntil(() => given.length === 1, { what: 'the client' });
      expect(told).toEqual(given);
    });

    it('accepts nobody any more once it is closed, and leaves those who are there', async () => {
      const { options, connect } = place();
      const listener = await start(options, echo);
      listener.open();
      const client = recorded(connect(listener));
      await client.send('a\n');
      expect(await client.takeLine()).toBe('a');

      listener.close();

      const late = recorded(connect(listener));
      expect(await late.waitForEnd()).toMatchObject({ kind: 'error' });
      await client.send('b\n');
      expect(await client.takeLine()).toBe('b');
    });
  });

  it('tells which port the system has picked', async () => {
    const { address, port } = await start(LOOPBACK);
    expect(address).toBe('127.0.0.1');
    expect(port).toBeGreaterThan(0);
  });

  it('fails when the port is taken', async () => {
    const { port } = await start(LOOPBACK);
    await expect(start({ ...LOOPBACK, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  describe('on a Unix socket', () => {
    /** The file that a process leaves behind which dies. */
    async function leaveStale(): Promise<void> {
      const other = await start({ path: `${directory.path}/other.sock` });
      linkSync(other.address, path);
      other.close();
    }

    it('makes a file for owner and group, and removes it', async () => {
      const listener = await start({ path });
      expect(listener).toMatchObject({ address: path, port: 0 });
      expect(statSync(path).isSocket()).toBe(true);
      expect(statSync(path).mode & 0o777).toBe(0o660);

      listener.close();
      expect(existsSync(path)).toBe(false);
    });

    it('makes a file for whom it is told, whatever the umask', async () => {
      const umask = process.umask(0o077);
      onTestFinished(() => void process.umask(umask));
      await start({ path, mode: 0o666 });
      expect(statSync(path).mode & 0o777).toBe(0o666);
      expect(process.umask(0o077)).toBe(0o077);
    });

    it('takes the place of a process that has died', async () => {
      await leaveStale();
      expect(statSync(path).isSocket()).toBe(true);

      const listener = await start({ path }, echo);
      listener.open();

      const client = recorded(connect(path));
      await client.send('a\n');
      expect(await client.takeLine()).toBe('a');
    });

    it('leaves a process alone that lives', async () => {
      const first = await start({ path }, echo);
      first.open();

      await expect(start({ path })).rejects.toMatchObject({
        code: 'SOCKET_FILE',
        message: `Cannot listen on ${path}: another process listens there`,
      });

      const client = recorded(connect(path));
      await client.send('a\n');
      expect(await client.takeLine()).toBe('a');
    });

    it('leaves a file alone that is no socket', async () => {
      writeFileSync(path, 'mail');
      await expect(start({ path })).rejects.toThrow(
        `Cannot listen on ${path}: there is a file that is no socket`,
      );
      expect(readFileSync(path, 'utf8')).toBe('mail');
    });

    it.each([
      [
        'a directory that is not there',
        () => `${directory.path}/nowhere/s`,
        /nowhere\/s: there is no such directory$/,
      ],
      [
        'a name that is too long',
        () => `${directory.path}/${'x'.repeat(100)}`,
        /^listen E(?:INVAL|NAMETOOLONG)/,
      ],
    ])('fails in %s', async (_, make, message) => {
      await expect(start({ path: make() })).rejects.toThrow(message);
    });
  });

  describeWith(['openssl'], 'on a Unix socket with TLS', () => {
    it.each([true, false])('carries octets both ways (unread: %s)', async (isUnread) => {
      using authority = await CertificateAuthority.create();
      const tls = new TlsServer({
        identities: [await authority.issue()],
        minVersion: '1.2',
        ciphers: undefined,
        clientCertificates: 'off',
        clientCaFile: undefined,
        clientCaPath: undefined,
      });
      const failures: unknown[] = [];
      const listener = await start({ path, isUnread }, (socket) => {
        tls.secure(socket, HANDSHAKE_MS).then(echo, (error: unknown) => failures.push(error));
      });
      listener.open();

      const client = recorded(connectTls({ path, rejectUnauthorized: false }));
      await client.send('a\n');
      expect(await client.takeLine()).toBe('a');
      expect(failures).toEqual([]);
    });
  });
});
