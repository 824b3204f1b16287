import { ProxyError } from '../base/errors.ts';

/** An error stops the start; a warning is said once and the start goes on. */
export type Severity = 'error' | 'warning';

/** One thing to tell the operator about the configuration. */
export interface Finding {
  readonly severity: Severity;
  readonly file: string;
  /** Counted from 1; undefined where no single line is to blame. */
  readonly line: number | undefined;
  readonly directive?: string | undefined;
  /** Lower case, no final period, never a secret, no control characters. */
  readonly message: string;
}

/** The form compilers use, so that editors can jump to it: `FILE:LINE: error: directive: message`. */
export function formatFinding({ file, line, severity, directive, message }: Finding): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return [place, severity, directive, message].filter((part) => part !== undefined).join(': ');
}

/** Whether there is a finding that forbids the start. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/**
 * The configuration cannot be used; `findings` holds everything found, warnings too, in the order of lines.
 */
export class ConfigError extends ProxyError {
  readonly code = 'CONFIG_INVALID';
  readonly fault = 'operator';
  readonly findings: readonly Finding[];

  /** `findings` holds at least one error; the message quotes the first. */
  constructor(findings: readonly Finding[]) {
    const [first, ...others] = findings.filter(({ severity }) => severity === 'error').map(formatFinding);
    super(`Cannot use the configuration: ${first}${others.length > 0 ? ` (and ${others.length} more)` : ''}`);
    this.findings = findings;
  }
}
