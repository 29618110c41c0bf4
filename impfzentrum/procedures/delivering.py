"""Emptying the outbox: lease a message, hand it over outside any transaction, record what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from impfzentrum.gateways.letters import GatewayFault, GatewayRefused, GatewayUnreachable, HandOver, Letter
from impfzentrum.gateways.sending import send_email, send_sms
from impfzentrum.models import Message, MessageTemplate, Offer, StandbyEntry
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.closing import close_offers
from impfzentrum.procedures.outbox import queue_message
from impfzentrum.procedures.waking import wake_match
from impfzentrum.procedures.writing import write_letter
from impfzentrum.vocabulary import LIVE_OFFER, Channel, EntryState, MessageState, OfferState

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
"""Longer than a gateway may take (10 s), short enough that a killed worker costs an offer seconds, not minutes."""
BATCH = 20
TRIES = 6
Clock = Callable[[], datetime]


def deliver_messages(*, clock: Clock) -> int:
    """Hand over everything that is due; return how many messages were tried.

    Several workers may run at once: each leases its own. `clock` tells the time again after each network call.
    """
    tried = 0
    while leased := lease_messages(now=clock()):
        for message in leased:
            _deliver(message, clock=clock)
        tried += len(leased)
    return tried


def lease_messages(*, now: datetime, limit: int = BATCH) -> list[Message]:
    """Take due messages for this worker; nobody else sends them until the lease runs out."""
    with transaction.atomic():
        due = Message.objects.filter(state=MessageState.QUEUED, due_at__lte=now).order_by("due_at", "pk")
        ids = list(due.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:limit])
        move_rows(
            Message.objects.filter(pk__in=ids),
            MessageState.QUEUED,
            MessageState.SENDING,
            now=now,
            lease_until=now + LEASE,
        )
    wanted = Message.objects.filter(pk__in=ids).order_by("due_at", "pk")
    return list(
        wanted.select_related(
            "entry__criterion",
            "entry__centre__county",
            "proof",
            "offer__entry",
            "offer__dose",
            "offer__release__vaccine",
            "offer__release__centre__county",
        )
    )


def requeue_lost_leases(*, now: datetime) -> int:
    """Messages whose worker died come back into the queue, with the same reference; return how many."""
    lost = Message.objects.filter(state=MessageState.SENDING, lease_until__lt=now)
    return move_rows(lost, MessageState.SENDING, MessageState.QUEUED, now=now, lease_until=None)


def _deliver(message: Message, *, clock: Clock) -> None:
    now = clock()
    if not _renew_lease(message, now=now):
        return
    if now >= message.expires_at or not _still_wanted(message):
        message.move(MessageState.SENDING, MessageState.LAPSED, now=now)
        return
    try:
        hand_over = _send(message, write_letter(message, now=now))
    except GatewayFault as fault:
        _record_fault(message, fault, now=clock())
    except Exception as fault:  # one message that cannot be sent must not keep the others back
        logger.exception("message %s broke", message.pk)
        _record_fault(message, GatewayUnreachable(type(fault).__name__), now=clock())
    else:
        _record_hand_over(message, hand_over, now=clock())


def _renew_lease(message: Message, *, now: datetime) -> bool:
    """Take the lease anew right before sending. Without it a slow batch would send what another worker has taken up."""
    mine = Message.objects.filter(pk=message.pk, state=MessageState.SENDING, lease_until=message.lease_until)
    message.lease_until = now + LEASE
    return mine.update(lease_until=message.lease_until) == 1


_WANTED_WHILE: Mapping[str, tuple[OfferState, ...]] = {
    MessageTemplate.OFFER: LIVE_OFFER,
    MessageTemplate.PLACE_AND_TIME: (OfferState.ACCEPTED,),
    MessageTemplate.TIMES_CHANGED: (OfferState.ACCEPTED,),
}

_NOT_TO_THE_VACCINATED = (MessageTemplate.CANCELLED, MessageTemplate.TIMES_CHANGED)
"""They say that the person stays on the list, or is still to come."""


def _still_wanted(message: Message) -> bool:
    """Whether what the message tells still holds: it may have waited while people went on."""
    entry_state = StandbyEntry.objects.values_list("state", flat=True).get(pk=message.entry_id)
    if entry_state in (EntryState.LEFT, EntryState.ERASED):
        return False  # nothing is left to write to
    if entry_state == EntryState.VACCINATED and message.template in _NOT_TO_THE_VACCINATED:
        return False
    if message.template == MessageTemplate.READY_TODAY:
        return entry_state == EntryState.WAITING
    states = _WANTED_WHILE.get(message.template)
    if message.offer is None or states is None:
        return True
    return Offer.objects.filter(pk=message.offer.pk, state__in=states).exists()


def _send(message: Message, letter: Letter) -> HandOver:
    return send_sms(letter) if message.channel == Channel.SMS else send_email(letter)


def _record_hand_over(message: Message, hand_over: HandOver, *, now: datetime) -> None:
    with transaction.atomic():
        if message.offer is not None and message.template == MessageTemplate.OFFER:
            _start_clock(message.offer, now=now)
        message.move(
            MessageState.SENDING,
            MessageState.SENT,
            now=now,
            handed_over_at=now,
            provider=hand_over.provider,
            provider_id=hand_over.provider_id,
            parts=hand_over.parts,
            attempts=message.attempts + 1,
        )


def _start_clock(offer: Offer, *, now: datetime) -> None:
    """From hand-over on the person has time to answer. An answer that came before this note stays untouched.

    Who changes the times of the release holds the offer: what is read after its lock is what holds. Without it the
    offer would end by times that were changed while its message was with the gateway.
    """
    Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)
    offer.release.refresh_from_db(fields=["arrive_until"])
    offer.move(OfferState.PREPARED, OfferState.OPEN, now=now, handed_over_at=now, answer_by=offer.end_after(now))


def _record_fault(message: Message, fault: GatewayFault, *, now: datetime) -> None:
    """Try again soon, at most six times and never past the end of what the message tells; else go another way."""
    attempts = message.attempts + 1
    due_at = now + timedelta(seconds=2**attempts)
    final = isinstance(fault, GatewayRefused) or attempts >= TRIES or due_at >= message.expires_at
    logger.warning("message %s not handed over (%d. try, final: %s): %s", message.pk, attempts, final, fault)
    with transaction.atomic():
        if final:
            _go_another_way(message, now=now)
            message.move(MessageState.SENDING, MessageState.FAILED, now=now, attempts=attempts, last_error=str(fault))
        else:
            message.move(
                MessageState.SENDING,
                MessageState.QUEUED,
                now=now,
                attempts=attempts,
                last_error=str(fault),
                due_at=due_at,
                lease_until=None,
            )


def _go_another_way(message: Message, *, now: datetime) -> None:
    """An undeliverable offer goes over the person's other channel at once, else to the next person."""
    if message.offer is None or message.template != MessageTemplate.OFFER:
        return
    offer = message.offer
    county = offer.release.centre.county_id
    used = set(offer.messages.filter(template=MessageTemplate.OFFER).values_list("channel", flat=True))
    others = [channel for channel in offer.entry.channels if channel not in used]
    if others:
        record(county, "other_channel", offer.release_id, now=now, offer=str(offer.public_id), channel=others[0].value)
        queue_message(
            offer.entry,
            MessageTemplate.OFFER,
            channel=others[0],
            now=now,
            expires_at=message.expires_at,
            offer=offer,
        )
        return
    if close_offers(Offer.objects.filter(pk=offer.pk), OfferState.UNDELIVERABLE, now=now):
        record(county, "undeliverable", offer.release_id, now=now, offer=str(offer.public_id))
        wake_match(offer.release_id)
