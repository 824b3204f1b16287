<?php
/**
 * Reads and changes a mailbox with PHP's imap extension (c-client), as older webmail does.
 *
 * Usage: php-imap-client.php PORT USER PASSWORD. Prints what it saw as JSON, warnings of the library included.
 */

[, $port, $user, $password] = $argv;
$server = "{127.0.0.1:$port/imap}";

$connection = imap_open("{$server}INBOX", $user, $password) ?: exit('Cannot open: ' . imap_last_error());
$mailboxes = array_map(fn (string $name) => substr($name, strlen($server)), imap_list($connection, $server, '*'));
sort($mailboxes);

$messages = [];
foreach (imap_fetch_overview($connection, '1:' . imap_num_msg($connection)) as $overview) {
    $content = imap_fetchheader($connection, $overview->msgno) . imap_body($connection, $overview->msgno, FT_PEEK);
    $messages[] = [
        'subject' => $overview->subject,
        'sha256' => hash('sha256', $content),
        'flags' => array_keys(array_filter([
            'Recent' => $overview->recent,
            'Seen' => $overview->seen,
            'Flagged' => $overview->flagged,
            'Deleted' => $overview->deleted,
        ])),
    ];
}

imap_append($connection, "{$server}Archive", "Subject: from PHP\r\n\r\nhello\r\n", '\Seen') ?: exit('Cannot append');
imap_setflag_full($connection, '1', '\Seen \Flagged') ?: exit('Cannot flag');

// Sequence numbers go wrong here first when a session inherits another one's state.
imap_append($connection, "{$server}INBOX", "Subject: to be deleted\r\n\r\nbye\r\n") ?: exit('Cannot append');
$countBefore = imap_num_msg($connection);
imap_delete($connection, (string) $countBefore) ?: exit('Cannot delete');
imap_expunge($connection) ?: exit('Cannot expunge');
$countAfter = imap_num_msg($connection);

imap_reopen($connection, "{$server}Archive") ?: exit('Cannot reopen');
$archived = imap_num_msg($connection);
imap_close($connection);

echo json_encode([
    'mailboxes' => $mailboxes,
    'messages' => $messages,
    'expunged' => $countBefore - $countAfter,
    'archived' => $archived,
    'errors' => imap_errors(),
    'alerts' => imap_alerts(),
], JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
