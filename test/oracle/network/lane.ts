/** One direction of a simulated connection: what was sent, and comes when chance delivers it. */
import type { Random } from '../random.ts';
import type { Event, ReadyList } from './ready-list.ts';

/** Who is told of what comes. */
export interface LaneReader {
  /** How many octets one read can take. */
  readonly maxReadOctets: number;
  onOctets(octets: Buffer): void;
  /** The sender sends nothing more. */
  onEnd(): void;
  /** The connection was reset. */
  onReset(): void;
}

/** How often a read gets less than there is. */
const CUT_CHANCE = 0.2;

/** What the two kernels hold together before the sender must wait, in octets. */
const CAPACITY_OCTETS = 48 * 1024;

export class Lane implements Event {
  readonly #schedule: ReadyList;
  readonly #random: Random;
  /** Sent and not delivered; `isWhole` octets come in one read. */
  #sent: { readonly octets: Buffer; readonly isWhole: boolean }[] = [];
  #octets = 0;
  #ending: 'none' | 'end' | 'reset' = 'none';
  #isReading = true;
  #isClosed = false;
  #reader: LaneReader | undefined;
  /** The sender waits for room. */
  whenRoom: (() => void) | undefined;
  /** How many octets have been delivered in all. */
  delivered = 0;

  constructor(schedule: ReadyList, random: Random) {
    this.#schedule = schedule;
    this.#random = random;
  }

  /** How many octets can be sent without waiting. */
  get room(): number {
    return Math.max(0, CAPACITY_OCTETS - this.#octets);
  }

  /** Nobody reads any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Octets sent and not delivered. */
  get undelivered(): number {
    return this.#octets;
  }

  readBy(reader: LaneReader): void {
    this.#reader = reader;
    this.#update();
  }

  setReading(isReading: boolean): void {
    this.#isReading = isReading;
    this.#update();
  }

  /** Takes `octets` over, room or not; the caller has copied them if anybody else may write to them. */
  send(octets: Buffer, isWhole = false): void {
    if (this.#isClosed || this.#ending !== 'none' || octets.length === 0) return;
    this.#sent.push({ octets, isWhole });
    this.#octets += octets.length;
    this.#update();
  }

  end(): void {
    if (this.#ending === 'none') this.#ending = 'end';
    this.#update();
  }

  /** What was sent and not delivered is lost. */
  reset(): void {
    this.#ending = 'reset';
    this.#sent = [];
    this.#octets = 0;
    this.#update();
  }

  /** The reader is gone: nothing is delivered any more. */
  close(): void {
    this.#isClosed = true;
    this.#reader = undefined;
    this.#sent = [];
    this.#octets = 0;
    this.#update();
    this.#giveRoom();
  }

  happen(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    if (this.#octets > 0) {
      const octets = this.#take(reader.maxReadOctets);
      this.delivered += octets.length;
      this.#update();
      reader.onOctets(octets);
      if (this.room > 0) this.#giveRoom();
      return;
    }
    const ending = this.#ending;
    this.#reader = undefined;
    this.#update();
    if (ending === 'end') reader.onEnd();
    else reader.onReset();
  }

  #giveRoom(): void {
    const whenRoom = this.whenRoom;
    this.whenRoom = undefined;
    whenRoom?.();
  }

  #take(max: number): Buffer {
    const most = Math.min(max, this.#octets);
    let wanted = this.#random.chance(CUT_CHANCE) ? 1 + this.#random.below(most) : most;
    const parts: Buffer[] = [];
    while (wanted > 0) {
      const [first] = this.#sent;
      if (first === undefined) break;
      const isAll = first.octets.length <= wanted || first.isWhole;
      parts.push(isAll ? first.octets : first.octets.subarray(0, wanted));
      if (isAll) this.#sent.shift();
      else this.#sent[0] = { octets: first.octets.subarray(wanted), isWhole: false };
      wanted -= first.octets.length;
    }
    const taken = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    this.#octets -= taken.length;
    return taken;
  }

  #update(): void {
    const hasNews = this.#octets > 0 || this.#ending !== 'none';
    this.#schedule.set(this, hasNews && this.#isReading && this.#reader !== undefined);
  }
}
