import { ImapServer } from './imap-server/imap-server.ts';
import { SCRYPT_COST } from './imap-server/password-hash.ts';
import type { Person } from './people.ts';
import { sampleInbox, sampleSent } from './sample-mail.ts';

/** The server whose logins the proxy saves. */
export interface MailServer {
  readonly port: number;
  /** For a person: which server it is, and how it checks passwords. */
  readonly description: string;
  readonly passwordCheck: string;
  /** Whether each login is told at once, and not only counted. */
  readonly tellsLogins: boolean;
  /** Logins that succeeded so far. */
  logins(): Promise<number>;
  /** Rejects when the server fails by itself. */
  readonly died: Promise<never>;
  stop(): Promise<void>;
}

/** Starts the server that is part of the demo; `onLogin` hears of each login at once. */
export async function startEmbeddedServer(
  people: readonly Person[],
  onLogin: (name: string) => void,
): Promise<MailServer> {
  const accounts = people.map((person) => ({
    name: person.name,
    password: person.password,
    inbox: sampleInbox(person),
    sent: sampleSent(person),
  }));
  const defect = Promise.withResolvers<never>();
  const server = await ImapServer.start(accounts, { onLogin, onDefect: defect.reject });
  const { N, r, p } = SCRYPT_COST;
  return {
    port: server.port,
    description: 'the IMAP server that comes with this demo',
    passwordCheck: `scrypt (N=${N}, r=${r}, p=${p})`,
    tellsLogins: true,
    logins: () => Promise.resolve(server.logins),
    died: defect.promise,
    stop: () => server.stop(),
  };
}
