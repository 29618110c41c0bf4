"""What belongs together in the log: the request, from the browser over the web to the worker, and the release."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
RELEASE: ContextVar[str] = ContextVar("release", default="")

HEADER = "X-Request-ID"
_SAFE = re.compile(r"[A-Za-z0-9-]{8,64}")
"""What a proxy may give: nothing that could break a line of the log or hide in it."""

access = logging.getLogger("nachruecker.access")


@contextmanager
def logged_as(request_id: str, release: str = "") -> Iterator[None]:
    """Inside of the block every line of the log names this request and release."""
    of_request, of_release = REQUEST_ID.set(request_id), RELEASE.set(release)
    try:
        yield
    finally:
        REQUEST_ID.reset(of_request)
        RELEASE.reset(of_release)


def name_request(given: str | None) -> str:
    """The number of a request: the proxy's, if it is one, else a new one."""
    return given if given and _SAFE.fullmatch(given) else secrets.token_hex(8)


class LogRequests:
    """Gives every request its number and writes a line about it: the page by its name, never by its address.

    Addresses of citizens hold a token, and queries what was searched for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun, number = time.monotonic(), name_request(request.headers.get(HEADER))
        with logged_as(number):
            response = self.get_response(request)
            page = request.resolver_match.view_name if request.resolver_match else "-"
            milliseconds = round(1000 * (time.monotonic() - begun))
            access.info("%s %s %s in %s ms", request.method, page, response.status_code, milliseconds)
        response[HEADER] = number
        return response

    def process_view(self, request: HttpRequest, _view: object, _args: object, kwargs: Mapping[str, object]) -> None:
        """From here on the release is known that a page of a centre is about; the middleware's block ends it."""
        if {"centre", "number"} <= kwargs.keys():
            RELEASE.set(f"{kwargs['centre']}/{kwargs['number']}")


class AddContext(logging.Filter):
    """Puts both into every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id, record.release = REQUEST_ID.get() or "-", RELEASE.get() or "-"
        return True
