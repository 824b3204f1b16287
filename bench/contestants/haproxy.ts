import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contestant, Upstream, Wishes } from './contestant.ts';
import { launch } from './launch.ts';

const PROGRAM = '/usr/sbin/haproxy';

/** HAProxy in TCP mode, one thread: it knows nothing of IMAP, and is what passing octets on costs at the least. */
export async function startHaproxy(
  upstream: Upstream,
  { connections = 4096, clientTls }: Wishes,
  started: AsyncDisposableStack,
): Promise<Contestant | undefined> {
  if (!existsSync(PROGRAM)) return undefined;
  const { pid, port, startMs } = await launch('haproxy', prepare, started, clientTls?.caFile);
  const address = clientTls === undefined ? { port } : { port, caFile: clientTls.caFile };
  return { name: 'haproxy', address, startMs, pids: () => [pid] };

  function prepare(listenPort: number, directory: string): { command: string; args: string[] } {
    const config = join(directory, 'haproxy.cfg');
    const { tls } = upstream;
    const crt = clientTls === undefined ? '' : ` ssl crt ${clientTls.pemFile}`;
    const server =
      tls === undefined
        ? `127.0.0.1:${upstream.port}`
        : `127.0.0.1:${tls.port} ssl verify required ca-file ${tls.caFile} sni str(localhost)`;
    writeFileSync(
      config,
      `\
global
  maxconn ${connections}
  nbthread 1
defaults
  mode tcp
  timeout connect 5s
  timeout client 30m
  timeout server 30m
listen imap
  bind 127.0.0.1:${listenPort} backlog 4096${crt}
  server imap ${server}
`,
    );
    return { command: PROGRAM, args: ['-db', '-f', config] };
  }
}
