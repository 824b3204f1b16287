import { describe, expect, it } from 'vitest';
import { SessionState } from '../../../src/protocol/session-state.ts';
import { CLEAN_VARIANT, enableVariant } from '../../../src/protocol/variants.ts';
import { Binder, type BinderPort } from '../../../src/session/binder.ts';
import { type Bound, ReservedLogin } from '../../../src/session/reserved-login.ts';
import type { LoginRequest } from '../../../src/upstream/login-request.ts';
import { settle } from '../../support/played-socket.ts';
import { type ParkOptions, PLAYED_LIMITS, PlayedUpstreams } from '../../support/played-upstreams.ts';

/** What a parked connection has answered to a client that began as most do. */
const ASKED: ParkOptions = {
  answers: {
    CAPABILITY: '* CAPABILITY IMAP4rev1 IDLE',
    'ID ("name" "x")': '* ID ("name" "Dovecot")',
    NAMESPACE: '* NAMESPACE NIL NIL NIL',
  },
};
const QRESYNC = enableVariant('QRESYNC');
const ENABLED: ParkOptions = { variant: QRESYNC, answers: { 'ENABLE QRESYNC': '* ENABLED QRESYNC' } };

/** A session that was logged in from memory, as far as its binder sees it. */
class Session implements BinderPort {
  readonly upstreams: PlayedUpstreams;
  readonly request: LoginRequest;
  readonly binder: Binder;
  /** What the client was told. */
  received = '';
  /** What the client has sent to its connection. */
  relayed = '';
  /** What else became of the session, in order. */
  readonly events: string[] = [];
  connection: Bound | undefined;
  isWaiting = false;

  constructor(upstreams: PlayedUpstreams, answersFromMemory = true) {
    this.upstreams = upstreams;
    this.request = upstreams.request();
    const reservation = upstreams.pool.reserve(this.request);
    if (reservation === undefined) throw new Error('Cannot reserve: nothing is parked');
    const login = new ReservedLogin(this.request, reservation, upstreams.pool, upstreams.clock);
    this.binder = new Binder(login, this, answersFromMemory);
  }

  /** The client sends `text`. Gives what was not taken of it. */
  send(text: string): string {
    let rest = Buffer.from(text, 'latin1');
    while (rest.length > 0) {
      const taken = this.connection === undefined ? this.binder.feed(rest) : this.take(rest);
      if (taken === 0) break;
      rest = rest.subarray(taken);
    }
    return rest.toString('latin1');
  }

  reply(octets: Buffer | string): void {
    this.received += octets.toString('latin1');
  }

  leave(reason: 'logout'): void {
    this.events.push(`leave ${reason}`);
  }

  binding(): void {
    this.events.push('binding');
    this.isWaiting = true;
  }

  isBinding(): boolean {
    return this.isWaiting;
  }

  bound(_binder: Binder, bound: Bound, replay: Buffer | undefined): void {
    this.isWaiting = false;
    this.connection = bound;
    const origin = bound.isNew ? 'new' : 'parked';
    this.events.push(`bound to a ${origin} one${replay === undefined ? '' : `, again: ${replay}`}`);
  }

  unbound(error: unknown): void {
    this.events.push(`unbound: ${error instanceof Error ? error.message : error}`);
  }

  failed(error: unknown): void {
    throw error;
  }

  giveBack({ lease, variant }: Bound): void {
    this.events.push('give back');
    this.upstreams.pool.release(lease, new SessionState(variant, lease.value.memory));
  }

  take(octets: Buffer): number {
    this.relayed += octets.toString('latin1');
    return octets.length;
  }
}

async function start(parked: ParkOptions = {}, answersFromMemory?: boolean): Promise<Session> {
  const upstreams = new PlayedUpstreams();
  await upstreams.park(parked);
  return new Session(upstreams, answersFromMemory);
}

describe('Binder', () => {
  it.each(['a', 'a NOOP', 'a NOOP\r'])('takes nothing of %j, which is no whole line', async (text) => {
    const session = await start();
    expect(session.send(text)).toBe(text);
    expect(session).toMatchObject({ received: '', relayed: '', events: [], connection: undefined });
  });

  it('answers LOGOUT without a connection, and takes nothing that comes behind', async () => {
    const session = await start();
    expect(session.send('$1.$ logout\r\nb NOOP\r\n')).toBe('');
    expect(session).toMatchObject({
      received: '* BYE LOGOUT received\r\n$1.$ OK Completed\r\n',
      events: ['leave logout'],
      connection: undefined,
    });
  });

  it('binds at once to a parked connection that fits, and hands it all that the client has sent', async () => {
    const session = await start();
    expect(session.send('a SELECT INBOX\r\nb FET')).toBe('');
    expect(session).toMatchObject({
      relayed: 'a SELECT INBOX\r\nb FET',
      received: '',
      events: ['bound to a parked one'],
    });
  });

  it.each(['\r\n', 'a] x\r\n', '* LOGOUT\r\n', 'a COMPRESS DEFLATE\r\n', 'a APPEND x {3}\r\n'])(
    'hands %j to a connection, for it is nothing to be answered here',
    async (text) => {
      const session = await start(ASKED);
      session.send(text);
      expect(session).toMatchObject({ relayed: text, received: '' });
    },
  );

  it('hands the beginning of a line that is too long to be waited for to a connection', async () => {
    const session = await start();
    const text = `a SEARCH UID ${'1,'.repeat(40_000)}`;
    session.send(text);
    expect(session.relayed === text).toBe(true);
  });

  it('waits while a connection is made ready, taking nothing', async () => {
    const session = await start();
    session.upstreams.clock.advance(30_001);
    expect(session.send('a NOOP\r\n')).toBe('a NOOP\r\n');
    expect(session.events).toEqual(['binding']);
    await settle();
    expect(session.events).toEqual(['binding', 'bound to a parked one']);
    expect(session.upstreams.sent(0)).toBe('P1 NOOP\r\nP2 NOOP\r\n');
  });

  it('waits while a login is made', async () => {
    const session = await start(ENABLED);
    session.send('a NOOP\r\n');
    await settle();
    expect(session.events).toEqual(['binding', 'bound to a new one']);
  });

  it('tells when there is no connection to be had', async () => {
    const session = await start(ENABLED);
    session.upstreams.refusal = new Error('no server');
    session.send('a NOOP\r\n');
    await settle();
    expect(session.events).toEqual(['binding', 'unbound: no server']);
  });
});

describe('Binder answering from memory', () => {
  it('answers the prologue of a client under its own tags, and hands over what follows', async () => {
    const session = await start(ASKED);
    session.send('a1 capability\r\n$1.$ ID ("name" "x")\r\nc NAMESPACE\nd SELECT INBOX\r\n');
    expect(session.received).toBe(
      '* CAPABILITY IMAP4rev1 IDLE\r\na1 OK done\r\n' +
        '* ID ("name" "Dovecot")\r\n$1.$ OK done\r\n' +
        '* NAMESPACE NIL NIL NIL\r\nc OK done\r\n',
    );
    expect(session).toMatchObject({ relayed: 'd SELECT INBOX\r\n', events: ['bound to a parked one'] });
    expect(session.upstreams.sent(0)).toBe('P1 NOOP\r\n');
  });

  it('needs no connection for a client that asks and leaves', async () => {
    const session = await start(ASKED);
    session.send('a CAPABILITY\r\nb LOGOUT\r\n');
    expect(session.received).toMatch(/^\* CAPABILITY .*\r\na OK done\r\n\* BYE .*\r\nb OK Completed\r\n$/);
    expect(session.upstreams.snapshot).toMatchObject({ leased: 0, parked: 1, reused: 0 });
  });

  it.each(['b NOOP\r\n', 'b ENABLE QRESYNC\r\n', 'b SELECT x (CONDSTORE)\r\n'])(
    'answers an ENABLE, binds to the connection that carries it, and hands it %j',
    async (next) => {
      const session = await start(ENABLED);
      session.send(`a enable qresync\r\n${next}`);
      expect(session).toMatchObject({
        received: '* ENABLED QRESYNC\r\na OK done\r\n',
        relayed: next,
        connection: { variant: QRESYNC, isNew: false },
      });
    },
  );

  it('hands over what no connection has been asked, and everything behind it', async () => {
    const session = await start(ASKED);
    const text = 'a ID ("name" "y")\r\nb CAPABILITY\r\n';
    session.send(text);
    expect(session).toMatchObject({ received: '', relayed: text, connection: { variant: CLEAN_VARIANT } });
  });

  it('hands an ENABLE whose extensions are not in its line to a clean connection', async () => {
    const session = await start(ENABLED);
    session.send('a ENABLE {8+}\r\nQRESYNC \r\n');
    await settle();
    expect(session).toMatchObject({ received: '', connection: { variant: CLEAN_VARIANT, isNew: true } });
  });

  it('answers nothing where it is switched off', async () => {
    const session = await start(ASKED, false);
    session.send('a CAPABILITY\r\nb NAMESPACE\r\n');
    expect(session).toMatchObject({ received: '', relayed: 'a CAPABILITY\r\nb NAMESPACE\r\n' });
  });
});

describe('Binder of a session', () => {
  it('that has found its connection dead finds another one, which is told the same again', async () => {
    const session = await start();
    await session.upstreams.park();
    session.send('a SELECT INBOX\r\n');
    session.isWaiting = false;
    session.binder.rescue(Buffer.from('a SELECT INBOX\r\n'));
    await settle();
    expect(session.events).toEqual([
      'bound to a parked one',
      'binding',
      'bound to a parked one, again: a SELECT INBOX\r\n',
    ]);
  });

  it('that ends while a connection is looked for gives back what comes too late', async () => {
    const session = await start();
    session.upstreams.clock.advance(30_001);
    session.send('a NOOP\r\n');
    session.isWaiting = false;
    session.binder.release();
    await settle();
    expect(session.events).toEqual(['binding', 'give back']);
    expect(session.upstreams.snapshot).toMatchObject({ leased: 0, reserved: 0, parked: 1 });
  });

  it('that ends while its login waits for room waits no longer', async () => {
    const pool = { ...PLAYED_LIMITS.pool, maxTotal: 1 };
    const upstreams = new PlayedUpstreams(undefined, { pool });
    await upstreams.park();
    const session = new Session(upstreams);
    await upstreams.sockets[0]?.cut();
    await upstreams.logIn(upstreams.request('bob'));
    session.send('a NOOP\r\n');
    await settle();
    expect(upstreams.snapshot).toMatchObject({ waiting: 1 });

    session.isWaiting = false;
    session.binder.release();
    await settle();

    expect(session.events).toEqual(['binding']);
    expect(upstreams.snapshot).toMatchObject({ leased: 1, connecting: 0, reserved: 0, waiting: 0 });
  });

  it('that ends before its first command leaves the connection parked and wipes the secret', async () => {
    const session = await start();
    session.binder.release();
    expect(session.request.credentials.password.expose().every((octet) => octet === 0)).toBe(true);
    expect(session.upstreams.snapshot).toMatchObject({ reserved: 0, parked: 1 });
  });
});
