import { fileURLToPath } from 'node:url';
import { BackgroundProgram } from '../../support/background-program.ts';
import { waitUntil } from '../../support/wait-until.ts';

export interface Datagram {
  readonly text: string;
  /** Who sent it, as the kernel says. */
  readonly pid: number;
  /** When it arrived, by CLOCK_MONOTONIC, in µs. */
  readonly monotonicUs: number;
}

const PROGRAM = fileURLToPath(new URL('programs/datagram-receiver.py', import.meta.url));

/** A Unix datagram socket, which Node.js does not have: the side of syslogd or of systemd. */
export class DatagramReceiver implements AsyncDisposable {
  readonly #program: BackgroundProgram;

  private constructor(program: BackgroundProgram) {
    this.#program = program;
  }

  /** @param address a path, or `@` and an abstract name. */
  static async start(address: string): Promise<DatagramReceiver> {
    const program = await BackgroundProgram.start('python3', [PROGRAM, address]);
    const receiver = new DatagramReceiver(program);
    await waitUntil(() => program.output.startsWith('listening\n'), { what: `a receiver at ${address}` });
    return receiver;
  }

  /** All that arrived, once it is `count` or more. */
  async receive(count: number): Promise<readonly Datagram[]> {
    return waitUntil(() => this.#received.length >= count && this.#received, { what: `${count} datagrams` });
  }

  get #received(): readonly Datagram[] {
    const lines = this.#program.output.split('\n').slice(1, -1);
    return lines.map((line) => JSON.parse(line) as Datagram);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
  }
}
