import { Fragmenter, type FragmentRules, type FragmentSink } from '../../src/protocol/fragmenter.ts';
import type { LiteralMarker } from '../../src/protocol/literal-marker.ts';
import type { Consent, Fragment } from './wire-samples.ts';

/** When the other side's word on a synchronizing literal comes: while the line is reported, or later. */
export type ConsentTime = 'at once' | 'later';

/** Runs a fragmenter and writes down what it reports; parts of one line, or of one literal, are joined. */
export class RecordedFragments implements FragmentSink {
  readonly fragments: Fragment[] = [];
  /** Of every line that came in parts, how long its first part was. */
  readonly firstParts: number[] = [];
  /** How many octets have been reported. */
  octets = 0;
  readonly #fragmenter: Fragmenter;
  readonly #consent: (marker: LiteralMarker) => Consent;
  readonly #consentTime: ConsentTime;
  #parts: string | undefined;
  #marker: LiteralMarker | undefined;
  /** Octets that the open literal still has to come. */
  #remaining = 0;

  constructor(
    rules: FragmentRules,
    consent: (marker: LiteralMarker) => Consent,
    consentTime: ConsentTime = 'later',
  ) {
    this.#fragmenter = new Fragmenter(rules, this);
    this.#consent = consent;
    this.#consentTime = consentTime;
  }

  get isAtBoundary(): boolean {
    return this.#fragmenter.isAtBoundary;
  }

  /** The parts so far of a line whose end has not come. */
  get unfinished(): string {
    return this.#parts ?? '';
  }

  feed(chunk: Buffer): void {
    let at = 0;
    do {
      at = this.#fragmenter.feed(chunk, at);
      if (this.#fragmenter.isUndecided) this.#decide();
    } while (at < chunk.length);
  }

  onLine(source: Buffer, start: number, end: number, marker: LiteralMarker | undefined): void {
    const text = this.#note(source, start, end);
    this.fragments.push([this.#fragmenter.isContinued ? 'more' : 'line', (this.#parts ?? '') + text]);
    this.#parts = undefined;
    this.#marker = marker;
    if (this.#consentTime === 'at once' && this.#fragmenter.isUndecided) this.#decide();
  }

  onLinePart(source: Buffer, start: number, end: number): void {
    if (this.#parts === undefined) this.firstParts.push(end - start);
    this.#parts = (this.#parts ?? '') + this.#note(source, start, end);
  }

  onLiteral(source: Buffer, start: number, end: number, remaining: number): void {
    const isFirst = this.#marker !== undefined;
    const expected = (this.#marker?.octets ?? this.#remaining) - (end - start);
    if (remaining !== expected) throw new Error(`${remaining} octets remain where ${expected} should`);
    const before = isFirst ? '' : (this.fragments.pop()?.[1] ?? '');
    this.fragments.push(['literal', before + this.#note(source, start, end)]);
    this.#marker = undefined;
    this.#remaining = remaining;
  }

  #decide(): void {
    if (this.#marker === undefined) throw new Error('a literal waits for consent that no line announced');
    if (this.#consent(this.#marker) === 'accept') this.#fragmenter.acceptLiteral();
    else this.#fragmenter.refuseLiteral();
  }

  #note(source: Buffer, start: number, end: number): string {
    this.octets += end - start;
    return source.toString('latin1', start, end);
  }
}

/** Gives `consents` one after another. */
export function consentsInTurn(consents: readonly Consent[] = []): () => Consent {
  let given = 0;
  return () => {
    const consent = consents[given];
    given += 1;
    if (consent === undefined) throw new Error('more synchronizing literals than consents');
    return consent;
  };
}
