import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { Daemon } from '../../../src/daemon/daemon.ts';
import { createLogTo } from '../../../src/observe/logger.ts';
import { Dovecot, type DovecotOptions } from '../../support/dovecot.ts';
import type { ImapClient, Reply } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';
import { logIn } from '../support/sessions.ts';
import { append, HISTORIES, history, SELECT, type Step, us } from './select-histories.ts';

/** Random histories for each kind of storage. */
const RUNS = 25;

/** Enough for a failing history to be made smaller. */
const WORLDS = 300;

/** Whether the other client of the user comes through the proxy as well. */
type Others = 'through the proxy' | 'past it';

describeWith(
  ['dovecot-imapd'],
  'With enable_select_cache a client hears what it hears without a proxy',
  () => {
    let maildir: Stage;
    let mdbox: Stage;

    beforeAll(async () => {
      maildir = await Stage.open('maildir');
      mdbox = await Stage.open('mdbox');
    });

    afterAll(async () => {
      await maildir.close();
      await mdbox.close();
    });

    it.each(HISTORIES)('when $title', async ({ steps, hits }) => {
      expect(await maildir.compare('ENABLE CONDSTORE', 'through the proxy', steps)).toBe(hits);
      expect(await maildir.compare('ENABLE QRESYNC', 'past it', steps)).toBe(hits);
    });

    it.each(['NOOP', 'ENABLE UTF8=ACCEPT', 'STATUS INBOX (HIGHESTMODSEQ)'])(
      'and no SELECT is answered from memory, after %s',
      async (first) => {
        expect(await maildir.compare(first, 'past it', [SELECT, SELECT, SELECT])).toBe(0);
      },
    );

    it.each(['maildir', 'mdbox'] as const)(
      'whatever two clients do, %s',
      { timeout: 100_000 },
      async (storage) => {
        const stage = storage === 'maildir' ? maildir : mdbox;
        const enable = fc.constantFrom('ENABLE CONDSTORE', 'ENABLE QRESYNC', 'NOOP');
        const others = fc.constantFrom<Others>('through the proxy', 'past it');
        let hits = 0;
        const hearsTheSame = async (first: string, how: Others, steps: readonly Step[]): Promise<void> => {
          hits += await stage.compare(first, how, steps);
        };

        await fc.assert(fc.asyncProperty(enable, others, history, hearsTheSame), { numRuns: RUNS });

        expect(hits).toBeGreaterThan(0);
      },
    );
  },
);

/** A server and a proxy before it, and a pair of users for each comparison: what one of them does, the other does as well. */
class Stage {
  readonly #dovecot: Dovecot;
  readonly #proxy: Daemon;
  #used = 0;

  private constructor(dovecot: Dovecot, proxy: Daemon) {
    this.#dovecot = dovecot;
    this.#proxy = proxy;
  }

  static async open(storage: NonNullable<DovecotOptions['storage']>): Promise<Stage> {
    const users = Array.from({ length: WORLDS }, (_, world) => [`direct${world}`, `proxied${world}`]);
    const dovecot = await Dovecot.start({ storage, users: users.flat() });
    const text = `server_hostname 127.0.0.1\nserver_port ${dovecot.port}\nlisten_address 127.0.0.1\nlisten_port 0\n`;
    const { config } = loadConfig('imapproxy.conf', `${text}enable_select_cache yes\n`);
    return new Stage(dovecot, await Daemon.start(config, createLogTo({ write: () => undefined }, 'error')));
  }

  /** Demands that both hear the same. Resolves with how many SELECTs were answered from memory. */
  async compare(first: string, others: Others, steps: readonly Step[]): Promise<number> {
    const world = this.#used;
    this.#used += 1;
    const { counters, address } = this.#proxy;
    const before = counters.selectHits;
    const all = [us(first), SELECT, SELECT, ...steps];
    const { port } = this.#dovecot;
    const [direct, proxied] = await Promise.all([
      play(`direct${world}`, port, port, all),
      play(`proxied${world}`, address.port, others === 'past it' ? port : address.port, all),
    ]);
    expect(proxied).toEqual(direct);
    expect(counters.selects).toBe(counters.selectHits + counters.selectMisses);
    return counters.selectHits - before;
  }

  async close(): Promise<void> {
    await this.#proxy.stop();
    await this.#dovecot.stop();
  }
}

/** Everything that the client on `port` hears, while another one is on `otherPort`. */
async function play(
  user: string,
  port: number,
  otherPort: number,
  steps: readonly Step[],
): Promise<string[]> {
  const other = await logIn(otherPort, user);
  await other.command(append());
  await other.command('CREATE Other');
  await other.command(append('', 'Other'));
  const client = await logIn(port, user);
  const heard: string[] = [];
  for (const { who, command, continuations } of steps) {
    if (who === 'them') await other.command(command);
    else heard.push(`> ${command}`, ...readable(await say(client, command, continuations)));
  }
  await client.logout();
  await other.logout();
  return heard;
}

/** A command, or two in one write, the second under the tag `x`. */
async function say(
  client: ImapClient,
  command: string,
  continuations: readonly string[],
): Promise<readonly Reply[]> {
  const first = await client.command(command, ...continuations);
  return command.includes('\r\nx ') ? [first, await client.readReply('x')] : [first];
}

/** Without what the server has measured, and when mailboxes were made. */
function readable(replies: readonly Reply[]): string[] {
  return replies
    .flatMap(({ untagged, tagged }) => [...untagged, tagged])
    .map((line) => line.replace(/ \(\d+\.\d+ [^)]*secs\)/, ''))
    .map((line) => line.replace(/(UIDVALIDITY|APPENDUID) \d+/, '$1 n'));
}
