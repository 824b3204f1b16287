/** Takes what is different in every run, or in every session, out of a transcript. */

interface Field {
  readonly pattern: RegExp;
  readonly named: string;
}

/** Chosen by the server, or by the moment. */
const VOLATILE: readonly Field[] = [
  { pattern: /\(\d+\.\d{3}(?: \+ \d+\.\d{3})* secs\)/g, named: '(<time>)' },
  { pattern: /\b(UIDVALIDITY|APPENDUID|COPYUID) \d+/g, named: '$1 <uidvalidity>' },
  { pattern: /\bINTERNALDATE "[^"]+"/g, named: 'INTERNALDATE "<date>"' },
  { pattern: /^\* XPROXY_DUMPICC \d+ /, named: '* XPROXY_DUMPICC <number> ' },
];

/** The two answers that differ in every session; transcripts marked `exact` are about them. */
const SYSTEMATIC: readonly Field[] = [
  { pattern: /^\* OK \[CAPABILITY [^\]]*\] Dovecot.* ready\.$/, named: '<greeting>' },
  {
    pattern: /^([^ ]+ OK) (?:User logged in|User authenticated|\[CAPABILITY [^\]]*\] Logged in)$/,
    named: '$1 <logged in>',
  },
];

/** `line` with a name in the place of each volatile field and, unless `isExact`, of each systematic one. */
export function nameFields(line: string, isExact: boolean): string {
  const fields = isExact ? VOLATILE : [...VOLATILE, ...SYSTEMATIC];
  return fields.reduce((text, { pattern, named }) => text.replace(pattern, named), line);
}
