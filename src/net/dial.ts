/** Opens a TCP connection to a host that may have several addresses. */
import { connect, type Socket } from 'node:net';
import { ProxyError } from '../base/errors.ts';
import { ReadBuffer } from './read-buffer.ts';
import type { ResolveHost } from './resolver.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** 4 or 6 to use addresses of one family only; 0 for both. Classic `ipversion_only`. */
  readonly family: 0 | 4 | 6;
}

export interface DialOptions {
  readonly resolveHost: ResolveHost;
  /** All addresses together, in ms. */
  readonly timeoutMs: number;
  readonly keepAlive: boolean;
  /** How many addresses of the list are left to the others first; classic `dns_rr`. */
  readonly rotation: number;
}

/** No address of the endpoint accepted a connection in time; `cause` is the last attempt's error. */
export class UpstreamUnreachableError extends ProxyError {
  readonly code = 'UPSTREAM_UNREACHABLE';
  readonly fault = 'upstream';
  override readonly reply = { status: 'NO', code: 'UNAVAILABLE' } as const;

  constructor(endpoint: Endpoint, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot reach ${endpoint.host}:${endpoint.port}: ${why}`, { cause });
  }
}

/**
 * Tries the endpoint's addresses one after another, each with its share of the time that is left, and
 * returns the first connection made, with Nagle's algorithm off.
 *
 * @throws UpstreamUnreachableError when none could be made within `timeoutMs`.
 */
export async function dial(endpoint: Endpoint, options: DialOptions): Promise<Socket> {
  const deadline = performance.now() + options.timeoutMs;
  try {
    const addresses = rotate(await resolve(endpoint, options), options.rotation);
    let failure: unknown = new Error('The name has no address of the wanted family');
    for (const [index, address] of addresses.entries()) {
      const share = (deadline - performance.now()) / (addresses.length - index);
      try {
        return await attempt(address, endpoint.port, Math.max(1, share), options.keepAlive);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  } catch (error) {
    throw new UpstreamUnreachableError(endpoint, error);
  }
}

async function resolve(
  { host, family }: Endpoint,
  { resolveHost, timeoutMs }: DialOptions,
): Promise<readonly string[]> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`The name was not resolved within ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    return await Promise.race([resolveHost(host, family), late]);
  } finally {
    clearTimeout(timer);
  }
}

function rotate(addresses: readonly string[], by: number): readonly string[] {
  const first = addresses.length === 0 ? 0 : by % addresses.length;
  return [...addresses.slice(first), ...addresses.slice(0, first)];
}

function attempt(host: string, port: number, timeoutMs: number, keepAlive: boolean): Promise<Socket> {
  return new Promise((resolvePromise, reject) => {
    const buffer = new ReadBuffer();
    const { onread } = buffer;
    const socket = connect({ host, port, noDelay: true, keepAlive, allowHalfOpen: true, onread });
    buffer.belongTo(socket);
    const timer = setTimeout(
      () => fail(new Error(`No answer from ${host} within ${Math.round(timeoutMs)} ms`)),
      timeoutMs,
    );
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    // It stays: an error right behind the connection may come before the new owner listens.
    socket.on('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolvePromise(socket);
    });
  });
}
