"""What could not be delivered: the offer goes over the person's other channel at once, else to the next person."""

from __future__ import annotations

from datetime import datetime

from impfzentrum.models import Message, MessageTemplate, Offer
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.closing import close_offers
from impfzentrum.procedures.outbox import queue_message
from impfzentrum.procedures.waking import wake_match
from impfzentrum.rules.deadline import SHORTEST_ANSWER
from impfzentrum.states import LIVE_OFFER, OfferState
from impfzentrum.vocabulary import Channel


def divert_offer(message: Message, *, now: datetime) -> None:
    """Send the offer of this message another way. Does nothing for other messages and for offers that are over.

    Needs a transaction. Who would have less time than everybody has is not asked a second time: the dose goes on.
    """
    offer = message.question
    if offer is None or not Offer.objects.filter(pk=offer.pk, state__in=LIVE_OFFER).exists():
        return
    county = offer.release.centre.county_id
    if channel := _other_channel(offer, now=now):
        record(county, "other_channel", offer.release_id, now=now, offer=str(offer.public_id), channel=channel.value)
        queue_message(
            offer.entry, MessageTemplate.OFFER, channel=channel, now=now, expires_at=message.expires_at, offer=offer
        )
    elif close_offers(Offer.objects.filter(pk=offer.pk), OfferState.UNDELIVERABLE, now=now):
        record(county, "undeliverable", offer.release_id, now=now, offer=str(offer.public_id))
        wake_match(offer.release_id)


def _other_channel(offer: Offer, *, now: datetime) -> Channel | None:
    if offer.answer_by is not None and offer.answer_by - now < SHORTEST_ANSWER:
        return None
    used = set(offer.messages.filter(template=MessageTemplate.OFFER).values_list("channel", flat=True))
    return next((channel for channel in offer.entry.channels if channel not in used), None)
