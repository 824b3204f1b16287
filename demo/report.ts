import type { Measurement } from './measure.ts';
import { type Summary, summarize } from './statistics.ts';
import { formatTable } from './table.ts';
import { STEPS, type Step } from './webmail.ts';

const STEP_NAMES: Readonly<Record<Step, string>> = {
  connect: 'connect and greeting',
  login: 'login',
  select: 'select the inbox',
  fetch: 'fetch the list',
  logout: 'logout',
  page: 'whole page view',
};

/** The table of both measurements: each step with its median (p50) and 95th percentile, and the logins. */
export function reportLines(direct: Measurement, cached: Measurement): string[] {
  const steps = STEPS.map((step) => {
    const [directStep, cachedStep] = [stepSummary(direct, step), stepSummary(cached, step)];
    return [STEP_NAMES[step], ...cells(directStep), '', ...cells(cachedStep)];
  });
  const count = (name: string, value: (measurement: Measurement) => number) => {
    return [name, String(value(direct)), '', '', String(value(cached))];
  };
  return formatTable([
    ['', 'direct p50', 'p95', '', 'proxy p50', 'p95'],
    ...steps,
    [],
    count('page views', ({ views }) => views.length),
    count('logins the server saw', ({ logins }) => logins),
  ]);
}

/** One line with the factor between the medians of a whole page view, whichever way it points. */
export function summaryLine(direct: Measurement, cached: Measurement): string {
  const before = stepSummary(direct, 'page').p50;
  const after = stepSummary(cached, 'page').p50;
  return `${verdict(before / after)}: a page view takes ${milliseconds(after)} through the proxy, ${milliseconds(before)} without (p50).`;
}

function verdict(factor: number): string {
  if (factor >= 1.05) return `${factor.toFixed(1)} times faster`;
  if (factor > 0.95) return 'No difference';
  return `${(1 / factor).toFixed(1)} times slower`;
}

/** A time given in ms, for a person: three digits are as much as such a measurement is worth. */
export function milliseconds(time: number): string {
  // The borders are those of rounding, so that 9.999 reads 10.0 and not 10.00.
  const digits = time < 9.995 ? 2 : time < 99.95 ? 1 : 0;
  return `${time.toFixed(digits)} ms`;
}

function stepSummary({ views }: Measurement, step: Step): Summary {
  return summarize(views.map((view) => view[step]));
}

function cells({ p50, p95 }: Summary): string[] {
  return [milliseconds(p50), milliseconds(p95)];
}
