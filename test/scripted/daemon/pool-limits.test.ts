import { expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, startProxied, USER } from '../../support/proxied-server.ts';

it.each([
  ['max_connections_per_user', USER, 'NO [LIMIT] Too many connections at the moment'],
  ['cache_size', 'bob', 'NO [UNAVAILABLE] Mail server is not available at the moment'],
])('A login at %s is refused after server_wait_timeout', async (directive, user, refusal) => {
  const { proxy } = await startProxied(undefined, {
    directives: { [directive]: 1, server_wait_timeout: 3 },
  });
  using first = await ImapClient.login(proxy.port, USER, PASSWORD);
  using second = await ImapClient.connect(proxy.port);
  await second.readGreeting();

  await second.send(`a LOGIN ${user} "${PASSWORD}"\r\n`);
  await proxy.waitForPool({ waiting: 1 });
  proxy.advance(3_000);

  expect((await second.readReply('a')).tagged).toBe(refusal);
  expect(first.ending).toBeUndefined();
});
