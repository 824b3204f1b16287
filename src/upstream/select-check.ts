/** Asks the server whether it would answer the SELECT of the mailbox that is open as it did before. */
import type { Clock } from '../base/clock.ts';
import { Dialogue } from './dialogue.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** An answer to SELECT or EXAMINE, and what it tells; numbers as the server wrote them. */
export interface SelectedMailbox {
  /** The command without its tag. */
  readonly command: string;
  /** The untagged responses, latin1, line endings included. */
  readonly untagged: string;
  /** What stood behind the tag. */
  readonly completion: string;
  readonly messages: string;
  readonly uidNext: string;
  readonly uidValidity: string;
  /** Undefined where the mailbox has none. */
  readonly highestModseq: string | undefined;
}

/** As long as a client would wait for its SELECT, in ms. */
const CHECK_TIMEOUT_MS = 60_000;

/**
 * Resolves whether nothing has changed: NOOP brings no news, and STATUS the same numbers. To be asked while nothing is
 * pending; whoever reads the connection has to attach to it again.
 *
 * @throws what {@link Dialogue.next} throws; the connection is destroyed then.
 */
export async function isUnchanged(
  connection: UpstreamConnection,
  mailbox: SelectedMailbox,
  clock: Clock,
): Promise<boolean> {
  const dialogue = new Dialogue(connection, clock, CHECK_TIMEOUT_MS, 'select');
  const [noop, status] = [connection.nextTag(), connection.nextTag()];
  const name = mailbox.command.slice(mailbox.command.indexOf(' ') + 1);
  const items = Object.keys(wantedOf(mailbox)).join(' ');
  dialogue.send(`${noop} NOOP\r\n${status} STATUS ${name} (${items})\r\n`);
  let isSame = false;
  let hasNews = false;
  try {
    for (;;) {
      const { response } = await dialogue.next();
      if (response.kind === 'status' && response.tag === status) {
        return response.status === 'OK' && isSame && !hasNews && dialogue.end();
      }
      if (response.kind === 'status' && response.tag === noop && response.status === 'OK') continue;
      if (response.kind === 'data' && response.name === 'STATUS' && !isSame) {
        isSame = tellsTheSame(response.text, mailbox);
      } else {
        hasNews = true;
      }
    }
  } finally {
    dialogue.end();
  }
}

function wantedOf({
  messages,
  uidNext,
  uidValidity,
  highestModseq,
}: SelectedMailbox): Record<string, string> {
  const counts = { MESSAGES: messages, RECENT: '0', UIDNEXT: uidNext, UIDVALIDITY: uidValidity };
  return highestModseq === undefined ? counts : { ...counts, HIGHESTMODSEQ: highestModseq };
}

/** @param text of the STATUS response, behind its name. */
function tellsTheSame(text: string, mailbox: SelectedMailbox): boolean {
  const [, list = ''] = /\(([^()]*)\)\s*$/.exec(text) ?? [];
  const words = list.toUpperCase().split(' ');
  return Object.entries(wantedOf(mailbox)).every(([item, value]) => words[words.indexOf(item) + 1] === value);
}
