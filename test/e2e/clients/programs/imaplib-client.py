"""Reads and changes a mailbox with Python's own imaplib, as a script of any administrator would.

Usage: imaplib-client.py PORT USER PASSWORD. Prints what it saw as JSON.
"""

import hashlib
import imaplib
import json
import re
import sys

MESSAGE = b"Subject: from imaplib\r\n\r\nhello\r\n"


def main(port, user, password):
    connection = imaplib.IMAP4("127.0.0.1", port)
    connection.login(user, password)
    mailboxes = [re.search(rb'" "?([^"]+)"?$', line)[1].decode() for line in demand(connection.list())]
    demand(connection.append("Archive", r"(\Seen)", None, MESSAGE))
    count = int(demand(connection.select("INBOX"))[0])
    numbers = demand(connection.search(None, "ALL"))[0].split()
    messages = [read(connection, number) for number in numbers]
    # A server says nothing where nothing changed; imaplib makes that a None.
    stored = [line for line in demand(connection.store(b"1", "+FLAGS", r"(\Flagged)")) if line]
    connection.close()
    connection.logout()
    return {
        "mailboxes": sorted(mailboxes),
        "count": count,
        "messages": messages,
        "stored": [flags_of(line) for line in stored],
    }


def read(connection, number):
    response = demand(connection.fetch(number, "(FLAGS RFC822)"))
    attributes, octets = response[0]
    return {
        "subject": re.search(rb"^Subject: (.*?)\r$", octets, re.MULTILINE)[1].decode("latin1"),
        "sha256": hashlib.sha256(octets).hexdigest(),
        # The server may name the flags in front of the literal, behind it, or in a response of their own.
        "flags": flags_of(b"".join([attributes, *(part for part in response[1:] if isinstance(part, bytes))])),
    }


def flags_of(line):
    found = re.search(rb"FLAGS \(([^)]*)\)", line)
    return sorted(found[1].decode().split()) if found else []


def demand(reply):
    status, data = reply
    if status != "OK":
        raise SystemExit(f"{status}: {data}")
    return data


print(json.dumps(main(int(sys.argv[1]), sys.argv[2], sys.argv[3])))
