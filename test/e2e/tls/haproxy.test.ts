import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DaemonProcess, type Directives } from '../../support/daemon-process.ts';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';
import { freePort } from '../../support/free-port.ts';
import { ImapClient } from '../../support/imap-client.ts';
import type { LogEntry } from '../../support/json-lines.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { Haproxy } from './haproxy.ts';

/** Where the clients are. */
const VISITORS = ['127.0.0.7', '127.0.0.8'];

const ANNOUNCEMENTS = ['send-proxy', 'send-proxy-v2'] as const;
const TO_SERVER = ['v1', 'v2'] as const;

/** A user for each way, since a parked connection would serve the next one. */
const userOf = (...way: readonly string[]): string => ['user', ...way].join('-');

const USERS = ANNOUNCEMENTS.flatMap((announcement) =>
  ['login', ...TO_SERVER].flatMap((way) => VISITORS.map((visitor) => userOf(announcement, way, visitor))),
);

interface LoggedLogin {
  readonly rip: string;
  readonly session: string;
}

describeWith(['dovecot-imapd', 'haproxy'], 'HAProxy before the proxy', () => {
  let dovecot: Dovecot;
  /** Where the server wants a header of the PROXY protocol. */
  let headerPort: number;

  beforeAll(async () => {
    headerPort = await freePort();
    const settings = `\
login_trusted_networks = 127.0.0.1
haproxy_trusted_networks = 127.0.0.1
login_log_format_elements = user=<%u> method=%m rip=%r mpid=%e session=<%{session}>
service imap-login {
  inet_listener imap_behind_proxy {
    port = ${headerPort}
    haproxy = yes
  }
}
`;
    dovecot = await Dovecot.start({ users: USERS, settings });
  });

  afterAll(async () => {
    await dovecot.stop();
  });

  /** A session from `visitor`, through HAProxy on `port`. */
  async function visit(port: number, visitor: string, user: string): Promise<void> {
    const socket = connect({ host: '127.0.0.1', port, localAddress: visitor, allowHalfOpen: true });
    await once(socket, 'connect');
    const client = ImapClient.over(socket);
    await client.readGreeting();
    await client.login(user, passwordOf(user));
    expect((await client.command('SELECT INBOX')).status).toBe('OK');
    await client.logout();
  }

  /** What the log of the server tells of the one login of `user`. */
  async function loginOf(user: string): Promise<LoggedLogin> {
    const pattern = new RegExp(` Login: user=<${user}>, .*?rip=([^, ]+), .*?session=<([^>]+)>`);
    const [, rip = '', session = ''] = await waitUntil(() => pattern.exec(dovecot.log()) ?? undefined, {
      what: `the login of ${user} in the log of the server`,
    });
    return { rip, session };
  }

  function start(directives: Directives): Promise<DaemonProcess> {
    const own = { server_hostname: '127.0.0.1', proxy_protocol: true, trusted_networks: '127.0.0.1' };
    return DaemonProcess.start({ ...own, ...directives });
  }

  /** What our log tells of the login of `user`. */
  async function ourLoginOf(daemon: DaemonProcess, user: string): Promise<LoggedLogin> {
    const isOurs = ({ msg, user: who }: LogEntry): boolean => msg === 'login' && who === user;
    const { client, session } = await daemon.waitForLog(isOurs);
    return { rip: String(client).replace(/:\d+$/, ''), session: String(session) };
  }

  it.each(ANNOUNCEMENTS)(
    '(%s) and forward_client_address have the server log the client itself, and the session as we do',
    async (announcement) => {
      const directives = { server_port: dovecot.port, forward_client_address: 'login' };
      await using daemon = await start(directives);
      await using haproxy = await Haproxy.start({ port: daemon.port, announcement });

      for (const visitor of VISITORS) {
        const user = userOf(announcement, 'login', visitor);
        await visit(haproxy.port, visitor, user);

        const logged = await loginOf(user);
        expect(logged.rip).toBe(visitor);
        expect(logged).toEqual(await ourLoginOf(daemon, user));
      }
    },
  );

  it.each(
    ANNOUNCEMENTS.flatMap((announcement) => TO_SERVER.map((version) => [announcement, version] as const)),
  )(
    '(%s) and server_proxy_protocol %s have the server log the client itself',
    async (announcement, version) => {
      await using daemon = await start({ server_port: headerPort, server_proxy_protocol: version });
      await using haproxy = await Haproxy.start({ port: daemon.port, announcement });

      for (const visitor of VISITORS) {
        const user = userOf(announcement, version, visitor);
        await visit(haproxy.port, visitor, user);

        expect((await loginOf(user)).rip).toBe(visitor);
        expect((await ourLoginOf(daemon, user)).rip).toBe(visitor);
      }
    },
  );
});
