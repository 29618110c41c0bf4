"""As much of an IMAP server (RFC 3501) as reading a mailbox needs, in a thread, with mails and their flags.

`hangs_up` names a command at which it closes the connection.
"""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

USER, PASSWORD = "bounces", "p%ss/word"


@dataclass
class ImapServer:
    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    hangs_up: str = ""
    port: int = 0

    def put(self, *contents: bytes) -> None:
        for content in contents:
            uid = 1 + max(self.mails, default=0)
            self.mails[uid], self.flags[uid] = content, set()

    @property
    def address(self) -> str:
        return f"imap://{USER}:p%25ss%2Fword@127.0.0.1:{self.port}/Bounces"

    def answer(self, command: str, rest: str) -> Iterator[bytes]:
        if command == "LOGIN":
            login = rest.replace('"', "").replace("\\", "")
            yield b"OK" if login == f"{USER} {PASSWORD}" else b"NO who are you"
        elif command == "CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1\r\n"
            yield b"OK"
        elif command == "SELECT":
            yield b"* %d EXISTS\r\n" % len(self.mails)
            yield b"OK" if "Bounces" in rest else b"NO no such folder"
        elif command == "EXPUNGE":
            for uid in [uid for uid, flags in self.flags.items() if r"\Deleted" in flags]:
                del self.mails[uid], self.flags[uid]
            yield b"OK"
        elif command == "UID":
            yield from self._by_uid(*rest.split(" ", 1))
        else:
            yield b"OK"

    def _by_uid(self, command: str, rest: str) -> Iterator[bytes]:
        if command == "SEARCH":
            unseen = [str(uid) for uid, flags in self.flags.items() if r"\Seen" not in flags]
            yield f"* SEARCH {' '.join(unseen)}\r\n".encode()
        elif command == "FETCH":
            uid = int(rest.split()[0])
            found = re.search(r"<0\.(\d+)>", rest)
            content = self.mails[uid][: int(found[1])] if found else self.mails[uid]
            yield b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n" % (uid, len(content)) + content + b")\r\n"
        elif command == "STORE":
            uid = int(rest.split()[0])
            self.flags[uid] |= set(re.findall(r"\\\w+", rest))
        yield b"OK"


def _handler(server: ImapServer) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, command, rest = [*line.decode().rstrip("\r\n").split(" ", 2), ""][:3]
                if server.hangs_up and server.hangs_up in line.decode():
                    return
                *told, end = server.answer(command.upper(), rest)
                self.wfile.write(b"".join(told) + tag.encode() + b" " + end + b" done\r\n")
                if command.upper() == "LOGOUT":
                    return

    return Handler


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    server = ImapServer()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(server)) as listening:
        listening.daemon_threads = True
        server.port = listening.server_address[1]
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        listening.shutdown()
        thread.join()
