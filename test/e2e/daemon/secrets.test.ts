import { expect, it } from 'vitest';
import { DaemonProcess } from '../../support/daemon-process.ts';
import { Dovecot } from '../../support/dovecot.ts';
import { ImapClient, quote } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';

const RIGHT = 'correct-horse-battery';
const WRONG = 'purple-monkey-dishwasher';

/** How many of `LOGINS` log in. */
const GOOD_LOGINS = 8;

/** Every way in which a client may send its password, and some in which it should not. */
const LOGINS: readonly ((client: ImapClient, password: string) => Promise<unknown>)[] = [
  (client, password) => client.command(`LOGIN alice ${password}`),
  (client, password) => client.command(`LOGIN alice ${quote(password)}`),
  (client, password) => client.command(`LOGIN alice {${password.length}}`, `${password}\r\n`),
  (client, password) => client.command(`LOGIN alice {${password.length}+}\r\n${password}`),
  (client, password) => client.command(`AUTHENTICATE PLAIN ${plain(password)}`),
  (client, password) => client.command('AUTHENTICATE PLAIN', `${plain(password)}\r\n`),
  (client, password) => client.command('AUTHENTICATE LOGIN', 'YWxpY2U=\r\n', `${base64(password)}\r\n`),
  (client, password) => client.command(`LOGIN alice ${password} ${password}`),
  (client, password) => client.command(`LOGIN ${password}`),
  (client, password) => client.command(`AUTHENTICATE PLAIN {${password.length}+}\r\n${password}`),
  (client, password) => client.command(`AUTHENTICATE ${password} ${plain(password)}`),
  (client, password) => client.command('AUTHENTICATE PLAIN', `${password}\r\n`),
  (client, password) => client.command(password),
  (client, password) => client.command(`NOOP ${password}`),
  (client, password) => client.send(`LOGIN alice ${password}\r\n${password} alice\r\n`),
  (client, password) => client.send(`t1 LOGIN alice ${password}\r\nt2 NOOP\r\nt3 ${password}\r\n`),
  (client, password) => client.send(`t1 LOGIN alice {100+}\r\n${password}`),
  (client, password) => client.send(`t1 LOGIN alice ${password.repeat(2_000)}\r\n`),
];

describeWith(['dovecot-imapd'], 'Output of the daemon', () => {
  it.each(['debug', 'info'])(
    'never holds a password, however it was sent, at log level %s',
    async (level) => {
      await using dovecot = await Dovecot.start();
      await dovecot.setPassword('alice', RIGHT);
      const server = { server_hostname: '127.0.0.1', server_port: dovecot.port, connect_delay: 0 };
      await using daemon = await DaemonProcess.start({ ...server, log_level: level });

      const tryEverything = (): Promise<unknown> =>
        Promise.all(
          LOGINS.flatMap((logIn) => [RIGHT, WRONG].map((password) => tryLogin(daemon.port, logIn, password))),
        );
      await tryEverything();
      await tryEverything();
      await dovecot.kill();
      await tryEverything();
      await daemon.stop();

      expect(daemon.log('login').length).toBe(2 * GOOD_LOGINS);
      expect(daemon.log('login refused').length).toBeGreaterThanOrEqual(4 * GOOD_LOGINS);
      for (const form of [RIGHT, WRONG].flatMap(formsOf)) expect(daemon.output).not.toContain(form);
    },
  );
});

async function tryLogin(port: number, logIn: (typeof LOGINS)[number], password: string): Promise<void> {
  using client = await ImapClient.connect(port, { deadlineMs: 20_000 });
  await client.readGreeting();
  await logIn(client, password);
  client.halfClose();
  await client.waitForEnd();
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function plain(password: string): string {
  return base64(`\0alice\0${password}`);
}

/** As it is, in hexadecimal, and in base64 wherever it may begin in a group of three octets. */
function formsOf(password: string): readonly string[] {
  const shifted = ['', 'x', 'xx'].map((before) =>
    base64(before + password).slice(before.length === 0 ? 0 : 4, -4),
  );
  return [password, Buffer.from(password).toString('hex'), ...shifted];
}
