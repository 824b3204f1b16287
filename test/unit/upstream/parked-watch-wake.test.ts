import { expect, it } from 'vitest';
import { ParkedWatch } from '../../../src/upstream/parked-watch.ts';
import { UpstreamConnection } from '../../../src/upstream/upstream-connection.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { PlayedSocket, settle } from '../../support/played-socket.ts';

const FACTS = {
  user: 'a',
  capabilities: ['IDLE'],
  capabilityLine: 'IDLE',
  text: '',
  isCodeTaken: false,
  notices: Buffer.alloc(0),
  serverId: undefined,
  isPlain: true,
  expiresAt: undefined,
};

it('takes a connection out of the IDLE that it was just being put into', async () => {
  const clock = new FakeClock();
  const socket = new PlayedSocket();
  const connection = new UpstreamConnection(socket, 'key', clock);
  connection.loggedIn(FACTS);
  const watch = new ParkedWatch(connection, clock, () => {});
  clock.advance(6000);
  watch.lookAfter(5000);
  expect(socket.sent).toBe('P1 IDLE\r\n');
  const ready = watch.ready(30_000);
  await socket.say('+ idling\r\n');
  await settle();
  await socket.say('P1 OK done\r\n');
  expect(await ready).toBe(true);
  expect([socket.sent, watch.isIdling]).toEqual(['P1 IDLE\r\nDONE\r\n', false]);
});
