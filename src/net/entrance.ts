/** What a connection has to pass before anybody talks IMAP on it: who it is from, whether they may come in, TLS. */
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { ProxyError } from '../base/errors.ts';
import { clientIdentityOf } from './client-identity.ts';
import { type ClientOrigin, originBehind, originOf } from './client-origin.ts';
import type { Networks } from './networks.ts';
import type { ProxyHeader } from './proxied-connection.ts';
import { ProxyHeaderReader } from './proxy-header.ts';
import type { TlsServer } from './tls-server.ts';

export interface EntranceRules {
  /** Who may tell, by a header of the PROXY protocol, for whom they connect; undefined: nobody is asked to. */
  readonly proxies: Networks | undefined;
  readonly allowed: Networks | undefined;
  readonly denied: Networks | undefined;
  /** Present where TLS is spoken from the first octet. */
  readonly tls: TlsServer | undefined;
  /** For the header, and as long again for the handshake, in ms. */
  readonly timeoutMs: number;
}

/** A connection that was not let in. */
export class EntranceRefusedError extends ProxyError {
  readonly code = 'ENTRANCE_REFUSED';
  readonly fault = 'client';

  constructor(why: string) {
    super(`Cannot let the client in: ${why}`);
  }
}

/** Whether `origin` may connect by `allow_networks` and `deny_networks`. A Unix socket has permissions instead. */
export function isAdmitted({ client }: ClientOrigin, { allowed, denied }: EntranceRules): boolean {
  if (client === undefined) return true;
  return (allowed?.has(client.address) ?? true) && denied?.has(client.address) !== true;
}

/**
 * Lets in a connection by TCP that is paused and unread; the result is paused too, and has lost no octet of IMAP.
 *
 * @throws EntranceRefusedError, TlsClientFailedError; the socket is destroyed then.
 */
export async function enter(
  socket: Socket,
  rules: EntranceRules,
  clock: Clock,
): Promise<{ readonly socket: Socket; readonly origin: ClientOrigin }> {
  try {
    const direct = originOf(socket);
    if (direct === undefined) throw new EntranceRefusedError('it has gone already');
    const origin = rules.proxies === undefined ? direct : await proxiedOrigin(socket, direct, rules, clock);
    if (!isAdmitted(origin, rules))
      throw new EntranceRefusedError('allow_networks and deny_networks forbid it');
    if (rules.tls === undefined) return { socket, origin };
    const secured = await rules.tls.secure(socket, rules.timeoutMs);
    return {
      socket: secured,
      origin: { ...origin, isEncrypted: true, certificate: clientIdentityOf(secured) },
    };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function proxiedOrigin(
  socket: Socket,
  direct: ClientOrigin,
  { proxies, timeoutMs }: EntranceRules,
  clock: Clock,
): Promise<ClientOrigin> {
  if (direct.client === undefined || proxies?.has(direct.client.address) !== true) {
    throw new EntranceRefusedError('it is not in trusted_networks, and proxy_protocol is on');
  }
  const header = await readHeader(socket, timeoutMs, clock);
  if (header.kind === 'malformed') {
    throw new EntranceRefusedError(`its header of the PROXY protocol is malformed: ${header.reason}`);
  }
  if (header.kind === 'local') return direct;
  const { source, destination, facts } = header;
  return originBehind(direct, source, destination, facts.tls !== undefined);
}

/** Puts back what follows the header. */
function readHeader(socket: Socket, timeoutMs: number, clock: Clock): Promise<ProxyHeader> {
  const { promise, resolve, reject } = Promise.withResolvers<ProxyHeader>();
  const reader = new ProxyHeaderReader();
  const onReadable = (): void => {
    let chunk: Buffer | null = socket.read();
    while (chunk !== null) {
      const taken = reader.feed(chunk);
      if (reader.header !== undefined) {
        leave();
        if (taken < chunk.length) socket.unshift(Buffer.from(chunk.subarray(taken)));
        resolve(reader.header);
        return;
      }
      chunk = socket.read();
    }
  };
  const onClosed = (): void => {
    leave();
    reject(new EntranceRefusedError('it ended before its header of the PROXY protocol'));
  };
  const cancel = clock.after(timeoutMs, () => {
    leave();
    reject(new EntranceRefusedError(`no header of the PROXY protocol within ${timeoutMs} ms`));
  });
  const leave = (): void => {
    cancel();
    socket.off('readable', onReadable).off('end', onClosed).off('error', onClosed).off('close', onClosed);
    socket.pause();
  };
  socket.on('readable', onReadable).on('end', onClosed).on('error', onClosed).on('close', onClosed);
  return promise;
}
