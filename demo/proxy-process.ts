import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChildDaemon } from './child-daemon.ts';

const BINARY = fileURLToPath(new URL('../bin/imapproxyd', import.meta.url));
const START_DEADLINE_MS = 15_000;

/** The proxy, running as a process of its own with a configuration file of its own. */
export class ProxyProcess {
  readonly configFile: string;
  readonly port: number;
  readonly #directory: string;
  readonly #daemon: ChildDaemon;

  private constructor(directory: string, configFile: string, port: number, daemon: ChildDaemon) {
    this.#directory = directory;
    this.configFile = configFile;
    this.port = port;
    this.#daemon = daemon;
  }

  /**
   * Starts the proxy in front of the server at `serverPort` of 127.0.0.1 and waits until it listens.
   *
   * @throws Error with the last lines of its log when it does not come up; the reason of `stop` when that is
   * aborted meanwhile.
   */
  static async start(serverPort: number, stop: AbortSignal): Promise<ProxyProcess> {
    stop.throwIfAborted();
    const directory = await mkdtemp(join(tmpdir(), 'imapproxyd-demo-'));
    const configFile = join(directory, 'imapproxy.conf');
    await writeFile(configFile, configuration(serverPort, directory));
    const listening = Promise.withResolvers<number>();
    stop.addEventListener('abort', () => listening.reject(stop.reason), { once: true });
    const daemon = new ChildDaemon('the proxy', BINARY, ['-f', configFile], (line) => {
      const port = portIn(line);
      if (port !== undefined) listening.resolve(port);
    });
    try {
      const port = await daemon.waitFor(listening.promise, START_DEADLINE_MS);
      return new ProxyProcess(directory, configFile, port, daemon);
    } catch (error) {
      await daemon.stop();
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  get pid(): number | undefined {
    return this.#daemon.pid;
  }

  /** Rejects when the proxy ends by itself. */
  get died(): Promise<never> {
    return this.#daemon.died;
  }

  /** `error` with the last lines of the proxy's log. */
  explain(error: unknown): Error {
    return this.#daemon.explain(error);
  }

  /** Ends the proxy (SIGTERM), waits for it and removes its files. */
  async stop(): Promise<void> {
    await this.#daemon.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

function configuration(serverPort: number, directory: string): string {
  const directives = [
    'server_hostname 127.0.0.1',
    `server_port ${serverPort}`,
    'listen_address 127.0.0.1',
    'listen_port 0',
    'foreground_mode yes',
    // Whoever still talks to it when the demo ends is not waited for.
    'drain_timeout 0',
    `stat_filename ${join(directory, 'stats')}`,
  ];
  return `${directives.join('\n')}\n`;
}

/** The port in the log line that says the proxy listens; other lines, JSON or not, say nothing of interest. */
function portIn(line: string): number | undefined {
  if (!line.includes('"msg":"listening"')) return undefined;
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== 'object' || entry === null || !('port' in entry)) return undefined;
  return typeof entry.port === 'number' ? entry.port : undefined;
}
