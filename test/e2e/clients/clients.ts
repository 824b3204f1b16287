import type { MailClient } from './client.ts';
import { curl } from './curl.ts';
import { imapflow } from './imapflow.ts';
import { imaplib } from './imaplib.ts';
import { mbsync } from './mbsync.ts';
import { phpImap } from './php-imap.ts';

/** The real mail clients that must not notice the proxy. */
export const MAIL_CLIENTS: readonly MailClient[] = [curl, imaplib, phpImap, mbsync, imapflow];
