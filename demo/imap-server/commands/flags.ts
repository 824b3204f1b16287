import type { Arguments } from '../arguments.ts';
import { SYSTEM_FLAGS } from '../mailbox.ts';

/** Reads one flag; system flags come out in one spelling (RFC 3501 section 9: they ignore letter case). */
export function readFlag(args: Arguments): string {
  const flag = args.atom();
  return SYSTEM_FLAGS.find((known) => known.toLowerCase() === flag.toLowerCase()) ?? flag;
}

/** Reads a parenthesised list of flags. */
export function readFlags(args: Arguments): string[] {
  return args.list(() => readFlag(args));
}
