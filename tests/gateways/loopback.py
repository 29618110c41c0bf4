"""An SMS provider on loopback that does what a test tells it: real HTTP over a real socket, also broken HTTP."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

API_KEY = "seven-key"
SIGNING_KEY = "seven-signing-key"
AUTH_TOKEN = "twilio-token"
CALLBACK_SECRET = "a-secret-only-for-tests-0123456789"
PATIENCE = 0.4
"""Seconds for one request to a provider that is about to be slow. Every other has all the time it needs: on a slow
machine a timeout that nobody meant would fail a test about something else."""

NAMES = {"seven": "Seven", "kannel": "Kannel", "twilio": "Twilio"}


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    @property
    def content(self) -> dict[str, object]:
        content: dict[str, object] = json.loads(self.body)
        return content


@dataclass(frozen=True)
class Say:
    """One answer. `silence` seconds before it, `drip` seconds between its bytes (head and body), `cut` after so many
    bytes of it."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    silence: float = 0
    drip: float = 0
    cut: int | None = None

    def bytes(self) -> bytes:
        content = self.body.encode()
        head = {"Content-Length": str(len(content)), **self.headers}
        lines = [f"HTTP/1.1 {self.status} Said", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        return "\r\n".join(lines).encode() + content


_running: list[Provider] = []


class Patience:
    """What stands for `seconds` in the configuration of a provider; looked at anew for each request."""

    def __init__(self, settings: SettingsWrapper, name: str) -> None:
        self.settings, self.name = settings, name

    def __float__(self) -> float:
        address = urlsplit(self.settings.SMS_GATEWAYS[self.name]["url"]).netloc
        [say] = [one.says[0] for one in _running if urlsplit(one.url).netloc == address] or [Say()]
        return PATIENCE if say.silence or say.drip else 9.0


class Provider:
    """`says` is emptied answer by answer; the last one is repeated. `meanwhile` runs before each answer."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.says: list[Say] = [Say(500)]
        self.meanwhile: Callable[[], object] | None = None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.server.block_on_close = False
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        _running.append(self)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def will_say(self, *says: Say) -> None:
        self.says = list(says)

    def stop(self) -> None:
        _running.remove(self)
        self.server.shutdown()
        self.server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                if len(body) < length:  # who was killed while writing has handed nothing over
                    self.close_connection = True
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                provider.asked.append(Asked(self.command, self.path, headers, body))
                if provider.meanwhile is not None:
                    provider.meanwhile()
                say = provider.says.pop(0) if len(provider.says) > 1 else provider.says[0]
                time.sleep(say.silence)
                content = say.bytes()[: say.cut]
                try:
                    self._write(content, say.drip)
                except OSError:
                    self.close_connection = True
                if say.cut is not None:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)

            do_GET = do_POST  # noqa: N815 - the name that http.server looks for

            def _write(self, content: bytes, drip: float) -> None:
                if not drip:
                    self.wfile.write(content)
                    return
                for byte in content:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(drip)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def configure(settings: SettingsWrapper, url: str, name: str) -> None:
    """Let the site send through this provider at this address."""
    settings.SMS_BACKEND = f"impfzentrum.gateways.{name}.{NAMES[name]}SmsBackend"
    settings.SMS_GATEWAYS = {
        "seven": {"url": url, "api_key": API_KEY, "signing_key": SIGNING_KEY},
        "kannel": {
            "url": f"{url}/cgi-bin/sendsms",
            "username": "tester",
            "password": "secret",
            "callback_secret": CALLBACK_SECRET,
            "callback_networks": "127.0.0.0/8",
        },
        "twilio": {"url": url, "account_sid": "AC1", "auth_token": AUTH_TOKEN},
    }
    for each, config in settings.SMS_GATEWAYS.items():
        config["seconds"] = Patience(settings, each)


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


def taken_by(name: str, provider_id: str = "77149843739") -> Say:
    """The usual yes of a provider."""
    if name == "seven":
        entry = {"id": provider_id, "parts": 1, "price": 0.075, "success": True, "error": None}
        return Say(200, json.dumps({"success": "100", "total_price": 0.075, "messages": [entry]}))
    if name == "twilio":
        sms = {"sid": provider_id, "status": "queued", "num_segments": "1", "price": None, "error_code": None}
        return Say(201, json.dumps(sms | {"price_unit": "EUR"}))
    return Say(202, "0: Accepted for delivery")
