import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import type { Directives } from '../../support/daemon-process.ts';
import { ImapClient } from '../../support/imap-client.ts';
import {
  answerProbe,
  mailServer,
  type ProxiedServer,
  parkOne,
  startProxied,
} from '../../support/proxied-server.ts';
import { acceptLogin, greet, serveCommands, tagOf } from '../../support/scripted-imap.ts';
import type { Script } from '../../support/scripted-server.ts';
import { describeWith } from '../../support/system-packages.ts';
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

describeWith(['openssl'], 'STARTTLS towards the server', () => {
  let authority: CertificateAuthority;
  let certificate: Certificate;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    certificate = await authority.issue();
  });

  afterAll(() => authority.remove());

  const start = (script: Script, directives: Directives = {}, greeting?: string): Promise<ProxiedServer> =>
    startProxied(script, {
      directives: { tls_ca_file: authority.certFile, ...directives },
      probe: async (connection) => serveCommands(await secureByStartTls(connection, certificate, greeting)),
    });

  const serve: Script = async (connection) => serveMail(await secureByStartTls(connection, certificate));

  it.each([{}, { force_tls: 'yes' }, { server_tls: 'starttls' }])(
    'begins with %j where the server takes no login without it',
    async (directives) => {
      const { proxy, upstreams } = await start(serve, directives);

      expect((await logIn(proxy)).status).toBe('OK');

      expect(upstreams()[0]?.received).toBe('P1 STARTTLS\r\n');
    },
  );

  it('is demanded with force_tls even where the server would take the login in clear', async () => {
    const greeting = '* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] Example Mail ready';
    const script: Script = async (connection) =>
      serveMail(await secureByStartTls(connection, certificate, greeting));
    const { proxy, upstreams } = await start(script, { force_tls: 'yes' }, greeting);

    expect((await logIn(proxy)).status).toBe('OK');
    expectNoCredentials(upstreams());
  });

  it('is asked for, without a question before, where the greeting names no capabilities', async () => {
    const greeting = '* OK Example Mail ready';
    const script: Script = async (connection) =>
      serveMail(await secureByStartTls(connection, certificate, greeting));
    const { proxy } = await start(script, { server_tls: 'starttls' }, greeting);

    expect((await logIn(proxy)).status).toBe('OK');
  });

  it('is left alone by default where the server takes the login in clear', async () => {
    const greeting = '* OK [CAPABILITY IMAP4rev1 STARTTLS SASL-IR AUTH=PLAIN] Example Mail ready';
    const script: Script = async (connection) => {
      await greet(connection, greeting);
      await acceptLogin(connection);
      await serveCommands(connection);
    };
    const { proxy, upstreams } = await startProxied(script, {
      probe: (connection) => answerProbe(connection, greeting),
    });

    expect((await logIn(proxy)).status).toBe('OK');
    expect(upstreams()[0]?.received).toMatch(/^P1 AUTHENTICATE PLAIN /);
  });

  it('is decided anew on each connection, by what the server says on that one', async () => {
    const inClear: Script = async (connection) => {
      await greet(connection, '* OK Example Mail ready');
      const question = await connection.expectLine(/ CAPABILITY$/);
      await connection.send(
        `* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n${tagOf(question)} OK Done\r\n`,
      );
      const tag = tagOf(await connection.expectLine(/ STARTTLS$/));
      await connection.send(`${tag} OK Begin TLS negotiation now\r\n`);
      const secured = await connection.secure(certificate);
      const again = await secured.expectLine(/ CAPABILITY$/);
      await secured.send(`* CAPABILITY ${OFFERED}\r\n${tagOf(again)} OK Done\r\n`);
      await serveMail(secured);
    };
    // The greeting that is remembered says nothing of LOGINDISABLED.
    const { proxy, upstreams } = await start(inClear);

    expect((await logIn(proxy)).status).toBe('OK');
    expectNoCredentials(upstreams());
  });

  it('leaves nothing for clients of what was said before it', async () => {
    const { proxy } = await start(
      async (connection) => {
        await connection.send('* OK [ALERT] Buy now\r\n* CAPABILITY IMAP4rev1 STARTTLS XEVIL\r\n');
        const tag = tagOf(await connection.expectLine(/ STARTTLS$/));
        await connection.send(`* OK [ALERT] Buy more\r\n* CAPABILITY IMAP4rev1 XEVIL\r\n${tag} OK Begin\r\n`);
        const secured = await connection.secure(certificate);
        const question = await secured.expectLine(/ CAPABILITY$/);
        await secured.send(`* CAPABILITY ${OFFERED}\r\n${tagOf(question)} OK Done\r\n`);
        await serveMail(secured);
      },
      { server_tls: 'starttls' },
    );
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    const reply = await client.command('LOGIN alice "open sesame"');
    using later = await ImapClient.connect(proxy.port);
    const greeting = await later.readGreeting();

    expect(reply).toMatchObject({ untagged: [], status: 'OK' });
    expect(greeting).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 SASL-IR LITERAL\+ AUTH=PLAIN IDLE UNSELECT\] /);
    expect(`${greeting}${reply.tagged}`).not.toMatch(/XEVIL|ALERT|STARTTLS|LOGINDISABLED/);
  });

  it.each(['* OK Nothing to see', '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] No TLS here'])(
    'is an error where it is demanded and the server, greeting with %j, does not do it',
    async (greeting) => {
      const script: Script = async (connection) => {
        await greet(connection, greeting);
        if (greeting.includes('CAPABILITY')) return;
        const tag = tagOf(await connection.expectLine(/ STARTTLS$/));
        await connection.send(`${tag} BAD What is that?\r\n`);
      };
      const { proxy, server } = await startProxied(script, {
        directives: { force_tls: 'yes' },
        probe: script,
      });

      expect((await logIn(proxy)).tagged).toBe(UNAVAILABLE);
      expectNoCredentials(server.connections);
      expect(errorsOf(proxy).at(-1)).toMatch(
        /^Cannot encrypt the connection to the server: the server (?:does not offer STARTTLS|refuses STARTTLS: What is that\?) \(see server_tls, force_tls\)$/,
      );
    },
  );

  it.each(['off', 'auto'])(
    'is not possible with server_tls %s, and a server that takes no login then gets none',
    async (mode) => {
      const greeting = CLEAR_GREETING.replace(mode === 'auto' ? 'STARTTLS ' : '\0', '');
      const { proxy, server } = await startProxied(
        async (connection) => {
          await greet(connection, greeting);
          await connection.expectEnd();
        },
        { directives: { server_tls: mode }, probe: (connection) => answerProbe(connection, greeting) },
      );

      expect((await logIn(proxy)).tagged).toMatch(/^NO \[PRIVACYREQUIRED\] /);
      expectNoCredentials(server.connections.slice(1));
    },
  );

  it('is named in the log', async () => {
    const { proxy } = await start(serve);
    expect(proxy.log('server answers')).toMatchObject([{ tls: expect.stringMatching(/^TLSv1\.3 TLS_\w+$/) }]);
  });

  it('is named in the log when it is not used', async () => {
    const { proxy } = await startProxied();
    expect(proxy.log('server answers')).toMatchObject([{ tls: 'none' }]);
  });

  it('keeps the connection for the next login of its user', async () => {
    const { proxy, upstreams } = await start(serve);

    await parkOne(proxy);
    expect((await logIn(proxy)).status).toBe('OK');

    expect(upstreams()).toHaveLength(1);
  });

  it('is not begun with server_tls off on a server that offers it', async () => {
    const { proxy, upstreams } = await startProxied(mailServer(), { directives: { server_tls: 'off' } });

    expect((await logIn(proxy)).status).toBe('OK');
    expect(upstreams()[0]?.received).not.toContain('STARTTLS');
  });
});
