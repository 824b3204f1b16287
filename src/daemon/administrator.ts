import type { Counters } from '../observe/counters.ts';
import type { Log } from '../observe/logger.ts';
import type { ProtocolTrace } from '../observe/protocol-trace.ts';
import type { Administration, ListedConnection } from '../session/admin-commands.ts';
import type { UpstreamPool } from '../upstream/upstream-pool.ts';

/** What the classic daemon calls itself; scripts compare it. */
const CLASSIC_VERSION = '1.2.8 [SVN]';

/** Carries out the `XPROXY_` commands. */
export class Administrator implements Administration {
  readonly version: string = CLASSIC_VERSION;
  readonly #upstreams: UpstreamPool;
  readonly #counters: Counters;
  readonly #trace: ProtocolTrace;
  readonly #log: Log;

  constructor(upstreams: UpstreamPool, counters: Counters, trace: ProtocolTrace, log: Log) {
    this.#upstreams = upstreams;
    this.#counters = counters;
    this.#trace = trace;
    this.#log = log;
  }

  connections(): Iterable<ListedConnection> {
    return this.#upstreams.list();
  }

  resetCounters(): void {
    this.#counters.reset();
    this.#log.info('counters reset');
  }

  get tracedUser(): string | undefined {
    return this.#trace.user;
  }

  trace(user: string | undefined): void {
    if (user === undefined) this.#trace.end();
    else this.#trace.begin(user);
    this.#log.info(
      { user: this.#trace.user },
      this.#trace.user === undefined ? 'tracing disabled' : 'tracing enabled',
    );
  }

  clearTrace(): void {
    try {
      this.#trace.clear();
    } catch (error) {
      logTraceFailure(this.#log, error);
      throw error;
    }
  }
}

/** The trace file cannot be written; said once for each time tracing ends by it. */
export function logTraceFailure(log: Log, error: unknown): void {
  const cause = error instanceof Error ? error.message : String(error);
  log.error({ directive: 'protocol_log_filename', error: cause }, 'cannot write the protocol trace');
}
