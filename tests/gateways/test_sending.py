"""What a gateway says, translated into the two faults that the procedures know."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email.mime.base import MIMEBase

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.gateways.letters import Attachment, GatewayRefused, GatewayUnreachable, Letter
from impfzentrum.gateways.sending import send_email, send_sms
from tests.gateways.programmable import Gateway

LETTER = Letter(
    to="somebody@example.org",
    sender="Impfliste <impfliste@example.org>",
    subject="Angebot bis 12:15 Uhr",
    text="Guten Tag",
    reference="our-number",
    ttl=timedelta(minutes=15),
)


def test_an_sms_carries_text_sender_and_receiver_and_brings_the_providers_number(gateway: Gateway) -> None:
    hand_over = send_sms(LETTER)
    [sms] = gateway.sms
    assert (sms.body, sms.originator, sms.recipients) == ("Guten Tag", LETTER.sender, [LETTER.to])
    assert sms.letter is LETTER
    assert (hand_over.provider, hand_over.provider_id, hand_over.parts) == ("programmable", "id-1", 1)


@pytest.mark.parametrize("fault", [ConnectionRefusedError(), TimeoutError(), OSError("no route")])
def test_a_gateway_out_of_reach_is_worth_another_try(gateway: Gateway, fault: OSError) -> None:
    gateway.sms_fault = gateway.mail_fault = fault
    for send in (send_sms, send_email):
        with pytest.raises(GatewayUnreachable):
            send(LETTER)


def test_a_refusal_of_our_backend_is_passed_on(gateway: Gateway) -> None:
    gateway.sms_fault = GatewayRefused("no such number")
    with pytest.raises(GatewayRefused, match="no such number"):
        send_sms(LETTER)


def test_a_backend_that_says_nothing_has_not_sent(settings: SettingsWrapper) -> None:
    settings.SMS_BACKEND = "sms.backends.dummy.SmsBackend"
    with pytest.raises(GatewayRefused):
        send_sms(LETTER)


def test_a_mail_carries_our_number_its_attachment_and_says_that_a_machine_wrote_it(gateway: Gateway) -> None:
    calendar = Attachment("termin.ics", b"BEGIN:VCALENDAR", "text/calendar")
    letter = Letter(**{name: getattr(LETTER, name) for name in LETTER.__slots__} | {"attachments": (calendar,)})
    hand_over = send_email(letter)
    [mail] = gateway.mails
    assert (mail.subject, mail.body, mail.to) == (LETTER.subject, "Guten Tag", [LETTER.to])
    assert mail.extra_headers == {
        "Message-ID": "<our-number@example.org>",
        "X-Reference": "our-number",
        "Auto-Submitted": "auto-generated",
    }
    [file] = mail.attachments
    assert isinstance(file, MIMEBase)
    assert file.get_filename() == "termin.ics"
    assert hand_over.provider_id == "our-number"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (smtplib.SMTPRecipientsRefused({LETTER.to: (550, b"no such user")}), GatewayRefused),
        (smtplib.SMTPRecipientsRefused({LETTER.to: (450, b"greylisted")}), GatewayUnreachable),
        (smtplib.SMTPDataError(554, b"rejected"), GatewayRefused),
        (smtplib.SMTPDataError(421, b"come back later"), GatewayUnreachable),
        (smtplib.SMTPServerDisconnected(), GatewayUnreachable),
    ],
)
def test_the_answer_of_a_mail_server_decides_whether_to_try_again(
    gateway: Gateway, fault: Exception, kind: type[Exception]
) -> None:
    gateway.mail_fault = fault
    with pytest.raises(kind) as raised:
        send_email(LETTER)
    assert LETTER.to not in str(raised.value), "operators read this sentence: no address"


def test_the_console_shows_an_sms_and_takes_it(settings: SettingsWrapper, capsys: pytest.CaptureFixture[str]) -> None:
    settings.SMS_BACKEND = "impfzentrum.gateways.console.ConsoleSmsBackend"
    hand_over = send_sms(LETTER)
    assert (hand_over.provider, hand_over.provider_id, hand_over.parts) == ("console", LETTER.reference, 1)
    shown = capsys.readouterr().out
    assert LETTER.to in shown
    assert "Guten Tag" in shown
