import { on, once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DaemonProcess } from '../../support/daemon-process.ts';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';
import { freePort } from '../../support/free-port.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { writeCalls } from '../support/system-calls.ts';

const WARM_UP_LOGINS = 200;
const BATCHES = 8;
const BATCH_LOGINS = 100;

/** What one login looked like from outside. */
interface Observation {
  /** From the write of the command to the read of its answer. */
  readonly ms: number;
  /** What the reads of the socket gave until the answer was there. */
  readonly chunks: readonly string[];
  /** Of the proxy, in the meantime. */
  readonly writes: number;
}

describeWith(['dovecot-imapd'], 'LOGIN that meets a parked connection', () => {
  let dovecot: Dovecot;
  let daemon: DaemonProcess;
  let port = 0;

  beforeAll(async () => {
    dovecot = await Dovecot.start();
    port = await freePort();
    // Nothing is logged at this level, so that all writes of the process are for its peers.
    const quiet = { log_level: 'error', listen_port: port };
    daemon = await DaemonProcess.launch({
      server_hostname: '127.0.0.1',
      server_port: dovecot.port,
      ...quiet,
    });
    await waitUntil(canConnect, { what: 'the proxy to listen', deadlineMs: 15_000 });
  });

  afterAll(async () => {
    await daemon.stop();
    await daemon[Symbol.asyncDispose]();
    await dovecot.stop();
  });

  async function canConnect(): Promise<boolean> {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  /** One page view of a client that leaves Nagle's algorithm on, as most do. */
  async function observeLogin(): Promise<Observation> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: false });
    const received = on(socket, 'data', { close: ['end'] });
    await readLine(received);
    const writesBefore = writeCalls(daemon.pid);
    const startedAt = performance.now();
    socket.write(`a1 LOGIN alice ${passwordOf('alice')}\r\n`);
    const chunks = await readLine(received);
    const ms = performance.now() - startedAt;
    const writes = writeCalls(daemon.pid) - writesBefore;
    socket.write('a2 NOOP\r\n');
    await readLine(received);
    socket.end('a3 LOGOUT\r\n');
    await once(socket, 'close');
    return { ms, chunks, writes };
  }

  async function observeLogins(count: number): Promise<readonly Observation[]> {
    const observations: Observation[] = [];
    for (let login = 1; login <= count; login += 1) observations.push(await observeLogin());
    return observations;
  }

  it('is answered by one write, in one piece, in less than a millisecond', async () => {
    await observeLogins(WARM_UP_LOGINS);
    const batches: (readonly Observation[])[] = [];
    for (let batch = 1; batch <= BATCHES; batch += 1) batches.push(await observeLogins(BATCH_LOGINS));
    const observations = batches.flat();

    expect(observations.map(({ chunks }) => chunks.length)).toEqual(observations.map(() => 1));
    expect(new Set(observations.flatMap(({ chunks }) => chunks)).size).toBe(1);
    expect(observations[0]?.chunks[0]).toMatch(/^a1 OK \[CAPABILITY [^\]]+\] [^\r]*\r\n$/);
    // The runtime may wake one of its own threads by a write.
    expect(median(observations.map(({ writes }) => writes))).toBe(1);
    // The machine may be busy with something else for a while; a batch without that shows what the proxy takes.
    expect(Math.min(...batches.map((batch) => median(batch.map(({ ms }) => ms))))).toBeLessThan(1);
    expect(await dovecot.loginCount('alice')).toBe(1);
  });
});

/** Reads up to the end of a line and returns the pieces in which it came. */
async function readLine(received: AsyncIterator<unknown[]>): Promise<string[]> {
  const chunks: string[] = [];
  do {
    const { value, done } = await received.next();
    if (done === true) throw new Error('The proxy ended the connection instead of a line');
    chunks.push(String(value[0]));
  } while (!chunks.at(-1)?.endsWith('\n'));
  return chunks;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
