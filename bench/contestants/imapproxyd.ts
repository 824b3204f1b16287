import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contestant, Upstream, Wishes } from './contestant.ts';
import { launch } from './launch.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/imapproxyd', import.meta.url));

/** Ours, as it was built last and as a user starts it, with its defaults; it logs errors alone, as all the others do. */
export async function startImapproxyd(
  upstream: Upstream,
  { connections, parkedSeconds, clientTls }: Wishes,
  started: AsyncDisposableStack,
): Promise<Contestant | undefined> {
  if (clientTls !== undefined) return undefined;
  const { pid, port, startMs } = await launch('imapproxyd', prepare, started);
  return { name: 'imapproxyd', address: { port }, startMs, pids: () => [pid] };

  function prepare(listenPort: number, directory: string): { command: string; args: string[] } {
    const config = join(directory, 'imapproxy.conf');
    const { tls } = upstream;
    const lines = [
      'foreground_mode yes',
      'log_level error',
      'listen_address 127.0.0.1',
      `listen_port ${listenPort}`,
      'server_hostname 127.0.0.1',
      `server_port ${tls?.port ?? upstream.port}`,
      `stat_filename ${join(directory, 'pimpstats')}`,
      ...(tls === undefined ? [] : ['server_tls implicit', `tls_ca_file ${tls.caFile}`]),
      ...(connections === undefined ? [] : [`cache_size ${connections}`]),
      ...(parkedSeconds === undefined ? [] : [`cache_expiration_time ${parkedSeconds.toFixed(3)}`]),
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    // Started by root it becomes someone else, who must still find the file.
    chmodSync(directory, 0o755);
    return { command: PROGRAM, args: ['-f', config] };
  }
}
