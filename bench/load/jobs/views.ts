import type { Address } from '../address.ts';
import { type ConversationName, conversationOf, isLogin, say } from '../conversation.ts';
import { ImapConnection } from '../imap-connection.ts';
import { spread } from '../session.ts';

/** Page views by clients that each wait for one answer before they say the next thing. */
export interface ViewsJob {
  readonly kind: 'views';
  readonly address: Address;
  readonly conversation: ConversationName;
  readonly views: number;
  /** Clients at the same time. */
  readonly clients: number;
  /** View number n is that of user `users[n % users.length]`. */
  readonly users: readonly string[];
}

/** Times in ms, one entry per view, in the order in which the views ended. */
export interface ViewsResult {
  /** From the first to the last view. */
  readonly elapsedMs: number;
  /** From connecting until the answer to LOGOUT. */
  readonly viewMs: readonly number[];
  /** From the write of the login until its answer. */
  readonly loginMs: readonly number[];
}

export async function runViews(job: ViewsJob): Promise<ViewsResult> {
  const conversations = job.users.map((user) => conversationOf(job.conversation, user));
  const viewMs: number[] = [];
  const loginMs: number[] = [];
  const startedAt = performance.now();
  await spread(job.views, job.clients, async (index) => {
    const viewedAt = performance.now();
    const connection = await ImapConnection.open(job.address);
    for (const step of conversations[index % conversations.length] ?? []) {
      const saidAt = performance.now();
      await say(connection, step);
      if (isLogin(step)) loginMs.push(performance.now() - saidAt);
    }
    viewMs.push(performance.now() - viewedAt);
    connection.destroy();
  });
  return { elapsedMs: performance.now() - startedAt, viewMs, loginMs };
}
