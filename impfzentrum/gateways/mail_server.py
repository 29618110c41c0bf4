"""The mail server by SMTP, as Django's backend does it, with two things more: one deadline, and an honest doubt.

smtplib limits single reads and writes; a slow server could hold a worker far beyond its lease, and another worker would
send the same e-mail. And when the connection ends after the content went out, the server may have taken the e-mail
or not: that is neither a refusal nor "surely not taken".
"""

from __future__ import annotations

import smtplib
import socket
import time
from contextlib import suppress
from threading import Timer
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from impfzentrum.gateways.calling import TOTAL

CONNECT = 4.0
"""Seconds for reaching one address of the server, of which it may have two."""

GOODBYE = 1.0
"""Seconds for the answer to QUIT: the e-mail is taken by then, nobody waits for manners."""

GO_AHEAD = 354


class NoAnswerToContent(smtplib.SMTPException):
    """The server had the whole e-mail in its hands, and the connection ended before it said whether it keeps it."""


class PunctualSMTP(smtplib.SMTP):
    """A connection that ends after `total` seconds whatever the server does, and knows whether content is under way."""

    total = TOTAL

    def __init__(self, *args: Any, **named: Any) -> None:
        self._content_is_out = False
        self._end = time.monotonic() + self.total
        self._watch = Timer(self.total, self._cut)
        self._watch.daemon = True
        self._watch.start()
        try:
            super().__init__(*args, **named)
        except BaseException:
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected: socket.socket = super()._get_socket(host, port, min(timeout, CONNECT))  # type: ignore[misc]
        if time.monotonic() >= self._end:
            connected.close()
            raise TimeoutError("connecting took too long")
        connected.settimeout(timeout)
        return connected

    def _cut(self) -> None:
        """Wake whoever reads or writes. The bare socket: TLS says goodbye itself when it finds it closed."""
        sock = getattr(self, "sock", None)
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def getreply(self) -> tuple[int, bytes]:
        code, text = super().getreply()
        self._content_is_out = code == GO_AHEAD
        return code, text

    def data(self, msg: Any) -> tuple[int, bytes]:
        """The content. Raises NoAnswerToContent where it went out, at least in part, and nothing came back."""
        try:
            return super().data(msg)
        except OSError as fault:  # smtplib's own are among them
            if self._content_is_out:
                raise NoAnswerToContent(type(fault).__name__) from fault
            raise

    def quit(self) -> tuple[int, bytes]:
        """Say goodbye. Raises SMTPServerDisconnected, and nothing else, where the other side is gone."""
        try:
            if self.sock is not None:
                self.sock.settimeout(GOODBYE)
            return super().quit()
        except OSError as fault:
            self.close()
            raise smtplib.SMTPServerDisconnected("gone before the goodbye") from fault

    def close(self) -> None:
        self._watch.cancel()
        super().close()


class PunctualSMTPS(PunctualSMTP, smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""


class SmtpBackend(EmailBackend):
    """Django's backend on punctual connections."""

    @property
    def connection_class(self) -> type[PunctualSMTP]:
        return PunctualSMTPS if self.use_ssl else PunctualSMTP

    def open(self) -> bool | None:
        """As Django's; what could only be opened by half (STARTTLS, login) is closed at once."""
        try:
            return super().open()
        except OSError:
            self.close()
            raise
