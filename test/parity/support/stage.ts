import { join } from 'node:path';
import { DaemonProcess, type Directives } from '../../support/daemon-process.ts';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { Cast } from './cast.ts';
import { ClassicDaemon } from './classic-daemon.ts';
import type { Side, Transcript } from './transcript.ts';

/** A daemon of either side, as a transcript sees it. */
export interface StagedDaemon extends AsyncDisposable {
  readonly port: number;
}

/** COMPRESS, and the user whom the transcripts' `auth_` directives name. */
const DOVECOT_SETTINGS = `
protocol imap {
  mail_plugins = notify mail_log imap_zlib
}
passdb {
  driver = static
  args = password=master-secret
  master = yes
}
`;

/** Enough that a server still has some of it to send when the client does not read. */
const LARGE_MESSAGE_LINES = 500_000;

/** One Dovecot, and in front of it a classic daemon and one of ours for every set of directives. */
export class Stage implements AsyncDisposable {
  readonly dovecot: Dovecot;
  readonly #daemons = new Map<string, Promise<StagedDaemon>>();
  readonly #directory = new TempDirectory('parity');
  #traceFiles = 0;

  private constructor(dovecot: Dovecot) {
    this.dovecot = dovecot;
  }

  /** @param count how many transcripts will be played. */
  static async open(count: number): Promise<Stage> {
    return new Stage(await Dovecot.start({ users: Cast.all(count), settings: DOVECOT_SETTINGS }));
  }

  /** Gives `task` the daemon of `side` that `transcript` asks for: its own, or one that others use as well. */
  async withDaemon<T>(
    transcript: Transcript,
    side: Side,
    task: (daemon: StagedDaemon) => Promise<T>,
  ): Promise<T> {
    const directives = { ...this.#commonDirectives(), ...directivesOf(transcript, side) };
    if (!transcript.isAlone) return task(await this.#sharedDaemon(side, directives));
    await using own = await this.#start(side, directives);
    return await task(own);
  }

  /** Puts what `transcript` wants into the INBOX of `user`. */
  async deliver(transcript: Transcript, user: string): Promise<void> {
    const messages = messagesOf(transcript);
    if (messages.length === 0) return;
    const client = await ImapClient.login(this.dovecot.port, user, passwordOf(user));
    for (const message of messages) {
      await client.command(`APPEND INBOX {${message.length}}`, `${message}\r\n`);
    }
    await client.logout();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const started = await Promise.allSettled(this.#daemons.values());
    for (const result of started) {
      if (result.status === 'fulfilled') await result.value[Symbol.asyncDispose]();
    }
    await this.dovecot.stop();
    this.#directory.remove();
  }

  #sharedDaemon(side: Side, directives: Directives): Promise<StagedDaemon> {
    const key = JSON.stringify([side, directives]);
    const daemon = this.#daemons.get(key) ?? this.#start(side, directives);
    this.#daemons.set(key, daemon);
    return daemon;
  }

  async #start(side: Side, directives: Directives): Promise<StagedDaemon> {
    if (side === 'classic') return ClassicDaemon.start(directives);
    this.#traceFiles += 1;
    return DaemonProcess.start({
      // Without it nobody could see whether a connection was used again.
      announce_reuse: true,
      protocol_log_filename: join(this.#directory.path, `trace-${this.#traceFiles}`),
      ...directives,
    });
  }

  #commonDirectives(): Directives {
    return {
      server_hostname: '127.0.0.1',
      server_port: this.dovecot.port,
      enable_admin_commands: true,
    };
  }
}

/** Whether nobody listens on the daemon's port any more. */
export async function hasCrashed(daemon: StagedDaemon): Promise<boolean> {
  const state = await waitUntil(() => look(daemon.port), { what: 'a greeting, or nobody to give one' });
  return state === 'gone';
}

/** Undefined in the moment of a crash, when a connection is still accepted. */
async function look(port: number): Promise<'serving' | 'gone' | undefined> {
  let client: ImapClient;
  try {
    client = await ImapClient.connect(port);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') return 'gone';
    throw error;
  }
  const greeting = await client.readGreeting().catch(() => undefined);
  client.close();
  return greeting === undefined ? undefined : 'serving';
}

/** Waits until no server connection of `cast` is in use at `daemon`, as its own XPROXY_DUMPICC tells. */
export async function waitUntilSettled(daemon: StagedDaemon, cast: Cast): Promise<void> {
  using client = await ImapClient.connect(daemon.port);
  await client.readGreeting();
  const isSettled = async (): Promise<boolean> => {
    const { untagged } = await client.command('XPROXY_DUMPICC');
    return !untagged.some((line) => cast.isNamedIn(line) && line.endsWith(' Active'));
  };
  await waitUntil(isSettled, { what: 'the end of every session' });
}

function directivesOf(transcript: Transcript, side: Side): Directives {
  const own = transcript.settings.filter(({ sides }) => sides.includes(side));
  return Object.fromEntries(own.map(({ directive, value }) => [directive, value]));
}

function messagesOf({ messages }: Transcript): string[] {
  if (messages === 'large')
    return [messageOf(1, 'A line of a large message.\r\n'.repeat(LARGE_MESSAGE_LINES))];
  return Array.from({ length: messages }, (_, index) =>
    messageOf(index + 1, `Text of message ${index + 1}.\r\n`),
  );
}

function messageOf(number: number, text: string): string {
  return `From: sender@example.org\r\nSubject: Message ${number}\r\n\r\n${text}`;
}
