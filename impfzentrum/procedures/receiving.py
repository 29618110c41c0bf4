"""Receipts of the providers: kept once, and they move only what is not final, in whatever order they come."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from impfzentrum.gateways.bounces import MAIL_REPORTERS
from impfzentrum.gateways.receipts import Receipt
from impfzentrum.models import DeliveryReceipt, Message
from impfzentrum.models.moving import LostRace
from impfzentrum.procedures.diverting import divert_offer
from impfzentrum.procedures.handing import start_clock
from impfzentrum.states import MessageState
from impfzentrum.vocabulary import Channel, ReceiptOutcome

logger = logging.getLogger(__name__)

STRAY_FOR = timedelta(hours=1)
"""So long a receipt may be waiting for our own note of the provider's number."""

KEPT_FOR = timedelta(days=30)
"""So long receipts and strays are kept: until nobody asks any more why a message did not come, and the month's bill of
the provider is checked. What became of a message stands in the message itself. At the provider their numbers lead to
phone numbers, so they are not kept for good."""

FORGET_AT_ONCE = 5_000
TRIES = 3
_PENDING = (MessageState.QUEUED, MessageState.SENDING)
_OPEN = (*_PENDING, MessageState.SENT)


def take_receipt(receipt: Receipt, *, now: datetime) -> None:
    """Keep the receipt and let it move its message. When this returns, the receipt is stored.

    A second time it does nothing. Without a message that fits it stays a stray one: the sweep tries again, since
    providers are sometimes faster than our own note of their number.
    """
    for tried in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                _take(receipt, now=now)
            return
        except LostRace:
            # The worker, or another receipt, moved the message between our look and our move: look again.
            if tried == TRIES:
                raise


def _take(receipt: Receipt, *, now: datetime) -> None:
    message = _find_message(receipt)
    _, new = DeliveryReceipt.objects.get_or_create(
        provider=receipt.provider,
        provider_id=receipt.provider_id,
        reference=receipt.reference,
        outcome=receipt.outcome,
        defaults={"message": message, "reason": receipt.reason, "received_at": now},
    )
    if not new:
        return
    if message is None:
        logger.warning("stray receipt of %s: %s", receipt.provider, receipt.outcome)
    else:
        _apply(receipt, message, now=now)


def apply_stray_receipts(*, now: datetime) -> int:
    """Give stray receipts of the last hour to the messages that fit by now; return how many.

    Only those that know the provider's number: our own reference is there before anything is sent.
    """
    fitting = Message.objects.filter(provider=OuterRef("provider"), provider_id=OuterRef("provider_id"))
    strays = DeliveryReceipt.objects.filter(
        Exists(fitting), message=None, reference=None, received_at__gt=now - STRAY_FOR
    )
    applied = 0
    for pk in strays.order_by("received_at", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            applied += _apply_stray(pk, now=now)
    return applied


def forget_receipts(*, now: datetime) -> int:
    """Remove receipts and strays that are older than a month, some thousands a call; return how many."""
    old = DeliveryReceipt.objects.filter(received_at__lt=now - KEPT_FOR).order_by("received_at")
    ids = list(old.values_list("pk", flat=True)[:FORGET_AT_ONCE])
    return DeliveryReceipt.objects.filter(pk__in=ids).delete()[0]


def _apply_stray(pk: int, *, now: datetime) -> bool:
    row = DeliveryReceipt.objects.select_for_update(no_key=True).get(pk=pk)
    receipt = Receipt(row.provider, ReceiptOutcome(row.outcome), row.provider_id, row.reference, row.reason)
    message = _find_message(receipt)
    if row.message_id is not None or message is None:
        return False
    DeliveryReceipt.objects.filter(pk=pk).update(message=message)
    _apply(receipt, message, now=now)
    return True


def _find_message(receipt: Receipt) -> Message | None:
    """By our own reference, else by the provider's number. Two of one number fit both, so neither is moved."""
    messages = Message.objects.select_related("entry", "offer__entry", "offer__release__centre__county")
    if receipt.provider in MAIL_REPORTERS:  # anybody may write to the mailbox for bounces
        messages = messages.filter(channel=Channel.EMAIL)
    if receipt.reference is not None:
        return messages.filter(reference=receipt.reference).first()
    found = list(messages.filter(provider=receipt.provider, provider_id=receipt.provider_id)[:2])
    return found[0] if len(found) == 1 else None


def _apply(receipt: Receipt, message: Message, *, now: datetime) -> None:
    """Locks as everywhere: dose and person, offer, and the message last."""
    old = MessageState(message.state)
    if old not in _OPEN:
        if receipt.dead:  # too late for the message, but it tells something about the address
            Message.objects.filter(pk=message.pk).update(bounced=True)
        return
    if receipt.outcome == ReceiptOutcome.UNDELIVERABLE:
        logger.warning("message %s undeliverable: %s", message.pk, receipt.reason)
        divert_offer(message, now=now)
        failed = {"last_error": receipt.reason, "bounced": receipt.dead, "lease_until": None}
        message.move_for_sure(old, MessageState.FAILED, now=now, **failed)
        return
    new = MessageState.DELIVERED if receipt.outcome == ReceiptOutcome.DELIVERED else MessageState.SENT
    if old in _PENDING:  # before our own note, or instead of it: from now on the person has time to answer
        if message.question is not None:
            start_clock(message.question, now=now)
        message.move_for_sure(old, new, now=now, handed_over_at=now, lease_until=None)
    elif new == MessageState.DELIVERED:  # "taken" and "delayed" tell nothing new about what is sent
        message.move_for_sure(old, new, now=now)
