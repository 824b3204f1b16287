import { CONFIG_KEYS } from './directives.ts';
import { formatFinding, hasErrors } from './finding.ts';
import type { Resolution } from './resolve.ts';

/** What `--check-config` prints, and whether the daemon would start. */
export interface CheckReport {
  readonly isValid: boolean;
  /** One finding a line; when there is no error, a last line that says so. Ends in LF. */
  readonly text: string;
}

/** The findings of `resolution` for people, editors and scripts. */
export function checkReport({ file, origins, findings }: Resolution): CheckReport {
  const lines = findings.map(formatFinding);
  const isValid = !hasErrors(findings);
  if (isValid) {
    const directives = counted(CONFIG_KEYS.filter((key) => origins[key] !== 'default').length, 'directive');
    lines.push(`${file}: configuration is valid (${directives} set, ${counted(findings.length, 'warning')})`);
  }
  return { isValid, text: `${lines.join('\n')}\n` };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
