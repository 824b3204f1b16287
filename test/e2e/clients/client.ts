import { createHash } from 'node:crypto';

/** Where a client shall connect, and as whom. No TLS: everything is on the loopback interface. */
export interface Target {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** A real mail client that works on a mailbox: reads all, and changes something. */
export interface MailClient {
  readonly name: string;
  /** Names out of `SYSTEM_PACKAGES`. */
  readonly needs: readonly string[];
  /** Whether its connections can always serve its next run; ENABLE for one ties a connection to such sessions. */
  readonly leavesConnectionsClean: boolean;
  /**
   * One run of the client with its default behaviour.
   *
   * @param workDirectory Empty, for files of the client.
   * @returns What it saw, as plain data without anything that differs between accounts of equal content.
   */
  run(target: Target, workDirectory: string): Promise<unknown>;
}

/** A digest of a message, for results that shall stay readable. */
export function messageDigest(message: Buffer): string {
  // mbsync marks the messages it copies, with a random number each time.
  const content = message.toString('latin1').replace(/^X-TUID: .*\r?\n/m, '');
  return createHash('sha256').update(content, 'latin1').digest('hex');
}
