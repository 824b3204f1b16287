/** The one list of what is measured: it feeds the table, the charts, the targets and `--only`. */
import type { Metric, Target } from './metric.ts';

const atMost = (limit: number, times?: Target['times']): Target => ({
  sense: 'at most',
  limit,
  ...(times && { times }),
});
const atLeast = (limit: number, times?: Target['times']): Target => ({
  sense: 'at least',
  limit,
  ...(times && { times }),
});

export const ROUND_TRIPS_MS = [10, 50, 150] as const;
export const FAR_CONVERSATIONS = ['Roundcube list', 'ImapFlow fetch', 'SquirrelMail list'] as const;

/** What the issue demands at 50 ms. */
const FAR_TARGETS: Readonly<Record<string, readonly Target[]>> = {
  'Roundcube list': [atMost(0.55, 'direct')],
  'ImapFlow fetch': [atMost(0.35, 'direct')],
};

export const METRICS: readonly Metric[] = [
  {
    id: 'page-view.wall',
    row: 'page-view',
    title: 'page view, hot, 1 client',
    unit: 'ms',
    targets: [atMost(0.05, 'classic')],
    isHeadline: true,
  },
  {
    id: 'page-view.cpu-alone',
    row: 'page-view',
    title: 'page view, hot, 1 client: processor time',
    unit: 'us',
  },
  {
    id: 'page-view.cpu',
    row: 'page-view',
    title: 'page view, hot, 10 clients: processor time',
    unit: 'us',
    targets: [atMost(0.5, 'classic'), atMost(0.9, 'nginx')],
    isHeadline: true,
  },
  { id: 'page-view.rate', row: 'page-view', title: 'page views, hot, 10 clients', unit: '1/s' },
  {
    id: 'login.p50',
    row: 'page-view',
    title: 'hot LOGIN, median',
    unit: 'ms',
    targets: [atMost(0.05, 'classic')],
    isHeadline: true,
  },
  { id: 'login.p99', row: 'page-view', title: 'hot LOGIN, 99th percentile', unit: 'ms' },
  { id: 'cold.wall', row: 'page-view-cold', title: 'page view, first of a user', unit: 'ms' },
  { id: 'cold.cpu', row: 'page-view-cold', title: 'page view, first of a user: processor time', unit: 'us' },
  {
    id: 'relay.cpu',
    row: 'relay',
    title: 'relayed small command: processor time',
    unit: 'us',
    targets: [atMost(0.85, 'classic'), atMost(1.5, 'nginx')],
    isHeadline: true,
  },
  { id: 'relay.p50', row: 'relay', title: 'relayed small command, 10 sessions, median', unit: 'ms' },
  {
    id: 'bulk.fetch-rate',
    row: 'bulk',
    title: 'FETCH of a large message',
    unit: 'MB/s',
    targets: [atLeast(4, 'classic')],
    isHeadline: true,
  },
  {
    id: 'bulk.fetch-cpu',
    row: 'bulk',
    title: 'FETCH of a large message: processor time',
    unit: 'us/MB',
    targets: [atMost(0.65, 'classic')],
  },
  { id: 'bulk.append-rate', row: 'bulk', title: 'APPEND of a large message', unit: 'MB/s' },
  { id: 'bulk.append-cpu', row: 'bulk', title: 'APPEND of a large message: processor time', unit: 'us/MB' },
  {
    id: 'memory.2000',
    row: 'memory',
    title: 'memory per session, 2,000 logged in',
    unit: 'KiB',
    targets: [atMost(14)],
    isHeadline: true,
  },
  {
    id: 'memory.10000',
    row: 'memory',
    title: 'memory per session, 10,000 logged in',
    unit: 'KiB',
    targets: [atMost(14)],
  },
  { id: 'memory.sessions', row: 'memory', title: 'sessions in one process', unit: 'count' },
  { id: 'memory.server-tls', row: 'memory', title: 'memory per session, TLS to the server', unit: 'KiB' },
  { id: 'memory.client-tls', row: 'memory', title: 'memory per session, TLS to the client', unit: 'KiB' },
  {
    id: 'connects.slowest',
    row: 'connects',
    title: '1,000 connect at once: slowest greeting',
    unit: 'ms',
    targets: [atMost(250)],
  },
  { id: 'fairness.idle', row: 'fairness', title: 'NOOP, 99th percentile', unit: 'ms' },
  {
    id: 'fairness.busy',
    row: 'fairness',
    title: 'NOOP, 99th percentile, while one fetches 1 GB',
    unit: 'ms',
    targets: [atMost(5, { metric: 'fairness.idle' })],
  },
  {
    id: 'dovecot.wall',
    row: 'dovecot',
    title: 'page view in front of Dovecot, 1 client',
    unit: 'ms',
    targets: [atMost(0.6, 'direct')],
    isHeadline: true,
  },
  {
    id: 'dovecot.rate',
    row: 'dovecot',
    title: 'page views in front of Dovecot, 10 clients',
    unit: '1/s',
    targets: [atLeast(1.8, 'direct')],
    isHeadline: true,
  },
  {
    id: 'dovecot.rate-tls',
    row: 'dovecot',
    title: 'the same, TLS to Dovecot',
    unit: '1/s',
    targets: [atLeast(5, 'direct')],
    isHeadline: true,
  },
  ...ROUND_TRIPS_MS.flatMap((roundTripMs) => FAR_CONVERSATIONS.map((name) => farMetric(roundTripMs, name))),
  { id: 'start.time', row: 'start', title: 'from the start until the greeting', unit: 'ms' },
  { id: 'users.cpu-100', row: 'users', title: 'page view, 100 users parked: processor time', unit: 'us' },
  {
    id: 'users.cpu-10000',
    row: 'users',
    title: 'page view, 10,000 users parked: processor time',
    unit: 'us',
    targets: [atMost(1.25, { metric: 'users.cpu-100' })],
  },
  {
    id: 'memory.parked',
    row: 'users',
    title: 'memory per parked connection, 10,000 parked',
    unit: 'KiB',
    targets: [atMost(7)],
  },
  {
    id: 'rhythm.logins',
    row: 'rhythm',
    title: 'half an hour of 10,000 users: logins at the server',
    unit: 'count',
  },
  {
    id: 'rhythm.hits',
    row: 'rhythm',
    title: 'half an hour of 10,000 users: logins saved',
    unit: '%',
    isHeadline: true,
  },
  { id: 'micro.fragmenter', row: 'micro', title: 'fragmenter: a list of 15 messages, 4.7 KB', unit: 'ns' },
  { id: 'micro.taps', row: 'micro', title: 'taps: a command and its answer', unit: 'ns' },
  { id: 'micro.pool', row: 'micro', title: 'pool: one use of a parked connection among 10,000', unit: 'ns' },
  { id: 'micro.login', row: 'micro', title: 'login: from the command to the pool key', unit: 'ns' },
];

/** The metric of a conversation over a long way. */
export function farMetricId(roundTripMs: number, conversation: string): string {
  return `distance.${roundTripMs}.${conversation}`;
}

function farMetric(roundTripMs: number, conversation: string): Metric {
  const isJudged = roundTripMs === 50;
  const targets = isJudged ? FAR_TARGETS[conversation] : undefined;
  return {
    id: farMetricId(roundTripMs, conversation),
    row: 'distance',
    title: `${conversation}, server ${roundTripMs} ms away, TLS`,
    unit: 'ms',
    ...(targets && { targets, isHeadline: true }),
  };
}
