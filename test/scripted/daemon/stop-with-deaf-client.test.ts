import { expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { startProxied } from '../../support/proxied-server.ts';

const COMMANDS = 200_000;

it('A client that reads nothing does not hold up the end of the daemon', async () => {
  const { proxy } = await startProxied(undefined, { directives: { drain_timeout: 1 } });
  using client = await ImapClient.connect(proxy.port);
  client.pause();
  void client.send('a CAPABILITY\r\n'.repeat(COMMANDS)).catch(() => {});
  await proxy.waitForUnsent();

  const stopped = proxy.stop();
  await proxy.advanceOnceWaiting(1_000);
  proxy.advance(3_000);
  proxy.advance(3_000);

  await expect(stopped).resolves.toBeUndefined();
});
