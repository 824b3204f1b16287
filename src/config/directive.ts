import type { Kind } from './kinds.ts';

/**
 * Everything there is to know about one directive; parser, sample file, manual and `--explain` all read it
 * here.
 */
export interface Directive<T> {
  /** As written in the file: lower case, words joined by underscores. */
  readonly name: string;
  readonly kind: Kind<NonNullable<T>>;
  /** What is counted, where the value is a number of something. */
  readonly unit?: string;
  /** The value in memory when the file does not set one. */
  readonly fallback: T;
  /** A value to show, as written in the file, where there is no fallback. */
  readonly example?: string;
  /**
   * One to three sentences: what it does, what happens otherwise. The first one stands alone in
   * `--explain`.
   */
  readonly doc: string;
  readonly since: 'classic' | '2.0';
}

/** One directive for each key of a part of the configuration. */
export type DirectivesFor<Part> = { readonly [K in keyof Part]: Directive<Part[K]> };
