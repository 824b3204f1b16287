/** What a client must hear: what a server says to it that nobody else has ever used, and nothing more. */
import { type Owner, withoutInheritance } from '../imap/connection-state.ts';
import type { Traits } from '../imap/execute.ts';
import { ResponseReader } from '../imap/response-reader.ts';
import { ServerModel } from '../imap/server-model.ts';

/** What a server says when it should not; its client has to bear it. */
export const OUT_OF_TURN = 'Out of turn';

/** What answers no command. */
const ASIDE =
  /^(?:\* BAD Junk .*|\* OK Still here|\* OK News while idling @\d+|\* 5 FETCH \(NEWS \{\d+\}\r\n(?:<@\d+>)+\)|X1 Out of turn)$/;

export class Expectation {
  readonly #owner: Owner;
  /** A server of this session's own, which hears all that it says. */
  readonly #twin: ServerModel;
  readonly #expected = new Map<string, string[]>();
  /** Blocks expected and not yet heard. */
  #missing = 0;
  #continuations = 0;
  #untagged = '';
  #expectedUntagged = '';
  #hasEnded = false;

  constructor(owner: Owner, identity: string, traits: Traits) {
    this.#owner = owner;
    const reader = new ResponseReader();
    this.#twin = new ServerModel(
      identity,
      { ...traits, isBehindProxy: true },
      {
        began: () => undefined,
        answer: ({ kind, text }) => {
          if (kind === 'continuation') this.#continuations += 1;
          else if (kind === 'block') for (const response of reader.read(text)) this.#expect(response);
        },
      },
    );
  }

  /** Whether everything has been heard that there is to hear, as far as anybody can count the commands. */
  get isFulfilled(): boolean {
    const isComplete = this.#missing === 0 && this.#untagged === '';
    return isComplete || this.#twin.state.marks.doubt !== undefined;
  }

  /** The client says `text`. */
  said(text: string): void {
    this.#twin.feed(text);
    if (this.#hasEnded) this.ended();
  }

  /** The client says nothing more: an IDLE is ended for it. */
  ended(): void {
    this.#hasEnded = true;
    if (this.#twin.idlingFor !== undefined) this.#twin.feed('DONE\r\n');
  }

  /** A continuation request was heard; tells what is wrong with that. */
  continued(response: string): string | undefined {
    if (response.endsWith(OUT_OF_TURN)) return undefined;
    this.#continuations -= 1;
    return this.#continuations < 0 ? 'a continuation request that nothing asked for' : undefined;
  }

  /** `response` was heard; tells what is wrong with it. */
  heard(response: string): string | undefined {
    if (ASIDE.test(response)) return this.#foreignIn(response);
    if (response.startsWith('* ')) {
      this.#untagged += `${response}\r\n`;
      return undefined;
    }
    const block = this.#untagged + response;
    this.#untagged = '';
    const tag = response.split(' ', 1)[0] ?? '';
    const candidates = this.#expected.get(tag) ?? [];
    if (candidates.length === 0) return `an answer to nothing: ${JSON.stringify(block)}`;
    // Commands under one tag are answered in any order.
    const place = candidates.findIndex((expected) => isAsExpected(block, expected));
    const [expected] = candidates.splice(Math.max(0, place), 1);
    this.#missing -= 1;
    return place === -1 ? `${JSON.stringify(block)} instead of ${JSON.stringify(expected)}` : undefined;
  }

  /** Half a response, after which nothing more came. */
  heardHalf(text: string): string | undefined {
    return this.#foreignIn(text);
  }

  #foreignIn(text: string): string | undefined {
    for (const [, owner] of text.matchAll(/@(\d+)(?=[^\d])/g)) {
      if (Number(owner) !== this.#owner) return `what session ${owner} has caused: ${JSON.stringify(text)}`;
    }
    return undefined;
  }

  #expect(response: string): void {
    if (response.startsWith('* ')) {
      this.#expectedUntagged += `${response}\r\n`;
      return;
    }
    const tag = response.split(' ', 1)[0] ?? '';
    const blocks = this.#expected.get(tag);
    const block = this.#expectedUntagged + response;
    this.#expectedUntagged = '';
    this.#missing += 1;
    if (blocks === undefined) this.#expected.set(tag, [block]);
    else blocks.push(block);
  }
}

/** Word for word; what the proxy refuses it refuses in words of its own. */
function isAsExpected(block: string, expected: string): boolean {
  if (block === expected) return true;
  const refused = /^(\S+) REFUSED/.exec(expected)?.[1];
  if (refused !== undefined) return block.startsWith(`${refused} NO `) || block.startsWith(`${refused} BAD `);
  return withoutInheritance(block) === withoutInheritance(expected);
}
