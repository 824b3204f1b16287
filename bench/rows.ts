import type { RowRun } from './row-run.ts';
import { measureBulk } from './rows/bulk.ts';
import { measureConnects } from './rows/connects.ts';
import { measureDistance } from './rows/distance.ts';
import { measureDovecot } from './rows/dovecot.ts';
import { measureFairness } from './rows/fairness.ts';
import { measureMemory } from './rows/memory.ts';
import { measureMicro } from './rows/micro.ts';
import { measurePageViews } from './rows/page-view.ts';
import { measureColdPageViews } from './rows/page-view-cold.ts';
import { measureRelay } from './rows/relay.ts';
import { measureRhythm } from './rows/rhythm.ts';
import { measureStart } from './rows/start.ts';
import { measureUserCount } from './rows/user-count.ts';

/** What `--only` takes, in the order of measuring. */
export const ROWS: ReadonlyMap<string, (run: RowRun) => Promise<void>> = new Map([
  ['page-view', measurePageViews],
  ['page-view-cold', measureColdPageViews],
  ['relay', measureRelay],
  ['bulk', measureBulk],
  ['memory', measureMemory],
  ['connects', measureConnects],
  ['fairness', measureFairness],
  ['dovecot', measureDovecot],
  ['distance', measureDistance],
  ['start', measureStart],
  ['users', measureUserCount],
  ['rhythm', measureRhythm],
  ['micro', measureMicro],
]);
