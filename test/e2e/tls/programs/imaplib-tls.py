"""Counts the messages of INBOX with Python's own imaplib, under TLS.

Usage: imaplib-tls.py ssl|starttls PORT CA-FILE USER PASSWORD. Prints the number.
"""

import imaplib
import ssl
import sys


def main(way, port, ca_file, user, password):
    context = ssl.create_default_context(cafile=ca_file)
    if way == "ssl":
        connection = imaplib.IMAP4_SSL("localhost", port, ssl_context=context)
    else:
        connection = imaplib.IMAP4("localhost", port)
        connection.starttls(context)
    connection.login(user, password)
    status, data = connection.select("INBOX", readonly=True)
    if status != "OK":
        raise SystemExit(f"{status}: {data}")
    connection.logout()
    return int(data[0])


print(main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:6]))
