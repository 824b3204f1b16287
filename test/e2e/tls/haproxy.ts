import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BackgroundProgram } from '../../support/background-program.ts';
import { freePort } from '../../support/free-port.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** Where Debian has it. */
const HAPROXY = '/usr/sbin/haproxy';

const START_DEADLINE_MS = 15_000;

export interface HaproxyOptions {
  /** Where it passes connections on to, on 127.0.0.1. */
  readonly port: number;
  /** How it tells for whom, as an option of its `server` line. */
  readonly announcement: 'send-proxy' | 'send-proxy-v2';
}

/** HAProxy before an IMAP server on a loopback port; hold it with `await using`. */
export class Haproxy implements AsyncDisposable {
  readonly port: number;
  readonly #directory: TempDirectory;
  readonly #program: BackgroundProgram;

  private constructor(port: number, directory: TempDirectory, program: BackgroundProgram) {
    this.port = port;
    this.#directory = directory;
    this.#program = program;
  }

  /** Resolves once a greeting has come through it. @throws Error with its own words when it cannot run. */
  static async start(options: HaproxyOptions): Promise<Haproxy> {
    const directory = new TempDirectory('haproxy');
    const port = await freePort();
    const file = join(directory.path, 'haproxy.cfg');
    writeFileSync(file, configuration(port, options));
    const program = await BackgroundProgram.start(HAPROXY, ['-db', '-f', file]);
    const haproxy = new Haproxy(port, directory, program);
    try {
      await waitUntil(() => haproxy.#isReady(), { what: 'a greeting', deadlineMs: START_DEADLINE_MS });
      return haproxy;
    } catch (error) {
      await haproxy[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#program.exit === undefined) await this.#program.stop();
    this.#directory.remove();
  }

  async #isReady(): Promise<boolean> {
    if (this.#program.exit !== undefined) throw new Error(`Cannot start HAProxy:\n${this.#program.output}`);
    try {
      using client = await ImapClient.connect(this.port);
      return (await client.readGreeting()).startsWith('* OK');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') return false;
      throw error;
    }
  }
}

function configuration(listenPort: number, { port, announcement }: HaproxyOptions): string {
  return `\
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen imap
  bind 127.0.0.1:${listenPort}
  server proxy 127.0.0.1:${port} ${announcement}
`;
}
