/** A Unix socket's file: who may use it, and what is left of it when its process has died. */
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import { ProxyError } from '../base/errors.ts';

export interface SocketFile {
  readonly path: string;
  /** Who may connect, as in chmod(2). Default 0660. */
  readonly mode?: number;
}

/** The file of a Unix socket cannot be used. */
export class SocketFileError extends ProxyError {
  readonly code = 'SOCKET_FILE';
  readonly fault = 'operator';

  constructor(path: string, why: string, options?: ErrorOptions) {
    super(`Cannot listen on ${path}: ${why}`, options);
  }
}

const DEFAULT_MODE = 0o660;

/** Until the file has its mode, nobody but its owner may connect. */
const PRIVATE_UMASK = 0o177;

/**
 * Has `server` listen on the Unix socket at `path`, in place of one whose process has died. Node.js removes
 * the file when the server is closed.
 *
 * @throws SocketFileError when somebody listens there, the file is no socket, or its directory is missing.
 * @throws Error when the system refuses.
 */
export async function bindToSocketFile(
  server: Server,
  { path, mode = DEFAULT_MODE }: SocketFile,
  backlog: number,
): Promise<{ readonly address: string; readonly port: 0 }> {
  try {
    await bind(server, path, backlog);
  } catch (error) {
    // Node.js says EACCES.
    if (!existsSync(dirname(path))) {
      throw new SocketFileError(path, 'there is no such directory', { cause: error });
    }
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    await removeStale(path);
    await bind(server, path, backlog);
  }
  try {
    chmodSync(path, mode);
  } catch (error) {
    server.close();
    throw error;
  }
  return { address: path, port: 0 };
}

async function bind(server: Server, path: string, backlog: number): Promise<void> {
  const umask = process.umask(PRIVATE_UMASK);
  try {
    // The file is made within the call.
    server.listen({ path, backlog });
  } finally {
    process.umask(umask);
  }
  await once(server, 'listening');
}

async function removeStale(path: string): Promise<void> {
  // An attempt to connect to any other file is refused too.
  if (!lstatSync(path).isSocket()) throw new SocketFileError(path, 'there is a file that is no socket');
  const refusal = await refusalAt(path);
  if (refusal === undefined) throw new SocketFileError(path, 'another process listens there');
  if (codeOf(refusal) === 'ECONNREFUSED') unlinkSync(path);
  else if (codeOf(refusal) !== 'ENOENT') {
    const why = refusal instanceof Error ? refusal.message : String(refusal);
    throw new SocketFileError(path, `cannot tell whether another process listens there: ${why}`, {
      cause: refusal,
    });
  }
}

/** Why nobody can connect to `path`; undefined when one can. */
async function refusalAt(path: string): Promise<unknown> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return undefined;
  } catch (error) {
    return error;
  } finally {
    socket.destroy();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
