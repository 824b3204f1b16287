import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processTree } from '../measure/processor-time.ts';
import { ServerProcess } from '../servers/server-process.ts';
import type { Contestant, Upstream, Wishes } from './contestant.ts';
import { launch } from './launch.ts';

const PROGRAM = '/usr/sbin/nginx';
const MAIL_MODULE = '/usr/lib/nginx/modules/ngx_mail_module.so';

/**
 * nginx as an IMAP proxy, one worker, with the auth service it needs; that service's work is not counted.
 * It parks nothing, and knows no TLS to the server.
 */
export async function startNginx(
  upstream: Upstream,
  { connections = 4096, clientTls }: Wishes,
  started: AsyncDisposableStack,
): Promise<Contestant | undefined> {
  if (upstream.tls !== undefined || !existsSync(MAIL_MODULE)) return undefined;
  const auth = started.use(await ServerProcess.start('./auth-service.ts', { port: upstream.port }));
  const { pid, port, startMs } = await launch('nginx', prepare, started, clientTls?.caFile);
  const address = clientTls === undefined ? { port } : { port, caFile: clientTls.caFile };
  return { name: 'nginx', address, startMs, pids: () => processTree(pid) };

  function prepare(listenPort: number, directory: string): { command: string; args: string[] } {
    const config = join(directory, 'nginx.conf');
    const tls =
      clientTls === undefined
        ? ''
        : `ssl_certificate ${clientTls.pemFile}; ssl_certificate_key ${clientTls.pemFile};`;
    writeFileSync(
      config,
      `\
load_module ${MAIL_MODULE};
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log error;
events { worker_connections ${2 * connections + 64}; }
mail {
  server_name localhost;
  auth_http 127.0.0.1:${auth.ports.port}/;
  imap_capabilities IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE UIDPLUS;
  server {
    listen 127.0.0.1:${listenPort}${tls && ' ssl'} backlog=4096;
    protocol imap;
    proxy on;
    # With the default of a page a longer answer leaves in two writes, and waits 40 ms for the client's ACK in between.
    proxy_buffer 64k;
    ${tls}
  }
}
`,
    );
    chmodSync(directory, 0o755);
    return { command: PROGRAM, args: ['-e', join(directory, 'error.log'), '-c', config] };
  }
}
