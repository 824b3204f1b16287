import { acceptLogin, greet, serveCommands, tagOf } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';

/** Plays an ordinary server that is told an ID ahead of the login, and takes more of them behind it. */
export async function identifiedServer(connection: ScriptedConnection): Promise<void> {
  await greet(connection);
  const id = await connection.expectLine(/^\S+ ID /);
  await connection.send(`${tagOf(id)} OK Done\r\n`);
  await acceptLogin(connection);
  await serveCommands(connection, { ID: ['$ OK Done'], SELECT: ['* 0 EXISTS', '$ OK Done'] });
}

/** What `connection` was told by ID, one after another; names in the order in which they were told. */
export function idsIn({ received }: ScriptedConnection): Record<string, string>[] {
  const lines = received.split('\r\n').filter((line) => /^\S+ ID \(/.test(line));
  return lines.map((line) =>
    Object.fromEntries(
      [...line.matchAll(/"([^"]*)" "([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    ),
  );
}
