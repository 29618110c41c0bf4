"""One HTTP request to a provider, whole within ten seconds: connecting, sending and every byte of the answer.

Time limits of HTTP libraries hold for each read, so a server that drips bytes keeps a worker for minutes, longer than
the lease of its message. Here a deadline stands behind every read and write of the request (docs/decisions/0012).
"""

from __future__ import annotations

import atexit
import json
import os
import select
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from http.client import HTTPConnection, HTTPException
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

import certifi

from impfzentrum.gateways.letters import GatewayUncertain, GatewayUnreachable

TOTAL = 10.0
"""Seconds. Less than the lease of a message (procedures.delivering.LEASE): nobody else takes it up meanwhile."""

CONNECT = 3.0
LONGEST_BODY = 64 * 1024
NEAR = 0.05
"""Seconds by which a read may pass the deadline."""

KEEP = 5.0
"""Seconds for which an idle connection is kept: shorter than servers do, so that we rarely write into a closing one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said: status, headers in lower case, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as an object. Raises GatewayUncertain for anything else: who knows what was taken."""
        try:
            content = json.loads(self.body)
        except ValueError as fault:
            raise GatewayUncertain("the answer cannot be read") from fault
        if not isinstance(content, dict):
            raise GatewayUncertain("the answer is no object")
        return content

    @property
    def retry_after(self) -> timedelta | None:
        """For how long the provider wants to be left alone; None if it does not say (or names a date)."""
        seconds = self.headers.get("retry-after", "")
        return timedelta(seconds=int(seconds)) if seconds.isdecimal() and len(seconds) < 7 else None


def call_provider(
    method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"", total: float = TOTAL
) -> Answer:
    """Send one request and read the whole answer.

    Raises GatewayUnreachable when the provider cannot have the whole request, asks to come later (429) or is broken
    (5xx), and GatewayUncertain when it may have taken it: no answer, half an answer, or a timeout of its own.
    """
    answer = _ask(method, urlsplit(url), headers=headers, body=body, end=time.monotonic() + total)
    if answer.status in (408, 504):
        raise GatewayUncertain(f"HTTP {answer.status}")
    if answer.status == 429 or answer.status >= 500:
        raise GatewayUnreachable(f"HTTP {answer.status}", retry_after=answer.retry_after)
    return answer


def _ask(method: str, url: SplitResult, *, headers: Mapping[str, str], body: bytes, end: float) -> Answer:
    connection = _borrow(url)
    connection.end = end
    try:
        answer = _talk(connection, method, url, headers=headers, body=body)
    except BaseException:
        connection.close()
        raise
    _give_back(connection, url)
    return answer


def _talk(connection: _Connection, method: str, url: SplitResult, *, headers: Mapping[str, str], body: bytes) -> Answer:
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    try:
        connection.request(method, target, body=body, headers=headers)
        connection.post()
    except (OSError, HTTPException) as fault:
        # No connection, or the last bytes were not even given to the network: the provider has no whole request.
        raise GatewayUnreachable(type(fault).__name__) from fault
    try:
        response = connection.getresponse()
        content = response.read(LONGEST_BODY + 1)
    except (OSError, HTTPException) as fault:
        raise GatewayUncertain(type(fault).__name__) from fault
    if len(content) > LONGEST_BODY:
        raise GatewayUncertain("the answer is too long")
    if response.length:
        raise GatewayUncertain("the answer was cut")
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)


# --- connections: kept, and never used past the deadline of the request they carry
class _InTime(socket.socket):
    """A connection on which no single read or write may pass the deadline of its request."""

    end = 0.0

    def recv_into(self, *args: Any) -> int:
        self._limit()
        return super().recv_into(*args)

    def sendall(self, *args: Any) -> None:
        self._limit()
        super().sendall(*args)

    def _limit(self) -> None:
        left, limit = _left(self.end), self.gettimeout()
        if limit is None or not left <= limit <= left + NEAR:  # setting it anew is a call of the operating system
            self.settimeout(left)


class _InTimeOverTls(_InTime, ssl.SSLSocket):
    """The same over TLS."""


class _Connection(HTTPConnection):
    """One connection to a provider. `end`: the deadline of the request under way, by `time.monotonic`."""

    sock: _InTime | None

    def __init__(self, url: SplitResult) -> None:
        self.over_tls = url.scheme == "https"
        self.default_port = 443 if self.over_tls else 80
        super().__init__(url.hostname or "", url.port)
        self.end = self.used_at = 0.0
        self.written = b""

    def connect(self) -> None:
        plain = socket.create_connection((self.host, self.port), min(CONNECT, _left(self.end)))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.over_tls:
            plain.settimeout(_left(self.end))
            self.sock = cast(_InTimeOverTls, _trust().wrap_socket(plain, server_hostname=self.host))
        else:
            self.sock = _InTime(fileno=plain.detach())

    def send(self, data: Any) -> None:
        """Keep it: head and body go out together."""
        self.written += data

    def post(self) -> None:
        """Give everything that was written to the network."""
        if self.sock is None:
            self.connect()
        assert self.sock is not None  # noqa: S101 - for the reader of types
        self.sock.end, whole, self.written = self.end, self.written, b""
        self.sock.sendall(whole)

    @property
    def is_warm(self) -> bool:
        """Whether it can carry another request: what is readable now is the end of it, or was never asked for."""
        if self.sock is None or time.monotonic() > self.used_at + KEEP:
            return False
        waiting = select.poll()
        waiting.register(self.sock, select.POLLIN)
        return not waiting.poll(0)


_spare: dict[tuple[int, str, str], list[_Connection]] = {}


def _borrow(url: SplitResult) -> _Connection:
    """A connection that no other thread uses meanwhile, the one used last first.

    Forked workers have their own: they must not share the connections of their parent.
    """
    spare = _spare.get((os.getpid(), url.scheme, url.netloc), [])
    while spare:
        try:
            connection = spare.pop()
        except IndexError:  # another thread took the last one
            break
        if connection.is_warm:
            return connection
        connection.close()
    return _Connection(url)


def _give_back(connection: _Connection, url: SplitResult) -> None:
    connection.used_at = time.monotonic()
    if connection.sock is not None:
        _spare.setdefault((os.getpid(), url.scheme, url.netloc), []).append(connection)


@atexit.register
def _hang_up() -> None:
    for (owner, *_), connections in _spare.items():
        if owner == os.getpid():
            for connection in connections:
                connection.close()


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.sslsocket_class = _InTimeOverTls
    return context


def _left(end: float) -> float:
    """Seconds until the deadline. Raises TimeoutError after it."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
