"""Emptying the outbox: lease a message, hand it over outside any transaction, record what came of it."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from impfzentrum.gateways.letters import (
    AddressDead,
    GatewayFault,
    GatewayRefused,
    GatewayUncertain,
    GatewayUnreachable,
    HandOver,
    Letter,
)
from impfzentrum.gateways.sending import find_sms, send_email, send_sms
from impfzentrum.models import Message, MessageTemplate, Offer, StandbyEntry
from impfzentrum.models.moving import LostRace, move_rows
from impfzentrum.procedures.diverting import divert_offer
from impfzentrum.procedures.handing import record_hand_over
from impfzentrum.procedures.routing import choose_provider, note_trouble, several_providers
from impfzentrum.procedures.writing import write_letter
from impfzentrum.rules.deadline import SHORTEST_ANSWER
from impfzentrum.vocabulary import LIVE_OFFER, Channel, EntryState, MessageState, OfferState

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
"""Longer than a gateway may take (10 s), short enough that a killed worker costs an offer seconds, not minutes."""
DOUBT = timedelta(seconds=20)
"""So long a receipt may still prove that a provider took what it did not answer to."""
BATCH = 20
TRIES = 6
Clock = Callable[[], datetime]
Chance = Callable[[], float]
"""A random number from 0 to below 1, anew for each call."""


def deliver_messages(*, clock: Clock, chance: Chance = random.random) -> int:
    """Hand over everything that is due; return how many messages were tried.

    Several workers may run at once: each leases its own. `clock` tells the time again after each network call;
    `chance` draws the provider of each SMS.
    """
    tried = 0
    while leased := lease_messages(now=clock()):
        for message in leased:
            _deliver(message, clock=clock, chance=chance)
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
            "reply",
            "offer__entry",
            "offer__dose",
            "offer__release__vaccine",
            "offer__release__centre__county",
        )
    )


def requeue_lost_leases(*, now: datetime) -> int:
    """Messages whose worker died come back into the queue, with the same reference; return how many.

    Nobody knows whether it died before or after sending, so from the beginning of that try on it is doubtful.
    """
    lost = Message.objects.filter(state=MessageState.SENDING, lease_until__lt=now)
    begun = Coalesce("doubtful_since", F("lease_until") - LEASE)
    return move_rows(lost, MessageState.SENDING, MessageState.QUEUED, now=now, lease_until=None, doubtful_since=begun)


def _deliver(message: Message, *, clock: Clock, chance: Chance) -> None:
    now = clock()
    if not _renew_lease(message, now=now):
        return
    if now >= message.expires_at or not _still_wanted(message):
        message.move(MessageState.SENDING, MessageState.LAPSED, now=now)
        return
    provider = _choose_provider(message, chance)
    try:
        hand_over = _hand_over(message, provider, clock=clock, now=now)
    except _LeaseLost:
        return  # asking took too long: another worker has taken the message up and sends it
    except GatewayFault as fault:
        _record_fault(message, fault, provider=provider, begun=now, now=clock())
    except Exception as fault:  # one message that cannot be sent must not keep the others back
        logger.exception("message %s broke", message.pk)
        _record_fault(message, GatewayUnreachable(type(fault).__name__), provider="", begun=now, now=clock())
    else:
        record_hand_over(message, hand_over, now=clock())


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
    if message.entry_id is None:
        return True  # the answer to a number that belongs to no single entry
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


def _choose_provider(message: Message, chance: Chance) -> str:
    """Drawn anew for each try, without the one that has just failed: the first retry is the fail-over."""
    if message.channel != Channel.SMS:
        return ""
    return choose_provider(chance=chance(), without=message.provider)


class _LeaseLost(Exception):
    """The message is no longer ours to send."""


def _hand_over(message: Message, provider: str, *, clock: Clock, now: datetime) -> HandOver:
    """Hand the message over. After a try of unknown end the provider is asked first whether it has it already.

    Asking and sending may each take their time, so the lease is taken anew in between.
    """
    letter = _write(message, now=now)
    if message.channel == Channel.EMAIL:
        return send_email(letter)
    if message.doubtful_since is not None:
        if found := find_sms(letter):
            return found
        if not _renew_lease(message, now=clock()):
            raise _LeaseLost
    return send_sms(letter, provider=provider)


def _write(message: Message, *, now: datetime) -> Letter:
    """The letter; after a doubtful try word for word the same again, so that the provider knows it as the same."""
    told_at = message.doubtful_since or now
    letter = write_letter(message, now=told_at)
    left = letter.ttl - (now - told_at)
    return replace(letter, ttl=left) if left >= SHORTEST_ANSWER else write_letter(message, now=now)


def _record_fault(message: Message, fault: GatewayFault, *, provider: str, begun: datetime, now: datetime) -> None:
    """Try again soon, at most six times and never past the end of what the message tells; else go another way.

    A provider that may have taken the message gets time to say so by a receipt: the lease goes on, nobody sends it
    meanwhile, and whoever takes it up then asks first.
    """
    attempts = message.attempts + 1
    due_at = now + _wait(attempts, fault)
    final = isinstance(fault, GatewayRefused) or attempts >= TRIES or due_at >= message.expires_at
    logger.warning("message %s not handed over (%d. try, final: %s): %s", message.pk, attempts, final, fault)
    noted = {"attempts": attempts, "last_error": str(fault).replace("\0", "")[:200], "provider": provider}
    noted["bounced"] = isinstance(fault, AddressDead)
    if provider and not isinstance(fault, GatewayRefused):
        note_trouble(provider, reason=str(fault), now=now)
    if final:
        _give_up(message, noted, now=now)
    elif isinstance(fault, GatewayUncertain):
        Message.objects.filter(pk=message.pk, state=MessageState.SENDING).update(
            **noted, lease_until=due_at, doubtful_since=message.doubtful_since or begun
        )
    else:
        message.move(MessageState.SENDING, MessageState.QUEUED, now=now, **noted, due_at=due_at, lease_until=None)


def _give_up(message: Message, noted: Mapping[str, object], *, now: datetime) -> None:
    """Go another way. A receipt that came in between proves that it arrived after all: then all of this is undone."""
    try:
        with transaction.atomic():
            divert_offer(message, now=now)
            message.move_for_sure(MessageState.SENDING, MessageState.FAILED, now=now, **noted)
    except LostRace:
        logger.info("a receipt of message %s was faster than giving up", message.pk)


def _wait(attempts: int, fault: GatewayFault) -> timedelta:
    if isinstance(fault, GatewayUncertain):
        return DOUBT
    if several_providers():
        return timedelta(seconds=2**attempts - 2)  # another one is tried, at once; the wish of the first is not its
    asked = fault.retry_after if isinstance(fault, GatewayUnreachable) else None
    return max(timedelta(seconds=2**attempts), asked or timedelta(0))
