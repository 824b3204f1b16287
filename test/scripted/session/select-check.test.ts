import { describe, expect, it } from 'vitest';
import { DRAIN_LIMIT_MS } from '../../../src/session/drain.ts';
import type { ImapClient } from '../../support/imap-client.ts';
import type { ProxiedServer } from '../../support/proxied-server.ts';
import { tagOf } from '../../support/scripted-imap.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { hasReceived, leave, WAYS } from './leaving.ts';
import {
  answerNext,
  DONE,
  FROM_SERVER,
  heard,
  ITEMS,
  MEMORY,
  noop,
  remembering,
  SAME,
  status,
} from './remembered-select.ts';
import { ask } from './sessions.ts';

describe('While the server is asked about a SELECT', () => {
  it('its alert is passed on, before the answer', async () => {
    const setup = await remembering(async (connection) => {
      await noop(connection, '* NO [ALERT] Nearly full');
      await status(connection, SAME);
    });

    expect(await ask(setup.client, 'SELECT INBOX')).toBe(`* NO [ALERT] Nearly full | ${FROM_SERVER}`);
  });

  it.each([1, 3, 12, 13])(
    'what it says behind its answer, cut after %i octets, is read to the end',
    async (cut) => {
      const news = '* 4 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n';
      const setup = await remembering(async (connection) => {
        await noop(connection);
        await answerNext(connection, `STATUS INBOX (${ITEMS})`, [SAME], 'OK Done', news.slice(0, cut));
        await connection.sendSlowly(news.slice(cut));
      });

      // A word of the old mailbox that comes later than that may be heard before the answer of the new one.
      expect(await ask(setup.client, 'SELECT INBOX')).toMatch(new RegExp(`${escapeRegExp(FROM_SERVER)}$`));
      expect(setup.client.transcript()).not.toMatch(/^S: (?!\* |t\d+ OK )/m);
    },
  );

  it.each(['forged OK Done', '+ Go on', 'nonsense'])(
    '"%s" makes the connection useless for others',
    async (line) => {
      const setup = await remembering(async (connection) => {
        await noop(connection);
        await status(connection, line, SAME);
      });

      expect(await ask(setup.client, 'SELECT INBOX')).toBe(FROM_SERVER);
      await setup.client.logout();
      await setup.proxy.waitForPool({ leased: 0, parked: 0, closed: { 'stray response': 1 } });
    },
  );

  it('its BYE is passed on, and the session ends', async () => {
    const setup = await remembering(async (connection) => {
      await connection.expectLine(/ NOOP$/);
      await connection.send('* BYE Mailbox was deleted\r\n');
      connection.cut();
    });
    await setup.client.send('x SELECT INBOX\r\n');

    expect(await setup.client.readToEnd()).toBe('* BYE Mailbox was deleted\r\n');
    await setup.proxy.waitForPool({ leased: 0, parked: 0, closed: { 'closed by server': 1 } });
  });

  it('its BYE makes the connection useless for others, even if it goes on', async () => {
    const setup = await remembering(async (connection) => {
      await noop(connection, '* BYE Soon');
      await answerNext(connection, 'SELECT INBOX', [], DONE);
    });

    expect(await ask(setup.client, 'SELECT INBOX')).toBe(`* BYE Soon | ${DONE}`);
    await setup.client.logout();
    await setup.proxy.waitForPool({ leased: 0, parked: 0, closed: { bye: 1 } });
  });

  it('its end is the end of the session', async () => {
    const setup = await remembering(async (connection) => {
      await connection.expectLine(/ NOOP$/);
      connection.reset();
    });
    await setup.client.send('x SELECT INBOX\r\n');

    expect(await setup.client.readToEnd()).toBe('');
    await setup.proxy.waitForPool({ leased: 0, parked: 0, closed: { 'closed by server': 1 } });
  });

  it('its silence ends the session after a minute', async () => {
    const setup = await remembering((connection) => connection.stall());
    await setup.client.send('x SELECT INBOX\r\n');
    await hasReceived(setup, ' NOOP\r\n');

    setup.proxy.advance(59_999);
    expect(setup.client.ending).toBeUndefined();
    setup.proxy.advance(1);

    expect(await setup.client.readToEnd()).toBe('');
    await setup.proxy.waitForPool({ leased: 0, parked: 0 });
  });

  it.each(WAYS)('a client may leave by %s: the connection is kept when the answer has come', async (how) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const setup = await remembering(async (connection) => {
      const line = await connection.expectLine(/ NOOP$/);
      await promise;
      await connection.send(`${tagOf(line)} OK Done\r\n`);
      await status(connection, SAME);
    });
    await leaveWhileAsked(setup, how);
    resolve();

    await setup.proxy.waitForPool({ leased: 0, resetting: 0, parked: 1, closed: {} });
    expect(heard(setup)).toEqual(['NOOP', 'STATUS', 'UNSELECT', 'NOOP']);
  });

  it('a client that has left is not waited for longer than otherwise', async () => {
    const setup = await remembering((connection) => connection.stall());
    await leaveWhileAsked(setup, 'RST');

    setup.proxy.advance(DRAIN_LIMIT_MS);

    await setup.proxy.waitForPool({ leased: 0, parked: 0, closed: { 'drain limit': 1 } });
  });

  it('the proxy may stop', async () => {
    const setup = await remembering((connection) => connection.stall());
    await setup.client.send('x SELECT INBOX\r\n');
    await hasReceived(setup, ' NOOP\r\n');
    const stopped = setup.proxy.stop();

    await setup.proxy.advanceOnceWaiting(DRAIN_LIMIT_MS);

    expect(await setup.client.readToEnd()).toMatch(/^\* BYE \[UNAVAILABLE\] .*\r\n$/);
    await stopped;
  });
});

describe('A SELECT that comes while the server is speaking waits for the end of the word', () => {
  it.each([
    ['news, and the server answers it', '* 4 EXISTS\r\n', FROM_SERVER, ['SELECT']],
    ['no news, and the server is asked', '* OK Still here\r\n', MEMORY, ['NOOP', 'STATUS']],
  ])('when it is %s', async (_what, word, answer, commands) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const setup = await remembering(
      async (connection) => {
        await promise;
        await connection.send(word.slice(6));
        if (answer !== MEMORY) return;
        await noop(connection);
        await status(connection, SAME);
      },
      { word: word.slice(0, 6) },
    );
    const read = setup.proxy.readOctets;
    await setup.client.send('x SELECT INBOX\r\n');
    await waitUntil(() => setup.proxy.readOctets > read, { what: 'the SELECT' });
    resolve();

    const { untagged, tagged } = await setup.client.readReply('x');
    expect([...untagged, tagged].join(' | ')).toBe(`${word.trim()} | ${answer}`);
    expect(heard(setup)).toEqual(commands);
  });
});

/** Sends a SELECT and leaves as soon as the server was asked about it. */
async function leaveWhileAsked(
  setup: ProxiedServer & { readonly client: ImapClient },
  how: 'FIN' | 'RST',
): Promise<void> {
  const { proxy, client } = setup;
  await client.send('x SELECT INBOX\r\n');
  await hasReceived(setup, ' NOOP\r\n');
  const { pending } = proxy.clock;
  leave(client, how);
  await waitUntil(() => proxy.clock.pending > pending, { what: 'the limit of a session without a client' });
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
