/** Looks after a parked connection: notices when it ends, keeps it alive, and finds out whether it is still there. */
import type { Clock } from '../base/clock.ts';
import { hasCapability } from '../protocol/capability.ts';
import type { CloseReason } from './close-reason.ts';
import { Dialogue } from './dialogue.ts';
import type { UpstreamConnection, UpstreamReader } from './upstream-connection.ts';

/** How long a parked connection may take to answer, in ms. */
const ANSWER_TIMEOUT_MS = 2_000;

/** How long a parked connection may be silent before it shows the server that it is in use, in ms: a third of RFC 9051's least. */
const KEEP_ALIVE_MS = 600_000;

/** What a server says to a client that idles, so that nothing on the way forgets the connection. */
const NOTICES = /^(?:\* OK [^\r\n]*\r\n)+$/;

export class ParkedWatch implements UpstreamReader {
  readonly #connection: UpstreamConnection;
  readonly #clock: Clock;
  readonly #retire: (reason: CloseReason) => void;
  /** When the server last showed that it is there, and when it last was shown that we are. */
  #heardMs: number;
  #saidMs: number;
  #idleTag: string | undefined;
  /** A question under way; resolves whether it was answered as it must be. */
  #asking: Promise<boolean> | undefined;

  /**
   * Reads `connection` from now on. `retire` is told when it is of no use any more; a parked connection has nothing
   * to say but that it ends, and whatever it says, nobody is there to hear it.
   */
  constructor(connection: UpstreamConnection, clock: Clock, retire: (reason: CloseReason) => void) {
    this.#connection = connection;
    this.#clock = clock;
    this.#retire = retire;
    this.#heardMs = clock.now();
    this.#saidMs = this.#heardMs;
    connection.attach(this);
  }

  /** For how long nothing was heard of the server, in ms. */
  get silentMs(): number {
    return this.#clock.now() - this.#heardMs;
  }

  get isIdling(): boolean {
    return this.#idleTag !== undefined;
  }

  /**
   * For whoever has leased the connection: undefined when it may be used at once, else whether it may, once that is
   * known; when not, it is destroyed.
   *
   * @param checkDelayMs how long it may have been silent without being asked.
   */
  ready(checkDelayMs: number): Promise<boolean> | undefined {
    if (this.#asking !== undefined) return this.#afterwards(this.#asking, checkDelayMs);
    if (this.isIdling) return this.#ask((dialogue) => this.#leaveIdle(dialogue));
    return this.silentMs > checkDelayMs
      ? this.#ask((dialogue) => this.#command(dialogue, 'NOOP'))
      : undefined;
  }

  /** What is under way may leave it in IDLE. */
  async #afterwards(asking: Promise<boolean>, checkDelayMs: number): Promise<boolean> {
    return (await asking) && ((await this.ready(checkDelayMs)) ?? true);
  }

  /**
   * Shows the server now and then that the connection is in use.
   *
   * @param idleDelayMs how long it may have been silent before it is put into IDLE, in which a server may put it to rest
   *   (imap_hibernate_timeout of Dovecot); 0: never.
   */
  lookAfter(idleDelayMs: number): void {
    if (this.#asking !== undefined) return;
    if (this.#clock.now() - this.#saidMs > KEEP_ALIVE_MS) {
      void this.#ask((dialogue) => this.#refresh(dialogue));
    } else if (idleDelayMs > 0 && this.silentMs > idleDelayMs && !this.isIdling && this.#canIdle) {
      void this.#ask((dialogue) => this.#enterIdle(dialogue));
    }
  }

  onData(chunk: Buffer): void {
    if (!this.isIdling || !NOTICES.test(chunk.toString('latin1'))) {
      this.#retire('unexpected octets');
      return;
    }
    this.#heardMs = this.#clock.now();
  }

  onClosed(): void {
    this.#retire('closed by server');
  }

  onDrain(): void {}

  async #ask(converse: (dialogue: Dialogue) => Promise<boolean>): Promise<boolean> {
    const dialogue = new Dialogue(this.#connection, this.#clock, ANSWER_TIMEOUT_MS, 'check');
    this.#saidMs = this.#clock.now();
    this.#asking = this.#outcome(dialogue, converse);
    const isGood = await this.#asking;
    this.#asking = undefined;
    return isGood;
  }

  async #outcome(dialogue: Dialogue, converse: (dialogue: Dialogue) => Promise<boolean>): Promise<boolean> {
    const isGood = await converse(dialogue).catch(() => false);
    if (dialogue.end() && isGood) {
      this.#heardMs = this.#clock.now();
      this.#connection.attach(this);
      return true;
    }
    // Whoever has leased it is told by the result; while it is parked, the pool is.
    this.#connection.destroy();
    this.#retire('check failed');
    return false;
  }

  get #canIdle(): boolean {
    return hasCapability(this.#connection.login?.capabilities ?? [], 'IDLE');
  }

  /** RFC 2177: IDLE is to be begun anew before the server's time limit. */
  async #refresh(dialogue: Dialogue): Promise<boolean> {
    if (!this.isIdling) return this.#command(dialogue, 'NOOP');
    return (await this.#leaveIdle(dialogue)) && this.#enterIdle(dialogue);
  }

  #command(dialogue: Dialogue, name: string): Promise<boolean> {
    const tag = this.#connection.nextTag();
    dialogue.send(`${tag} ${name}\r\n`);
    return completes(dialogue, tag);
  }

  async #enterIdle(dialogue: Dialogue): Promise<boolean> {
    const tag = this.#connection.nextTag();
    dialogue.send(`${tag} IDLE\r\n`);
    if ((await dialogue.next()).response.kind !== 'continuation') return false;
    this.#idleTag = tag;
    return true;
  }

  #leaveIdle(dialogue: Dialogue): Promise<boolean> {
    const tag = this.#idleTag ?? '';
    this.#idleTag = undefined;
    dialogue.send('DONE\r\n');
    return completes(dialogue, tag);
  }
}

/** Whether the server says OK to `tag`, and nothing before it but notices. */
async function completes(dialogue: Dialogue, tag: string): Promise<boolean> {
  for (;;) {
    const { response } = await dialogue.next();
    if (response.kind !== 'status' || response.status !== 'OK') return false;
    if (response.tag !== undefined) return response.tag === tag;
  }
}
