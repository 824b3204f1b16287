import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { type ProxiedServer, startProxied } from '../../support/proxied-server.ts';
import { serveCommands } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';
import { describeWith } from '../../support/system-packages.ts';
import { base64, xoauth2 } from '../../support/tokens.ts';
import { secureAtOnce } from './tls-server.ts';

describeWith(['openssl'], 'A server that says LOGINDISABLED under TLS', () => {
  let authority: CertificateAuthority;
  let certificate: Certificate;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    certificate = await authority.issue();
  });

  afterAll(() => authority.remove());

  /** A server that offers `words` besides, and whose login is played by `script`. */
  function start(
    words: string,
    script: (secured: ScriptedConnection) => Promise<unknown>,
  ): Promise<ProxiedServer> {
    const greeting = `* OK [CAPABILITY IMAP4rev1 SASL-IR LOGINDISABLED ${words}] ready`;
    return startProxied(
      async (connection) => void (await script(await secureAtOnce(connection, certificate, greeting))),
      {
        directives: { tls_ca_file: authority.certFile, server_tls: 'implicit' },
        probe: async (connection) => serveCommands(await secureAtOnce(connection, certificate, greeting)),
      },
    );
  }

  async function tell({ proxy }: ProxiedServer, line: string): Promise<string> {
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();
    return (await client.command(line)).tagged;
  }

  it.each([
    ['a token', `XOAUTH2 ${xoauth2('alice', 'token')}`],
    ['a password', `PLAIN ${base64('\0alice\0s3cret')}`],
    ['a password that is long', `PLAIN ${base64(`\0alice\0${'x'.repeat(7_000)}`)}`],
  ])('takes %s by the mechanism that it offers', async (_, response) => {
    const setup = await start('AUTH=PLAIN AUTH=XOAUTH2', async (secured) => {
      await secured.expectLine(`P1 AUTHENTICATE ${response}`);
      await secured.send('P1 OK [CAPABILITY IMAP4rev1] Logged in\r\n');
      await serveCommands(secured);
    });

    expect(await tell(setup, `AUTHENTICATE ${response}`)).toBe('OK [CAPABILITY IMAP4rev1] Logged in');
  });

  it('and takes tokens only is sent no password', async () => {
    const setup = await start('AUTH=XOAUTH2', (secured) => secured.expectEnd());

    expect(await tell(setup, 'LOGIN alice s3cret')).toMatch(/^NO \[PRIVACYREQUIRED\] /);
  });
});
