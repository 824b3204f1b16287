import type { Cast } from './cast.ts';
import { Conversation } from './conversation.ts';
import { nameFields } from './naming.ts';
import { type StagedDaemon, waitUntilSettled } from './stage.ts';
import type { AnswerStep, ClientStep, Transcript } from './transcript.ts';
import { toWire } from './wire-text.ts';

/** What was said on a connection. */
export type Answer = Pick<AnswerStep, 'connection' | 'text'>;

/** All clients of one transcript, at one daemon. */
export class Clients implements Disposable {
  readonly #transcript: Transcript;
  readonly #daemon: StagedDaemon;
  readonly #cast: Cast;
  readonly #conversations = new Map<number, Conversation>();

  constructor(transcript: Transcript, daemon: StagedDaemon, cast: Cast) {
    this.#transcript = transcript;
    this.#daemon = daemon;
    this.#cast = cast;
  }

  has(connection: number): boolean {
    return this.#conversations.has(connection);
  }

  /** Does what the transcript says. False for a client whose connection has ended: it does nothing more. */
  async act(step: ClientStep): Promise<boolean> {
    if (step.kind === 'settle') {
      await waitUntilSettled(this.#daemon, this.#cast);
      return true;
    }
    const conversation = await this.#conversation(step.connection);
    if (conversation.isOver) return false;
    if (step.kind === 'act') conversation.act(step.action);
    else await conversation.send(step.lines.map((line) => toWire(this.#cast.dress(line))).join(''));
    return true;
  }

  /** What comes next on a connection, as a transcript would write it; the connection is opened if it is not. */
  async next({ connection, text }: Answer): Promise<Answer> {
    const conversation = await this.#conversation(connection);
    return this.#named({ connection, text: await conversation.next(text) });
  }

  /** What came and was not asked for. */
  unread(): Answer[] {
    return [...this.#conversations].flatMap(([connection, conversation]) =>
      conversation.unread().map((text) => this.#named({ connection, text })),
    );
  }

  /** Everything that comes until nothing more does; on one connection, or on all that are open. */
  async record(connection?: number): Promise<Answer[]> {
    if (connection !== undefined) await this.#conversation(connection);
    const all = [...this.#conversations].map(async ([number, conversation]) =>
      (await conversation.record()).map((text) => this.#named({ connection: number, text })),
    );
    return (await Promise.all(all)).flat();
  }

  [Symbol.dispose](): void {
    for (const conversation of this.#conversations.values()) conversation.end();
  }

  async #conversation(connection: number): Promise<Conversation> {
    const known = this.#conversations.get(connection);
    if (known !== undefined) return known;
    const conversation = await Conversation.open(this.#daemon.port);
    this.#conversations.set(connection, conversation);
    return conversation;
  }

  #named({ connection, text }: Answer): Answer {
    return { connection, text: nameFields(this.#cast.undress(text), this.#transcript.isExact) };
  }
}
