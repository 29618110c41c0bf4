"""A centre of short messages that speaks SMPP 3.4 with Kannel and reports what a test wants: for receipts of failure.

Only what Kannel needs of the protocol: bind, submit, deliver, enquire, unbind.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass

SUBMIT, DELIVER, UNBIND, ENQUIRE = 0x04, 0x05, 0x06, 0x15
BINDS = (0x01, 0x02, 0x09)
ANSWER = 0x80000000
INVALID_DESTINATION = 0x0B
RECEIPT = 0x04

Reporter = Callable[["Submitted"], str | None]


@dataclass(frozen=True)
class Submitted:
    """A message as it arrived; `number` is what the centre calls it."""

    number: str
    sender: str
    to: str
    text: str


def delivered(_: Submitted) -> str | None:
    return "DELIVRD"


class SmppCentre:
    """`report` tells for each message the state of its receipt (DELIVRD, UNDELIV, EXPIRED), REFUSED to refuse it at
    the door, or None to stay silent."""

    def __init__(self) -> None:
        self.got: list[Submitted] = []
        self.report: Reporter = delivered
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.connection: socket.socket | None = None
        self.sequence = 1000
        self.lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    @property
    def connected(self) -> bool:
        return self.connection is not None

    def reply(self, sender: str, to: str, text: str) -> None:
        """Somebody writes an SMS back."""
        self._deliver(sender, to, text.encode("ascii"), kind=0)

    def stop(self) -> None:
        self.listener.close()
        if self.connection is not None:
            self.connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        try:
            while len(head := stream.read(16)) == 16:
                length, command, _, sequence = struct.unpack(">IIII", head)
                self._answer(connection, command, sequence, stream.read(length - 16))
        except OSError:
            pass
        finally:
            if self.connection is connection:
                self.connection = None
            connection.close()

    def _answer(self, connection: socket.socket, command: int, sequence: int, body: bytes) -> None:
        if command in BINDS:
            self._send(connection, command | ANSWER, sequence, b"centre\0")
            self.connection = connection
        elif command == SUBMIT:
            self._take(connection, sequence, body)
        elif command in (ENQUIRE, UNBIND):
            self._send(connection, command | ANSWER, sequence, b"")

    def _take(self, connection: socket.socket, sequence: int, body: bytes) -> None:
        message = _read_submit(body, str(len(self.got) + 1))
        state = self.report(message)
        if state == "REFUSED":
            self._send(connection, SUBMIT | ANSWER, sequence, b"", status=INVALID_DESTINATION)
            return
        self.got.append(message)
        self._send(connection, SUBMIT | ANSWER, sequence, message.number.encode() + b"\0")
        if state is not None:
            self.send_receipt(message, state)

    def send_receipt(self, message: Submitted, state: str) -> None:
        dates = "submit date:2104241200 done date:2104241201"
        text = f"id:{message.number} sub:001 dlvrd:001 {dates} stat:{state} err:000 text:"
        self._deliver(message.to, message.sender, text.encode("ascii"), kind=RECEIPT)

    def _deliver(self, sender: str, to: str, text: bytes, *, kind: int) -> None:
        assert self.connection is not None, "Kannel is not connected"
        addresses = b"\x01\x01" + sender.encode() + b"\0" + b"\x01\x01" + to.encode() + b"\0"
        body = b"\0" + addresses + bytes([kind, 0, 0]) + b"\0\0" + bytes([0, 0, 0, 0, len(text)]) + text
        self.sequence += 1
        self._send(self.connection, DELIVER, self.sequence, body)

    def _send(self, connection: socket.socket, command: int, sequence: int, body: bytes, *, status: int = 0) -> None:
        with self.lock:
            connection.sendall(struct.pack(">IIII", 16 + len(body), command, status, sequence) + body)


def _read_submit(body: bytes, number: str) -> Submitted:
    _, rest = body.split(b"\0", 1)  # service type
    sender, rest = rest[2:].split(b"\0", 1)
    to, rest = rest[2:].split(b"\0", 1)
    _, rest = rest[3:].split(b"\0", 1)  # schedule
    _, rest = rest.split(b"\0", 1)  # validity
    length = rest[4]
    # GSM-7: of what our links are made of only the underscore lies elsewhere than in ASCII.
    text = rest[5 : 5 + length].replace(b"\x11", b"_").decode("ascii", "replace")
    return Submitted(number, sender.decode(), to.decode(), text)
