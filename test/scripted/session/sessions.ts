import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, type ProxiedServer, USER } from '../../support/proxied-server.ts';

/** Who has a session; where a test does not say, the user of all tests. */
export interface Login {
  readonly user?: string;
  readonly password?: string;
}

/**
 * A whole session that sends `commands` one after another, and is over when this resolves, with their answers in
 * words: untagged lines and the tagged one.
 */
export async function session(
  setup: ProxiedServer,
  commands: readonly string[] = [],
  { user = USER, password = PASSWORD }: Login = {},
): Promise<string[]> {
  const client = await ImapClient.login(setup.proxy.port, user, password);
  const answers: string[] = [];
  for (const command of commands) answers.push(await ask(client, command));
  await client.logout();
  await isOver(setup);
  return answers;
}

/** One command and its answer in words. */
export async function ask(client: ImapClient, command: string): Promise<string> {
  const { untagged, tagged } = await client.command(command);
  return [...untagged, tagged].join(' | ');
}

/** Waits until no session has a connection, or counts on one. */
export async function isOver({ proxy }: ProxiedServer): Promise<void> {
  await proxy.waitForPool({ leased: 0, resetting: 0, reserved: 0 });
}

/** The lines that connection `index` has been sent behind its login. */
export function sent({ upstreams }: ProxiedServer, index: number): string[] {
  return (upstreams()[index]?.received ?? '').split('\r\n').slice(1, -1);
}

/** How often the server was sent the word `text`, on all connections together. */
export function timesSent({ upstreams }: ProxiedServer, text: string): number {
  return upstreams().reduce((sum, { received }) => sum + received.split(text).length - 1, 0);
}
