"""Putting messages into the outbox, in the transaction of what they tell.

A call is in it like a letter, but staff make it (procedures/phoning.py), and only to people to whom we cannot write:
their time is short. What nobody calls about is kept as lapsed, so that it is seen and counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from impfzentrum.models import ContactProof, Message, MessageTemplate, Offer, Reply, StandbyEntry
from impfzentrum.procedures.waking import wake_deliver
from impfzentrum.states import MessageState
from impfzentrum.vocabulary import WRITTEN, Channel

CALLED_ABOUT = (
    MessageTemplate.OFFER,
    MessageTemplate.PLACE_AND_TIME,
    MessageTemplate.TIMES_CHANGED,
    MessageTemplate.PAUSED,
    MessageTemplate.STILL_WAITING,
)
"""What a person would miss something by not hearing. A confirmation of what they have just said themselves is none."""

NOT_CALLED = "nobody is called about this"


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
        **_unless_called(channel, template),
    )
    wake_deliver()
    return message


def _unless_called(channel: Channel, template: MessageTemplate) -> dict[str, str]:
    if channel != Channel.CALL or template in CALLED_ABOUT:
        return {}
    return {"state": MessageState.LAPSED, "last_error": NOT_CALLED}


def ways_to_tell(entry: StandbyEntry) -> list[Channel]:
    """Every channel on which we can write to this person; a call where there is none."""
    return [channel for channel in entry.channels if channel in WRITTEN] or entry.channels


def queue_on_all_channels(
    entry: StandbyEntry,
    template: MessageTemplate,
    *,
    now: datetime,
    expires_at: datetime,
    offer: Offer | None = None,
) -> None:
    """Queue a message on every confirmed channel: for what a person must not miss, such as place and time."""
    for channel in ways_to_tell(entry):
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
            **_unless_called(channel, template),
        )
        for entry in entries
        for channel in ways_to_tell(entry)
    ]
    if messages:
        Message.objects.bulk_create(messages)
        wake_deliver()


def queue_reply(reply: Reply, entry: StandbyEntry | None, *, now: datetime, expires_at: datetime) -> None:
    """Queue the answer to an SMS: to the person of the entry, or to the number that wrote."""
    Message.objects.create(
        entry=entry,
        reply=reply,
        template=MessageTemplate.REPLY,
        channel=Channel.SMS,
        created_at=now,
        due_at=now,
        expires_at=expires_at,
        state_since=now,
    )
    wake_deliver()
