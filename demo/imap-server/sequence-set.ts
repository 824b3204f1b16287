import { CommandError } from './command-error.ts';

/** Answers whether a number belongs to the set. */
export type SequenceSet = (number: number) => boolean;

/**
 * Reads `1,3:5,9:*`; `largest` is what `*` stands for. Ranges may be written in either direction.
 *
 * @throws CommandError (BAD) when the text is not a sequence set.
 * @see RFC 3501 section 9, `sequence-set`
 */
export function parseSequenceSet(text: string, largest: number): SequenceSet {
  const ranges = text.split(',').map((range) => {
    const ends = /^(\d{1,10}|\*)(?::(\d{1,10}|\*))?$/.exec(range);
    if (ends === null) throw new CommandError('BAD', 'Not a sequence set');
    const [first, last] = [ends[1] ?? '', ends[2] ?? ends[1] ?? ''].map((end) =>
      end === '*' ? largest : Number(end),
    );
    return { low: Math.min(first ?? 0, last ?? 0), high: Math.max(first ?? 0, last ?? 0) };
  });
  return (number) => ranges.some(({ low, high }) => low <= number && number <= high);
}
