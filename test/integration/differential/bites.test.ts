import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { describeWith } from '../../support/system-packages.ts';
import { describeDifference, runDifferential } from './run-differential.ts';
import type { StagedProxy } from './support/stage.ts';

/** A seed as good as any: what it is to find comes up in every few commands. */
const SEED = 1;
const COMMANDS = 2_000;
/** How many lines show the fault; a session must log in, have a mailbox, and change or read a flag. */
const ENOUGH_LINES = 4;

describeWith(['dovecot-imapd'], 'The comparison of random sessions', () => {
  it('finds nothing when both are the server', async () => {
    const { commands, differences } = await runDifferential({
      seed: SEED,
      commands: COMMANDS,
      startProxy: (port) => startForwarder(port, (octets) => octets),
    });

    expect(commands).toBeGreaterThanOrEqual(COMMANDS);
    expect(differences.map(describeDifference).join('\n')).toBe('');
  });

  it('finds a proxy that changes one word, and shows it by a few lines', async () => {
    const { differences } = await runDifferential({
      seed: SEED,
      commands: COMMANDS,
      maxDifferences: 1,
      startProxy: (port) => startForwarder(port, (octets) => octets.replaceAll('(\\Answered', '(\\answered')),
    });

    expect(differences).toHaveLength(1);
    const [found] = differences;
    expect(found?.difference).toContain('\\answered');
    expect(found?.smallest.trimEnd().split('\n').length).toBeLessThanOrEqual(ENOUGH_LINES);
  });
});

/** Passes on what both say; `alter` is given every piece of the server's, as latin1. */
async function startForwarder(serverPort: number, alter: (octets: string) => string): Promise<StagedProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port: serverPort });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay();
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.end();
      });
    }
    client.on('data', (octets) => upstream.write(octets));
    upstream.on('data', (octets) => client.write(alter(octets.toString('latin1')), 'latin1'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    reused: 0,
    settled: async () => undefined,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
