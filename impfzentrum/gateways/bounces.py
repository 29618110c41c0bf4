"""What mail servers and mail providers say about an e-mail after they took it, read into receipts.

Codes of SMTP (RFC 5321) and of delivery status (RFC 3463); notices that come as e-mails themselves (RFC 3464); hooks of
Mailgun and of anybody who speaks our own JSON. The words beside the codes quote addresses and are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message as Mail
from typing import Any
from uuid import UUID

from impfzentrum.gateways.receipts import Receipt
from impfzentrum.vocabulary import ReceiptOutcome

MAILGUN, HOOK, NOTICE = "mailgun", "mailhook", "dsn"
MAIL_REPORTERS = (MAILGUN, HOOK, NOTICE)

ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_DEAD = re.compile(r"5\.(1\.(1|2|3|6|10)|2\.1|4\.4)")
"""No such mailbox, host, spelling; moved; null MX · mailbox closed · no way to the host. Not: full, too big, policy."""

_DEAD_PLAIN = (550, 551, 553)
"""What servers say without a status of their own: no such mailbox, moved, name not allowed."""

_OWN_NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)

_ACTIONS = {
    "failed": ReceiptOutcome.UNDELIVERABLE,
    "delayed": ReceiptOutcome.DELAYED,
    "delivered": ReceiptOutcome.DELIVERED,
    "relayed": ReceiptOutcome.TAKEN,
    "expanded": ReceiptOutcome.TAKEN,
}
"""RFC 3464, 2.3.3; our own hook uses the first three words."""

_WITH_OUR_NUMBER = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_RETURNED_WITH_OUR_NUMBER = ("X-Reference", "Message-ID")


def is_address_dead(code: int | None, text: str) -> bool:
    """Whether a final refusal blames the address and not our letter, our server or a full mailbox."""
    found = ENHANCED.search(text)
    if found is not None:
        return _DEAD.fullmatch(found[0]) is not None
    return code in _DEAD_PLAIN


def name_status(code: int | None, text: str) -> str:
    """The codes alone, as a reason for operators: what a server adds in words quotes the address."""
    found = ENHANCED.search(text)
    return " ".join(part for part in (str(code or ""), found[0] if found else "") if part)


def _make_receipt(
    reporter: str, outcome: ReceiptOutcome, reference: UUID, code: int | None, text: str, *, dead: bool = False
) -> Receipt:
    final = outcome == ReceiptOutcome.UNDELIVERABLE
    reason = f"{outcome.value} {name_status(code, text)}".strip()[:40]
    return Receipt(
        reporter, outcome, reference=reference, reason=reason, dead=final and (dead or is_address_dead(code, text))
    )


def find_reference(*texts: object) -> UUID | None:
    """Our number for an e-mail in the first of these texts that holds one."""
    for text in texts:
        if found := _OWN_NUMBER.search(str(text or "")):
            return UUID(found[0])
    return None


def _read_code(value: object) -> int | None:
    found = re.search(r"\b[245]\d\d\b", str(value or ""))
    return int(found[0]) if found else None


def read_mailgun(data: Mapping[str, Any]) -> Receipt | None:
    """The `event-data` of a webhook; None for what tells nothing about delivery, or is not about an e-mail of ours.

    What Mailgun no longer tries (`suppress-…`: bounced before, called spam) counts as dead: nothing arrives there.
    """
    event, severity = data.get("event"), data.get("severity")
    outcome = {
        "accepted": ReceiptOutcome.TAKEN,
        "delivered": ReceiptOutcome.DELIVERED,
        "failed": ReceiptOutcome.DELAYED if severity == "temporary" else ReceiptOutcome.UNDELIVERABLE,
        "rejected": ReceiptOutcome.UNDELIVERABLE,
    }.get(str(event))
    headers = _section(_section(data, "message"), "headers")
    reference = find_reference(headers.get("message-id"))
    if outcome is None or reference is None:
        return None
    status = _section(data, "delivery-status")
    suppressed = str(data.get("reason") or "").startswith("suppress-")
    text = f"{status.get('enhanced-code') or ''} {status.get('message') or ''}"
    return _make_receipt(MAILGUN, outcome, reference, _read_code(status.get("code")), text, dead=suppressed)


def _section(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = data.get(name)
    return section if isinstance(section, dict) else {}


def read_hook(data: Mapping[str, Any]) -> Receipt:
    """Our own JSON: `message_id` as in the e-mail, `event` failed, delayed or delivered, `code` and `status` if known.

    Raises ValueError for anything else.
    """
    outcome, reference = _ACTIONS.get(str(data.get("event"))), find_reference(data.get("message_id"))
    if outcome is None or reference is None:
        raise ValueError("a report without a known event or without the number of an e-mail of ours")
    return _make_receipt(HOOK, outcome, reference, _read_code(data.get("code")), str(data.get("status") or ""))


def read_notice(content: bytes) -> Receipt | None:
    """A delivery status notification as it lies in a mailbox; None for every other e-mail, also for absence notes.

    Which e-mail it is about stands in the address it came to, else in the headers that it returns.
    """
    try:
        mail = message_from_bytes(content, policy=policy.compat32)
        if mail.get_content_type() != "multipart/report" or mail.get_param("report-type") != "delivery-status":
            return None
        return _read_report(mail)
    except (MessageError, LookupError, UnicodeError, RecursionError):  # a sender may write anything
        return None


def _read_report(mail: Mail) -> Receipt | None:
    reference = find_reference(*(mail.get(name) for name in _WITH_OUR_NUMBER), *_returned_headers(mail))
    for fields in _status_blocks(mail):
        outcome = _ACTIONS.get(str(fields.get("Action") or "").strip().lower())
        if outcome is not None and reference is not None:
            told = str(fields.get("Diagnostic-Code") or "")
            text = f"{fields.get('Status') or ''} {told}"
            return _make_receipt(NOTICE, outcome, reference, _read_code(told), text)
    return None


def _status_blocks(mail: Mail) -> Iterator[Mail]:
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
            yield from (block for block in part.get_payload() if isinstance(block, Mail))


def _returned_headers(mail: Mail) -> Iterator[object]:
    """The headers of our own e-mail as it came back: whole, or its head alone as text."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822" and isinstance(part.get_payload(), list):
            for returned in part.get_payload():
                yield from (returned.get(name) for name in _RETURNED_WITH_OUR_NUMBER if isinstance(returned, Mail))
        elif part.get_content_type() == "text/rfc822-headers":
            returned = message_from_bytes(_decode(part), policy=policy.compat32)
            yield from (returned.get(name) for name in _RETURNED_WITH_OUR_NUMBER)


def _decode(part: Mail) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
