import type { TlsOptions } from 'node:tls';
import { expect } from 'vitest';
import { ImapClient, type Reply } from '../../support/imap-client.ts';
import type { InProcessProxy } from '../../support/in-process-proxy.ts';
import { PASSWORD, USER } from '../../support/proxied-server.ts';
import { acceptLogin, greet, serveCommands, tagOf } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';

/** What a server says that wants TLS, and what it offers then. */
export const CLEAR_GREETING = '* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] Example Mail ready';
export const OFFERED = 'IMAP4rev1 SASL-IR LITERAL+ AUTH=PLAIN IDLE UNSELECT';

export const UNAVAILABLE = 'NO [UNAVAILABLE] Mail server is not available at the moment';

type Answers = Readonly<Record<string, readonly string[]>>;

/** Greets in clear, lets the proxy begin TLS, and tells what is offered under it. */
export async function secureByStartTls(
  connection: ScriptedConnection,
  options: TlsOptions,
  greeting = CLEAR_GREETING,
): Promise<ScriptedConnection> {
  await greet(connection, greeting);
  const tag = tagOf(await connection.expectLine(/^\S+ STARTTLS$/));
  await connection.send(`${tag} OK Begin TLS negotiation now\r\n`);
  const secured = await connection.secure(options);
  const question = await secured.expectLine(/^\S+ CAPABILITY$/);
  await secured.send(`* CAPABILITY ${OFFERED}\r\n${tagOf(question)} OK Done\r\n`);
  return secured;
}

/** Greets under TLS from the first octet. */
export async function secureAtOnce(
  connection: ScriptedConnection,
  options: TlsOptions,
  greeting = `* OK [CAPABILITY ${OFFERED}] Example Mail ready`,
): Promise<ScriptedConnection> {
  const secured = await connection.secure(options);
  await greet(secured, greeting);
  return secured;
}

/** Lets everybody in, and answers commands as `serveCommands` does. */
export async function serveMail(secured: ScriptedConnection, answers?: Answers): Promise<void> {
  await acceptLogin(secured);
  await serveCommands(secured, answers);
}

/** Logs in through `proxy` on a connection of its own. */
export async function logIn(proxy: InProcessProxy, password = PASSWORD): Promise<Reply> {
  using client = await ImapClient.connect(proxy.port);
  await client.readGreeting();
  // Awaited here: the connection ends with this function.
  return await client.command(`LOGIN ${USER} "${password}"`);
}

/** Demands that none of `connections` has carried, in clear, what a login is made of. */
export function expectNoCredentials(connections: readonly ScriptedConnection[], password = PASSWORD): void {
  const plain = Buffer.from(`\0${USER}\0${password}`).toString('base64');
  for (const { received } of connections) {
    for (const word of [USER, password, plain, 'LOGIN', 'AUTHENTICATE']) expect(received).not.toContain(word);
  }
}

/** The errors that the proxy has logged, warnings included. */
export function errorsOf(proxy: InProcessProxy): readonly string[] {
  return proxy.log().flatMap(({ error }) => (typeof error === 'string' ? [error] : []));
}
