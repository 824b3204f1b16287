/** All that an IMAP server keeps per connection, each part with the session that brought it about. */

/** The session that did something; the proxy itself is 0. */
export type Owner = number;

export interface Selection {
  readonly box: string;
  readonly isReadOnly: boolean;
  readonly owner: Owner;
}

/** Parts that are either there or not; the letter is how the stamp names them. */
export interface Marks {
  /** CONDSTORE switched on by the words of a command (RFC 7162 section 3.1). */
  c?: Owner;
  /** A saved search result, `$` (RFC 5182). */
  $?: Owner;
  /** A search that goes on (RFC 5267). */
  x?: Owner;
  notify?: Owner;
  language?: Owner;
  comparator?: Owner;
  /** Whatever a command of no RFC has done. */
  other?: Owner;
  /** A second authentication on the same connection. */
  authenticated?: Owner;
  /** Client and server may disagree where commands and answers begin: nobody can say what the server makes of the next octet. */
  doubt?: Owner;
}

export class ConnectionState {
  /** As whom the connection is logged in. */
  readonly identity: string;
  selection: Selection | undefined;
  readonly enabled: Map<string, Owner> = new Map();
  readonly marks: Marks = {};

  constructor(identity: string) {
    this.identity = identity;
  }

  /** Whether FETCH tells modification sequences. */
  get isCondstoreAware(): boolean {
    return this.marks.c !== undefined || this.enabled.has('CONDSTORE') || this.enabled.has('QRESYNC');
  }

  noteCondstore(owner: Owner): void {
    if (!this.isCondstoreAware) this.marks.c = owner;
  }

  select(box: string, isReadOnly: boolean, owner: Owner): void {
    this.deselect();
    this.selection = { box, isReadOnly, owner };
  }

  deselect(): void {
    this.selection = undefined;
    delete this.marks.$;
    delete this.marks.x;
  }

  /** Everything, in one word for the end of an answer: `<u=m1 s=box/rw@12 e=QRESYNC@12 c@9>`. */
  stamp(): string {
    let text = `<u=${this.identity}`;
    const { selection } = this;
    if (selection !== undefined)
      text += ` s=${selection.box}/${selection.isReadOnly ? 'ro' : 'rw'}@${selection.owner}`;
    for (const word of [...this.enabled.keys()].sort()) text += ` e=${word}@${this.enabled.get(word)}`;
    for (const [name, owner] of Object.entries(this.marks).sort()) text += ` ${name}@${owner}`;
    return `${text}>`;
  }
}

/**
 * The same stamp without the names of those who switched extensions on: a session that asks for them itself may
 * get a connection on which another session has done the same.
 */
export function withoutInheritance(stamped: string): string {
  return stamped.replace(/( e=[^ @>]*| c)@\d+/g, '$1');
}

/** Whose command `tag` belongs to. */
export function ownerOf(tag: string): Owner {
  const match = /^s(\d+)n\d+$/.exec(tag);
  return match?.[1] === undefined ? 0 : Number(match[1]);
}
