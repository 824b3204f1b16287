/**
 * What a connection carries that no command takes back: a connection goes only to a session that asks for
 * exactly that.
 *
 * @see RFC 5161 (ENABLE), RFC 7162 section 3.1 (CONDSTORE-enabling commands)
 */

/** The variant of a connection on which nothing was switched on. */
export const CLEAN_VARIANT = '';

/** The variant of a connection that a command's words made CONDSTORE-aware (RFC 7162 section 3.1). */
export const CONDSTORE_VARIANT = 'CONDSTORE by command';

/** The variant of a connection on which exactly the extensions `args` of an ENABLE were asked for. */
export function enableVariant(args: string): string {
  const words = args
    .toUpperCase()
    .split(' ')
    .filter((word) => word !== '');
  return `ENABLE ${[...new Set(words)].sort().join(' ')}`;
}

/** Whether a connection of this variant tells MODSEQ without being asked. */
export function isCondstoreAware(variant: string): boolean {
  if (variant === CONDSTORE_VARIANT) return true;
  const words = variant.split(' ');
  return words.includes('CONDSTORE') || words.includes('QRESYNC');
}
