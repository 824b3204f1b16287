import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { type ProxiedServer, startProxied } from '../../support/proxied-server.ts';
import { greet, readLogin, serveCommands } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import {
  CLEAR_GREETING,
  errorsOf,
  expectNoCredentials,
  logIn,
  OFFERED,
  secureAtOnce,
  secureByStartTls,
  serveMail,
  UNAVAILABLE,
} from './tls-server.ts';

/** A record that says what its first octet says, and promises 512 octets more. */
const HALF_A_RECORD = Buffer.from([0x16, 0x03, 0x03, 0x02, 0x00, 0x02, 0x00, 0x01]);
const ALERT = (description: number): Buffer => Buffer.from([0x15, 0x03, 0x03, 0, 2, 2, description]);

describeWith(['openssl'], 'A server that is to speak TLS and', () => {
  let authority: CertificateAuthority;
  let certificate: Certificate;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    certificate = await authority.issue();
  });

  afterAll(() => authority.remove());

  /** How each mode gets to where the handshake begins, and what a good server does. */
  const modes = {
    implicit: {
      approach: async () => undefined,
      secure: (connection: ScriptedConnection) => secureAtOnce(connection, certificate),
    },
    starttls: {
      approach: async (connection: ScriptedConnection) => {
        await greet(connection, CLEAR_GREETING);
        await connection.expectLine('P1 STARTTLS');
        await connection.send('P1 OK Begin TLS negotiation now\r\n');
      },
      secure: (connection: ScriptedConnection) => secureByStartTls(connection, certificate),
    },
  };

  /** A proxy before a server that behaves as `play` does until `relent` is called, and well from then on. */
  async function start(
    play: (connection: ScriptedConnection) => Promise<unknown>,
    mode: keyof typeof modes = 'implicit',
  ): Promise<ProxiedServer & { relent(): void }> {
    const { secure } = modes[mode];
    let isBad = true;
    const proxied = await startProxied(
      async (connection) => {
        if (isBad) await play(connection);
        else await serveMail(await secure(connection));
      },
      {
        directives: { tls_ca_file: authority.certFile, server_tls: mode },
        probe: async (connection) => serveCommands(await secure(connection)),
      },
    );
    const relent = (): void => {
      isBad = false;
    };
    return { ...proxied, relent };
  }

  async function expectFailedLogin(
    { proxy, upstreams, relent }: Awaited<ReturnType<typeof start>>,
    cause: RegExp,
  ): Promise<void> {
    expect((await logIn(proxy)).tagged).toBe(UNAVAILABLE);
    expect(errorsOf(proxy).at(-1)).toMatch(cause);
    expectNoCredentials(upstreams());
    relent();
    expect((await logIn(proxy)).status).toBe('OK');
  }

  const each = ['implicit', 'starttls'] as const;

  it.each(each)('answers in clear gets no login (%s)', async (mode) => {
    const setup = await start(async (connection) => {
      await modes[mode].approach(connection);
      await waitForHandshake(connection);
      await connection.send(`* OK [CAPABILITY ${OFFERED}] ready\r\n`);
      await connection.stall();
    }, mode);

    await expectFailedLogin(
      setup,
      /^Cannot use TLS with 127\.0\.0\.1:\d+: what the server sends is not TLS \(see server_tls, server_port\)$/,
    );
  });

  it.each([
    [
      'handshake failure',
      40,
      /no cipher in common, or it demands a certificate \(see tls_ciphers, tls_cert_file\)$/,
    ],
    ['protocol version', 70, /no version of TLS in common \(see tls_min_version, tls_no_tlsv1\.\.\.\)$/],
    ['unrecognized name', 112, /does not know the name it is asked for \(see tls_server_name\)$/],
    ['unknown authority', 48, /refuses the certificate of the proxy \(see tls_cert_file\)$/],
    ['internal error', 80, /internal error/],
  ])('ends the handshake with the alert "%s" gets no login', async (_, description, cause) => {
    const setup = await start(async (connection) => {
      await waitForHandshake(connection);
      await connection.send(ALERT(description));
      connection.cut();
    });

    await expectFailedLogin(setup, cause);
  });

  it.each([
    ['closes', (connection: ScriptedConnection) => connection.cut()],
    ['resets', (connection: ScriptedConnection) => connection.reset()],
  ])('%s the connection during the handshake gets no login', async (_, end) => {
    const setup = await start(async (connection) => {
      await waitForHandshake(connection);
      end(connection);
    });

    await expectFailedLogin(setup, /: the server ended the connection during the handshake; /);
  });

  it.each(
    each.flatMap((mode) => [
      [mode, 'nothing', Buffer.alloc(0)] as const,
      [mode, 'half a record', HALF_A_RECORD] as const,
    ]),
  )('says in the handshake (%s) %s is given up after server_connect_timeout', async (mode, _, octets) => {
    const { proxy, upstream, upstreams } = await start(async (connection) => {
      await modes[mode].approach(connection);
      await waitForHandshake(connection);
      await connection.send(octets);
      await connection.stall();
    }, mode);
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    await client.send('a LOGIN alice "open sesame"\r\n');
    const connection = await upstream(0);
    await waitForHandshake(connection);
    proxy.advance(3_999);
    expect(client.chunks).toHaveLength(1);
    proxy.advance(1);

    expect((await client.readReply('a')).tagged).toBe(UNAVAILABLE);
    expect(errorsOf(proxy).at(-1)).toMatch(
      /: the handshake was not done within 4000 ms \(see server_connect_timeout\)$/,
    );
    expectNoCredentials(upstreams());
  });

  it.each([
    ['PREAUTH', '* PREAUTH Welcome\r\n', /during greeting: PREAUTH$/],
    ['BYE', '* BYE Too many connections\r\n', /during greeting: Too many connections$/],
    ['no IMAP', 'HTTP/1.1 400 Bad Request\r\n', /during greeting: no IMAP greeting$/],
    ['a greeting and an answer', `* OK [CAPABILITY ${OFFERED}] hi\r\nP1 OK Done\r\n`, /was not asked$/],
  ])('greets under TLS with %s gets no login', async (_, greeting, cause) => {
    const setup = await start(async (connection) => {
      const secured = await connection.secure(certificate);
      await secured.send(greeting);
      await secured.expectEnd();
    });

    await expectFailedLogin(setup, cause);
  });

  it('never comes to the end of its greeting is cut off', async () => {
    const setup = await start(async (connection) => {
      const secured = await connection.secure(certificate);
      const endless = async (): Promise<never> => {
        for (;;) await secured.send(Buffer.alloc(16_384, 'x'));
      };
      await expect(endless()).rejects.toThrow();
    });

    await expectFailedLogin(setup, /^Cannot understand the server during login: /);
  });

  it('greets with nothing is given up after server_login_timeout', async () => {
    const greeted = Promise.withResolvers<void>();
    const { proxy } = await start(async (connection) => {
      const secured = await connection.secure(certificate);
      greeted.resolve();
      await secured.expectEnd();
    });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    await client.send('a LOGIN alice "open sesame"\r\n');
    await greeted.promise;
    await proxy.advanceOnceWaiting(30_000);

    expect((await client.readReply('a')).tagged).toBe(UNAVAILABLE);
  });

  it('takes no login under TLS either gets none', async () => {
    const { proxy } = await start(async (connection) => {
      const secured = await secureAtOnce(
        connection,
        certificate,
        '* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi',
      );
      await secured.expectEnd();
    });

    expect((await logIn(proxy)).tagged).toMatch(/^NO \[PRIVACYREQUIRED\] /);
  });

  it('says no to a wrong password is believed', async () => {
    const { proxy } = await start(async (connection) => {
      const secured = await secureAtOnce(connection, certificate);
      const { tag, password } = await readLogin(secured);
      await secured.send(`${tag} NO [AUTHENTICATIONFAILED] Not ${password}\r\n`);
      await secured.stall();
    });

    expect((await logIn(proxy, 'wrong')).tagged).toBe('NO [AUTHENTICATIONFAILED] Not wrong');
  });
});

/** Waits for the proxy's first octets of TLS. */
async function waitForHandshake(connection: ScriptedConnection): Promise<void> {
  await waitUntil(() => connection.received.includes('\x16\x03'), { what: 'the handshake' });
}
