// Measures, and writes what came out: `node test/conversations/write-table.ts`. A test fails when the page is stale.
import { writeFileSync } from 'node:fs';
import { CLIENTS_PAGE, measureAll, renderPage } from './table.ts';

writeFileSync(CLIENTS_PAGE, renderPage(await measureAll()));
