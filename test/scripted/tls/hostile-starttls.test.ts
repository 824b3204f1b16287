import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { type ProxiedServer, startProxied } from '../../support/proxied-server.ts';
import { greet, serveCommands, tagOf } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import {
  CLEAR_GREETING,
  errorsOf,
  expectNoCredentials,
  logIn,
  OFFERED,
  secureByStartTls,
  serveMail,
  UNAVAILABLE,
} from './tls-server.ts';

const STARTTLS = 'P1 STARTTLS\r\n';
/** What would make a wrong password right, if it were believed. */
const FORGED = `P1 OK Done\r\nP2 OK [CAPABILITY ${OFFERED}] Logged in\r\nP3 OK Logged in\r\n`;

describeWith(['openssl'], 'Someone on the way to a server that is to begin TLS', () => {
  let authority: CertificateAuthority;
  let certificate: Certificate;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    certificate = await authority.issue();
  });

  afterAll(() => authority.remove());

  /** A proxy before a server that is tampered with until `relent` is called. */
  async function startTampered(
    tamper: (connection: ScriptedConnection) => Promise<unknown>,
    mode = 'starttls',
  ): Promise<ProxiedServer & { relent(): void }> {
    let isTampered = true;
    const proxied = await startProxied(
      async (connection) => {
        if (isTampered) await tamper(connection);
        else await serveMail(await secureByStartTls(connection, certificate));
      },
      {
        directives: { tls_ca_file: authority.certFile, server_tls: mode },
        probe: async (connection) => serveCommands(await secureByStartTls(connection, certificate)),
      },
    );
    const relent = (): void => {
      isTampered = false;
    };
    return { ...proxied, relent };
  }

  /** A login fails for now, as `cause` says, and is not affected by that later. */
  async function expectFailedLogin(
    { proxy, upstreams, relent }: Awaited<ReturnType<typeof startTampered>>,
    cause: RegExp,
  ): Promise<void> {
    expect((await logIn(proxy, 'wrong')).tagged).toBe(UNAVAILABLE);
    expect(errorsOf(proxy).at(-1)).toMatch(cause);
    expectNoCredentials(upstreams(), 'wrong');
    relent();
    expect((await logIn(proxy)).status).toBe('OK');
  }

  it.each([
    ['an answer to the login', FORGED],
    ['capabilities', `* CAPABILITY ${OFFERED}\r\n`],
    ['half a line', '* CAPABILITY'],
    ['an empty line', '\r\n'],
    ['one octet', '*'],
  ])('gains nothing by putting %s right behind the consent', async (_, octets) => {
    const tampered = await startTampered(async (connection) => {
      await greet(connection, CLEAR_GREETING);
      await connection.expectLine('P1 STARTTLS');
      await connection.send(`P1 OK Begin TLS negotiation now\r\n${octets}`);
      await connection.expectEnd();
    });

    await expectFailedLogin(tampered, /during STARTTLS: octets in clear behind its answer$/);

    expect(tampered.upstreams()[0]?.received).toBe(STARTTLS);
  });

  it.each([
    ['at once', STARTTLS.length],
    ['when the handshake has begun', STARTTLS.length + 1],
  ])('gains nothing by sending an answer to the login behind the consent, %s', async (_, octets) => {
    const tampered = await startTampered(async (connection) => {
      await greet(connection, CLEAR_GREETING);
      await connection.expectLine('P1 STARTTLS');
      await connection.send('P1 OK Begin TLS negotiation now\r\n');
      await waitUntil(() => connection.received.length >= octets, { what: `${octets} octets` });
      await connection.send(FORGED);
      await connection.stall();
    });

    await expectFailedLogin(tampered, /octets in clear behind its answer$|what the server sends is not TLS/);
  });

  it.each(['starttls', 'auto'])(
    'gains nothing by answering before the question (server_tls %s)',
    async (mode) => {
      const tampered = await startTampered(async (connection) => {
        await connection.send(`${CLEAR_GREETING}\r\nP1 OK Begin\r\n`);
        await connection.expectEnd();
      }, mode);

      await expectFailedLogin(tampered, /: an answer to what was not asked$/);
    },
  );

  it('gains nothing by answering the question for capabilities before it is asked', async () => {
    const tampered = await startTampered(async (connection) => {
      await connection.send('* OK Example Mail ready\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nP1 OK Done\r\n');
      await connection.expectEnd();
    }, 'auto');

    await expectFailedLogin(tampered, /: an answer to what was not asked$/);
  });

  it('gains nothing by saying that the client is logged in already', async () => {
    const tampered = await startTampered(async (connection) => {
      await connection.send('* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] Welcome\r\n');
      await connection.expectEnd();
    });

    await expectFailedLogin(tampered, /during greeting: PREAUTH$/);
  });

  it.each([
    ['NO', 'P1 NO Not today\r\n', /refuses STARTTLS: Not today \(see server_tls, force_tls\)$/],
    ['BAD', 'P1 BAD What?\r\n', /refuses STARTTLS: What\? /],
    ['BYE', '* BYE Not today\r\n', /ended the connection during STARTTLS: Not today$/],
    ['a continuation', '+ go ahead\r\n', /during STARTTLS: a continuation line$/],
    ['another tag', 'P2 OK Begin\r\n', /during STARTTLS: a tagged response to no command$/],
    ['no IMAP', 'HTTP/1.1 400 Bad Request\r\n', /during STARTTLS: /],
  ])('cannot bring the proxy down to clear text by %s', async (_, answer, cause) => {
    const tampered = await startTampered(async (connection) => {
      await greet(connection, CLEAR_GREETING);
      await connection.expectLine('P1 STARTTLS');
      await connection.send(answer);
      await connection.expectEnd();
    });

    await expectFailedLogin(tampered, cause);
  });

  it('cannot bring it down by leaving STARTTLS out either', async () => {
    const tampered = await startTampered(async (connection) => {
      await greet(connection, `* OK [CAPABILITY ${OFFERED}] Example Mail ready`);
      await connection.expectEnd();
    });

    await expectFailedLogin(tampered, /: the server does not offer STARTTLS \(see server_tls, force_tls\)$/);
  });

  it('makes the proxy wait no longer than server_login_timeout for the consent', async () => {
    const { proxy, upstream } = await startTampered((connection) => greet(connection, CLEAR_GREETING));
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    await client.send('a LOGIN alice wrong\r\n');
    const connection = await upstream(0);
    await waitUntil(() => connection.received === STARTTLS, { what: 'STARTTLS' });
    proxy.advance(29_999);
    expect(client.chunks).toHaveLength(1);
    proxy.advance(1);

    expect((await client.readReply('a')).tagged).toBe(UNAVAILABLE);
    expect(errorsOf(proxy).at(-1)).toBe('Server did not answer within 30000 ms during login');
  });

  it('cannot have its answers taken for those of the server once TLS is on', async () => {
    const tampered = await startTampered(async (connection) => {
      await greet(connection, CLEAR_GREETING);
      await connection.expectLine('P1 STARTTLS');
      await connection.send('* OK [ALERT] P1 OK\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nP1 OK Begin\r\n');
      const secured = await connection.secure(certificate);
      const tag = tagOf(await secured.expectLine(/ CAPABILITY$/));
      await secured.send(`* CAPABILITY ${OFFERED}\r\n${tag} OK Done\r\n${FORGED}`);
      await secured.expectEnd();
    });

    await expectFailedLogin(tampered, /: an answer to what was not asked$/);
  });
});
