import type { Lane, LaneReader } from './lane.ts';

/** What the owner of a {@link Peer} is told; text is latin1, one character per octet. */
export interface PeerOwner {
  onText(text: string): void;
  onEnd(): void;
  onReset(): void;
}

/** The far end of one of the proxy's connections, in the hands of the simulation. */
export class Peer implements LaneReader {
  readonly maxReadOctets = 64 * 1024;
  /** To the proxy. */
  readonly outgoing: Lane;
  /** From the proxy. */
  readonly incoming: Lane;
  #owner: PeerOwner | undefined;
  #isGone = false;

  constructor(outgoing: Lane, incoming: Lane) {
    this.outgoing = outgoing;
    this.incoming = incoming;
  }

  belongTo(owner: PeerOwner): void {
    this.#owner = owner;
    this.incoming.readBy(this);
  }

  /** With `isWhole` the proxy reads it in one piece. */
  write(text: string, isWhole = false): void {
    if (!this.#isGone) this.outgoing.send(Buffer.from(text, 'latin1'), isWhole);
  }

  /** Sends FIN and reads on. */
  end(): void {
    this.outgoing.end();
  }

  /** Sends FIN and answers whatever comes with RST, as the kernel does for a program that has ended. */
  close(): void {
    this.outgoing.end();
    this.#isGone = true;
  }

  /** Sends RST. */
  reset(): void {
    this.#isGone = true;
    this.outgoing.reset();
    this.incoming.close();
  }

  onOctets(octets: Buffer): void {
    if (this.#isGone) this.reset();
    else this.#owner?.onText(octets.toString('latin1'));
  }

  onEnd(): void {
    if (!this.#isGone) this.#owner?.onEnd();
  }

  onReset(): void {
    if (!this.#isGone) this.#owner?.onReset();
  }
}
