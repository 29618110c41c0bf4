"""A real mail server in a thread: it takes e-mails and keeps them, refuses, is silent or hangs up when told to.

aiosmtpd speaks SMTP; Django tests its own backend with it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.gateways.mail_server import PunctualSMTP
from tests.project.site import free_port

HOST = "127.0.0.1"
OK, HANG_UP, SILENCE = "250 OK", "(hangs up)", "(is silent)"
PATIENCE = 0.7
"""Seconds for one e-mail in these tests, instead of ten."""


@dataclass
class Taken:
    """An e-mail as the server got it."""

    sender: str
    to: list[str]
    content: bytes
    tls: bool

    @property
    def mail(self) -> EmailMessage:
        mail = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        return mail


@dataclass
class MailServer:
    """`to_sender`, `to_recipient`, `to_content`: what it answers to each, a code or OK, HANG_UP, SILENCE.

    The last word holds on.
    """

    taken: list[Taken] = field(default_factory=list)
    to_sender: list[str] = field(default_factory=lambda: [OK])
    to_recipient: list[str] = field(default_factory=lambda: [OK])
    to_content: list[str] = field(default_factory=lambda: [OK])

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address
        return await _say(self.to_sender, server)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return await _say(self.to_recipient, server)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        said = await _say(self.to_content, server)
        if not said.startswith(("4", "5")):
            content = envelope.original_content
            tls = server.transport.get_extra_info("ssl_object") is not None
            self.taken.append(Taken(envelope.mail_from, envelope.rcpt_tos, content, tls))
        return said


async def _say(words: list[str], server: Any) -> str:
    said = words.pop(0) if len(words) > 1 else words[0]
    if said == HANG_UP:
        server.transport.close()
    if said == SILENCE:
        await asyncio.sleep(PATIENCE * 3)
    return OK if said in (HANG_UP, SILENCE) else said


@contextmanager
def listen(server: MailServer, settings: SettingsWrapper, **how: Any) -> Iterator[None]:
    """Let the site send through this server. `how` goes to aiosmtpd: TLS from the first byte, or STARTTLS."""
    port = free_port()
    controller = Controller(server, hostname=HOST, port=port, enable_SMTPUTF8=False, **how)
    controller.start()
    settings.EMAIL_BACKEND = "impfzentrum.gateways.mail_server.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = HOST, port, 5
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
def mail_server(settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    monkeypatch.setattr(PunctualSMTP, "total", PATIENCE)
    server = MailServer()
    with listen(server, settings):
        yield server


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and certificate of this server in one file, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "server.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
