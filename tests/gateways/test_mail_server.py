"""E-mails through a real mail server: what arrives, and what each way of not arriving means."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.gateways.letters import (
    AddressDead,
    Attachment,
    GatewayRefused,
    GatewayUncertain,
    GatewayUnreachable,
    Letter,
)
from impfzentrum.gateways.sending import send_email
from tests.gateways.mail_server import (
    HANG_UP,
    PATIENCE,
    SILENCE,
    MailServer,
    listen,
    server_context,
)

CALENDAR = (
    "BEGIN:VCALENDAR\r\nSUMMARY:Termin im Impfzentrum Körbach\r\nX:"
    + "a" * 1500
    + "\r\n.\r\n..\r\nFrom here\r\nEND:VCALENDAR\n \t\r\n"
).encode()
LETTER = Letter(
    to="somebody@example.org",
    sender="Nachrücker Landkreis Köln <impfliste@example.org>",
    subject="Zugesagt: heute zwischen 17:00 und 18:00 Uhr, Größe über äöüß und €, damit die Zeile lang wird",
    text="Guten Tag,\n\n.\n..eine Zeile mit Punkten\nFrom Anfang\n" + "lang " * 400 + "\nÄÖÜ €",
    reference="6f7e51d5-2f36-4b3c-9a4f-0d8a8b7f0c11",
    ttl=timedelta(minutes=15),
    html='<!doctype html><html lang="de"><p>Grüße, ' + "lang " * 400 + "</p></html>",
    reply_to="frage@example.org",
    unsubscribe="https://impfliste.kreis-waldeck-frankenberg.example/e/6f7e51d5-2f36-4b3c-9a4f-0d8a8b7f0c11/abcdefghijklmnopqrstuv/",
    attachments=(Attachment("termin.ics", CALENDAR, "text/calendar; charset=utf-8; method=PUBLISH"),),
)


def as_lines(content: str) -> str:
    """A text with the ends of lines as we write them; on the way they are CR and LF."""
    return content.replace("\r\n", "\n").rstrip("\n")


def test_both_parts_and_the_calendar_file_arrive_to_the_letter(mail_server: MailServer) -> None:
    hand_over = send_email(LETTER)
    [taken] = mail_server.taken
    mail = taken.mail
    assert (hand_over.provider, hand_over.provider_id, taken.to) == ("email", LETTER.reference, [LETTER.to])
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert as_lines(plain.get_content()) == LETTER.text
    assert as_lines(html.get_content()) == LETTER.html
    [file] = mail.iter_attachments()
    assert file.get_payload(decode=True) == CALENDAR, "bit for bit"
    assert (file.get_filename(), file.get_param("method")) == ("termin.ics", "PUBLISH")


def test_the_headers_are_ours_and_nothing_is_left_for_servers_to_mend(mail_server: MailServer) -> None:
    send_email(LETTER)
    [taken] = mail_server.taken
    mail = taken.mail
    assert mail["Subject"].strip() == LETTER.subject
    assert (mail["From"], taken.sender) == (LETTER.sender, "impfliste@example.org")
    assert mail["Message-ID"] == "<6f7e51d5-2f36-4b3c-9a4f-0d8a8b7f0c11@example.org>"
    assert (mail["Reply-To"], mail["Auto-Submitted"]) == ("frage@example.org", "auto-generated")
    assert mail["List-Unsubscribe"].strip() == f"<{LETTER.unsubscribe}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    names = [name.lower() for name in mail.keys()]  # noqa: SIM118 - each time a header stands there
    assert len(names) == len(set(names)), "a header twice is a broken signature"
    assert {"date", "message-id", "mime-version"} <= set(names)
    assert taken.content.isascii(), "a server without 8BITMIME would rewrite it"
    assert max(map(len, taken.content.split(b"\r\n"))) <= 998, "RFC 5322, 2.1.1"
    assert b"\n" not in taken.content.replace(b"\r\n", b"")


def test_what_cannot_be_delivered_goes_back_to_its_own_address(
    mail_server: MailServer, settings: SettingsWrapper
) -> None:
    settings.EMAIL_BOUNCES_TO = "bounces+{reference}@example.org"
    send_email(LETTER)
    [taken] = mail_server.taken
    assert taken.sender == f"bounces+{LETTER.reference}@example.org"
    assert taken.mail["From"] == LETTER.sender


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("550 5.1.1 <somebody@example.org>: user unknown", AddressDead),
        ("550 No such user here", AddressDead),
        ("550 5.7.1 blocked by policy", GatewayRefused),
        ("552 5.2.2 mailbox full", GatewayRefused),
        ("451 4.3.0 try again later", GatewayUnreachable),
        ("450 4.2.0 greylisted", GatewayUnreachable),
        ("421 4.3.2 shutting down", GatewayUnreachable),
        (HANG_UP, GatewayUnreachable),
        (SILENCE, GatewayUnreachable),
    ],
)
def test_what_the_server_says_to_the_recipient(mail_server: MailServer, said: str, kind: type[Exception]) -> None:
    mail_server.to_recipient = [said]
    with pytest.raises(GatewayRefused if issubclass(kind, GatewayRefused) else kind) as raised:
        send_email(LETTER)
    assert type(raised.value) is kind
    assert LETTER.to not in str(raised.value), "operators read this sentence: no address"
    assert mail_server.taken == []


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("554 5.7.1 content rejected", GatewayRefused),
        ("451 4.3.0 try again later", GatewayUnreachable),
        (HANG_UP, GatewayUncertain),
        (SILENCE, GatewayUncertain),
    ],
)
def test_what_the_server_says_to_the_content(mail_server: MailServer, said: str, kind: type[Exception]) -> None:
    """Hanging up without an answer leaves a doubt: this server has the e-mail, another one would not."""
    mail_server.to_content = [said]
    begun = time.monotonic()
    with pytest.raises(kind):
        send_email(LETTER)
    assert time.monotonic() - begun < PATIENCE * 2, "one deadline for the whole e-mail"


@pytest.mark.parametrize("said", ["550 5.7.1 this sender is not allowed", "530 5.7.0 log in first"])
def test_what_a_server_has_against_us_says_nothing_about_the_address(mail_server: MailServer, said: str) -> None:
    mail_server.to_sender = [said]
    with pytest.raises(GatewayUnreachable):
        send_email(LETTER)


def test_a_server_that_is_not_there(settings: SettingsWrapper) -> None:
    server = MailServer()
    with listen(server, settings):
        pass
    with pytest.raises(GatewayUnreachable):
        send_email(LETTER)


@pytest.mark.parametrize("to", ["", "two@example.org, other@example.org\nBcc: third@example.org"])
def test_what_is_no_address_is_refused_before_any_server_is_asked(mail_server: MailServer, to: str) -> None:
    with pytest.raises(GatewayRefused):
        send_email(replace(LETTER, to=to))
    assert mail_server.taken == []


@pytest.mark.expects_errors  # the server logs that we hung up on a certificate nobody vouches for
@pytest.mark.parametrize("starttls", [False, True])
def test_tls_by_settings(
    settings: SettingsWrapper, certificate: Path, monkeypatch: pytest.MonkeyPatch, starttls: bool
) -> None:
    server, context = MailServer(), server_context(certificate)
    how = {"tls_context": context, "require_starttls": True} if starttls else {"ssl_context": context}
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = starttls, not starttls
    with listen(server, settings, **how):
        with pytest.raises(GatewayUnreachable, match="SSL"):
            send_email(LETTER)  # nobody vouches for this server yet
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        send_email(LETTER)
    [taken] = server.taken
    assert taken.tls


def test_without_starttls_nothing_goes_out_in_the_clear(mail_server: MailServer, settings: SettingsWrapper) -> None:
    settings.EMAIL_USE_TLS = True
    with pytest.raises(GatewayUnreachable):
        send_email(LETTER)
    assert mail_server.taken == []
