import type { Directives } from './daemon-process.ts';
import { ImapClient } from './imap-client.ts';
import { InProcessProxy } from './in-process-proxy.ts';
import { acceptLogin, greet, type LoginAnswer, type ScriptedLogin, serveCommands } from './scripted-imap.ts';
import { type Script, type ScriptedConnection, ScriptedServer } from './scripted-server.ts';
import { waitUntil } from './wait-until.ts';

/** Who logs in where the test does not care. */
export const USER = 'alice';
export const PASSWORD = 'open sesame';

export interface ProxiedServerOptions {
  readonly directives?: Directives;
  /** Plays the connection on which the proxy only looks at the greeting. */
  readonly probe?: Script;
}

/** A scripted server and a proxy before it, for use inside a test. */
export interface ProxiedServer {
  readonly proxy: InProcessProxy;
  readonly server: ScriptedServer;
  /** The connections that the proxy has made in order to log in, in the order they came. */
  upstreams(): readonly ScriptedConnection[];
  /** The `index`th of these; waits until it has come. */
  upstream(index: number): Promise<ScriptedConnection>;
}

/**
 * Starts both. `script` plays every connection but the first, which is the proxy's own look at the greeting, and counts
 * them from 0.
 */
export async function startProxied(
  script: Script = mailServer(),
  { directives, probe = (connection) => answerProbe(connection) }: ProxiedServerOptions = {},
): Promise<ProxiedServer> {
  const server = await ScriptedServer.listen((connection, index) =>
    index === 0 ? probe(connection, 0) : script(connection, index - 1),
  );
  const proxy = await InProcessProxy.start(server.port, { directives });
  const upstreams = (): readonly ScriptedConnection[] => server.connections.slice(1);
  const upstream = (index: number): Promise<ScriptedConnection> =>
    waitUntil(() => upstreams()[index], { what: `connection ${index} to the server` });
  return { proxy, server, upstreams, upstream };
}

/** Plays the connection on which the proxy looks at the greeting, which is a line without its end. */
export async function answerProbe(connection: ScriptedConnection, greeting?: string): Promise<void> {
  await greet(connection, greeting);
  await serveCommands(connection);
}

/** Greets and lets in whoever comes. */
export async function admit(connection: ScriptedConnection, answer?: LoginAnswer): Promise<ScriptedLogin> {
  await greet(connection);
  return acceptLogin(connection, answer);
}

/** The script of an ordinary server: it lets everybody in and answers commands as `serveCommands` does. */
export function mailServer(
  answers?: Readonly<Record<string, readonly string[]>>,
  login?: LoginAnswer,
): Script {
  return async (connection) => {
    await admit(connection, login);
    await serveCommands(connection, answers);
  };
}

/** A session that leaves nothing but one more parked connection of its user. */
export async function parkOne(proxy: InProcessProxy, user = USER, password = PASSWORD): Promise<void> {
  const { parked } = proxy.pool;
  const client = await ImapClient.login(proxy.port, user, password);
  await client.logout();
  await proxy.waitForPool({ parked: parked + 1 });
}
