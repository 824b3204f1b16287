/** The program `imapproxyd`: command line in, exit code out. */
import { checkReport } from '../config/check.ts';
import { explain } from '../config/explain.ts';
import { ConfigError, formatFinding, hasErrors } from '../config/finding.ts';
import { readConfig } from '../config/load.ts';
import { type Invocation, parseInvocation, USAGE } from './argv.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { UsageError } from './options.ts';
import { serve } from './serve.ts';
import { version } from './version.ts';

// Whatever is still under way when all is done, such as a server that does not answer, is not waited for.
process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  try {
    return await run(parseInvocation(args));
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`imapproxyd: ${error.message}\n${USAGE}`);
      return error.exitCode;
    }
    if (error instanceof ConfigError) {
      process.stderr.write(error.findings.map((finding) => `${formatFinding(finding)}\n`).join(''));
      return EXIT_CODES.config;
    }
    throw error;
  }
}

async function run(invocation: Invocation): Promise<number> {
  switch (invocation.name) {
    case 'help':
      process.stdout.write(USAGE);
      return EXIT_CODES.stopped;
    case 'version':
      process.stdout.write(`imapproxyd ${version()}\n`);
      return EXIT_CODES.stopped;
    case 'check-config': {
      const report = checkReport(readConfig(invocation.configFile));
      process.stdout.write(report.text);
      return report.isValid ? EXIT_CODES.stopped : EXIT_CODES.config;
    }
    case 'explain': {
      const resolution = readConfig(invocation.configFile);
      process.stdout.write(explain(resolution));
      process.stderr.write(resolution.findings.map((finding) => `${formatFinding(finding)}\n`).join(''));
      return hasErrors(resolution.findings) ? EXIT_CODES.config : EXIT_CODES.stopped;
    }
    case 'serve':
      return await serve(invocation);
  }
}
