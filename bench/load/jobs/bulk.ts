import type { HeldSessions } from '../held-sessions.ts';

/** One large message in the first held session, to the server (APPEND) or from it (FETCH). */
export interface BulkJob {
  readonly kind: 'bulk';
  readonly direction: 'fetch' | 'append';
  /** Of 1,000,000 octets; the null server reads the size of a message out of its number. */
  readonly megabytes: number;
}

/** From the write of the command until its tagged answer, in ms. */
export type BulkResult = number;

const MEGABYTE = 1_000_000;
const PIECE = Buffer.from(`${'x'.repeat(98)}\r\n`.repeat(1000));

/** @throws Error when fewer octets came than the message has. */
export async function runBulk({ direction, megabytes }: BulkJob, held: HeldSessions): Promise<BulkResult> {
  const session = held.all[0];
  if (session === undefined) throw new Error('Cannot move a message: no session is held');
  const startedAt = performance.now();
  if (direction === 'append') {
    await session.commandWith(`APPEND INBOX {${megabytes * MEGABYTE}}`, pieces(megabytes));
  } else {
    const before = session.received;
    await session.command(`FETCH ${megabytes} BODY[]`);
    const octets = session.received - before;
    if (octets < megabytes * MEGABYTE) throw new Error(`Cannot fetch ${megabytes} MB: ${octets} octets came`);
  }
  return performance.now() - startedAt;
}

function* pieces(megabytes: number): Generator<Buffer | string> {
  for (let sent = 0; sent < megabytes * MEGABYTE; sent += PIECE.length) yield PIECE;
  yield '\r\n';
}
