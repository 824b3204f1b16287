import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  readonly help: boolean;
  /** Fewer and smaller rounds: at most 90 seconds in all, for a first impression. */
  readonly quick: boolean;
  /** All raw figures as JSON on standard output, in place of the table. */
  readonly json: boolean;
  /** The rows to measure; all of them when empty. */
  readonly only: readonly string[];
}

/** The text of `--help`; `rows` are the names that `--only` takes. */
export function usage(rows: readonly string[]): string {
  return `Usage: npm run bench [-- OPTIONS]

  --only ROW[,ROW]  measure these rows alone
  --quick           fewer and smaller rounds: 90 seconds in all
  --json            print all raw figures as JSON in place of the table
  --help            print this text, and stop

Rows: ${rows.join(', ')}
A run of all rows without --quick takes up to 10 minutes and writes docs/benchmarks.md with its charts.
`;
}

/** Reads the command line. @throws Error for anything that is no option, and for a row that is not in `rows`. */
export function parseOptions(args: readonly string[], rows: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const only = values.only.flatMap((list) => list.split(',')).filter((name) => name !== '');
  const unknown = only.find((name) => !rows.includes(name));
  if (unknown !== undefined) throw new Error(`Cannot measure ${unknown}: expected one of ${rows.join(', ')}`);
  return { help: values.help, quick: values.quick, json: values.json, only };
}
