/**
 * The programs outside npm that the bench compares with, beside those of the tests.
 * Plain JavaScript, because it is read before anything is installed.
 */
import { existsSync } from 'node:fs';

/** Debian package, why the bench needs it, and how to see that it is there. */
export const BENCH_PACKAGES = [
  {
    name: 'nginx-full',
    reason: 'a mail proxy to compare with',
    isPresent: () => existsSync('/usr/sbin/nginx'),
  },
  {
    name: 'libnginx-mod-mail',
    reason: 'the part of nginx that speaks IMAP',
    isPresent: () => existsSync('/usr/lib/nginx/modules/ngx_mail_module.so'),
  },
  {
    name: 'haproxy',
    reason: 'a TCP proxy to compare with',
    isPresent: () => existsSync('/usr/sbin/haproxy'),
  },
];

/** Those of the tests that the bench needs too. */
export const SHARED_PACKAGES = ['dovecot-imapd', 'imapproxy', 'openssl'];
