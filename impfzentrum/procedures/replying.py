"""Replies by SMS: who writes, what they want, and what comes of it, by the same procedures as behind the links."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction

from impfzentrum.errors import (
    DosesTaken,
    NothingToCancel,
    NotPossibleNow,
    OfferExpired,
    OfferNotOpen,
    Refusal,
    TooLateToCancel,
)
from impfzentrum.gateways.incoming import IncomingSms
from impfzentrum.models import Offer, Reply, StandbyEntry
from impfzentrum.models.offer import OfferQuerySet
from impfzentrum.models.sealed import blind_index
from impfzentrum.procedures.answering import accept_offer, cancel_dose, decline_offer
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.outbox import queue_reply
from impfzentrum.procedures.staying import leave_list, pause_entry
from impfzentrum.rules.replies import read_reply
from impfzentrum.states import DoseState, EntryState, OfferState
from impfzentrum.vocabulary import ReplyOutcome, ReplyWord

logger = logging.getLogger(__name__)

Came = tuple[ReplyOutcome, StandbyEntry | None]
"""What came of a reply, and for whom; nobody where it may mean more than one."""

ONCE_IN = timedelta(hours=1)
"""So often one number hears the same: two machines that answer each other must come to rest."""

LAST_OFFER = timedelta(hours=24)
"""A yes without an open offer is a late yes to an offer of this time."""

HANDLE_AFTER, HANDLE_FOR = timedelta(seconds=10), timedelta(minutes=10)
KEEP_SENDER = timedelta(hours=2)
_ANSWERING = 0x4E54  # first key of the advisory lock; the second is the number

_UNANSWERED = (ReplyOutcome.ACCEPTED, ReplyOutcome.CANCELLED, ReplyOutcome.LEFT)
"""The first two have a message of their own; who has left is not written to any more."""

_HELP = (ReplyOutcome.HELPED, ReplyOutcome.NOBODY, ReplyOutcome.SEVERAL)
"""Not understood, in one way or the other: one answer an hour for all of them."""


def take_reply(incoming: IncomingSms, *, now: datetime) -> None:
    """Keep the reply, then do what it says. When this returns, it is stored; the same one again does nothing.

    What breaks while doing it is logged, and the sweep tries again.
    """
    reply, _ = Reply.objects.get_or_create(
        provider=incoming.provider,
        provider_id=incoming.provider_id,
        defaults={
            "received_at": now,
            "received_by": incoming.received_by,
            "sender": incoming.sender,
            "sender_index": blind_index("mobile", incoming.sender),
            "word": read_reply(incoming.text),
        },
    )
    if reply.handled_at is None:
        _try_to_handle(reply, now=now)


def handle_waiting_replies(*, now: datetime) -> int:
    """Handle what was kept but not handled, because a process died or broke; return how many."""
    waiting = Reply.objects.filter(
        handled_at=None, received_at__lt=now - HANDLE_AFTER, received_at__gt=now - HANDLE_FOR
    )
    replies = list(waiting.order_by("received_at"))
    for reply in replies:
        _try_to_handle(reply, now=now)
    return len(replies)


def forget_senders(*, now: datetime) -> int:
    """Wipe the numbers, sealed and hashed, once every answer is out or over; return of how many replies."""
    old = Reply.objects.filter(received_at__lt=now - KEEP_SENDER).exclude(sender="", sender_index="")
    return old.update(sender="", sender_index="")


def _try_to_handle(reply: Reply, *, now: datetime) -> None:
    try:
        handle_reply(reply, now=now)
    except Exception:
        logger.exception("reply %s could not be handled, the sweep tries again", reply.pk)


def handle_reply(reply: Reply, *, now: datetime) -> None:
    """Do what the reply says and answer where the person would otherwise not know. A second time changes nothing."""
    people = _find_people(reply)
    outcome, entry = _act(reply, people, now=now) if people else (ReplyOutcome.NOBODY, None)
    with transaction.atomic():
        _lock_number(reply)
        answered = _wants_answer(reply, outcome, now=now)
        handled = Reply.objects.filter(pk=reply.pk, handled_at=None).update(
            handled_at=now,
            outcome=outcome,
            entry=entry,
            answered=answered,
            sender=reply.sender if answered and entry is None else "",
        )
        if not handled:
            return  # the same reply a second time, at the same time
        if entry is not None:
            record(entry.centre.county_id, "replied", entry.public_id, now=now, word=reply.word, outcome=outcome.value)
        if answered:
            queue_reply(reply, entry, now=now, expires_at=now + ONCE_IN)


def _find_people(reply: Reply) -> list[StandbyEntry]:
    """Who may act from this number: only who has shown that it is theirs."""
    if not reply.sender_index:
        return []
    people = StandbyEntry.objects.filter(mobile_index=reply.sender_index, mobile_confirmed_at__isnull=False)
    gone = (EntryState.UNCONFIRMED, EntryState.LEFT, EntryState.ERASED)
    return list(people.exclude(state__in=gone).select_related("centre").order_by("pk"))


def _act(reply: Reply, people: list[StandbyEntry], *, now: datetime) -> Came:
    act = _ACTS.get(ReplyWord(reply.word))
    outcome, entry = act(people, now) if act else (ReplyOutcome.HELPED, _only(people))
    return (outcome, entry) if entry is not None else (ReplyOutcome.SEVERAL, None)


def _accept(people: list[StandbyEntry], now: datetime) -> Came:
    offers = list(_offers(people).live()[:2])
    if len(offers) > 1:
        return ReplyOutcome.SEVERAL, None
    # Without an open one it is a late yes, which is noted like that of a link: first in the next draw.
    offer = offers[0] if offers else _last_offer(people, now)
    if offer is None:
        return ReplyOutcome.NOTHING_OPEN, _only(people)
    return _try(partial(accept_offer, offer, now=now), ReplyOutcome.ACCEPTED), offer.entry


def _last_offer(people: list[StandbyEntry], now: datetime) -> Offer | None:
    recent = list(_offers(people).filter(created_at__gt=now - LAST_OFFER).order_by("-created_at"))
    return recent[0] if len({offer.entry_id for offer in recent}) == 1 else None


def _decline(people: list[StandbyEntry], now: datetime) -> Came:
    offers = list(_offers(people).live()[:2])
    if len(offers) != 1:
        return ReplyOutcome.NOTHING_OPEN, None if offers else _only(people)
    return _try(partial(decline_offer, offers[0], now=now), ReplyOutcome.DECLINED), offers[0].entry


def _cancel(people: list[StandbyEntry], now: datetime) -> Came:
    kept = (DoseState.CONFIRMED, DoseState.ARRIVED)
    offers = list(_offers(people).filter(state=OfferState.ACCEPTED, dose__state__in=kept)[:2])
    if len(offers) != 1:
        return ReplyOutcome.NOTHING_TO_CANCEL, None if offers else _only(people)
    return _try(partial(cancel_dose, offers[0], now=now), ReplyOutcome.CANCELLED), offers[0].entry


def _pause(people: list[StandbyEntry], now: datetime) -> Came:
    if (entry := _only(people)) is None:
        return ReplyOutcome.SEVERAL, None
    return _try(partial(pause_entry, entry, until=None, now=now), ReplyOutcome.PAUSED), entry


def _leave(people: list[StandbyEntry], now: datetime) -> Came:
    if (entry := _only(people)) is None:
        return ReplyOutcome.SEVERAL, None
    return _try(partial(leave_list, entry, now=now), ReplyOutcome.LEFT), entry


def _only(people: list[StandbyEntry]) -> StandbyEntry | None:
    return people[0] if len(people) == 1 else None


def _try(step: Callable[[], object], outcome: ReplyOutcome) -> ReplyOutcome:
    try:
        step()
    except Refusal as refusal:
        return _REFUSED[type(refusal)]
    return outcome


_REFUSED: Mapping[type[Refusal], ReplyOutcome] = {
    OfferExpired: ReplyOutcome.EXPIRED,
    DosesTaken: ReplyOutcome.TAKEN,
    OfferNotOpen: ReplyOutcome.CLOSED,
    NothingToCancel: ReplyOutcome.NOTHING_TO_CANCEL,
    TooLateToCancel: ReplyOutcome.TOO_LATE_TO_CANCEL,
    NotPossibleNow: ReplyOutcome.NOT_NOW,
}

_ACTS: Mapping[ReplyWord, Callable[[list[StandbyEntry], datetime], Came]] = {
    ReplyWord.YES: _accept,
    ReplyWord.NO: _decline,
    ReplyWord.CANCEL: _cancel,
    ReplyWord.PAUSE: _pause,
    ReplyWord.STOP: _leave,
}


def _offers(people: list[StandbyEntry]) -> OfferQuerySet:
    return Offer.objects.filter(entry__in=people).select_related("entry", "release__centre", "dose")


def _lock_number(reply: Reply) -> None:
    """Two replies of one number at once would both find that no answer went out in the last hour."""
    if not reply.sender_index:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, ('x' || left(%s, 8))::bit(32)::int)", [_ANSWERING, reply.sender_index]
        )


def _wants_answer(reply: Reply, outcome: ReplyOutcome, *, now: datetime) -> bool:
    if outcome in _UNANSWERED or not reply.sender_index:
        return False
    alike = _HELP if outcome in _HELP else (outcome,)
    told = Reply.objects.filter(
        sender_index=reply.sender_index, answered=True, outcome__in=alike, received_at__gt=now - ONCE_IN
    )
    return not told.exists()
