/** The process of the null server; see {@link NullSession}. Its parent asks it for the count of logins. */
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls';
import { type NullServerState, NullSession } from './null-session.ts';
import { announce, listenOnLoopback, onRequest, settings } from './server-child.ts';

export interface NullServerSettings {
  /** PEM files; with them it offers STARTTLS, and TLS from the first octet on a second port. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

const BACKLOG = 4096;

const { tls } = settings<NullServerSettings>();
const pem = tls && { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) };
const secureContext = pem && createSecureContext(pem);
const state: NullServerState = {
  logins: 0,
  startTls: secureContext && ((socket) => new TLSSocket(socket, { isServer: true, secureContext })),
};
const serve = (socket: Socket): void => {
  new NullSession(socket, state);
};

const port = await listenOnLoopback(createServer(serve), BACKLOG);
const tlsPort = pem && (await listenOnLoopback(createTlsServer(pem, serve), BACKLOG));
onRequest('logins', () => state.logins);
announce(tlsPort === undefined ? { port } : { port, tlsPort });
