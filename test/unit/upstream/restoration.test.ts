import { describe, expect, it } from 'vitest';
import { CLEAN_VARIANT, CONDSTORE_VARIANT, enableVariant } from '../../../src/protocol/variants.ts';
import { restore, type ToldAnswer, unconfirmed } from '../../../src/upstream/restoration.ts';
import { UpstreamConnection } from '../../../src/upstream/upstream-connection.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type Answerer, PlayedSocket, settle } from '../../support/played-socket.ts';
import { answerBy } from '../../support/played-upstreams.ts';
import { questionIn } from '../../support/session-state-steps.ts';

const told = (command: string, untagged: string, variant = CLEAN_VARIANT): ToldAnswer => ({
  variant,
  question: questionIn(`a ${command}`),
  answer: answerBy(untagged),
});

const CAPABILITY = told('CAPABILITY', '* CAPABILITY IMAP4rev1 IDLE');
const NAMESPACE = told('NAMESPACE', '* NAMESPACE NIL NIL NIL');
const ENABLE = told('ENABLE qresync', '* ENABLED QRESYNC');

/** A connection whose server answers by `answerer`, or by nothing but what the test says. */
function connect(answerer?: Answerer) {
  const clock = new FakeClock();
  const socket = new PlayedSocket(answerer);
  return { clock, socket, connection: new UpstreamConnection(socket, 'key', clock) };
}

describe('unconfirmed', () => {
  it('is what the connection has not answered, or otherwise, or in another state', () => {
    const { connection } = connect();
    connection.memory.remember(CLEAN_VARIANT, CAPABILITY.question, CAPABILITY.answer);
    connection.memory.remember(CLEAN_VARIANT, NAMESPACE.question, answerBy('* NAMESPACE (("" "/")) NIL NIL'));
    const elsewhere = { ...CAPABILITY, variant: CONDSTORE_VARIANT };

    expect(unconfirmed(connection, [CAPABILITY, NAMESPACE, ENABLE, elsewhere])).toEqual([
      NAMESPACE,
      ENABLE,
      elsewhere,
    ]);
  });

  it('does not look at the words behind OK, which name the time that it took', () => {
    const { connection } = connect();
    const again = { ...CAPABILITY.answer, completion: Buffer.from('OK (0.002 secs).\r\n') };
    connection.memory.remember(CLEAN_VARIANT, CAPABILITY.question, again);
    expect(unconfirmed(connection, [CAPABILITY])).toEqual([]);
  });
});

describe('restore', () => {
  it('asks one question after the other in the words of the client, and remembers the answers', async () => {
    const { clock, socket, connection } = connect((_, name) => {
      if (name === 'NAMESPACE') return ['* 3 EXISTS', '* NAMESPACE NIL NIL NIL', '$ OK (0.002 secs).'];
      return name === 'ENABLE' ? ['* ENABLED QRESYNC', '$ OK Enabled'] : [];
    });

    expect(await restore(connection, [NAMESPACE, ENABLE], clock)).toBe(true);

    expect(socket.sent).toBe('P1 NAMESPACE\r\nP2 ENABLE qresync\r\n');
    const known = connection.memory.recall(CLEAN_VARIANT, NAMESPACE.question);
    expect(known?.untagged.toString()).toBe('* NAMESPACE NIL NIL NIL\r\n');
    expect(known?.completion.toString()).toBe('OK (0.002 secs).\r\n');
    expect(unconfirmed(connection, [NAMESPACE, ENABLE])).toEqual([]);
    expect([connection.isClosed, clock.pending]).toEqual([false, 0]);
  });

  it('remembers each answer for the state that the client was told it in', async () => {
    const variant = enableVariant('QRESYNC');
    const later = told('CAPABILITY', '* CAPABILITY IMAP4rev1 IDLE', variant);
    const { clock, connection } = connect(() => ['* CAPABILITY IMAP4rev1 IDLE', '$ OK']);
    expect(await restore(connection, [later], clock)).toBe(true);
    expect(unconfirmed(connection, [later])).toEqual([]);
    expect(unconfirmed(connection, [CAPABILITY])).toEqual([CAPABILITY]);
  });

  it('takes capabilities as the client has seen them, without those that are hidden', async () => {
    const { clock, connection } = connect(() => ['* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE IDLE', '$ OK']);
    expect(await restore(connection, [CAPABILITY], clock)).toBe(true);
  });

  it('takes the OK alone where that was the answer', async () => {
    const { clock, connection } = connect(() => ['$ OK Nothing enabled']);
    const nothing = { ...ENABLE, answer: { ...ENABLE.answer, untagged: Buffer.alloc(0) } };
    expect(await restore(connection, [nothing], clock)).toBe(true);
  });

  it('asks nothing where nothing was told', async () => {
    const { clock, socket, connection } = connect();
    expect(await restore(connection, [], clock)).toBe(true);
    expect([socket.sent, clock.pending]).toEqual(['', 0]);
  });

  it.each([
    ['other words', ['* CAPABILITY IMAP4rev1', '$ OK']],
    ['the same words in other letter case', ['* CAPABILITY imap4rev1 idle', '$ OK']],
    ['two lines', ['* CAPABILITY IMAP4rev1 IDLE', '* CAPABILITY IMAP4rev1 IDLE', '$ OK']],
    ['no more than OK', ['$ OK [CAPABILITY IMAP4rev1 IDLE]']],
    ['NO', ['* CAPABILITY IMAP4rev1 IDLE', '$ NO']],
    ['BAD', ['$ BAD']],
    ['an answer to nothing', ['* CAPABILITY IMAP4rev1 IDLE', 'P9 OK']],
    ['more than was asked for', ['* CAPABILITY IMAP4rev1 IDLE', '$ OK', '* 3 EXISTS']],
  ])('denies a server that answers %s', async (_, lines) => {
    const { clock, connection } = connect(() => lines);
    expect(await restore(connection, [CAPABILITY], clock)).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('asks no further when one answer is another', async () => {
    const { clock, socket, connection } = connect(() => ['$ NO']);
    expect(await restore(connection, [CAPABILITY, NAMESPACE], clock)).toBe(false);
    expect(socket.sent).toBe('P1 CAPABILITY\r\n');
  });

  it.each([
    ['ends', async (socket: PlayedSocket) => socket.cut()],
    ['says BYE and ends', async (socket: PlayedSocket) => socket.say('* BYE x\r\n').then(() => socket.cut())],
    ['says too much', async (socket: PlayedSocket) => socket.say(`* X ${'x'.repeat(65_537)}`)],
  ])('denies a connection that %s instead of an answer', async (_, act) => {
    const { clock, socket, connection } = connect();
    const restored = restore(connection, [CAPABILITY], clock);
    await act(socket);
    expect(await restored).toBe(false);
    expect([connection.isClosed, clock.pending]).toEqual([true, 0]);
  });

  it('denies a connection that has not answered after ten seconds', async () => {
    const { clock, socket, connection } = connect();
    let outcome: boolean | undefined;
    const restored = restore(connection, [CAPABILITY], clock).then((value) => {
      outcome = value;
    });
    await socket.say('* CAPABILITY IMAP4rev1 IDLE\r\n');
    clock.advance(9_999);
    await settle();
    expect(outcome).toBeUndefined();
    clock.advance(1);
    await restored;
    expect([outcome, connection.isClosed]).toEqual([false, true]);
  });

  it('denies a connection that has ended before', async () => {
    const { clock, connection } = connect();
    connection.destroy();
    expect(await restore(connection, [CAPABILITY], clock)).toBe(false);
    expect(clock.pending).toBe(0);
  });
});
