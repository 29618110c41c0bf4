"""Where a person could leak to, written down while a run goes on: logs, Valkey, addresses asked for, answers."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from typing import Any

import redis
from django.conf import settings
from django.test import Client

from nachruecker.log_masking import MaskingFormatter
from tests.workers import broker

PERSONAL = re.compile(r"^/(?:s|a|b|e|o)/[^/]{16,}")


class ListeningClient(Client):
    """A browser without cookies of strangers; it keeps what access logs, proxies and caches would see."""

    def __init__(self, **named: Any) -> None:
        super().__init__(raise_request_exception=False, **named)
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.kept: list[str] = []
        self.statuses: list[int] = []

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        address = f"{request['PATH_INFO']}?{request.get('QUERY_STRING', '')}"
        headers = "\n".join(f"{name}: {value}" for name, value in response.items())
        cookies = "" if response.cookies is None else response.cookies.output()
        self.asked.append(f"{address} {request.get('HTTP_REFERER', '')}\n{headers}\n{cookies}")
        self.statuses.append(response.status_code)
        if response.status_code >= 400 and response.status_code not in (409, 422):
            self.errors.append(response.content.decode())  # a form that is shown again may show what was typed
        if PERSONAL.match(request["PATH_INFO"]) and "no-store" not in response.get("Cache-Control", ""):
            self.kept.append(address)
        return response


@contextmanager
def logs_kept() -> Iterator[StringIO]:
    """The log of this process as production writes it."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    line = settings.LOGGING["formatters"]["line"]
    handler.setFormatter(MaskingFormatter(line["format"], style=line["style"]))
    handler.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    try:
        yield written
    finally:
        logging.getLogger().removeHandler(handler)


class Monitor:
    """Every command that Valkey is sent, as it comes."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self._valkey = broker()
        self._monitor = self._valkey.monitor()
        self._monitor.__enter__()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with suppress(redis.RedisError, ValueError, OSError, AttributeError):
            for command in self._monitor.listen():
                self.commands.append(str(command["command"]))

    def stop(self) -> None:
        self._monitor.connection.disconnect()
        self._thread.join(10)
        self._valkey.close()


def read_valkey() -> str:
    """Every key with what lies under it."""
    readers = {
        b"string": lambda store, key: store.get(key),
        b"list": lambda store, key: store.lrange(key, 0, -1),
        b"hash": lambda store, key: store.hgetall(key),
        b"set": lambda store, key: store.smembers(key),
        b"zset": lambda store, key: store.zrange(key, 0, -1, withscores=True),
    }
    with broker() as store:
        return "\n".join(f"{key!r} {readers[store.type(key)](store, key)!r}" for key in store.scan_iter())
