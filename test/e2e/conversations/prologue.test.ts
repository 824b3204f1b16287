import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playAll, startMailServer } from '../../conversations/measure.ts';
import { Route } from '../../conversations/route.ts';
import type { Dovecot } from '../../support/dovecot.ts';
import { describeWith } from '../../support/system-packages.ts';

/** What a client asks before it shows anything, and what an answer that was given before can settle. */
const FROM_MEMORY = ['CAPABILITY', 'ID', 'NAMESPACE', 'ENABLE'];

describeWith(['dovecot-imapd'], 'The commands that open a session', () => {
  let dovecot: Dovecot;

  beforeAll(async () => {
    dovecot = await startMailServer();
  });

  afterAll(async () => {
    await dovecot.stop();
  });

  describe('on a connection that has answered them before', () => {
    let route: Route;

    beforeAll(async () => {
      route = await Route.open('hot', dovecot.port);
    });

    afterAll(async () => {
      await route[Symbol.asyncDispose]();
    });

    it('do not make Roundcube wait for the server before its first LIST, STATUS or SELECT', async () => {
      // Its ENABLE takes a connection away from its other pages; from the second time on there is one for each.
      await playAll(route, 'roundcube');
      await playAll(route, 'roundcube');
      const again = await playAll(route, 'roundcube');

      const first = again.map(([command]) => command);
      // The page of the folders and that of a mailbox, the list, a message, a sent one, the unread ones, the look for new mail.
      expect(first).toEqual(['LIST', 'LIST', 'STATUS', 'SELECT', 'APPEND', 'STATUS', 'STATUS']);
    });

    it.each(['imapflow', 'horde', 'nextcloud', 'cypht', 'squirrelmail'])(
      'do not go to the server when %s comes again',
      async (client) => {
        await playAll(route, client);
        const again = await playAll(route, client);

        expect(again.flat().filter((command) => FROM_MEMORY.includes(command))).toEqual([]);
      },
    );
  });

  describe('with `answer_from_memory no`', () => {
    it('all go to the server when ImapFlow comes again', async () => {
      await using route = await Route.open('hot', dovecot.port, { answer_from_memory: 'no' });
      await playAll(route, 'imapflow');
      const [first = []] = await playAll(route, 'imapflow');

      const session = first.slice(first.indexOf('AUTHENTICATE') + 1);
      expect(session.slice(0, 3)).toEqual(['ID', 'NAMESPACE', 'ENABLE']);
    });
  });
});
