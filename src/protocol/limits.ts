/** Every size limit of the protocol code: unit in the name, source in the comment. */

const KiB = 1024;
const MiB = 1024 * KiB;

/**
 * Longest line of a client that has not logged in. Dovecot's login process takes 8 KiB; twice that
 * leaves room for an access token in an initial response (RFC 4959).
 */
export const MAX_LOGIN_LINE_OCTETS: number = 16 * KiB;

/** Longest literal before login. Dovecot's SASL buffer; a name or a password is far shorter. */
export const MAX_LOGIN_LITERAL_OCTETS: number = 8 * KiB;

/** All octets of one command before login, literals included, so that many literals are no way round. */
export const MAX_LOGIN_COMMAND_OCTETS: number = 64 * KiB;

/**
 * Longest command line of a client that has logged in. Real UID sets reach 30 KiB (RFC 9051 section 4
 * knows no limit); Dovecot refuses an argument over 64 KiB itself, in its own words.
 */
export const MAX_COMMAND_LINE_OCTETS: number = 1 * MiB;

/**
 * Longest line of a server that is held back until its end has come, while relaying; a longer one (an
 * answer of a megabyte in one line is real) is passed on as it comes, known by its beginning.
 */
export const MAX_HELD_RESPONSE_OCTETS: number = 16 * KiB;

/** How much of the beginning of such a long line is kept: tag, status and the name of a response code. */
export const RESPONSE_HEAD_OCTETS = 256;

/**
 * Longest line read whole from a server: answers to what the proxy itself asked (login, reset) and
 * capability lists, which are filtered. Dovecot's longest capability list is below 2 KiB.
 */
export const MAX_ANSWER_LINE_OCTETS: number = 64 * KiB;

/** All octets of one answer to what the proxy itself asked, so that endless untagged data ends. */
export const MAX_ANSWER_OCTETS: number = 256 * KiB;

/** Longest tag that is taken for one. RFC 9051 sets no limit; mail clients use fewer than 16 octets. */
export const MAX_TAG_OCTETS: number = 128;

/** Largest literal that can be counted exactly; RFC 9051 allows 63 bits, a double holds 53. */
export const MAX_LITERAL_OCTETS: number = Number.MAX_SAFE_INTEGER;

/**
 * Commands of one client that may be unanswered at the same time; the next ones wait. A client that does
 * not read its answers could have any number of them otherwise. Mail clients pipeline a few dozen at most.
 */
export const MAX_PENDING_COMMANDS = 1000;
