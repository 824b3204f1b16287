/** What the server offers before login (RFC 3501 section 7.2.1). */
export const GREETING_CAPABILITIES = 'IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE AUTH=PLAIN';

/** What it offers to a user who has logged in. */
export const USER_CAPABILITIES =
  'IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE UNSELECT UIDPLUS CHILDREN SPECIAL-USE';
