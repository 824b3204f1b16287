import { afterAll, beforeAll, expect, it } from 'vitest';
import { CountingRelay } from '../../conversations/counting-relay.ts';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { InProcessProxy } from '../../support/in-process-proxy.ts';
import { describeWith } from '../../support/system-packages.ts';
import { logIn } from '../support/sessions.ts';
import { killBehindLogins } from './killed-sessions.ts';

/** Servers at the same time; one bears so many deaths in a second only. */
const LANES = 4;

/** How often the process of a user is killed, on all together. */
const { RESCUE_KILLS = '1000' } = process.env;
const KILLS = Number(RESCUE_KILLS);

describeWith(['dovecot-imapd'], 'A login from memory, in front of Dovecot,', () => {
  let dovecot: Dovecot;

  beforeAll(async () => {
    dovecot = await Dovecot.start({ users: ['bob', 'carol', 'dave'] });
  });

  afterAll(async () => {
    await dovecot.stop();
  });

  it(`is followed by a normal answer when the process of its user is killed, ${KILLS} times`, async () => {
    const wrong = await Promise.all(
      Array.from({ length: LANES }, () => killBehindLogins(Math.ceil(KILLS / LANES))),
    );

    expect(wrong.flat()).toEqual([]);
  }, 300_000);

  it('is refused with an old password when `reauth_interval` is over', async () => {
    const proxy = await InProcessProxy.start(dovecot.port, { directives: { reauth_interval: 200 } });
    await leave(proxy, 'bob', passwordOf('bob'));
    await dovecot.setPassword('bob', 'new secret');

    proxy.advance(200_000);
    await leave(proxy, 'bob', passwordOf('bob'));
    expect(await dovecot.loginCount('bob')).toBe(1);
    proxy.advance(1);

    await expect(ImapClient.login(proxy.port, 'bob', passwordOf('bob'))).rejects.toThrow(
      'AUTHENTICATIONFAILED',
    );
    expect(proxy.pool).toMatchObject({ parked: 0, closed: { 'login refused': 1 } });
    await leave(proxy, 'bob', 'new secret');
  });

  it('is refused with an old password at once when the server has accepted a new one', async () => {
    const proxy = await InProcessProxy.start(dovecot.port);
    using working = await logIn(proxy.port, 'carol');
    await leave(proxy, 'carol', passwordOf('carol'));
    await dovecot.setPassword('carol', 'new secret');
    await leave(proxy, 'carol', passwordOf('carol'));

    await leave(proxy, 'carol', 'new secret');

    expect(proxy.pool).toMatchObject({ leased: 1, parked: 1, closed: { 'new secret': 1 } });
    await expect(ImapClient.login(proxy.port, 'carol', passwordOf('carol'))).rejects.toThrow(
      'AUTHENTICATIONFAILED',
    );
    expect((await working.command('SELECT INBOX')).status).toBe('OK');
    await working.logout();
    await proxy.waitForPool({
      leased: 0,
      resetting: 0,
      parked: 1,
      closed: { 'new secret': 1, 'login refused': 1 },
    });
    await leave(proxy, 'carol', 'new secret');
    expect(await dovecot.loginCount('carol')).toBe(3);
  });

  it('never shows VANISHED to a session that has not enabled QRESYNC; the ENABLE of one that has is not sent', async () => {
    const user = 'dave';
    await using relay = await CountingRelay.listen(dovecot.port);
    const proxy = await InProcessProxy.start(relay.port);
    for (const subject of ['one', 'two', 'three'])
      await dovecot.deliver(user, `Subject: ${subject}\n\nbody\n`);
    const enabling = await logIn(proxy.port, user);
    const cold = await enabling.command('ENABLE QRESYNC');
    expect(await toldOfExpunge(enabling, user)).toEqual(['* VANISHED 1']);
    await enabling.logout();
    await proxy.waitForPool({ parked: 1 });

    const plain = await logIn(proxy.port, user);
    expect(await toldOfExpunge(plain, user)).toEqual(['* 1 EXPUNGE']);
    await plain.logout();
    await proxy.waitForPool({ parked: 2 });

    const enabled = relay.commands.length;
    const again = await logIn(proxy.port, user);
    const hot = await again.command('ENABLE QRESYNC');
    expect([hot.untagged, hot.tagged]).toEqual([cold.untagged, cold.tagged]);
    expect(relay.commands).toHaveLength(enabled);
    expect(await toldOfExpunge(again, user)).toEqual(['* VANISHED 3']);
    await again.logout();
    expect(await dovecot.loginCount(user)).toBe(5);
  });

  /** What `client` is told when somebody else deletes the first message of `user`, who is nobody's concern here. */
  async function toldOfExpunge(client: ImapClient, user: string): Promise<readonly string[]> {
    await client.command('SELECT INBOX');
    const other = await logIn(dovecot.port, user);
    await other.command('SELECT INBOX');
    await other.command('STORE 1 +FLAGS.SILENT (\\Deleted)');
    await other.command('EXPUNGE');
    await other.logout();
    const { untagged } = await client.command('NOOP');
    return untagged.filter((line) => !line.endsWith(' RECENT'));
  }
});

/** A session that leaves its connection, or the one that it was told of, parked. */
async function leave(proxy: InProcessProxy, user: string, password: string): Promise<void> {
  const { leased } = proxy.pool;
  const client = await ImapClient.login(proxy.port, user, password);
  await client.command('NOOP');
  await client.logout();
  await proxy.waitForPool({ leased, resetting: 0, reserved: 0 });
}
