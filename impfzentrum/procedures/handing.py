"""What follows when a provider has a message: the clock of the offer starts, provider and price are noted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from impfzentrum.gateways.letters import HandOver
from impfzentrum.models import Message, Offer
from impfzentrum.vocabulary import MessageState, OfferState


def record_hand_over(message: Message, hand_over: HandOver, *, now: datetime) -> None:
    """Note that the provider took the message. A receipt that was faster keeps its state; we add what only we know."""
    with transaction.atomic():
        undelivered = Message.objects.filter(pk=message.pk, state=MessageState.FAILED)
        if message.question is not None and not undelivered.exists():
            start_clock(message.question, now=now)
        known = {
            "handed_over_at": now,
            "provider": hand_over.provider,
            "provider_id": hand_over.provider_id,
            "parts": hand_over.parts,
            "price": hand_over.price,
            "currency": hand_over.currency,
            "attempts": message.attempts + 1,
        }
        if not message.move(MessageState.SENDING, MessageState.SENT, now=now, **known):
            Message.objects.filter(pk=message.pk, provider_id="", parts=0).update(**known)


def start_clock(offer: Offer, *, now: datetime) -> None:
    """From hand-over on the person has time to answer. An answer that came before this note stays untouched.

    Who changes the times of the release holds the offer: what is read after its lock is what holds. Without it the
    offer would end by times that were changed while its message was with the gateway.
    """
    Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)
    offer.release.refresh_from_db(fields=["arrive_until"])
    offer.move(OfferState.PREPARED, OfferState.OPEN, now=now, handed_over_at=now, answer_by=offer.end_after(now))
