import { expect, it } from 'vitest';
import { SessionState } from '../../../src/protocol/session-state.ts';
import { type Answerer, settle } from '../../support/played-socket.ts';
import { PLAYED_LIMITS, PlayedUpstreams } from '../../support/played-upstreams.ts';

it('does not park a connection whose secret lost its trust while it was being reset', async () => {
  const upstreams = new PlayedUpstreams(() => []);
  const lease = await upstreams.logIn();
  upstreams.pool.release(lease, new SessionState());
  upstreams.answerer = () => ['$ OK done'];
  await upstreams.park({ request: upstreams.request('alice', 'changed') });
  await upstreams.sockets[0]?.say('P1 OK done\r\n');
  expect(upstreams.snapshot).toMatchObject({ parked: 1, closed: { 'new secret': 1 } });
});

it('does not answer an old secret from memory that waited for a reset while a new one was accepted', async () => {
  const upstreams = new PlayedUpstreams(() => [], { pool: { ...PLAYED_LIMITS.pool, returnWaitMs: 500 } });
  const lease = await upstreams.logIn();
  upstreams.pool.release(lease, new SessionState());
  const opening = upstreams.pool.open(upstreams.request(), { signal: new AbortController().signal });
  upstreams.answerer = () => ['$ OK done'];
  await upstreams.park({ request: upstreams.request('alice', 'changed') });
  await upstreams.sockets[0]?.say('P1 OK done\r\n');
  const granted = await opening;
  expect(granted).not.toHaveProperty('kind', 'reservation');
});

it('ends IDLE before it says LOGOUT', async () => {
  const answerer: Answerer = (_, name) => (name === 'IDLE' ? ['+ idling'] : ['$ OK done']);
  const upstreams = new PlayedUpstreams(answerer, { parkIdleMs: 5_000 });
  await upstreams.park();
  upstreams.clock.advance(5_001);
  upstreams.pool.sweep();
  await settle();
  upstreams.pool.retireAll('reconfigured');
  await settle();
  expect(upstreams.sent(0)).toBe('P1 NOOP\r\nP2 IDLE\r\nDONE\r\nP3 LOGOUT\r\n');
});
