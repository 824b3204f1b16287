import { Dovecot } from '../../support/dovecot.ts';
import type { Reply } from '../../support/imap-client.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { logIn, visit } from '../support/sessions.ts';
import { MailProcesses } from './mail-processes.ts';

const USER = 'alice';

/** Dovecot starts no more processes for some seconds when more than ten have died in one. */
const MAX_KILLS_PER_SECOND = 8;

/** First commands, and what Dovecot answers. */
const FIRST_COMMANDS: readonly [FirstCommand, ...FirstCommand[]] = [
  ['SELECT INBOX', /^\* FLAGS .*\n\* 1 EXISTS\n.*\nOK \[READ-WRITE\] Select completed/s],
  ['LIST "" *', /^\* LIST \(.*\) "\." INBOX\nOK List completed/],
  ['STATUS INBOX (MESSAGES)', /^\* STATUS INBOX \(MESSAGES 1\)\nOK Status completed/],
  ['EXAMINE INBOX', /^\* FLAGS .*\n\* 1 EXISTS\n.*\nOK \[READ-ONLY\] Examine completed/s],
  ['NOOP', /^OK NOOP completed/],
];

type FirstCommand = readonly [command: string, answer: RegExp];

/** How the process may come to its end about the time of the first command. */
const KILLINGS: readonly [Killing, ...Killing[]] = [
  // The proxy may hear of it before or after it has sent the command.
  (pid, _proxy, ask) => {
    process.kill(pid, 'SIGKILL');
    return ask();
  },
  // The command has been sent, and is never read.
  async (pid, proxy, ask) => {
    process.kill(pid, 'SIGSTOP');
    const reply = ask();
    await waitUntil(() => proxy.snapshot().leased === 1, { what: 'the first command' });
    process.kill(pid, 'SIGKILL');
    return reply;
  },
  // The proxy has heard of it before.
  async (pid, proxy, ask) => {
    process.kill(pid, 'SIGKILL');
    await waitUntil(() => proxy.snapshot().parked === 0, { what: 'the end of the connection' });
    return ask();
  },
];

type Killing = (pid: number, proxy: InProcessProxy, ask: () => Promise<Reply>) => Promise<Reply>;

/** Waits for the next second on the clock when enough has happened in this one. */
class Pace {
  #second = 0;
  #count = 0;

  async next(): Promise<void> {
    if (this.#count === MAX_KILLS_PER_SECOND) {
      await waitUntil(() => wholeSeconds() !== this.#second, { what: 'the next second' });
    }
    const now = wholeSeconds();
    this.#count = now === this.#second ? this.#count + 1 : 1;
    this.#second = now;
  }
}

function wholeSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/**
 * A Dovecot and a proxy of their own, in which the process of a parked connection is killed `kills` times between the
 * answer to a login from memory and that to the first command. Returns the conversations that show it.
 */
export async function killBehindLogins(kills: number): Promise<readonly string[]> {
  await using dovecot = await Dovecot.start({ users: [USER] });
  await dovecot.deliver(USER, 'Subject: one\n\nbody\n');
  await using proxy = await InProcessProxy.start(dovecot.port);
  const processes = new MailProcesses(dovecot, USER);
  const wrong: string[] = [];
  await visit(proxy.port, USER);
  const pace = new Pace();
  for (let count = 0; count < kills; count += 1) {
    await pace.next();
    const pid = await processes.of(count);
    const { parked } = await proxy.settled();
    using client = await logIn(proxy.port, USER);
    const [command, pattern] = pick(FIRST_COMMANDS, count);
    const { untagged, tagged } = await pick(KILLINGS, count)(pid, proxy, () => client.command(command));
    const isNormal = parked === 1 && pattern.test([...untagged, tagged].join('\n'));
    if (!isNormal) wrong.push(client.transcript());
    await client.logout();
  }
  const { closed } = await proxy.settled();
  const logins = await dovecot.loginCount(USER);
  if (closed['closed by server'] !== kills || logins !== kills + 1) {
    wrong.push(`${logins} logins, and closed: ${JSON.stringify(closed)}`);
  }
  return wrong;
}

function pick<T>(all: readonly [T, ...T[]], index: number): T {
  return all[index % all.length] ?? all[0];
}
