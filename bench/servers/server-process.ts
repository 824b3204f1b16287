import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Ports } from './server-child.ts';

/**
 * One of the bench's own servers as a process of its own, so that its work is not counted as somebody else's.
 * It ends with this process at the latest: its channel to here closes then.
 */
export class ServerProcess implements AsyncDisposable {
  readonly ports: Ports;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ports: Ports) {
    this.#child = child;
    this.ports = ports;
  }

  /** Resolves once the server listens. @param script beside this file. @throws Error when it ends instead. */
  static async start(script: string, settings: object): Promise<ServerProcess> {
    const child = fork(new URL(script, import.meta.url), [JSON.stringify(settings)], { detached: true });
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`Cannot use ${script}: it ended with ${code ?? signal}`);
    });
    const [ports] = await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return new ServerProcess(child, ports as Ports);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Asks for a number that the server counts. */
  async ask(name: string): Promise<number> {
    this.#child.send(name);
    const [{ answer }] = (await once(this.#child, 'message')) as [{ answer: number }];
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
