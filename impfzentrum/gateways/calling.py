"""One HTTP request to a provider, whole within ten seconds: connecting, sending and every byte of the answer.

Time limits of HTTP libraries hold for each read, so a server that drips bytes keeps a worker for minutes, longer than
the lease of its message. Here a deadline stands behind every read and write of the request (docs/decisions/0012).
"""

from __future__ import annotations

import atexit
import json
import os
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import certifi
import httpcore

from impfzentrum.gateways.letters import GatewayUncertain, GatewayUnreachable

TOTAL = 10.0
"""Seconds. Less than the lease of a message (procedures.delivering.LEASE): nobody else takes it up meanwhile."""

CONNECT = 3.0
LONGEST_BODY = 64 * 1024
SocketOptions = Iterable[httpcore.SOCKET_OPTION]

_spare: dict[int, list[httpcore.ConnectionPool]] = {}
_end: ContextVar[float] = ContextVar("end of the request")


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
    with _deadline(total):
        answer = _send(method, url, headers=headers, body=body)
    if answer.status in (408, 504):
        raise GatewayUncertain(f"HTTP {answer.status}")
    if answer.status == 429 or answer.status >= 500:
        raise GatewayUnreachable(f"HTTP {answer.status}", retry_after=answer.retry_after)
    return answer


def _send(method: str, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
    timeouts = {"connect": CONNECT, "pool": CONNECT}
    try:
        with (
            _lend_pool() as pool,
            pool.stream(
                method, url, headers=list(headers.items()), content=body, extensions={"timeout": timeouts}
            ) as response,
        ):
            content = b""
            for chunk in response.iter_stream():
                content += chunk
                if len(content) > LONGEST_BODY:
                    raise GatewayUncertain("the answer is too long")
    except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as fault:
        raise GatewayUnreachable(type(fault).__name__) from fault
    except (httpcore.WriteError, httpcore.WriteTimeout) as fault:
        # The last bytes were not even given to the network: the provider has no whole request.
        raise GatewayUnreachable(type(fault).__name__) from fault
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as fault:
        raise GatewayUncertain(type(fault).__name__) from fault
    known = {name.decode("ascii").lower(): value.decode("latin-1") for name, value in response.headers}
    return Answer(response.status, known, content)


@contextmanager
def _lend_pool() -> Iterator[httpcore.ConnectionPool]:
    """A pool that no other thread uses meanwhile, the one used last first: its connection is warm.

    One pool for all threads would look at each of their connections for each request, under one lock. Forked workers
    have their own: they must not share the connections of their parent.
    """
    spare = _spare.setdefault(os.getpid(), [])
    try:
        pool = spare.pop()
    except IndexError:
        pool = _make_pool()
    try:
        yield pool
    finally:
        spare.append(pool)


def _make_pool() -> httpcore.ConnectionPool:
    return httpcore.ConnectionPool(
        ssl_context=_trust(),
        max_connections=3,
        keepalive_expiry=5,  # shorter than servers keep them, so that we rarely write into a closing connection
        network_backend=_Network(),
    )


@atexit.register
def _hang_up() -> None:
    for pool in _spare.get(os.getpid(), []):
        pool.close()


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    token = _end.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _end.reset(token)


def _left(timeout: float | None) -> float:
    left = _end.get() - time.monotonic()
    return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    """A connection on which no single read or write may pass the deadline of its request."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self.inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _left(timeout)
        if left <= 0:
            raise httpcore.ReadTimeout
        return self.inner.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = _left(timeout)
        if left <= 0:
            raise httpcore.WriteTimeout
        self.inner.write(buffer, left)

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self.inner.start_tls(ssl_context, server_hostname, max(_left(timeout), 0.001)))

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


class _Network(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self.inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.NetworkStream:
        left = max(_left(timeout), 0.001)
        return _Stream(self.inner.connect_tcp(host, port, left, local_address, socket_options))
