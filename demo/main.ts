/**
 * `npm run demo`: a mail server, the proxy in front of it and a simulated webmail, measured both ways.
 * Exit codes: 0 done, 1 something failed, 64 usage, 130 interrupted before the table was there.
 */
import { runDemo } from './demo.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { complain } from './screen.ts';

process.exitCode = await main();

async function main(): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    complain(messageOf(error));
    console.error(`\n${USAGE}`);
    return 64;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const stop = stopSignal();
  try {
    await runDemo(options, stop);
    return 0;
  } catch (error) {
    if (stop.aborted) return 130;
    complain(messageOf(error));
    return 1;
  }
}

/** Aborted when a person or the system wants the demo to end, or nobody reads its output any more. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  process.stdout.on('error', stop);
  return controller.signal;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
