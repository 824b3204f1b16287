import { expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, USER } from '../../support/proxied-server.ts';
import { serving } from './leaving.ts';

it.each([
  ['* CAPABILITY ', '\r\nx OK Done\r\n'],
  ['* OK [CAPABILITY ', '] News\r\nx OK Done\r\n'],
  ['x OK [CAPABILITY ', '] Done\r\n'],
])(
  'A capability list too long to be filtered is not shown, and ends the session: %s',
  async (before, behind) => {
    const words = `IMAP4rev1 COMPRESS=DEFLATE${' X-WORD'.repeat(20_000)}`;
    const setup = await serving(async (connection) => {
      await connection.expectLine('x CAPABILITY');
      await connection.send(`${before}${words}${behind}`);
      await connection.stall();
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.send('x CAPABILITY\r\n');

    expect((await client.readToEnd()).includes('COMPRESS')).toBe(false);

    await setup.proxy.waitForPool({ leased: 0, closed: { 'size limit': 1 } });
  },
);
