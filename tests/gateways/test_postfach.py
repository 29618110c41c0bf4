"""The simulated phone keeps what was sent, whole and in order, and exists only where the settings name a folder."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.gateways.letters import Attachment, Letter
from impfzentrum.gateways.postfach import postfach_folder, read_postfach
from impfzentrum.gateways.sending import send_email, send_sms


def letter(text: str, to: str = "+491713920001", *, attachments: tuple[Attachment, ...] = ()) -> Letter:
    return Letter(to, "Impfliste", "Betreff ü", text, f"reference of {text}", timedelta(minutes=15), attachments)


@pytest.fixture(autouse=True)
def mails_go_there_too(settings: SettingsWrapper) -> None:
    """pytest-django puts another mail backend in place."""
    settings.EMAIL_BACKEND = "impfzentrum.gateways.postfach.PostfachEmailBackend"


def test_the_newest_message_lies_on_top_with_all_it_carries() -> None:
    first = send_sms(letter("eins"))
    send_email(letter("zwei äöü", "somebody@example.org", attachments=(Attachment("a.ics", b"x", "text/calendar"),)))
    mail, sms = read_postfach()
    assert (mail.channel, mail.to, mail.subject, mail.text) == (
        "email",
        "somebody@example.org",
        "Betreff ü",
        "zwei äöü",
    )
    assert mail.attachments == ["a.ics"]
    assert mail.reference == "reference of zwei äöü"
    assert (sms.channel, sms.to, sms.sender, sms.text) == ("sms", "+491713920001", "Impfliste", "eins")
    assert first.provider_id == sms.reference
    assert mail.sent_at >= sms.sent_at


def test_an_empty_phone_is_no_fault() -> None:
    assert read_postfach() == []


def test_half_written_messages_are_not_shown() -> None:
    send_sms(letter("ganz"))
    (postfach_folder() / "9999-1.part").write_text('{"half"')
    assert [message.text for message in read_postfach()] == ["ganz"]


def test_only_the_newest_are_read() -> None:
    for number in range(5):
        send_sms(letter(str(number)))
    assert [message.text for message in read_postfach(limit=2)] == ["4", "3"]


def test_others_on_the_machine_cannot_read_the_phone() -> None:
    send_sms(letter("privat"))
    assert postfach_folder().stat().st_mode & 0o077 == 0


def test_without_a_folder_there_is_no_phone(settings: SettingsWrapper) -> None:
    settings.POSTFACH_DIR = None
    with pytest.raises(RuntimeError):
        send_sms(letter("nirgendwohin"))
    settings.POSTFACH_DIR = "/nonexistent"  # the fixture that empties the phone finds nothing
