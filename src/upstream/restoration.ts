/** Puts to a connection the questions that a client has already been answered from the memory of another. */
import type { Clock } from '../base/clock.ts';
import type { Question, RememberedAnswer } from '../protocol/answer-memory.ts';
import { filterCapabilityLine } from '../protocol/capability.ts';
import { Dialogue } from './dialogue.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** What a client has been told, under which variant. */
export interface ToldAnswer {
  readonly variant: string;
  readonly question: Question;
  readonly answer: RememberedAnswer;
}

/** Stands for a tag, to look at a completion as at a whole line. */
const COMPLETED: Buffer = Buffer.from('a ');

/** How long the server may take for all of it, in ms. */
const RESTORE_TIMEOUT_MS = 10_000;

/** The part of `told` that the memory of `connection` does not confirm. */
export function unconfirmed(
  connection: UpstreamConnection,
  told: readonly ToldAnswer[],
): readonly ToldAnswer[] {
  return told.filter(({ variant, question, answer }) => {
    const own = connection.memory.recall(variant, question);
    return own === undefined || !own.untagged.equals(answer.untagged);
  });
}

/**
 * Asks the server, on a connection that nothing is pending on; resolves whether it answers all of it as the client
 * was told. Nobody may use the connection where it does not.
 */
export async function restore(
  connection: UpstreamConnection,
  told: readonly ToldAnswer[],
  clock: Clock,
): Promise<boolean> {
  const dialogue = new Dialogue(connection, clock, RESTORE_TIMEOUT_MS, 'restoration');
  try {
    for (const { variant, question, answer } of told) {
      const given = await ask(dialogue, question);
      if (given === undefined || !given.untagged.equals(answer.untagged)) return false;
      if (filterCapabilityLine(Buffer.concat([COMPLETED, given.completion])) === undefined) {
        connection.memory.remember(variant, question, given);
      }
    }
    return dialogue.end();
  } catch {
    // The server has gone, or speaks no IMAP; the dialogue has destroyed the connection.
    return false;
  } finally {
    dialogue.end();
  }
}

/** Undefined where the server does not say OK. */
async function ask(
  dialogue: Dialogue,
  { text, answeredBy }: Question,
): Promise<RememberedAnswer | undefined> {
  const tag = dialogue.connection.nextTag();
  dialogue.send(`${tag} ${text}\r\n`);
  const untagged: Buffer[] = [];
  for (;;) {
    const { response, octets } = await dialogue.next();
    if (response.kind === 'data' && response.name === answeredBy) {
      untagged.push(filterCapabilityLine(octets) ?? octets);
    }
    if (response.kind === 'malformed' || response.kind === 'continuation') return undefined;
    if (response.kind !== 'status') continue;
    if (response.status === 'BYE') return undefined;
    if (response.tag === undefined) continue;
    if (response.tag !== tag || response.status !== 'OK') return undefined;
    const completion = octets.subarray(tag.length + 1);
    return { untagged: Buffer.concat(untagged), completion };
  }
}
