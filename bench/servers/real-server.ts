import type { CertificateAuthority } from '../../test/support/certificates.ts';
import { Dovecot, passwordOf } from '../../test/support/dovecot.ts';
import type { Upstream } from '../contestants/contestant.ts';
import { ImapConnection } from '../load/imap-connection.ts';

/** Debian's defaults where the tests' Dovecot has others: a process for each login, no log of what is done to mail. */
const AS_DEBIAN = `
auth_verbose = no
mail_plugins =
service imap-login {
  service_count = 1
  process_limit = 100
  process_min_avail = 0
  client_limit = 1
}
`;

const MESSAGES = 15;

/** A Dovecot with some mail for each user, in clear and with TLS. */
export interface RealServer {
  readonly clear: Upstream;
  readonly tls: Upstream;
}

/** Starts it; `started` ends it. */
export async function startDovecot(
  users: readonly string[],
  authority: CertificateAuthority,
  started: AsyncDisposableStack,
): Promise<RealServer> {
  const { certFile, keyFile } = await authority.issue();
  const dovecot = started.use(
    await Dovecot.start({ users, tls: { certFile, keyFile }, settings: AS_DEBIAN }),
  );
  for (const user of users) await fillInbox(dovecot.port, user);
  const clear = { port: dovecot.port };
  return { clear, tls: { ...clear, tls: { port: dovecot.tlsPort, caFile: authority.certFile } } };
}

async function fillInbox(port: number, user: string): Promise<void> {
  const connection = await ImapConnection.open({ port });
  await connection.command(`LOGIN ${user} ${passwordOf(user)}`);
  for (let number = 1; number <= MESSAGES; number += 1) {
    const message = sampleMessage(number);
    await connection.commandWith(`APPEND INBOX {${message.length}}`, [message, '\r\n']);
  }
  await connection.logOut();
}

function sampleMessage(number: number): string {
  const header = [
    'Date: Mon, 23 Nov 2026 06:10:27 +0000',
    'From: Anna Lindqvist <anna@example.org>',
    'To: ben@example.org',
    `Subject: The figures of week ${number}`,
    `Message-ID: <${number}@example.org>`,
    'Content-Type: text/plain; charset=utf-8',
  ];
  const body = 'Here are the figures, as every week, and nothing has changed much.\r\n'.repeat(60);
  return `${header.join('\r\n')}\r\n\r\n${body}`;
}
