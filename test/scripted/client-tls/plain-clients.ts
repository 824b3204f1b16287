import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Connects to `port` on 127.0.0.1 from a loopback address; closed when the test ends. */
export async function connectFrom(port: number, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, localAddress, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

const SAY_AND_RESET = `
import socket, struct, sys
port, address, words = int(sys.argv[1]), sys.argv[2], sys.argv[3]
client = socket.create_connection(("127.0.0.1", port), source_address=(address, 0))
client.sendall(words.encode("latin1"))
client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
client.close()
`;

/**
 * Connects from a loopback address, says `words` and resets the connection, all before this process can accept it: it
 * stands still in the meantime. Needs python3.
 */
export function sayAndReset(port: number, localAddress: string, words: string): void {
  const { status, stderr } = spawnSync('python3', ['-c', SAY_AND_RESET, String(port), localAddress, words]);
  if (status !== 0) throw new Error(`Cannot say and reset: ${stderr}`);
}
