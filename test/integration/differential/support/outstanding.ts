import type { Response } from './response-reader.ts';

/** RFC 9051 section 9, `tag`; for any other word a server answers without one. */
const TAGGED = /^([!#$&',-[\]-z|}~]+) ./;

/** What a client waits for, as far as its own octets and the answers to them tell. */
export class Outstanding {
  readonly #tags: string[] = [];
  /** The tag of a command whose next octets are not a command: data of a literal, or what IDLE or AUTHENTICATE asks for. */
  #open: { readonly tag: string; readonly kind: 'literal' | 'idle' | 'authenticate' } | undefined;
  #literalOctets = 0;
  /** Whether the client may not go on before a continuation request. */
  #needsContinuation = false;
  #needsAnything = false;
  /** The beginning of a line whose end was not sent yet. */
  #partialLine = '';

  /** Whether there is nothing more to wait for. */
  get isOver(): boolean {
    if (this.#needsContinuation || this.#needsAnything) return false;
    return this.#tags.length === 0 || this.#open !== undefined;
  }

  /** Whether a new command may begin. */
  get isAtBoundary(): boolean {
    return this.#tags.length === 0 && this.#open === undefined && this.#partialLine === '';
  }

  get isInLiteral(): boolean {
    return this.#open?.kind === 'literal';
  }

  sent(octets: string): void {
    const before = this.#tags.length;
    for (let at = 0; at < octets.length; at = this.#read(octets, at));
    // Nothing of it is answered under a tag.
    this.#needsAnything = this.#tags.length === 0 && before === 0 && this.#partialLine === '';
  }

  received([line = '']: Response): void {
    this.#needsAnything = false;
    if (line.startsWith('+')) {
      this.#needsContinuation = false;
      return;
    }
    const tag = line.slice(0, line.indexOf(' '));
    const index = this.#tags.indexOf(tag);
    if (index === -1) return;
    this.#tags.splice(index, 1);
    if (this.#open?.tag !== tag) return;
    this.#open = undefined;
    this.#literalOctets = 0;
    this.#needsContinuation = false;
  }

  #read(octets: string, at: number): number {
    if (this.#literalOctets > 0) {
      const end = Math.min(octets.length, at + this.#literalOctets);
      this.#literalOctets -= end - at;
      return end;
    }
    const lf = octets.indexOf('\n', at);
    if (lf === -1) {
      this.#partialLine += octets.slice(at);
      return octets.length;
    }
    const line = this.#partialLine + octets.slice(at, lf + 1);
    this.#partialLine = '';
    this.#readLine(line);
    return lf + 1;
  }

  #readLine(line: string): void {
    const open = this.#open;
    if (open?.kind === 'idle') {
      this.#open = undefined;
      return;
    }
    if (open?.kind === 'authenticate') {
      this.#needsContinuation = true;
      return;
    }
    this.#open = undefined;
    const tag = open?.tag ?? TAGGED.exec(line)?.[1];
    if (tag === undefined) return;
    if (open === undefined) this.#tags.push(tag);
    this.#openUp(tag, line, open === undefined);
  }

  #openUp(tag: string, line: string, isFirst: boolean): void {
    const [, octets, plus] = /\{(\d*)(\+?)\}\r?\n$/.exec(line) ?? [];
    const asks = isFirst ? /^\S+ (IDLE\b|AUTHENTICATE (?:LOGIN\b|\S+ *\r?\n))/i.exec(line)?.[1] : undefined;
    if (octets !== undefined) {
      this.#open = { tag, kind: 'literal' };
      this.#literalOctets = Number(octets);
      this.#needsContinuation = plus === '';
    } else if (asks !== undefined) {
      this.#open = { tag, kind: asks.toUpperCase() === 'IDLE' ? 'idle' : 'authenticate' };
      this.#needsContinuation = true;
    }
  }
}
