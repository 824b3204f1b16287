import { describe, expect, it } from 'vitest';
import { settle } from '../../support/played-socket.ts';
import { ANSWER_TIMEOUT_MS, CHECK_DELAY_MS, KEEP_ALIVE_MS, Parked } from './parked-fixture.ts';

describe('ParkedWatch over a connection that nobody uses', () => {
  it.each([
    ['BYE', '* BYE Autologout\r\n'],
    ['data', '* 4 EXISTS\r\n'],
    ['a notice', '* OK Still here\r\n'],
    ['one octet', '*'],
    ['an answer to nothing', 'P1 OK\r\n'],
    ['a continuation request', '+ \r\n'],
  ])('has it retired when the server says %s', async (_, text) => {
    const { socket, retired } = new Parked();
    await socket.say(text);
    expect(retired).toEqual(['unexpected octets']);
  });

  it('has it retired when the server ends it', async () => {
    const { socket, retired } = new Parked();
    await socket.cut();
    expect(retired).toEqual(['closed by server']);
  });

  it('has it retired when it breaks', async () => {
    const { socket, retired } = new Parked();
    socket.destroy(new Error('reset'));
    await settle();
    expect(retired).toEqual(['closed by server']);
  });

  it('asks for no timer and sends nothing while nothing is asked of it', async () => {
    const { clock, socket, watch } = new Parked();
    clock.advance(KEEP_ALIVE_MS);
    watch.lookAfter(0);
    await settle();
    expect([clock.pending, socket.sent]).toEqual([0, '']);
  });
});

describe('ParkedWatch.ready', () => {
  it.each([0, CHECK_DELAY_MS])('gives a connection at once that was silent for %i ms', (silentMs) => {
    const { clock, socket, watch } = new Parked();
    clock.advance(silentMs);
    expect(watch.silentMs).toBe(silentMs);
    expect(watch.ready(CHECK_DELAY_MS)).toBeUndefined();
    expect(socket.sent).toBe('');
  });

  it('asks one that was silent for longer, and gives it when it answers', async () => {
    const parked = new Parked();
    parked.clock.advance(CHECK_DELAY_MS + 1);
    const ready = parked.watch.ready(CHECK_DELAY_MS);

    expect(await parked.outcomeOf(ready)).toBeUndefined();
    expect(parked.socket.sent).toBe('P1 NOOP\r\n');
    await parked.socket.say('P1 OK NOOP completed\r\n');

    expect(await ready).toBe(true);
    expect(parked).toMatchObject({ retired: [], connection: { isClosed: false }, watch: { silentMs: 0 } });
    expect(parked.clock.pending).toBe(0);
    expect(parked.watch.ready(CHECK_DELAY_MS)).toBeUndefined();
  });

  it.each([
    ['in pieces', ['P1 O', 'K\r', '\n']],
    ['behind a notice', ['* OK [ALERT] x\r\nP1 OK\r\n']],
    ['just in time', ['P1 OK\r\n']],
  ])('takes an OK %s', async (_, pieces) => {
    const parked = new Parked();
    parked.clock.advance(CHECK_DELAY_MS + 1);
    const ready = parked.watch.ready(CHECK_DELAY_MS);
    parked.clock.advance(ANSWER_TIMEOUT_MS - 1);
    for (const piece of pieces) await parked.socket.say(piece);
    expect(await ready).toBe(true);
    expect(parked.retired).toEqual([]);
  });

  it.each([
    ['NO', 'P1 NO later\r\n'],
    ['BAD', 'P1 BAD what\r\n'],
    ['another tag', 'P2 OK\r\n'],
    ['BYE', '* BYE Autologout\r\n'],
    ['news', '* 4 EXISTS\r\nP1 OK\r\n'],
    ['an untagged NO', '* NO full\r\nP1 OK\r\n'],
    ['a continuation request', '+ \r\nP1 OK\r\n'],
    ['no IMAP', 'HTTP/1.1 400 Bad Request\r\n'],
    ['more than the answer', 'P1 OK\r\n* 4 EXISTS\r\n'],
    ['an octet more', 'P1 OK\r\n*'],
    ['a line without end', `* OK ${'x'.repeat(65_537)}`],
  ])('denies and ends a connection that answers %s', async (_, text) => {
    const parked = new Parked();
    parked.clock.advance(CHECK_DELAY_MS + 1);
    const ready = parked.watch.ready(CHECK_DELAY_MS);
    await parked.socket.say(text);
    expect(await ready).toBe(false);
    expect(parked).toMatchObject({ retired: ['check failed'], connection: { isClosed: true } });
    expect(parked.socket.destroyed).toBe(true);
    expect(parked.clock.pending).toBe(0);
  });

  it.each([
    ['does not answer', ''],
    ['answers in part', 'P1 OK'],
    ['talks of something else', '* OK Still here\r\n'],
  ])('denies and ends a connection that %s within two seconds', async (_, text) => {
    const parked = new Parked();
    parked.clock.advance(CHECK_DELAY_MS + 1);
    const ready = parked.watch.ready(CHECK_DELAY_MS);
    if (text !== '') await parked.socket.say(text);
    parked.clock.advance(ANSWER_TIMEOUT_MS - 1);
    expect(await parked.outcomeOf(ready)).toBeUndefined();
    parked.clock.advance(1);
    expect(await ready).toBe(false);
    expect(parked).toMatchObject({ retired: ['check failed'], connection: { isClosed: true } });
  });

  it('denies a connection that ends while it is asked', async () => {
    const parked = new Parked();
    parked.clock.advance(CHECK_DELAY_MS + 1);
    const ready = parked.watch.ready(CHECK_DELAY_MS);
    await parked.socket.cut();
    expect(await ready).toBe(false);
    expect(parked.retired).toEqual(['check failed']);
    expect(parked.clock.pending).toBe(0);
  });

  it('watches on after a check', async () => {
    const parked = new Parked();
    parked.clock.advance(CHECK_DELAY_MS + 1);
    void parked.watch.ready(CHECK_DELAY_MS);
    await parked.socket.say('P1 OK\r\n');
    await parked.socket.say('* 4 EXISTS\r\n');
    expect(parked.retired).toEqual(['unexpected octets']);
  });
});

describe('ParkedWatch.lookAfter', () => {
  it('shows the server after ten minutes of silence that the connection is in use, and not before', async () => {
    const { clock, socket, watch, retired } = new Parked();
    for (let round = 1; round <= 2; round += 1) {
      clock.advance(KEEP_ALIVE_MS);
      watch.lookAfter(0);
      clock.advance(1);
      watch.lookAfter(0);
      watch.lookAfter(0);
      await socket.say(`P${round} OK\r\n`);
    }
    expect(socket.sent).toBe('P1 NOOP\r\nP2 NOOP\r\n');
    expect([retired, watch.silentMs, clock.pending]).toEqual([[], 0, 0]);
  });

  it('has a connection retired that does not answer', async () => {
    const { clock, watch, retired, connection } = new Parked();
    clock.advance(KEEP_ALIVE_MS + 1);
    watch.lookAfter(0);
    clock.advance(ANSWER_TIMEOUT_MS);
    await settle();
    expect(retired).toEqual(['check failed']);
    expect(connection.isClosed).toBe(true);
  });

  it('leaves whoever wants the connection meanwhile to wait for the same answer', async () => {
    const parked = new Parked();
    parked.clock.advance(KEEP_ALIVE_MS + 1);
    parked.watch.lookAfter(0);
    const ready = parked.watch.ready(CHECK_DELAY_MS);
    expect(await parked.outcomeOf(ready)).toBeUndefined();
    await parked.socket.say('P1 OK\r\n');
    expect(await ready).toBe(true);
    expect(parked.socket.sent).toBe('P1 NOOP\r\n');
  });

  it('tells whoever wants the connection meanwhile that it is dead', async () => {
    const parked = new Parked();
    parked.clock.advance(KEEP_ALIVE_MS + 1);
    parked.watch.lookAfter(0);
    const ready = parked.watch.ready(CHECK_DELAY_MS);
    parked.clock.advance(ANSWER_TIMEOUT_MS);
    expect(await ready).toBe(false);
  });
});
