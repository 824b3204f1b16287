import { describe, expect, it } from 'vitest';
import { SessionState } from '../../../src/protocol/session-state.ts';
import { LoginRefusedError } from '../../../src/upstream/upstream-errors.ts';
import { settle } from '../../support/played-socket.ts';
import { PLAYED_LIMITS, PlayedUpstreams } from '../../support/played-upstreams.ts';

/** Limits with which the server is asked again after a second. */
const REAUTH = { trust: { reauthIntervalMs: 1_000, memoryMs: 0 } };

const failing = (upstreams: PlayedUpstreams, error: Error): void => {
  upstreams.refusal = error;
};

describe('UpstreamPool', () => {
  it('reserves a parked connection for as long as its login counts', async () => {
    const upstreams = new PlayedUpstreams(undefined, REAUTH);
    await upstreams.park();
    upstreams.clock.advance(1_000);
    upstreams.pool.reserve(upstreams.request())?.cancel();
    upstreams.clock.advance(1);
    expect(upstreams.pool.reserve(upstreams.request())).toBeUndefined();
    expect(upstreams.snapshot).toMatchObject({ parked: 1, reserved: 0 });
  });

  it('asks the server again after that, and both connections are of use then', async () => {
    const upstreams = new PlayedUpstreams(undefined, REAUTH);
    await upstreams.park();
    upstreams.clock.advance(1_001);
    const signal = new AbortController().signal;
    const granted = await upstreams.pool.open(upstreams.request(), { signal });
    expect(granted).not.toHaveProperty('kind', 'reservation');
    expect(upstreams.pool.reserve(upstreams.request())).toBeDefined();
    expect(upstreams.snapshot).toMatchObject({ created: 2, parked: 1, leased: 1 });
  });

  it('keeps a connection whose login counts no more, for the server may say yes again', async () => {
    const upstreams = new PlayedUpstreams(undefined, REAUTH);
    const lease = await upstreams.logIn();
    upstreams.clock.advance(1_001);
    upstreams.pool.release(lease, new SessionState());
    await settle();
    expect(upstreams.snapshot).toMatchObject({ parked: 1, closed: {} });
  });

  it.each([
    ['NO', new LoginRefusedError('NO', '[AUTHENTICATIONFAILED] Wrong'), 0],
    ['NO without a code', new LoginRefusedError('NO', 'Wrong'), 0],
    ['NO for now', new LoginRefusedError('NO', '[UNAVAILABLE] Later'), 2],
    ['BAD', new LoginRefusedError('BAD', 'What'), 2],
    ['nothing', new Error('unreachable'), 2],
  ])('keeps or closes what is parked of a login that is then answered %s', async (_, error, parked) => {
    const upstreams = new PlayedUpstreams();
    const lease = await upstreams.logIn();
    await upstreams.park();
    upstreams.pool.release(lease, new SessionState());
    await upstreams.park({ request: upstreams.request('bob') });
    failing(upstreams, error);

    await expect(upstreams.logIn()).rejects.toThrow(error);

    const closed = parked === 0 ? { 'login refused': 2 } : {};
    expect(upstreams.snapshot).toMatchObject({ parked: parked + 1, closed });
    expect(upstreams.pool.reserve(upstreams.request()) !== undefined).toBe(parked > 0);
    expect(upstreams.pool.reserve(upstreams.request('bob'))).toBeDefined();
  });

  it('takes a wrong secret for no word about the right one', async () => {
    const upstreams = new PlayedUpstreams();
    await upstreams.park();
    failing(upstreams, new LoginRefusedError('NO', 'Wrong'));
    await expect(upstreams.logIn(upstreams.request('alice', 'guess'))).rejects.toThrow(LoginRefusedError);
    expect(upstreams.snapshot).toMatchObject({ parked: 1, closed: {} });
    expect(upstreams.pool.reserve(upstreams.request())).toBeDefined();
  });

  it('closes what is parked of other secrets of a user when a new one is accepted', async () => {
    const upstreams = new PlayedUpstreams();
    await upstreams.park();
    await upstreams.park({ request: upstreams.request('bob') });
    await upstreams.park({ request: upstreams.request('alice', 'changed') });
    expect(upstreams.snapshot).toMatchObject({ parked: 2, keys: 2, closed: { 'new secret': 1 } });
    expect(upstreams.pool.reserve(upstreams.request())).toBeUndefined();
  });

  it('closes a connection in use of such a secret when its session is over', async () => {
    const upstreams = new PlayedUpstreams();
    const lease = await upstreams.logIn();
    await upstreams.park({ request: upstreams.request('alice', 'changed') });
    upstreams.pool.release(lease, new SessionState());
    expect(upstreams.snapshot).toMatchObject({ leased: 0, parked: 1, closed: { 'new secret': 1 } });
  });

  it('keeps connections of two secrets that the server goes on accepting', async () => {
    const upstreams = new PlayedUpstreams();
    const secrets = ['one', 'two', 'one'];
    for (const secret of secrets) await upstreams.park({ request: upstreams.request('alice', secret) });
    expect(upstreams.snapshot).toMatchObject({ parked: 2, keys: 2, closed: { 'new secret': 1 } });
    for (const secret of secrets.slice(1)) {
      expect(upstreams.pool.reserve(upstreams.request('alice', secret))).toBeDefined();
    }
  });
});

describe('UpstreamPool looking after what is parked', () => {
  it('asks spare connections only, and puts none into IDLE that somebody counts on', async () => {
    const upstreams = new PlayedUpstreams(undefined, { parkIdleMs: 5_000 });
    await upstreams.park();
    await upstreams.park();
    upstreams.pool.reserve(upstreams.request());
    upstreams.clock.advance(5_001);
    upstreams.pool.sweep();
    expect([upstreams.sent(0), upstreams.sent(1)]).toEqual(['P1 NOOP\r\nP2 IDLE\r\n', 'P1 NOOP\r\n']);
  });

  it('closes what has reached its age, and what it was used for often enough', async () => {
    const upstreams = new PlayedUpstreams(undefined, { lifetimeMs: 10_000, maxUses: 2 });
    await upstreams.park();
    const reservation = upstreams.pool.reserve(upstreams.request());
    const claimed = reservation && upstreams.pool.claim(reservation, ['']);
    if (claimed !== undefined) upstreams.pool.release(claimed.lease, new SessionState());
    expect(upstreams.snapshot.closed).toEqual({ 'use limit': 1 });

    await upstreams.park();
    upstreams.clock.advance(8_999);
    upstreams.pool.sweep();
    expect(upstreams.snapshot).toMatchObject({ parked: 1 });
    upstreams.clock.advance(1_001);
    upstreams.pool.sweep();
    expect(upstreams.snapshot).toMatchObject({ parked: 0, closed: { 'use limit': 1, 'age limit': 1 } });
  });

  it('asks a connection that was silent for longer than check_delay before it is used', async () => {
    const upstreams = new PlayedUpstreams();
    await upstreams.park();
    upstreams.clock.advance(PLAYED_LIMITS.checkDelayMs + 1);
    const reservation = upstreams.pool.reserve(upstreams.request());
    const claimed = reservation && upstreams.pool.claim(reservation, ['']);
    expect(await claimed?.ready).toBe(true);
    expect(upstreams.sent(0)).toBe('P1 NOOP\r\nP2 NOOP\r\n');
  });
});
