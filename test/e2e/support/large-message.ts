import { createHash, type Hash } from 'node:crypto';

const BLOCK_OCTETS = 64 * 1024;
const LINE_OCTETS = 80;
const HEADER = 'Subject: large\r\n\r\n';

/** What stands in the way of a proxy that takes a body for the protocol. */
const LOOK_ALIKES = ['a1 OK done', '* BYE gone', '+ go ahead', ')', '* 1 FETCH (BODY[] {99999999}', 'DONE'];

/**
 * A mail message of about `octets` octets, in pieces that no two positions share, so that a piece lost, doubled
 * or out of place changes the digest. Lines end in CRLF; bodies hold 8-bit octets, but no NUL.
 */
export class LargeMessage {
  readonly octets: number;
  readonly #blocks: number;
  readonly #filler: Buffer;

  constructor(octets: number) {
    this.#blocks = Math.ceil(octets / BLOCK_OCTETS);
    this.octets = HEADER.length + this.#blocks * BLOCK_OCTETS;
    this.#filler = filler();
  }

  /** The pieces in order; each is valid until the next is asked for. */
  *pieces(): Generator<Buffer> {
    yield Buffer.from(HEADER);
    const block = Buffer.from(this.#filler);
    for (let index = 0; index < this.#blocks; index += 1) {
      block.write(String(index).padStart(8, '0'), 'latin1');
      yield block;
    }
  }

  digest(): string {
    const hash = createHash('sha256');
    for (const piece of this.pieces()) hash.update(piece);
    return hash.digest('hex');
  }
}

/** An empty digest of the same kind as `LargeMessage.digest`. */
export function messageHash(): Hash {
  return createHash('sha256');
}

function filler(): Buffer {
  const block = Buffer.alloc(BLOCK_OCTETS);
  for (let start = 0; start < BLOCK_OCTETS; start += LINE_OCTETS) {
    const end = Math.min(start + LINE_OCTETS, BLOCK_OCTETS) - 2;
    for (let at = start; at < end; at += 1) block[at] = 33 + ((at * 131 + start) % 200);
    const text = start === 0 ? '' : (LOOK_ALIKES[(start / LINE_OCTETS) % (LOOK_ALIKES.length * 9)] ?? '');
    block.write(text, start, 'latin1');
    block.write('\r\n', end, 'latin1');
  }
  return block;
}
