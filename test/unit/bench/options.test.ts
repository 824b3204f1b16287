import { describe, expect, it } from 'vitest';
import { parseOptions, usage } from '../../../bench/options.ts';

const ROWS = ['page-view', 'relay', 'bulk'];

describe('parseOptions', () => {
  it('measures everything in full without arguments', () => {
    expect(parseOptions([], ROWS)).toEqual({ help: false, quick: false, json: false, only: [] });
  });

  it('takes rows in one list or in several', () => {
    expect(parseOptions(['--only', 'relay,bulk', '--only', 'page-view'], ROWS).only).toEqual([
      'relay',
      'bulk',
      'page-view',
    ]);
  });

  it('refuses a row that there is not, and names those that there are', () => {
    expect(() => parseOptions(['--only', 'relays'], ROWS)).toThrow(
      'Cannot measure relays: expected one of page-view, relay, bulk',
    );
  });

  it('refuses what is no option', () => {
    expect(() => parseOptions(['--fast'], ROWS)).toThrow('--fast');
    expect(() => parseOptions(['relay'], ROWS)).toThrow('relay');
  });
});

describe('usage', () => {
  it('names every row', () => {
    expect(usage(ROWS)).toContain('Rows: page-view, relay, bulk\n');
  });
});
