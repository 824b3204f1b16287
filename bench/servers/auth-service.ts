/** The process of nginx's auth service: lets everybody in, to the server of the settings (ngx_mail_auth_http_module). */
import { createServer } from 'node:http';
import { announce, listenOnLoopback, settings } from './server-child.ts';

export interface AuthServiceSettings {
  readonly port: number;
}

const upstream = settings<AuthServiceSettings>();
const service = createServer((_, response) => {
  const headers = {
    'Auth-Status': 'OK',
    'Auth-Server': '127.0.0.1',
    'Auth-Port': upstream.port,
    'Content-Length': 0,
  };
  response.writeHead(200, headers).end();
});
announce({ port: await listenOnLoopback(service, 1024) });
