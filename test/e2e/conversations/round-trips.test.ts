import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CLIENTS_PAGE, measureAll, renderPage } from '../../conversations/table.ts';
import { describeWith } from '../../support/system-packages.ts';

describeWith(['dovecot-imapd', 'imapproxy'], 'The table of round trips in docs/clients.md', () => {
  it('is what `node test/conversations/write-table.ts` writes', async () => {
    const measurements = await measureAll();

    expect(readFileSync(CLIENTS_PAGE, 'utf8')).toBe(renderPage(measurements));
    for (const [client, { direct, classic, hot }] of measurements) {
      expect(hot.untilUseful, client).toBeLessThan(direct.untilUseful);
      expect(hot.untilUseful, client).toBeLessThanOrEqual(classic.untilUseful);
    }
  });
});
