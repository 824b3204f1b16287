import { expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { mailServer, PASSWORD, parkOne, startProxied, USER } from '../../support/proxied-server.ts';

const NOTICE = '* OK [XPROXYREUSE] IMAP connection reused by imapproxy';

const ANSWERS = { ENABLE: ['* ENABLED CONDSTORE', '$ OK Enabled'] };

/** The one chunk that answers a login. */
async function answerToLogin(port: number): Promise<string> {
  using client = await ImapClient.connect(port);
  await client.readGreeting();
  await client.login(USER, PASSWORD);
  const [, answer, ...more] = client.chunks.map(({ octets }) => octets.toString('latin1'));
  expect(more).toEqual([]);
  await client.logout();
  return answer ?? '';
}

it('A login that reuses a connection is told so ahead of its OK, in the same piece', async () => {
  const { proxy } = await startProxied(mailServer(), { directives: { announce_reuse: true } });
  const cold = await answerToLogin(proxy.port);
  await proxy.waitForPool({ parked: 1 });

  const hot = await answerToLogin(proxy.port);

  expect(cold).toMatch(/^t1 OK [^\n]*\r\n$/);
  expect(hot).toBe(`${NOTICE}\r\n${cold}`);
});

it('A login after a session that has switched something on is told nothing', async () => {
  const { proxy } = await startProxied(mailServer(ANSWERS), { directives: { announce_reuse: true } });
  using first = await ImapClient.login(proxy.port, USER, PASSWORD);
  expect((await first.command('ENABLE CONDSTORE')).status).toBe('OK');
  await first.logout();
  await proxy.waitForPool({ parked: 1 });

  expect(await answerToLogin(proxy.port)).toMatch(/^t1 OK [^\n]*\r\n$/);

  expect(proxy.log('login')).toMatchObject([{ reused: false }, { reused: true }]);
});

it('Reuse is not announced unless announce_reuse says so', async () => {
  const { proxy } = await startProxied();
  await parkOne(proxy);

  expect(await answerToLogin(proxy.port)).toMatch(/^t1 OK [^\n]*\r\n$/);

  expect(proxy.log('login')).toMatchObject([{ reused: false }, { reused: true }]);
});

it.each([
  [true, /^\* OK \[CAPABILITY [^\]]*\bXIMAPPROXY\b/],
  [false, /^\* OK \[CAPABILITY (?![^\]]*XIMAPPROXY)/],
])('With announce_reuse %s the greeting tells or hides the proxy', async (announces, greeting) => {
  const { proxy } = await startProxied(mailServer(), { directives: { announce_reuse: announces } });
  using client = await ImapClient.connect(proxy.port);

  expect(await client.readGreeting()).toMatch(greeting);
});
