"""Putting messages into the outbox, in the transaction of what they tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from impfzentrum.models import ContactProof, Message, MessageTemplate, Offer, StandbyEntry
from impfzentrum.procedures.waking import wake_deliver
from impfzentrum.vocabulary import Channel


def queue_message(
    entry: StandbyEntry,
    template: MessageTemplate,
    *,
    channel: Channel,
    now: datetime,
    expires_at: datetime,
    offer: Offer | None = None,
    proof: ContactProof | None = None,
) -> Message:
    """Queue one message and wake a worker on commit. It is not sent after `expires_at`."""
    message = Message.objects.create(
        entry=entry,
        template=template,
        channel=channel,
        offer=offer,
        proof=proof,
        created_at=now,
        due_at=now,
        expires_at=expires_at,
        state_since=now,
    )
    wake_deliver()
    return message


def queue_on_all_channels(
    entry: StandbyEntry,
    template: MessageTemplate,
    *,
    now: datetime,
    expires_at: datetime,
    offer: Offer | None = None,
) -> None:
    """Queue a message on every confirmed channel: for what a person must not miss, such as place and time."""
    for channel in entry.channels:
        queue_message(entry, template, channel=channel, now=now, expires_at=expires_at, offer=offer)


def queue_for_everybody(
    entries: Iterable[StandbyEntry], template: MessageTemplate, *, now: datetime, expires_at: datetime
) -> None:
    """`queue_on_all_channels` for many people, in one statement and with one wake-up."""
    messages = [
        Message(
            entry=entry,
            template=template,
            channel=channel,
            created_at=now,
            due_at=now,
            expires_at=expires_at,
            state_since=now,
        )
        for entry in entries
        for channel in entry.channels
    ]
    if messages:
        Message.objects.bulk_create(messages)
        wake_deliver()
