"""What follows when a provider has a message: the clock of the offer starts, provider and price are noted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from impfzentrum.gateways.letters import HandOver
from impfzentrum.models import Message, Offer
from impfzentrum.rules.deadline import answer_by
from impfzentrum.states import MessageState

HandedOver = tuple[Message, HandOver]


def record_hand_overs(handed: Sequence[HandedOver], *, now: datetime) -> None:
    """Note which messages a provider took, in one short transaction. A second time it changes nothing.

    A receipt that was faster keeps its state; we add what only we know. Whoever has the message by now, the provider
    has it: that is noted also when the lease is no longer ours.
    """
    # A group waits for nobody: it could meet another decision about several of its offers the other way round. What
    # somebody else is just deciding about comes after it, one by one.
    busy = _record(handed, now=now, wait=False) if len(handed) > 1 else handed
    for one in busy:
        _record([one], now=now, wait=True)


def _record(handed: Sequence[HandedOver], *, now: datetime, wait: bool) -> list[HandedOver]:
    """Note these; return those whose offer or message somebody else holds (never when we `wait` for them)."""
    with transaction.atomic():
        asked = {one.offer_id for one, _ in handed if one.question is not None}
        offers = _lock_offers([pk for pk in asked if pk is not None], wait=wait)
        messages = Message.objects.filter(pk__in=[one.pk for one, _ in handed if _is_free(one, offers)])
        locked = messages.order_by("pk").select_for_update(no_key=True, skip_locked=not wait)
        states = dict(locked.values_list("pk", "state"))
        ours = [one for one in handed if one[0].pk in states]
        delivered = [one for one, _ in ours if one.question is not None and states[one.pk] != MessageState.FAILED]
        _open_offers([one.offer_id for one in delivered if one.offer_id is not None], now=now)
        _note(ours, now=now)
    return [one for one in handed if one[0].pk not in states]


def _is_free(message: Message, offers: Collection[int]) -> bool:
    return message.question is None or message.offer_id in offers


def start_clock(offer: Offer, *, now: datetime) -> None:
    """From hand-over on the person has time to answer. An answer that came before this note stays untouched.

    Needs a transaction. Who changes the times of the release holds the offer: what is read after its lock is what
    holds. Without it the offer would end by times that were changed while its message was with the gateway.
    """
    _lock_offers([offer.pk], wait=True)
    _open_offers([offer.pk], now=now)


def _lock_offers(offers: Collection[int], *, wait: bool) -> set[int]:
    if not offers:
        return set()
    rows = Offer.objects.filter(pk__in=offers).order_by("pk")
    return set(rows.select_for_update(no_key=True, skip_locked=not wait).values_list("pk", flat=True))


def _open_offers(offers: Collection[int], *, now: datetime) -> None:
    """Open those that are still prepared. Read after their locks, in a statement of its own: its snapshot is newer."""
    if not offers:
        return
    times = Offer.objects.filter(pk__in=offers).values_list(
        "pk", "travel_minutes", "release__arrive_until", "release__centre__county__offer_validity"
    )
    ends = {
        pk: answer_by(handed_over=now, longest=longest, arrive_until=until, travel_minutes=travel)
        for pk, travel, until, longest in times
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"ids": list(ends), "ends": list(ends.values()), "now": now})


_OPEN = """
UPDATE impfzentrum_offer AS offer
SET state = 'open', state_since = %(now)s, handed_over_at = %(now)s, answer_by = given.answer_by
FROM unnest(%(ids)s::bigint[], %(ends)s::timestamptz[]) AS given (id, answer_by)
WHERE offer.id = given.id AND offer.state = 'prepared'
"""


def _note(handed: Sequence[HandedOver], *, now: datetime) -> None:
    if not handed:
        return
    values: dict[str, Any] = {
        "now": now,
        "ids": [message.pk for message, _ in handed],
        "attempts": [message.attempts + 1 for message, _ in handed],
        "providers": [one.provider for _, one in handed],
        "provider_ids": [one.provider_id for _, one in handed],
        "parts": [one.parts for _, one in handed],
        "prices": [one.price for _, one in handed],
        "currencies": [one.currency for _, one in handed],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, values)


_NOTE = """
UPDATE impfzentrum_message AS message
SET state = CASE WHEN message.state IN ('queued', 'sending') THEN 'sent' ELSE message.state END,
    state_since = CASE WHEN message.state IN ('queued', 'sending') THEN %(now)s ELSE message.state_since END,
    handed_over_at = %(now)s, attempts = given.attempts, provider = given.provider, provider_id = given.provider_id,
    parts = given.parts, price = given.price, currency = given.currency
FROM unnest(
    %(ids)s::bigint[], %(attempts)s::int[], %(providers)s::text[], %(provider_ids)s::text[], %(parts)s::int[],
    %(prices)s::numeric[], %(currencies)s::text[]
) AS given (id, attempts, provider, provider_id, parts, price, currency)
WHERE message.id = given.id
    AND (message.state IN ('queued', 'sending') OR (message.provider_id = '' AND message.parts = 0))
"""
