"""Trying once more what failed, when staff say so: the same messages with the same references."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from impfzentrum.models import County, DeliveryReceipt, Message, MessageTemplate
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.waking import wake_deliver
from impfzentrum.states import MessageState
from impfzentrum.vocabulary import Channel


def list_retriable(county: County, *, now: datetime) -> QuerySet[Message]:
    """Failed messages that are worth another try: no provider ever had them, and what they tell is not over.

    Offers are not among them: when the message of an offer fails, the offer goes another way at once. Nor is what a
    provider took and could not deliver: the same reference would meet the receipts of the first try. Nor are calls to
    a wrong number. Whether what a message tells still holds is looked at once more before it is sent.
    """
    failed = Message.objects.filter(
        entry__centre__county=county, state=MessageState.FAILED, handed_over_at=None, expires_at__gt=now
    )
    letters = failed.exclude(template=MessageTemplate.OFFER).exclude(channel=Channel.CALL)
    return letters.exclude(Exists(DeliveryReceipt.objects.filter(message=OuterRef("pk"))))


def retry_failed(county: County, *, by: User, now: datetime) -> int:
    """Put them back into the queue; return how many. A second tap finds none, and nothing is recorded."""
    with transaction.atomic():
        pks = list(list_retriable(county, now=now).values_list("pk", flat=True))
        failed = Message.objects.filter(pk__in=pks)
        count = move_rows(failed, MessageState.FAILED, MessageState.QUEUED, now=now, due_at=now, attempts=0)
        if count:
            record(county.pk, "messages_retried", name_outbox(county), now=now, actor=by, messages=count)
            wake_deliver()
    return count


def name_outbox(county: County) -> str:
    """What the record calls the outbox of a county."""
    return f"outbox-{county.ags}"
