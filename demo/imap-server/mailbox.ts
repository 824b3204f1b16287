/** One stored message; the mailbox alone changes it. `octets` has one character per octet. */
export interface Message {
  readonly uid: number;
  readonly octets: string;
  readonly internalDate: Date;
  readonly flags: ReadonlySet<string>;
}

/** What a message is stored with, before it has a UID. */
export interface NewMessage {
  readonly octets: string;
  readonly internalDate: Date;
  readonly flags: Iterable<string>;
}

/** The system flags of RFC 3501 section 2.3.2 that a client may set. */
export const SYSTEM_FLAGS: readonly string[] = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft'];

/** Messages in the order of their UIDs, held in memory; those who watch it hear of every change. */
export class Mailbox {
  readonly name: string;
  /** Special-use attribute of RFC 6154 such as `\Sent`. */
  readonly use: string | undefined;
  readonly uidValidity: number;
  readonly #watchers = new Set<() => void>();
  #messages: readonly Message[] = [];
  #uidNext = 1;

  /** `uidValidity` must grow from one run of the server to the next, because UIDs begin again at 1. */
  constructor(name: string, use: string | undefined, uidValidity: number) {
    this.name = name;
    this.use = use;
    this.uidValidity = uidValidity;
  }

  /** The messages as they are now; a later change makes a new array. A changed message is a new object. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  get uidNext(): number {
    return this.#uidNext;
  }

  get unseen(): number {
    return this.#messages.filter((message) => !message.flags.has('\\Seen')).length;
  }

  /** Stores a message and returns it with its UID. */
  append({ octets, internalDate, flags }: NewMessage): Message {
    const message = { uid: this.#uidNext, octets, internalDate, flags: new Set(flags) };
    this.#uidNext += 1;
    this.#change([...this.#messages, message]);
    return message;
  }

  /** Gives the message `uid` these flags; returns it, or undefined when it has been expunged. */
  setFlags(uid: number, flags: Iterable<string>): Message | undefined {
    const index = this.#messages.findIndex((message) => message.uid === uid);
    const old = this.#messages[index];
    if (old === undefined) return undefined;
    const changed = { ...old, flags: new Set(flags) };
    this.#change(this.#messages.with(index, changed));
    return changed;
  }

  /** Removes the messages marked `\Deleted` whose UID is `among` the given ones. */
  expunge(among: (uid: number) => boolean): void {
    this.#change(this.#messages.filter(({ uid, flags }) => !(flags.has('\\Deleted') && among(uid))));
  }

  /** Calls `listener` after every change; call the result to stop. */
  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  #change(messages: readonly Message[]): void {
    this.#messages = messages;
    for (const watcher of this.#watchers) watcher();
  }
}
