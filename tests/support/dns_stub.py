"""A name server for one name: A questions for it get 127.0.0.1, everything else does not exist.

    with DnsStub("amazon.test") as dns:
        (root / "etc/resolv.conf").write_text(f"nameserver {dns.address}\n")

A resolver always asks port 53, so this needs root; the address is one of the loopback range.
"""

from __future__ import annotations

import itertools
import os
import socket
import struct
import threading

_numbers = itertools.count(1)


class DnsStub:
    def __init__(self, name: str):
        self.name = name
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.address = f"127.53.{os.getpid() % 250}.{next(_numbers) % 250 + 1}"
        self._socket.bind((self.address, 53))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self._socket.close()

    def _serve(self):
        while True:
            try:
                question, asker = self._socket.recvfrom(512)
            except OSError:
                return
            self._socket.sendto(self._answer(question), asker)

    def _answer(self, question: bytes) -> bytes:
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1: at + 1 + question[at]].decode())
            at += 1 + question[at]
        kind = struct.unpack(">H", question[at + 1: at + 3])[0]
        name = ".".join(labels)
        self.asked.append(name)
        known = name == self.name
        answers = 1 if known and kind == 1 else 0
        head = question[:2] + struct.pack(">HHHHH", 0x8180 if known else 0x8183, 1, answers, 0, 0)
        record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton("127.0.0.1")
        return head + question[12: at + 5] + (record if answers else b"")
