import { afterAll, beforeAll, expect, it } from 'vitest';
import { DaemonProcess } from '../../support/daemon-process.ts';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';
import { describeWith } from '../../support/system-packages.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import type { MailClient } from './client.ts';
import { MAIL_CLIENTS } from './clients.ts';
import { fillAccount, storedMail } from './mailbox.ts';

/** The first run finds nothing in the cache, the others do. */
const RUNS = ['cold', 'hot', 'hot again'];

describeWith(['dovecot-imapd'], 'Real mail clients', () => {
  let dovecot: Dovecot;
  let proxy: DaemonProcess;

  beforeAll(async () => {
    const names = MAIL_CLIENTS.map(({ name }) => accountName(name));
    const users = names.flatMap((name) => [`${name}-direct`, `${name}-proxied`, `${name}-counted`]);
    // Not maildir: Dovecot 2.3.19 may lose an EXPUNGE there when one process opens a mailbox again and again.
    dovecot = await Dovecot.start({ users, storage: 'mdbox' });
    proxy = await DaemonProcess.start({ server_hostname: '127.0.0.1', server_port: dovecot.port });
  });

  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await dovecot.stop();
  });

  for (const client of MAIL_CLIENTS) {
    describeWith(client.needs, client.name, () => {
      it('sees and leaves the same mail through the proxy, cold and hot, as without it', async () => {
        const direct = `${accountName(client.name)}-direct`;
        const proxied = `${accountName(client.name)}-proxied`;
        await fillAccount(dovecot, direct);
        await fillAccount(dovecot, proxied);

        for (const run of RUNS) {
          const expected = await runClient(client, dovecot.port, direct);
          expect(await runClient(client, proxy.port, proxied), run).toEqual(expected);
        }
        expect(await storedMail(dovecot, proxied)).toEqual(await storedMail(dovecot, direct));
      });

      if (!client.leavesConnectionsClean) return;

      it('makes the server see one login in three runs', async () => {
        const user = `${accountName(client.name)}-counted`;
        await fillAccount(dovecot, user);
        const before = await dovecot.loginCount(user);

        for (const _ of RUNS) await runClient(client, proxy.port, user);

        expect(await dovecot.loginCount(user)).toBe(before + 1);
      });
    });
  }
});

async function runClient(client: MailClient, port: number, user: string): Promise<unknown> {
  using directory = new TempDirectory('client');
  return await client.run({ port, user, password: passwordOf(user) }, directory.path);
}

/** The server folds the names of users to lower case, and takes no blanks in them. */
function accountName(clientName: string): string {
  return clientName.toLowerCase().replaceAll(' ', '-');
}
