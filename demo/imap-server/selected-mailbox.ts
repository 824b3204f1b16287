import type { Mailbox, Message } from './mailbox.ts';
import { parseSequenceSet } from './sequence-set.ts';

/** A message under the sequence number by which one client knows it. */
export interface Numbered {
  readonly sequence: number;
  readonly message: Message;
}

/**
 * A mailbox as one client last heard of it. Sequence numbers stay as they are until the client has been
 * told of a change, whatever others do meanwhile (RFC 3501 section 7.4.1).
 */
export class SelectedMailbox {
  readonly mailbox: Mailbox;
  readonly isReadOnly: boolean;
  #known: readonly Message[];

  constructor(mailbox: Mailbox, isReadOnly: boolean) {
    this.mailbox = mailbox;
    this.isReadOnly = isReadOnly;
    this.#known = mailbox.messages;
  }

  /** Every message the client knows of, with its latest flags where it still exists. */
  all(): Numbered[] {
    const latest = new Map(this.mailbox.messages.map((message) => [message.uid, message]));
    return this.#known.map((message, index) => ({
      sequence: index + 1,
      message: latest.get(message.uid) ?? message,
    }));
  }

  /**
   * The messages that a sequence set or a UID set names.
   *
   * @throws CommandError (BAD) when `set` is not a set.
   */
  matching(set: string, isUid: boolean): Numbered[] {
    const largest = isUid ? (this.#known.at(-1)?.uid ?? 0) : this.#known.length;
    const contains = parseSequenceSet(set, largest);
    return this.all().filter(({ sequence, message }) => contains(isUid ? message.uid : sequence));
  }

  /** Notes that the client has been told the flags of `message`. */
  told(message: Message): void {
    this.#known = this.#known.map((known) => (known.uid === message.uid ? message : known));
  }

  /** Changes flags through this client, which is therefore not told again. */
  setFlags(message: Message, flags: Iterable<string>): Message {
    const changed = this.mailbox.setFlags(message.uid, flags) ?? message;
    this.told(changed);
    return changed;
  }

  /**
   * The untagged responses that bring the client up to date. Without `withExpunges` messages keep their
   * numbers, as FETCH, STORE and SEARCH demand.
   */
  changes(withExpunges: boolean): string[] {
    if (this.#known === this.mailbox.messages) return [];
    const lines = withExpunges ? this.#dropExpunged() : [];
    for (const { sequence, message } of this.all()) {
      if (this.#known[sequence - 1] === message) continue;
      lines.push(`${sequence} FETCH (UID ${message.uid} FLAGS (${[...message.flags].join(' ')}))`);
      this.told(message);
    }
    const lastKnown = this.#known.at(-1)?.uid ?? 0;
    const added = this.mailbox.messages.filter(({ uid }) => uid > lastKnown);
    if (added.length > 0) {
      this.#known = [...this.#known, ...added];
      lines.push(`${this.#known.length} EXISTS`);
    }
    if (withExpunges) this.#known = this.mailbox.messages;
    return lines;
  }

  #dropExpunged(): string[] {
    const present = new Set(this.mailbox.messages.map(({ uid }) => uid));
    const lines: string[] = [];
    const left: Message[] = [];
    for (const message of this.#known) {
      if (present.has(message.uid)) left.push(message);
      else lines.push(`${left.length + 1} EXPUNGE`);
    }
    this.#known = left;
    return lines;
  }
}
