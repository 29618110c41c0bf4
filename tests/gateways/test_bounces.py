"""What is read out of notices and hooks about e-mails; what is not meant for us is left alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from impfzentrum.gateways.bounces import is_address_dead, name_status, read_hook, read_mailgun, read_notice
from impfzentrum.vocabulary import ReceiptOutcome
from tests.gateways.notices import ABSENT, EXCHANGE, OURS, write_notice

UNDELIVERABLE, DELAYED = ReceiptOutcome.UNDELIVERABLE, ReceiptOutcome.DELAYED


@pytest.mark.parametrize(
    ("code", "text", "dead"),
    [
        (550, "5.1.1 user unknown", True),
        (550, "No such user", True),
        (550, "5.2.1 mailbox disabled", True),
        (552, "5.2.2 mailbox full", False),
        (550, "5.7.1 blocked", False),
        (554, "rejected", False),
        (None, "5.1.10 not found", True),
        (None, "5.4.4 unable to route", True),
        (None, "5.1.15", False),
        (451, "4.1.1 later", False),
        (None, "", False),
    ],
)
def test_only_some_refusals_blame_the_address(code: int | None, text: str, dead: bool) -> None:
    assert is_address_dead(code, text) is dead


def test_the_reason_quotes_codes_and_no_address() -> None:
    assert name_status(550, "5.1.1 <somebody@example.com>: unknown") == "550 5.1.1"
    assert name_status(None, "") == ""


def test_a_notice_of_postfix() -> None:
    receipt = read_notice(write_notice())
    assert receipt is not None
    assert (receipt.provider, receipt.outcome, receipt.reference) == ("dsn", UNDELIVERABLE, UUID(OURS))
    assert (receipt.dead, receipt.reason) == (True, "undeliverable 550 5.1.1")


def test_a_notice_of_exchange() -> None:
    receipt = read_notice(EXCHANGE.format(reference=OURS).encode())
    assert receipt is not None
    assert (receipt.outcome, receipt.reference, receipt.dead) == (UNDELIVERABLE, UUID(OURS), True)


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_ends_of_lines_do_not_matter(ending: bytes) -> None:
    assert read_notice(write_notice().replace(b"\n", ending)) == read_notice(write_notice())


def test_the_address_it_came_to_names_the_mail_even_if_nothing_was_returned() -> None:
    whole = write_notice(to=f"bounces+{OURS}@example.org", reference="no-number")
    receipt = read_notice(whole)
    assert receipt is not None
    assert receipt.reference == UUID(OURS)


@pytest.mark.parametrize(
    ("action", "status", "said", "outcome", "dead"),
    [
        ("delayed", "4.4.1", "connect to mail.example.com: Connection timed out", DELAYED, False),
        ("failed", "4.2.2", "452 4.2.2 mailbox full", UNDELIVERABLE, False),
        ("failed", "5.2.2", "552 5.2.2 over quota", UNDELIVERABLE, False),
        ("failed", "5.7.1", "550 5.7.1 spam", UNDELIVERABLE, False),
        ("delivered", "2.0.0", "250 2.0.0 ok", ReceiptOutcome.DELIVERED, False),
        ("relayed", "2.0.0", "250 2.0.0 ok", ReceiptOutcome.TAKEN, False),
    ],
)
def test_what_the_other_side_says_of_it(
    action: str, status: str, said: str, outcome: ReceiptOutcome, dead: bool
) -> None:
    receipt = read_notice(write_notice(action, status, said))
    assert receipt is not None
    assert (receipt.outcome, receipt.dead) == (outcome, dead)


@pytest.mark.parametrize(
    "content",
    [
        ABSENT.encode(),
        b"",
        b"\xff\xfe\x00garbage",
        write_notice(reference="none-of-ours"),
        write_notice("considered"),
        write_notice().replace(b"report-type=delivery-status", b"report-type=feedback-report"),
        write_notice()[:600],
        b"Content-Type: multipart/report; report-type=delivery-status\n\nno parts",
    ],
)
def test_what_is_no_notice_about_a_mail_of_ours_is_none(content: bytes) -> None:
    assert read_notice(content) is None


def test_nesting_without_end_does_no_harm() -> None:
    nested = b"Content-Type: multipart/report; report-type=delivery-status; boundary=a0\n\n"
    for depth in range(3000):
        nested += b"--a%d\nContent-Type: multipart/mixed; boundary=a%d\n\n" % (depth, depth + 1)
    assert read_notice(nested) is None


def event(name: str = "failed", **changed: Any) -> dict[str, Any]:
    """`event-data` as Mailgun posts it (user manual, "Webhook payloads")."""
    return {
        "event": name,
        "severity": "permanent",
        "reason": "bounce",
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "timestamp": 1521233195.375624,
        "delivery-status": {"attempt-no": 1, "code": 550, "enhanced-code": "5.1.1", "message": "5.1.1 user unknown"},
        "message": {"headers": {"message-id": f"{OURS}@example.org", "to": "somebody@example.com"}, "size": 111},
        "recipient": "somebody@example.com",
        **changed,
    }


@pytest.mark.parametrize(
    ("changed", "outcome", "dead"),
    [
        ({}, UNDELIVERABLE, True),
        ({"severity": "temporary"}, DELAYED, False),
        ({"delivery-status": {"code": 552, "message": "5.2.2 full"}}, UNDELIVERABLE, False),
        ({"reason": "suppress-bounce", "delivery-status": {"code": 605}}, UNDELIVERABLE, True),
        ({"name": "delivered", "delivery-status": {"code": 250}}, ReceiptOutcome.DELIVERED, False),
        ({"name": "accepted", "delivery-status": None}, ReceiptOutcome.TAKEN, False),
    ],
)
def test_events_of_mailgun(changed: dict[str, Any], outcome: ReceiptOutcome, dead: bool) -> None:
    receipt = read_mailgun(event(**changed))
    assert receipt is not None
    assert (receipt.outcome, receipt.dead, receipt.reference) == (outcome, dead, UUID(OURS))
    assert "@" not in receipt.reason


@pytest.mark.parametrize(
    "data",
    [
        event("opened"),
        event("unsubscribed"),
        event(message={"headers": {"message-id": "newsletter@example.org"}}),
        event(message="?"),
        {},
    ],
)
def test_events_that_tell_nothing_about_a_mail_of_ours(data: dict[str, Any]) -> None:
    assert read_mailgun(data) is None


def test_our_own_hook() -> None:
    receipt = read_hook({"message_id": f"<{OURS}@example.org>", "event": "failed", "code": 550, "status": "5.1.1"})
    assert (receipt.outcome, receipt.dead, receipt.reason) == (UNDELIVERABLE, True, "undeliverable 550 5.1.1")


@pytest.mark.parametrize("data", [{}, {"message_id": OURS}, {"event": "failed"}, {"message_id": OURS, "event": "?"}])
def test_our_own_hook_is_taken_at_its_word_only(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        read_hook(data)
