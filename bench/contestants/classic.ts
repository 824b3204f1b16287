import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contestant, Upstream, Wishes } from './contestant.ts';
import { launch } from './launch.ts';

const PROGRAM = '/usr/sbin/imapproxyd';
/** Debian's configuration file says so. */
const CACHE_SIZE = 3072;
const PARKED_SECONDS = 300;

/** The classic daemon (Debian's imapproxy 1.2.8); it becomes nobody, so it has to be started by root. */
export async function startClassic(
  upstream: Upstream,
  { connections = CACHE_SIZE, parkedSeconds = PARKED_SECONDS, clientTls }: Wishes,
  started: AsyncDisposableStack,
): Promise<Contestant | undefined> {
  if (clientTls !== undefined || process.getuid?.() !== 0 || !existsSync(PROGRAM)) return undefined;
  const { pid, port, startMs } = await launch('classic', prepare, started);
  return { name: 'classic', address: { port }, startMs, pids: () => [pid] };

  function prepare(listenPort: number, directory: string): { command: string; args: string[] } {
    const config = join(directory, 'imapproxy.conf');
    const { tls } = upstream;
    const lines = [
      'server_hostname 127.0.0.1',
      `server_port ${upstream.port}`,
      'listen_address 127.0.0.1',
      `listen_port ${listenPort}`,
      `cache_size ${Math.max(connections, CACHE_SIZE)}`,
      `cache_expiration_time ${Math.ceil(parkedSeconds)}`,
      'proc_username nobody',
      'proc_groupname nogroup',
      `stat_filename ${join(directory, 'pimpstats')}`,
      `protocol_log_filename ${join(directory, 'protocol.log')}`,
      'foreground_mode yes',
      'syslog_prioritymask LOG_EMERG',
      ...(tls === undefined ? [] : ['force_tls yes', `tls_ca_file ${tls.caFile}`]),
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    // It becomes nobody and creates its files afterwards.
    chmodSync(directory, 0o777);
    return { command: PROGRAM, args: ['-f', config] };
  }
}
