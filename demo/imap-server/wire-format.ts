const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A quoted string, or a literal where quoting cannot carry the text; NIL for undefined. RFC 3501 section 4.3. */
export function nstring(text: string | undefined): string {
  if (text === undefined) return 'NIL';
  if (/[^\x20-\x7e]/.test(text) || text.length > 1000) return `{${text.length}}\r\n${text}`;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** `date-time` of RFC 3501 section 9, in UTC: `"02-Mar-2026 09:00:00 +0000"`. */
export function dateTime(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const month = MONTHS[date.getUTCMonth()];
  return `"${day}-${month}-${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} +0000"`;
}

/** Reads a `date` or `date-time` of RFC 3501 section 9; undefined when it is neither. A bare date is midnight UTC. */
export function parseDate(text: string): Date | undefined {
  const parts = /^\s?(\d{1,2})-([A-Za-z]{3})-(\d{4})(?: (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d))?$/.exec(text);
  if (parts === null) return undefined;
  const [, day = '', monthName = '', year = '', time = '00:00:00', zoneHours = '+00', zoneMinutes = '00'] =
    parts;
  const month = MONTHS.findIndex((name) => name.toLowerCase() === monthName.toLowerCase()) + 1;
  const iso = `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}T${time}${zoneHours}:${zoneMinutes}`;
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
