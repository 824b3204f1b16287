import { describe, expect, it } from 'vitest';
import { replaceMarkedBlock } from '../../../bench/report/marked-block.ts';

describe('replaceMarkedBlock', () => {
  it('renews what stands between the marks and nothing else', () => {
    const page = 'before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n';

    expect(replaceMarkedBlock(page, 'new')).toBe(
      'before\n<!-- bench:begin -->\nnew\n<!-- bench:end -->\nafter\n',
    );
  });

  it('leaves a page without marks alone', () => {
    expect(replaceMarkedBlock('<!-- bench:end --> <!-- bench:begin -->', 'new')).toBeUndefined();
    expect(replaceMarkedBlock('nothing', 'new')).toBeUndefined();
  });
});
