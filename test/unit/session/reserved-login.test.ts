import { describe, expect, it } from 'vitest';
import type { Question } from '../../../src/protocol/answer-memory.ts';
import { CLEAN_VARIANT, CONDSTORE_VARIANT, enableVariant } from '../../../src/protocol/variants.ts';
import { type FirstCommand, readFirstCommand } from '../../../src/session/first-command.ts';
import { OtherAnswersError, ReservedLogin } from '../../../src/session/reserved-login.ts';
import type { Answerer } from '../../support/played-socket.ts';
import { answerBy, type ParkOptions, PlayedUpstreams } from '../../support/played-upstreams.ts';
import { questionIn } from '../../support/session-state-steps.ts';

const WORDS = '* CAPABILITY IMAP4rev1 IDLE';
const OTHER_WORDS = '* CAPABILITY IMAP4rev1';
const QRESYNC = enableVariant('QRESYNC');
const ENABLED: ParkOptions = { variant: QRESYNC, answers: { 'ENABLE QRESYNC': '* ENABLED QRESYNC' } };
/** More than a parked connection may be silent without being asked. */
const LONG_MS = 30_001;

const first = (text: string): FirstCommand => readFirstCommand(Buffer.from(`${text}\r\n`, 'latin1'));
const question = (command: string): Question => questionIn(`a ${command}`);
const neverAborted = (): AbortSignal => new AbortController().signal;

/** A server that answers CAPABILITY and ENABLE as the parked connections of these tests have been answered. */
const steadfast: Answerer = (_, name) => {
  if (name === 'CAPABILITY') return [WORDS, '$ OK done'];
  return name === 'ENABLE' ? ['* ENABLED QRESYNC', '$ OK done'] : ['$ OK done'];
};

/** A login from memory, for which connections are parked as told, the first of them first. */
async function reserved(
  upstreams: PlayedUpstreams,
  ...parked: readonly ParkOptions[]
): Promise<ReservedLogin> {
  for (const options of parked) await upstreams.park(options);
  const request = upstreams.request();
  const reservation = upstreams.pool.reserve(request);
  if (reservation === undefined) throw new Error('Cannot reserve: nothing is parked');
  return new ReservedLogin(request, reservation, upstreams.pool, upstreams.clock);
}

describe('ReservedLogin', () => {
  it('tells of the connection parked last', async () => {
    const upstreams = new PlayedUpstreams();
    const login = await reserved(upstreams, {}, ENABLED);
    const [, last] = upstreams.connections;
    expect(login).toMatchObject({ facts: last?.login, upstreamId: last?.id, isLastClean: false });
    expect(await reserved(upstreams, {})).toMatchObject({ isLastClean: true });
  });

  it('tells of none when what was parked has gone', async () => {
    const upstreams = new PlayedUpstreams();
    const login = await reserved(upstreams, {});
    await upstreams.sockets[0]?.cut();
    expect([login.facts, login.upstreamId]).toEqual([undefined, undefined]);
  });

  it('reads the first command once its line is whole, and one that is too long never', async () => {
    const login = await reserved(new PlayedUpstreams(), {});
    expect(login.readFirst(Buffer.from('a SELECT'))).toBeUndefined();
    expect(login.readFirst(Buffer.alloc(65_535, 'x'))).toBeUndefined();
    expect(login.readFirst(Buffer.from('a SELECT x (CONDSTORE)\r\nb LOGOUT\r\n'))).toEqual(
      first('a SELECT x (CONDSTORE)'),
    );
    expect(login.readFirst(Buffer.alloc(65_536, 'x'))).toMatchObject({ tag: undefined, variants: [''] });
  });

  it('keeps the secret until no new login can be needed, and the reservation until it ends', async () => {
    const upstreams = new PlayedUpstreams();
    const login = await reserved(upstreams, {});
    login.cancel();
    expect(login.request.credentials.password.expose().toString()).toBe('secret');
    expect(upstreams.snapshot).toMatchObject({ reserved: 0, parked: 1 });
    login.release();
    expect(login.request.credentials.password.expose().toString()).toBe('\0'.repeat(6));
  });
});

describe('ReservedLogin.recall', () => {
  it('gives what a connection of the login has answered, and no more', async () => {
    const login = await reserved(new PlayedUpstreams(), {}, { answers: { CAPABILITY: WORDS } }, {});
    expect(login.recall(question('CAPABILITY'))).toEqual(answerBy(WORDS));
    expect(login.recall(question('NAMESPACE'))).toBeUndefined();
  });

  it('gives nothing that a connection of another login has answered', async () => {
    const upstreams = new PlayedUpstreams();
    await upstreams.park({ request: upstreams.request('bob'), answers: { CAPABILITY: WORDS } });
    const login = await reserved(upstreams, {});
    expect(login.recall(question('CAPABILITY'))).toBeUndefined();
  });

  it.each(['ENABLE QRESYNC', 'enable  qresync '])(
    'answers %j from a connection that carries it',
    async (command) => {
      const login = await reserved(new PlayedUpstreams(), ENABLED, {});
      expect(login.recall(question(command))).toEqual(answerBy('* ENABLED QRESYNC'));
    },
  );

  it.each(['ENABLE CONDSTORE', 'ENABLE QRESYNC CONDSTORE', 'ENABLE QRESYNC UTF8=ACCEPT'])(
    'does not answer %s, which no connection carries',
    async (command) => {
      const login = await reserved(new PlayedUpstreams(), ENABLED, {});
      expect(login.recall(question(command))).toBeUndefined();
      expect(login.recall(question('ENABLE QRESYNC'))).toBeDefined();
    },
  );

  it('does not answer a second ENABLE, of which the server must hear', async () => {
    const login = await reserved(new PlayedUpstreams(), ENABLED);
    login.recall(question('ENABLE QRESYNC'));
    expect(login.recall(question('ENABLE QRESYNC'))).toBeUndefined();
  });

  it('answers after an ENABLE only what was asked behind that ENABLE', async () => {
    const upstreams = new PlayedUpstreams();
    const login = await reserved(upstreams, {
      ...ENABLED,
      answers: { ...ENABLED.answers, CAPABILITY: WORDS },
    });
    login.recall(question('ENABLE QRESYNC'));
    expect(login.recall(question('CAPABILITY'))).toBeUndefined();
    upstreams.connections[0]?.memory.remember(QRESYNC, question('CAPABILITY'), answerBy(OTHER_WORDS));
    expect(login.recall(question('CAPABILITY'))).toEqual(answerBy(OTHER_WORDS));
  });

  it('gives nothing once what was parked has gone', async () => {
    const upstreams = new PlayedUpstreams();
    const login = await reserved(upstreams, { answers: { CAPABILITY: WORDS } });
    await upstreams.sockets[0]?.cut();
    expect(login.recall(question('CAPABILITY'))).toBeUndefined();
  });
});

describe('ReservedLogin.claim', () => {
  it.each([
    ['a NOOP', [{}, ENABLED, { variant: CONDSTORE_VARIANT }], 0, CLEAN_VARIANT],
    ['a SELECT x (CONDSTORE)', [{ variant: CONDSTORE_VARIANT }, ENABLED, {}], 0, CONDSTORE_VARIANT],
    ['a SELECT x (CONDSTORE)', [{}, ENABLED], 0, CLEAN_VARIANT],
    ['a ENABLE QRESYNC', [{}, ENABLED], 0, CLEAN_VARIANT],
  ])('gives for %j the connection that suits it, of %j', async (line, parked, index, variant) => {
    const upstreams = new PlayedUpstreams();
    const login = await reserved(upstreams, ...parked);
    const bound = login.claim(first(line));
    expect(bound).toMatchObject({ variant, isNew: false });
    expect(bound?.lease.value).toBe(upstreams.connections[index]);
    expect(upstreams.snapshot).toMatchObject({ leased: 1, reserved: 0 });
  });

  it('gives no connection that carries what was not asked for', async () => {
    const upstreams = new PlayedUpstreams();
    const login = await reserved(upstreams, ENABLED, { variant: CONDSTORE_VARIANT });
    expect(login.claim(first('a NOOP'))).toBeUndefined();
    expect(upstreams.snapshot).toMatchObject({ leased: 0, parked: 2 });
  });

  it('gives behind an ENABLE from memory the connection that carries it, which hears nothing of it', async () => {
    const upstreams = new PlayedUpstreams();
    const login = await reserved(upstreams, ENABLED, {});
    const before = upstreams.sent(0);
    login.recall(question('ENABLE QRESYNC'));
    const bound = login.claim(first('b NOOP'));
    expect(bound).toMatchObject({ variant: QRESYNC, isNew: false });
    expect(bound?.lease.value).toBe(upstreams.connections[0]);
    expect(upstreams.sent(0)).toBe(before);
  });

  it.each([
    ['was silent for too long', LONG_MS, []],
    ['has not answered what the client was told', 0, ['CAPABILITY']],
  ])('leaves it to open to give one that %s', async (_, silentMs, told) => {
    const upstreams = new PlayedUpstreams(steadfast);
    const login = await reserved(upstreams, { answers: { CAPABILITY: WORDS } }, {});
    upstreams.clock.advance(silentMs);
    for (const command of told) login.recall(question(command));
    expect(login.claim(first('a NOOP'))).toBeUndefined();

    const bound = await login.open(first('a NOOP'), neverAborted());
    expect(bound).toMatchObject({ variant: CLEAN_VARIANT, isNew: false });
    expect(bound.lease.value).toBe(upstreams.connections[1]);
    expect(upstreams.snapshot).toMatchObject({ leased: 1, parked: 1, created: 2 });
  });
});

describe('ReservedLogin.open', () => {
  it('asks a connection what another has told the client, before the client has it', async () => {
    const upstreams = new PlayedUpstreams(steadfast);
    const login = await reserved(upstreams, { answers: { CAPABILITY: WORDS } }, {});
    login.recall(question('CAPABILITY'));
    login.claim(first('a NOOP'));
    await login.open(first('a NOOP'), neverAborted());
    expect(upstreams.sent(1)).toBe('P1 NOOP\r\nP2 CAPABILITY\r\n');
  });

  it('passes over a connection that answers otherwise, and takes the next that agrees', async () => {
    const upstreams = new PlayedUpstreams(steadfast);
    await upstreams.park({ answers: { CAPABILITY: WORDS } });
    upstreams.answerer = (_, name) => [...(name === 'CAPABILITY' ? [OTHER_WORDS] : []), '$ OK done'];
    const login = await reserved(upstreams, {});
    login.recall(question('CAPABILITY'));

    login.claim(first('a NOOP'));
    const bound = await login.open(first('a NOOP'), neverAborted());

    expect(bound.lease.value).toBe(upstreams.connections[0]);
    expect(upstreams.snapshot).toMatchObject({ leased: 1, closed: { 'other answers': 1 }, created: 2 });
  });

  it('passes over a connection that is dead', async () => {
    let isDead = false;
    const upstreams = new PlayedUpstreams(() => (isDead ? [] : ['$ OK done']));
    const login = await reserved(upstreams, {});
    isDead = true;
    upstreams.clock.advance(LONG_MS);
    login.claim(first('a NOOP'));
    const opening = login.open(first('a NOOP'), neverAborted());
    upstreams.clock.advance(2_000);
    const bound = await opening;
    expect(bound).toMatchObject({ isNew: true, variant: CLEAN_VARIANT });
    expect(upstreams.snapshot).toMatchObject({ leased: 1, closed: { 'check failed': 1 }, created: 2 });
  });

  it('logs in where nothing parked fits, and leaves that parked', async () => {
    const upstreams = new PlayedUpstreams();
    const login = await reserved(upstreams, ENABLED);
    expect(login.claim(first('a NOOP'))).toBeUndefined();
    const bound = await login.open(first('a NOOP'), neverAborted());
    expect(bound).toMatchObject({ isNew: true, variant: CLEAN_VARIANT });
    expect(bound.lease.value).toBe(upstreams.connections[1]);
    expect(upstreams.snapshot).toMatchObject({ leased: 1, parked: 1, reserved: 0 });
  });

  it.each([
    ['a parked one that is clean', [{}]],
    ['a new one', []],
  ])('does on %s what the client was told that it has enabled', async (_, others) => {
    const upstreams = new PlayedUpstreams(steadfast);
    const login = await reserved(upstreams, ...others, ENABLED);
    login.recall(question('ENABLE qresync'));
    await upstreams.sockets[others.length]?.cut();

    expect(login.claim(first('b NOOP'))).toBeUndefined();
    const bound = await login.open(first('b NOOP'), neverAborted());

    expect(bound).toMatchObject({ variant: QRESYNC, isNew: others.length === 0 });
    expect(upstreams.sockets.at(others.length === 0 ? 1 : 0)?.sent).toMatch(
      /^(P1 NOOP\r\n)?P\d ENABLE qresync\r\n$/,
    );
  });

  it('ends with an error when a new login answers otherwise than the client was told', async () => {
    const upstreams = new PlayedUpstreams(steadfast);
    const login = await reserved(upstreams, { answers: { CAPABILITY: WORDS } });
    login.recall(question('CAPABILITY'));
    await upstreams.sockets[0]?.cut();
    upstreams.answerer = () => [OTHER_WORDS, '$ OK'];

    await expect(login.open(first('a NOOP'), neverAborted())).rejects.toThrow(OtherAnswersError);
    expect(upstreams.snapshot).toMatchObject({ leased: 0, parked: 0, closed: { 'other answers': 1 } });
  });

  it('ends with the error of the login, and leaves nothing behind', async () => {
    const upstreams = new PlayedUpstreams();
    const login = await reserved(upstreams, {});
    await upstreams.sockets[0]?.cut();
    upstreams.refusal = new Error('no server');
    await expect(login.open(first('a NOOP'), neverAborted())).rejects.toThrow('no server');
    expect(upstreams.snapshot).toMatchObject({ connecting: 0, leased: 0, reserved: 0, keys: 0 });
  });
});
