import { expect, it } from 'vitest';
import { Dovecot } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';
import { base64 } from '../../support/tokens.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';

/** Near the end of what the server takes by AUTHENTICATE, and six times what its LOGIN takes. */
const PASSWORD = 'x'.repeat(6_000);

async function logIn(port: number, line: string, ...lines: readonly string[]): Promise<string> {
  const client = await ImapClient.connect(port);
  await client.readGreeting();
  const { status } = await client.command(line, ...lines.map((text) => `${text}\r\n`));
  await client.logout();
  return status;
}

describeWith(['dovecot-imapd'], 'A password of 6000 octets', () => {
  it('is taken by LOGIN and by AUTHENTICATE, and makes one connection', async () => {
    await using dovecot = await Dovecot.start({ users: ['alice'] });
    await using proxy = await InProcessProxy.start(dovecot.port);
    await dovecot.setPassword('alice', PASSWORD);

    const statuses = [await logIn(proxy.port, `LOGIN alice {${PASSWORD.length}}`, PASSWORD)];
    await proxy.settled();
    statuses.push(await logIn(proxy.port, `AUTHENTICATE PLAIN ${base64(`\0alice\0${PASSWORD}`)}`));

    expect(statuses).toEqual(['OK', 'OK']);
    expect(await dovecot.loginCount('alice')).toBe(1);
  });
});
