import { expect } from 'vitest';
import type { CloseReason } from '../../../src/upstream/close-reason.ts';
import { ParkedWatch } from '../../../src/upstream/parked-watch.ts';
import { UpstreamConnection } from '../../../src/upstream/upstream-connection.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { PlayedSocket, settle } from '../../support/played-socket.ts';
import { PLAYED_FACTS } from '../../support/played-upstreams.ts';

/** Longest silence before a connection is shown to be in use, in ms. */
export const KEEP_ALIVE_MS = 600_000;
/** Longest wait for an answer of the server, in ms. */
export const ANSWER_TIMEOUT_MS = 2_000;
/** Longest silence of a connection that is used without being asked, in ms. */
export const CHECK_DELAY_MS = 30_000;
/** Longest silence before IDLE, in ms. */
export const IDLE_DELAY_MS = 5_000;

/** A parked connection in the hands of a test. */
export class Parked {
  readonly clock: FakeClock = new FakeClock();
  readonly socket: PlayedSocket = new PlayedSocket();
  readonly connection: UpstreamConnection;
  readonly watch: ParkedWatch;
  /** Why it was to be retired, each time. */
  readonly retired: CloseReason[] = [];

  constructor(capabilities: readonly string[] = PLAYED_FACTS.capabilities) {
    this.connection = new UpstreamConnection(this.socket, 'key', this.clock);
    this.connection.loggedIn({ ...PLAYED_FACTS, capabilities });
    this.watch = new ParkedWatch(this.connection, this.clock, (reason) => void this.retired.push(reason));
  }

  /** Parked and in IDLE, by the tag `P1`. */
  static async idling(): Promise<Parked> {
    const parked = new Parked();
    parked.clock.advance(IDLE_DELAY_MS + 1);
    parked.watch.lookAfter(IDLE_DELAY_MS);
    await parked.socket.say('+ idling\r\n');
    expect(parked.watch.isIdling).toBe(true);
    return parked;
  }

  /** Whether it may be used, and `undefined` while that is not known. */
  async outcomeOf(ready: Promise<boolean> | undefined): Promise<boolean | undefined> {
    let isGood: boolean | undefined;
    void ready?.then((value) => {
      isGood = value;
    });
    await settle();
    return isGood;
  }
}
