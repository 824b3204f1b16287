import type { BenchResult } from '../bench.ts';
import type { Machine } from '../measure/machine.ts';
import { METRICS } from '../metrics.ts';
import { verdictsOn } from '../verdict.ts';
import { figureTable, LEFT_COLUMNS } from './figure-table.ts';
import { summaryTable } from './summary.ts';
import { markdownTable } from './table.ts';

const WORDS: ReadonlySet<number> = new Set([0]);

/** The text of docs/benchmarks.md; `charts` are files beside it. */
export function benchmarkPage(
  result: BenchResult,
  machine: Machine,
  charts: readonly { readonly name: string; readonly title: string }[],
): string {
  const { figures, notes, failures, startedAt, elapsedMs, clock } = result;
  const verdicts = METRICS.flatMap((metric) => verdictsOn(metric, figures));
  const met = verdicts.filter(({ isMet }) => isMet).length;
  return `\
# Benchmarks

<!-- Written by \`npm run bench\`: run it again rather than change this file. -->

What a user gains, beside what the same user would have otherwise: the classic daemon (\`imapproxy\` 1.2.8), nginx as a mail
proxy, HAProxy passing TCP on, and no proxy at all. All were measured in one run, in turns.

${markdownTable(summaryTable(figures), WORDS)}

${charts.map(({ name, title }) => `![${title}](benchmarks/${name}.svg)`).join('\n\n')}

## How it was measured

- On ${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system};
  ${startedAt.toISOString().slice(0, 10)}, ${Math.round(elapsedMs / 1000)} s in all.
- ${Object.entries(machine.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}.
- Load, proxy and server share the machine, on its loopback. The load comes from threads of the bench's own process. Read
  ratios; the figures themselves are those of this machine.
- Every contestant is measured in each round, one after the other; the first round warms up and does not count. A figure is the
  median of the rounds; ± is half the distance of the quartiles. A ratio is the median of the ratios of the rounds.
- Processor time is that of the proxy's processes alone: ${clock}. It includes what a proxy still does when the client has
  its answer. The work of nginx's auth service is not counted.
- In the rows without Dovecot the server answers at once, out of memory: they show the proxy's share. Dovecot runs with Debian's
  settings, and checks passwords in clear, which costs next to nothing: with hashed ones a login costs more, and more is saved.
- Each proxy uses one thread (one worker), logs errors alone and has its usual configuration, but for \`proxy_buffer 64k\` of
  nginx, without which its page view takes 45 ms.
- *direct* with TLS is a webmail that speaks TLS itself. Through a proxy it speaks clear text to the proxy on its own host, and the
  proxy speaks TLS to the server.
- The way to a distant server is a relay that delays all octets by half a round trip, and connecting by a whole one.

To repeat it: \`npm run bench\` as root on Debian; it installs what is missing. \`npm run bench -- --quick\` takes 90 seconds,
\`--only page-view,relay\` measures rows alone, \`--json\` prints the values of all rounds.

## All figures

${met} of ${verdicts.length} demands are met.

${markdownTable(figureTable(METRICS, figures), LEFT_COLUMNS)}
${list('Notes', notes)}${list('Not measured', failures)}`;
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n## ${title}\n\n${lines.map((line) => `- ${line}\n`).join('')}`;
}
