import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';

/** The server's certificate and its key, as PEM files. */
export interface DovecotTls {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface DovecotConfig {
  /** Holds everything the server writes. */
  readonly directory: string;
  readonly port: number;
  readonly storage: 'maildir' | 'mdbox';
  /** How long a refused login is held back, as a Dovecot duration such as `1s`. Half a second is the least. */
  readonly failureDelay: string;
  /** Offers STARTTLS, and TLS from the first octet on a port of its own. */
  readonly tls: (DovecotTls & { readonly port: number }) | undefined;
  /** Further lines of `dovecot.conf`; they come last and win. */
  readonly settings: string;
}

/** Whether the server is started by root and so can give each of its processes a user of its own. */
export const isPrivileged = process.getuid?.() === 0;

/** Who owns the mail. Dovecot refuses root, so that is Debian's `nobody` and `nogroup` then. */
export const mailOwner = isPrivileged
  ? { uid: 65534, gid: 65534 }
  : { uid: userInfo().uid, gid: userInfo().gid };

/** The text of `dovecot.conf` (2.3) for a private server: loopback only, no file of its own outside `directory`. */
export function dovecotConfig({
  directory,
  port,
  storage,
  failureDelay,
  tls,
  settings,
}: DovecotConfig): string {
  return `\
protocols = imap
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = ${directory}/dovecot.log
listen = 127.0.0.1
${tls === undefined ? 'ssl = no' : `ssl = yes\nssl_cert = <${tls.certFile}\nssl_key = <${tls.keyFile}`}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = ${failureDelay}
auth_verbose = yes
# A proxy shows one address for everybody.
mail_max_userip_connections = 10000

passdb {
  driver = passwd-file
  args = scheme=PLAIN ${directory}/passwd
}
userdb {
  driver = static
  args = uid=${mailOwner.uid} gid=${mailOwner.gid} home=${directory}/mail/%u
}
mail_location = ${storage}:~/${storage}
namespace inbox {
  inbox = yes
}
mail_plugins = notify mail_log
plugin {
  mail_log_events = delete undelete expunge save copy mailbox_create mailbox_delete mailbox_rename flag_change
  mail_log_fields = uid box
}

service imap-login {
  # One process for all logins: their log lines come through one pipe, in order, so that they can be counted.
  service_count = 0
  process_limit = 1
  process_min_avail = 1
  client_limit = 10000
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tls?.port ?? 0}
    ssl = yes
  }
}
service imap {
  process_limit = 10000
}
service anvil {
  # No growing delay for an address that fails often: here that is everybody's.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
${isPrivileged ? '' : unprivilegedConfig()}
${settings}
`;
}

/** Without root a server can change neither its user nor its root directory. */
function unprivilegedConfig(): string {
  const { username } = userInfo();
  const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim();
  return `\
default_internal_user = ${username}
default_login_user = ${username}
default_internal_group = ${group}
service imap-login {
  chroot =
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`;
}
