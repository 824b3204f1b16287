import { afterAll, beforeAll, expect, it } from 'vitest';
import { passwordOf } from '../../support/dovecot.ts';
import { ImapClient, type Reply } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';
import { oauthBearer, xoauth2 } from '../../support/tokens.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { badTokensOf, TokenServer, tokenOf } from './token-server.ts';

const MECHANISMS = [
  { mechanism: 'XOAUTH2', response: xoauth2, told: '' },
  { mechanism: 'OAUTHBEARER', response: oauthBearer, told: 'AQ==' },
] as const;

describeWith(['dovecot-imapd'], 'Login with a token through the proxy', () => {
  let server: TokenServer;
  let proxy: InProcessProxy;

  beforeAll(async () => {
    server = await TokenServer.start(['alice', 'bob', 'carol', 'dave']);
    proxy = await InProcessProxy.start(server.port);
  });

  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  /** A session on `port` that looks into INBOX, and the answer to its login. */
  async function visit(port: number, line: string, ...lines: readonly string[]): Promise<Reply> {
    await proxy.settled();
    const client = await ImapClient.connect(port);
    await client.readGreeting();
    const reply = await client.command(`AUTHENTICATE ${line}`, ...lines.map((text) => `${text}\r\n`));
    if (reply.status === 'OK') expect((await client.command('SELECT INBOX')).status).toBe('OK');
    await client.logout();
    await proxy.settled();
    return reply;
  }

  it('is offered as the server offers it', async () => {
    using direct = await ImapClient.connect(server.port);
    using client = await ImapClient.connect(proxy.port);
    const mechanismsIn = (greeting: string): readonly string[] => greeting.match(/AUTH=[^ \]]+/g) ?? [];

    const offered = mechanismsIn(await client.readGreeting());

    expect(offered).toEqual(['AUTH=PLAIN', 'AUTH=LOGIN', 'AUTH=XOAUTH2', 'AUTH=OAUTHBEARER']);
    expect(offered).toEqual(mechanismsIn(await direct.readGreeting()));
  });

  it.each(MECHANISMS)('by $mechanism is answered by the server once', async ({ mechanism, response }) => {
    const user = mechanism === 'XOAUTH2' ? 'alice' : 'bob';
    const sent = response(user, tokenOf(user));

    const direct = await visit(server.port, `${mechanism} ${sent}`);
    const first = await visit(proxy.port, `${mechanism} ${sent}`);
    const second = await visit(proxy.port, `${mechanism} ${sent}`);
    const third = await visit(proxy.port, mechanism, sent);

    for (const { tagged } of [first, second, third]) expect(tagged).toBe(visible(direct.tagged));
    expect(third.untagged).toEqual(['+ ']);
    expect(await server.dovecot.loginCount(user)).toBe(2);
  });

  it.each(MECHANISMS)(
    'by $mechanism is made anew for another token, and once more for the one before',
    async ({ mechanism, response }) => {
      const before = await server.dovecot.loginCount('carol');

      for (const serial of [1, 2, 1, 2]) {
        const { status } = await visit(
          proxy.port,
          `${mechanism} ${response('carol', tokenOf('carol', serial))}`,
        );
        expect(status).toBe('OK');
      }

      // A new secret puts the old one to the test; then both are known to be valid.
      expect(await server.dovecot.loginCount('carol')).toBe(before + 3);
    },
  );

  it.each(MECHANISMS)('by $mechanism is refused as by the server', async ({ mechanism, response, told }) => {
    for (const token of badTokensOf('dave')) {
      const line = `${mechanism} ${response('dave', token)}`;
      const direct = await visit(server.port, line, told);

      expect(direct).toMatchObject({ untagged: [expect.stringMatching(/^\+ ey/)], status: 'NO' });
      const { untagged, tagged } = await visit(proxy.port, line, told);
      expect({ untagged, tagged }).toEqual({ untagged: direct.untagged, tagged: direct.tagged });
    }
    expect(await server.dovecot.loginCount('dave')).toBe(0);
  });

  it('is refused every time, and given up as with the server', async () => {
    const line = `XOAUTH2 ${xoauth2('dave', 'bad')}`;
    const refusals = (): number => server.dovecot.log().match(/\(dave,.*oauth2 failed/g)?.length ?? 0;
    const before = refusals();

    const replies = [await visit(proxy.port, line, ''), await visit(proxy.port, line, '*')];

    expect(replies.map(({ status }) => status)).toEqual(['NO', 'BAD']);
    await waitUntil(() => refusals() === before + 2, { what: 'both refusals in the log of the server' });
  });

  it("is refused with another user's token", async () => {
    const line = `XOAUTH2 ${xoauth2('dave', tokenOf('alice'))}`;
    const direct = await visit(server.port, line, '');
    const { tagged } = await visit(proxy.port, line, '');

    expect(tagged).toBe(direct.tagged);
    expect(tagged).toMatch(/^NO /);
  });

  it('goes on with a password on the same connection after a refusal', async () => {
    const client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    const refused = await client.command(`AUTHENTICATE XOAUTH2 ${xoauth2('dave', 'bad')}`, '\r\n');
    const accepted = await client.command(`LOGIN dave ${passwordOf('dave')}`);
    const selected = await client.command('SELECT INBOX');
    await client.logout();

    expect([refused, accepted, selected].map(({ status }) => status)).toEqual(['NO', 'OK', 'OK']);
  });
});

/** What the proxy shows of an answer: not the capabilities that cannot work behind it. */
function visible(tagged: string): string {
  return tagged.replace(' LOGIN-REFERRALS', '');
}
