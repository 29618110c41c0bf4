"""Receipts in the words of the providers, read into ours. Raises ValueError for what cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from impfzentrum.gateways.kannel import ACCEPTED, DELIVERED, REJECTED, UNDELIVERABLE
from impfzentrum.vocabulary import ReceiptOutcome


@dataclass(frozen=True, slots=True)
class Receipt:
    """`reference` is our own number where the provider gives it back, else `provider_id` tells which message it is.

    `dead`: it was undeliverable because the e-mail address does not exist (any more).
    """

    provider: str
    outcome: ReceiptOutcome
    provider_id: str = ""
    reference: UUID | None = None
    reason: str = ""
    dead: bool = False


_KANNEL = {
    ACCEPTED: ReceiptOutcome.TAKEN,
    DELIVERED: ReceiptOutcome.DELIVERED,
    UNDELIVERABLE: ReceiptOutcome.UNDELIVERABLE,
    REJECTED: ReceiptOutcome.UNDELIVERABLE,
}
_SEVEN = {
    "DELIVERED": ReceiptOutcome.DELIVERED,
    "NOTDELIVERED": ReceiptOutcome.UNDELIVERABLE,
    "EXPIRED": ReceiptOutcome.UNDELIVERABLE,
    "REJECTED": ReceiptOutcome.UNDELIVERABLE,
    "FAILED": ReceiptOutcome.UNDELIVERABLE,
}
_TWILIO = {
    "delivered": ReceiptOutcome.DELIVERED,
    "read": ReceiptOutcome.DELIVERED,
    "undelivered": ReceiptOutcome.UNDELIVERABLE,
    "failed": ReceiptOutcome.UNDELIVERABLE,
    "canceled": ReceiptOutcome.UNDELIVERABLE,
}
"""Every other word (queued, transmitted, buffered …) says no more than that the provider has the message."""


def read_kannel_receipt(reference: str, kind: str) -> Receipt:
    """`kind` is Kannel's %d: one of the four numbers we asked for."""
    outcome = _KANNEL.get(int(kind))
    if outcome is None:
        raise ValueError("a kind of receipt that we did not ask for")
    return Receipt("kannel", outcome, reference=UUID(reference), reason=kind)


def read_seven_receipt(data: Mapping[str, Any]) -> Receipt:
    """The `data` of the hook `dlr`."""
    provider_id, status = str(data.get("msg_id") or ""), str(data.get("status") or "").upper()
    if not provider_id or not status or len(provider_id) > 100:
        raise ValueError("a receipt without number or status")
    return Receipt("seven", _SEVEN.get(status, ReceiptOutcome.TAKEN), provider_id=provider_id, reason=status[:40])


def read_twilio_receipt(reference: str, form: Mapping[str, str]) -> Receipt:
    """The form that Twilio posts; our reference stands in the address."""
    provider_id, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if not provider_id or not status or len(provider_id) > 100:
        raise ValueError("a receipt without number or status")
    return Receipt(
        "twilio",
        _TWILIO.get(status, ReceiptOutcome.TAKEN),
        provider_id=provider_id,
        reference=UUID(reference),
        reason=f"{status} {form.get('ErrorCode', '')}".strip()[:40],
    )
