/** The grammar of the configuration file in words, for its page in `docs` and its manual page. */

/** One rule each; what stands between backticks is written as it is. */
export const GRAMMAR_RULES: readonly string[] = [
  `One directive a line: a keyword, blanks or tabs, a value. The value reaches to the end of the line; blanks
inside it are kept, those around it are not. There are no quotes.`,
  'Keywords are read in any case of letters.',
  `\`#\` begins a comment anywhere in a line, so no value can hold one. Empty lines are fine, and so are blanks
before a keyword or a comment.`,
  'Lines end in LF or CR LF. The text is UTF-8; comments may be in any encoding that leaves ASCII alone.',
  `A directive that is not set has its default. Of several lines that set it the last one counts, with a
warning.`,
  'An unknown directive is ignored, with a warning.',
  `A value of the wrong kind is an error, and so is a keyword without a value: the daemon does not start. The
classic daemon took the digits at the beginning for a number, and anything but yes for no.`,
];

/** How some kinds of values may be written. */
export const VALUE_SPELLINGS = `Yes and no may be written \`yes\`, \`y\`, \`true\`, \`no\`, \`n\` and \`false\`. Seconds may have up to three
decimals.`;
