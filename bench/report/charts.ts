import { CONTESTANTS } from '../contestants/contestant.ts';
import type { Figures } from '../figures.ts';
import { median } from '../measure/statistics.ts';
import type { Metric } from '../metric.ts';
import { FAR_CONVERSATIONS, farMetricId, METRICS } from '../metrics.ts';
import { type BarGroup, barChart } from './bar-chart.ts';
import { formatMedian, LABELS } from './figure-text.ts';

interface Chart {
  /** The name of the file, without `.svg`. */
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly metrics: readonly string[];
}

const CHARTS: readonly Chart[] = [
  {
    name: 'page-view',
    title: 'A page view of a user who has been there before',
    caption:
      'Connect, CAPABILITY, LOGIN, SELECT, FETCH, LOGOUT; the server answers at once. Shorter is better.',
    metrics: ['page-view.wall', 'page-view.cpu', 'login.p50'],
  },
  {
    name: 'dovecot',
    title: 'Page views a second in front of Dovecot',
    caption: 'Ten clients, all on one machine. Longer is better.',
    metrics: ['dovecot.rate', 'dovecot.rate-tls'],
  },
  {
    name: 'distance',
    title: 'A mail server 50 ms away, reached by TLS',
    caption: 'What three clients wait for one request, connection and login included. Shorter is better.',
    metrics: FAR_CONVERSATIONS.map((name) => farMetricId(50, name)),
  },
  {
    name: 'relay',
    title: 'Passing on what is relayed',
    caption: 'Processor time of the proxy. Shorter is better.',
    metrics: ['relay.cpu', 'bulk.fetch-cpu', 'bulk.append-cpu'],
  },
  {
    name: 'memory',
    title: 'Memory per logged-in session',
    caption: 'Shorter is better.',
    metrics: ['memory.2000', 'memory.server-tls', 'memory.client-tls'],
  },
];

/** A file for each chart of which anything was measured. */
export function drawCharts(
  figures: Figures,
): { readonly name: string; readonly title: string; readonly svg: string }[] {
  return CHARTS.flatMap(({ name, title, caption, metrics }) => {
    const groups = METRICS.filter(({ id }) => metrics.includes(id))
      .map((metric) => barGroup(metric, figures))
      .filter(({ bars }) => bars.length > 0);
    return groups.length === 0 ? [] : [{ name, title, svg: barChart({ title, caption, groups }) }];
  });
}

function barGroup({ id, title, unit }: Metric, figures: Figures): BarGroup {
  const bars = CONTESTANTS.flatMap((name) => {
    const values = figures.of(id, name);
    if (values === undefined) return [];
    const text = formatMedian(values, unit);
    return [{ label: LABELS[name], value: median(values), text, isHighlighted: name === 'imapproxyd' }];
  });
  return { title, bars };
}
