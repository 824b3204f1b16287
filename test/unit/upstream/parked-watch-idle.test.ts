import { describe, expect, it } from 'vitest';
import { settle } from '../../support/played-socket.ts';
import { ANSWER_TIMEOUT_MS, CHECK_DELAY_MS, IDLE_DELAY_MS, KEEP_ALIVE_MS, Parked } from './parked-fixture.ts';

describe('ParkedWatch and IDLE', () => {
  it('puts a connection into IDLE that was silent for longer than asked, once', async () => {
    const { clock, socket, watch, retired } = new Parked();
    clock.advance(IDLE_DELAY_MS);
    watch.lookAfter(IDLE_DELAY_MS);
    expect(socket.sent).toBe('');
    clock.advance(1);
    watch.lookAfter(IDLE_DELAY_MS);
    expect([socket.sent, watch.isIdling]).toEqual(['P1 IDLE\r\n', false]);
    await socket.say('+ idling\r\n');
    clock.advance(2 * IDLE_DELAY_MS);
    watch.lookAfter(IDLE_DELAY_MS);
    await settle();
    expect([socket.sent, watch.isIdling, retired, clock.pending]).toEqual(['P1 IDLE\r\n', true, [], 0]);
  });

  it.each([
    ['the server has no IDLE', ['IMAP4rev1'], IDLE_DELAY_MS],
    ['nobody wants it', ['IMAP4rev1', 'IDLE'], 0],
  ])('leaves a connection alone when %s', async (_, capabilities, delayMs) => {
    const { clock, socket, watch } = new Parked(capabilities);
    clock.advance(KEEP_ALIVE_MS);
    watch.lookAfter(delayMs);
    await settle();
    expect(socket.sent).toBe('');
  });

  it.each([
    ['NO', 'P1 NO\r\n'],
    ['BAD', 'P1 BAD Unknown\r\n'],
    ['OK', 'P1 OK\r\n'],
    ['a notice', '* OK Wait\r\n'],
    ['more than its consent', '+ idling\r\n* OK Still here\r\n'],
  ])('has a connection retired whose server answers IDLE by %s', async (_, text) => {
    const { clock, socket, watch, retired } = new Parked();
    clock.advance(IDLE_DELAY_MS + 1);
    watch.lookAfter(IDLE_DELAY_MS);
    await socket.say(text);
    expect(retired).toEqual(['check failed']);
  });

  it.each([
    ['one notice', '* OK Still here\r\n'],
    ['several', '* OK Still here\r\n* OK [X 1] Still here\r\n'],
  ])('hears in %s that the server is there', async (_, text) => {
    const { clock, socket, watch, retired } = await Parked.idling();
    clock.advance(IDLE_DELAY_MS);
    await socket.say(text);
    expect([watch.silentMs, watch.isIdling, retired]).toEqual([0, true, []]);
  });

  it.each([
    ['BYE', '* BYE Autologout\r\n'],
    ['news of a mailbox', '* 4 EXISTS\r\n'],
    ['a notice and news', '* OK Still here\r\n* 4 EXISTS\r\n'],
    ['the end of IDLE', 'P1 OK Idle completed\r\n'],
    ['another consent', '+ idling\r\n'],
    ['half a line', '* OK Still'],
  ])('has a connection retired that says in IDLE: %s', async (_, text) => {
    const { socket, retired } = await Parked.idling();
    await socket.say(text);
    expect(retired).toEqual(['unexpected octets']);
  });

  it('has a connection retired that ends in IDLE', async () => {
    const { socket, retired } = await Parked.idling();
    await socket.cut();
    expect(retired).toEqual(['closed by server']);
  });

  it.each([
    ['at once', 'P1 OK Idle completed\r\n'],
    ['behind a notice that was on its way', '* OK Still here\r\nP1 OK Idle completed\r\n'],
  ])('ends IDLE for whoever wants the connection, which answers %s', async (_, text) => {
    const parked = await Parked.idling();
    const ready = parked.watch.ready(CHECK_DELAY_MS);
    expect(await parked.outcomeOf(ready)).toBeUndefined();
    expect(parked.socket.sent).toBe('P1 IDLE\r\nDONE\r\n');
    await parked.socket.say(text);
    expect(await ready).toBe(true);
    expect(parked).toMatchObject({ retired: [], watch: { isIdling: false, silentMs: 0 } });
    expect(parked.watch.ready(CHECK_DELAY_MS)).toBeUndefined();
  });

  it.each([
    ['NO', 'P1 NO\r\n'],
    ['by another tag', 'P2 OK\r\n'],
    ['by news', '* 4 EXISTS\r\nP1 OK\r\n'],
    ['by more than that', 'P1 OK\r\n* 4 EXISTS\r\n'],
  ])('denies a connection that answers the end of IDLE %s', async (_, text) => {
    const parked = await Parked.idling();
    const ready = parked.watch.ready(CHECK_DELAY_MS);
    await parked.socket.say(text);
    expect(await ready).toBe(false);
    expect(parked).toMatchObject({ retired: ['check failed'], connection: { isClosed: true } });
  });

  it('denies a connection that does not end IDLE in time', async () => {
    const parked = await Parked.idling();
    const ready = parked.watch.ready(CHECK_DELAY_MS);
    parked.clock.advance(ANSWER_TIMEOUT_MS);
    expect(await ready).toBe(false);
    expect(parked.retired).toEqual(['check failed']);
  });

  it('begins IDLE anew after ten minutes of silence', async () => {
    const { clock, socket, watch, retired } = await Parked.idling();
    clock.advance(KEEP_ALIVE_MS + 1);
    watch.lookAfter(IDLE_DELAY_MS);
    await socket.say('P1 OK\r\n');
    await socket.say('+ idling\r\n');
    expect(socket.sent).toBe('P1 IDLE\r\nDONE\r\nP2 IDLE\r\n');
    expect([watch.isIdling, watch.silentMs, retired, clock.pending]).toEqual([true, 0, [], 0]);
  });
});
