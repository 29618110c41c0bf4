"""An SMS gateway for the bench: a process of its own on loopback that takes every message, a while later.

It speaks as much of HTTP as our calls need, and Kannel's words. Started as `python -m impfzentrum.bench.loopback`.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 25\r\n\r\n0: Accepted for delivery\n"
ARRIVALS = b"GET /arrivals"
PORT = "BENCH_GATEWAY_PORT"
"""The variable that tells another process where the gateway is."""

KANNEL = "impfzentrum.gateways.kannel.KannelSmsBackend"


class Gateway:
    """How to reach the process, and what it has seen."""

    def __init__(self, port: int) -> None:
        self.port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def arrivals(self) -> list[float]:
        """When messages came since this was asked last, by `time.monotonic`: one clock for all processes."""
        connection = HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", "/arrivals")
        found: list[float] = json.loads(connection.getresponse().read())
        connection.close()
        return found


@contextmanager
def loopback_gateway(*, answers_after: float) -> Iterator[Gateway]:
    """A gateway for as long as the block lasts."""
    command = [sys.executable, "-m", "impfzentrum.bench.loopback", str(answers_after)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - for the reader of types
            yield Gateway(int(process.stdout.readline()))
        finally:
            process.kill()


def kannel_at(gateway: Gateway) -> dict[str, str]:
    """The entry of SMS_GATEWAYS under which our Kannel backend sends to this gateway."""
    known = {"username": "bench", "password": "bench", "callback_secret": "bench", "callback_networks": ""}
    return {"url": gateway.url, **known}


class _Talk(asyncio.Protocol):
    """One connection. A message is counted when its request is there as a whole."""

    def __init__(self, seen: list[float], answers_after: float) -> None:
        self.seen, self.answers_after, self.read = seen, answers_after, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.read += data
        while (request := self._next()) is not None:
            if request.startswith(ARRIVALS):
                body = json.dumps(self.seen).encode()
                self.seen.clear()
                self._write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            else:
                self.seen.append(time.monotonic())
                asyncio.get_running_loop().call_later(self.answers_after, self._write, TAKEN)

    def _next(self) -> bytes | None:
        head, end, rest = self.read.partition(b"\r\n\r\n")
        if not end:
            return None
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        if len(rest) < length:
            return None
        self.read = rest[length:]
        return head

    def _write(self, content: bytes) -> None:
        if isinstance(self.transport, asyncio.WriteTransport) and not self.transport.is_closing():
            self.transport.write(content)


async def _serve(answers_after: float) -> None:
    seen: list[float] = []
    server = await asyncio.get_running_loop().create_server(lambda: _Talk(seen, answers_after), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
