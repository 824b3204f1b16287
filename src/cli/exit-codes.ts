/** How the process ends, after sysexits(3); service managers and scripts rely on these numbers. */
export const EXIT_CODES = {
  /** Stopped as asked, or did what a one-shot option asked for. */
  stopped: 0,
  /** The port, the server or a file was not to be had. */
  couldNotStart: 1,
  /** EX_USAGE: the command line is wrong. */
  usage: 64,
  /** EX_SOFTWARE: a bug of ours. */
  software: 70,
  /** EX_CONFIG: the configuration file is wrong. */
  config: 78,
} as const;
