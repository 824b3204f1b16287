import { once } from 'node:events';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';

/** A client under TLS, and what is known of the TLS. */
export interface SecureClient {
  readonly client: ImapClient;
  readonly socket: TLSSocket;
}

/** Connects to `port` on 127.0.0.1 with TLS from the first octet; closed when the test ends. @throws when it fails. */
export async function connectSecurely(port: number, options: ConnectionOptions): Promise<SecureClient> {
  return secured({ host: '127.0.0.1', port, ...options });
}

/** Begins TLS on the connection of `client`, which must not be used any more; closed when the test ends. */
export async function secure(client: ImapClient, options: ConnectionOptions): Promise<SecureClient> {
  return secured({ socket: client.release(), ...options });
}

/** Connects to `port`, says STARTTLS, and begins TLS when it is told to. */
export async function startTls(port: number, options: ConnectionOptions): Promise<SecureClient> {
  const client = await ImapClient.connect(port);
  await client.readGreeting();
  const { status, tagged } = await client.command('STARTTLS');
  if (status !== 'OK') throw new Error(`Cannot begin TLS: ${tagged}`);
  return secure(client, options);
}

async function secured(options: ConnectionOptions): Promise<SecureClient> {
  const halfOpen = { allowHalfOpen: true };
  const socket = connect({ ...halfOpen, ...options });
  onTestFinished(() => void socket.destroy());
  // Behind the handshake a refusal is an error that the recording of the connection keeps.
  await once(socket, 'secureConnect');
  return { socket, client: ImapClient.over(socket) };
}
