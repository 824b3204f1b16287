import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import type { Directives } from '../../support/daemon-process.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, parkOne, startProxied, USER } from '../../support/proxied-server.ts';
import { acceptLogin, answerReset, serveCommands, tagOf } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { logIn, secureAtOnce, serveMail } from './tls-server.ts';

/** More than all sockets on the way take. */
const LARGE_OCTETS = 64 * 1024 * 1024;
const PIECE_OCTETS = 256 * 1024;
const HEAD = `* 1 FETCH (BODY[] {${LARGE_OCTETS}}\r\n`;

/** For how many looks in a row nothing more may be taken, until that counts as standing still. */
const STANDSTILL_ROUNDS = 40;

describeWith(['openssl'], 'A connection to the server under TLS', () => {
  let authority: CertificateAuthority;
  let certificate: Certificate;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    certificate = await authority.issue();
  });

  afterAll(() => authority.remove());

  /** `script` plays what is said inside TLS, on every connection but the proxy's own look at the greeting. */
  function start(
    script: (secured: ScriptedConnection, index: number) => Promise<unknown>,
    directives: Directives = {},
  ) {
    return startProxied(
      async (connection, index) => {
        await script(await secureAtOnce(connection, certificate), index);
      },
      {
        directives: { tls_ca_file: authority.certFile, server_tls: 'implicit', ...directives },
        probe: async (connection) => serveCommands(await secureAtOnce(connection, certificate)),
      },
    );
  }

  it('is reset, parked and used for the next login', async () => {
    const { proxy, upstreams } = await start(async (secured) => {
      await acceptLogin(secured);
      for (let session = 0; session < 3; session += 1) {
        const tag = tagOf(await secured.expectLine(/ SELECT INBOX$/));
        await secured.send(`* 3 EXISTS\r\n${tag} OK [READ-WRITE] Done\r\n`);
        await answerReset(secured);
      }
      await serveCommands(secured);
    });

    for (let session = 0; session < 3; session += 1) {
      const client = await ImapClient.login(proxy.port, USER, PASSWORD);
      expect(await client.command('SELECT INBOX')).toMatchObject({ untagged: ['* 3 EXISTS'], status: 'OK' });
      await client.logout();
      await proxy.waitForPool({ parked: 1 });
    }

    expect(upstreams()).toHaveLength(1);
  });

  it.each([
    ['ends it by the book', (secured: ScriptedConnection) => secured.cut(), 'closed by server'],
    [
      'closes it without a word of TLS',
      (_: ScriptedConnection, raw: ScriptedConnection) => raw.cut(),
      'closed by server',
    ],
    ['resets it', (_: ScriptedConnection, raw: ScriptedConnection) => raw.reset(), 'closed by server'],
    ['says something', (secured: ScriptedConnection) => secured.send('* BYE Idle\r\n'), 'unexpected octets'],
  ])('is not used again when the server, while it is parked, %s', async (_, act, reason) => {
    const securedByIndex: ScriptedConnection[] = [];
    const { proxy, upstreams } = await start(async (secured) => {
      securedByIndex.push(secured);
      await serveMail(secured);
    });
    await parkOne(proxy);

    const [secured, raw] = [securedByIndex[0], upstreams()[0]];
    if (secured === undefined || raw === undefined) throw new Error('No connection was made');
    await act(secured, raw);
    await proxy.waitForPool({ parked: 0 });

    expect(proxy.log('upstream connection closed').at(-1)).toMatchObject({ reason });
    expect((await logIn(proxy)).status).toBe('OK');
  });

  it.each([
    ['closes', (raw: ScriptedConnection) => raw.cut()],
    ['resets', (raw: ScriptedConnection) => raw.reset()],
  ])('is made again, in full, when the server %s it because it is to resume a session', async (_, end) => {
    const serve = async (connection: ScriptedConnection) => secureAtOnce(connection, certificate);
    const { proxy, upstreams } = await startProxied(
      async (connection, index) => {
        if (index > 0) return serveMail(await serve(connection));
        await waitUntil(() => connection.received !== '', { what: 'the handshake' });
        end(connection);
      },
      {
        directives: { tls_ca_file: authority.certFile, server_tls: 'implicit' },
        probe: async (connection) => serveCommands(await serve(connection)),
      },
    );

    expect((await logIn(proxy)).status).toBe('OK');
    expect(upstreams()).toHaveLength(2);
  });

  it('is left with LOGOUT, and the server hears the end of it', async () => {
    const { proxy } = await start(async (secured) => {
      await acceptLogin(secured);
      await secured.expectLine(/^\S+ NOOP$/);
      await secured.send('P2 OK Done\r\n');
      await secured.expectLine(/ LOGOUT$/);
      expect(await secured.expectEnd()).toEqual({ kind: 'end' });
      secured.cut();
    });
    await parkOne(proxy);

    await proxy.stop();
  });

  it('makes the server wait for a client that reads slowly', async () => {
    const sender = new Sender();
    const { proxy } = await start(async (secured) => {
      await acceptLogin(secured);
      const tag = tagOf(await secured.expectLine(/ FETCH 1 BODY\[\]$/));
      await secured.send(HEAD);
      await sender.run(secured);
      await secured.send(`)\r\n${tag} OK Done\r\n`);
      await serveCommands(secured);
    });
    using client = await ImapClient.login(proxy.port, USER, PASSWORD);
    client.pause();

    await client.send('f FETCH 1 BODY[]\r\n');
    await sender.waitForStandstill();
    expect(sender.sentOctets).toBeLessThan(LARGE_OCTETS);
    client.resume();

    await client.skipOctets(HEAD.length + LARGE_OCTETS + ')\r\n'.length);
    expect((await client.readReply('f')).status).toBe('OK');
  });

  it('makes the client wait for a server that reads slowly', async () => {
    const isPaused = Promise.withResolvers<ScriptedConnection>();
    const { proxy } = await start(async (secured) => {
      await acceptLogin(secured);
      await secured.expectLine(`a APPEND INBOX {${LARGE_OCTETS}+}`);
      secured.pause();
      isPaused.resolve(secured);
      await secured.skipOctets(LARGE_OCTETS);
      await secured.expectLine('');
      await secured.send('a OK Done\r\n');
      await serveCommands(secured);
    });
    using client = await ImapClient.login(proxy.port, USER, PASSWORD);
    const sender = new Sender();

    await client.send(`a APPEND INBOX {${LARGE_OCTETS}+}\r\n`);
    const server = await isPaused.promise;
    const sent = sender.run(client);
    await sender.waitForStandstill();
    expect(sender.sentOctets).toBeLessThan(LARGE_OCTETS);
    server.resume();
    await sent;
    await client.send('\r\n');

    expect((await client.readReply('a')).status).toBe('OK');
  });
});

/** Sends `LARGE_OCTETS` in pieces and counts what the other side has taken. */
class Sender {
  sentOctets = 0;

  async run(peer: { send(octets: Buffer): Promise<void> }): Promise<void> {
    const piece = Buffer.alloc(PIECE_OCTETS, 'x');
    while (this.sentOctets < LARGE_OCTETS) {
      await peer.send(piece);
      this.sentOctets += piece.length;
    }
  }

  async waitForStandstill(): Promise<void> {
    let [seen, rounds] = [0, 0];
    const stands = (): boolean => {
      rounds = this.sentOctets === seen && seen > 0 ? rounds + 1 : 0;
      seen = this.sentOctets;
      return rounds === STANDSTILL_ROUNDS;
    };
    await waitUntil(stands, { what: 'the sender to stand still' });
  }
}
