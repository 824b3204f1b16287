"""Prints each datagram that arrives at a Unix socket, with its sender's process id and the monotonic time."""
import json
import os
import socket
import struct
import sys
import time

address = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
receiver.bind("\0" + address[1:] if address.startswith("@") else address)
print("listening", flush=True)
while True:
    octets, ancillary, _flags, _sender = receiver.recvmsg(65536, socket.CMSG_SPACE(struct.calcsize("3i")))
    pid, _uid, _gid = struct.unpack("3i", ancillary[0][2])
    text = octets.decode("utf-8")
    print(json.dumps({"pid": pid, "text": text, "monotonicUs": time.monotonic_ns() // 1000}), flush=True)
