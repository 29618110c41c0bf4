"""What people on the list decide for themselves: pause, come back, already vaccinated, leave."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from impfzentrum.errors import NothingToCancel, NotPossibleNow, NoWayToReach, OfferNotOpen, TooLateToCancel
from impfzentrum.models import Message, Offer, StandbyEntry
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.answering import cancel_dose, decline_offer
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.erasing import WIPED, wipe_beside
from impfzentrum.states import LIVE_OFFER, DoseState, EntryState, MessageState, OfferState

TRIES = 5
"""So often an offer or an answer may come in between before a person is told that it is not possible now."""

OPEN = Q(state__in=LIVE_OFFER)
PROMISED = Q(state=OfferState.ACCEPTED, dose__state=DoseState.CONFIRMED)


class _CameBetween(Exception):
    """Between giving back and locking the person they were asked, or said yes on another device: try again."""


def pause_entry(entry: StandbyEntry, *, until: datetime | None, now: datetime) -> None:
    """No offers until `until`, or until the person comes back. An open offer is declined by it.

    Raises NotPossibleNow with a confirmed dose: that is to be cancelled first, so that nobody loses it by a slip, and
    NoWayToReach for an end to who could not be reached then.
    """

    def pause(person: StandbyEntry) -> None:
        if until is not None and not person.channels:
            raise NoWayToReach
        if person.restricted_at is not None:
            return  # nothing is used already, and no end of a pause may change that
        if person.state == EntryState.PAUSED:
            StandbyEntry.objects.filter(pk=person.pk).update(paused_until=until)
        else:
            _move(person, [EntryState.WAITING], EntryState.PAUSED, "paused", now=now, paused_until=until)

    _decide(entry, pause, give_back=OPEN, now=now)


def resume_entry(entry: StandbyEntry, *, now: datetime) -> None:
    """End a pause and every wait after silence. Coming back twice is once, also when an offer came in between.

    Raises NotPossibleNow for who is not on the list, NoWayToReach for whom nothing reaches.
    """
    fresh_start = {"paused_until": None, "unanswered": 0, "cool_down_until": None, "restricted_at": None}

    def resume(person: StandbyEntry) -> None:
        if person.state not in (EntryState.WAITING, EntryState.OFFERED, EntryState.APPOINTED):
            if person.state == EntryState.PAUSED and not person.channels:
                raise NoWayToReach
            _move(person, [EntryState.PAUSED], EntryState.WAITING, "resumed", now=now, **fresh_start)

    _decide(entry, resume, give_back=None, now=now)


def restrict_entry(entry: StandbyEntry, *, now: datetime) -> None:
    """Keep what we know of the person and use it for nothing, until they come back or leave (Art. 18 DSGVO).

    An open offer is declined by it, what waits to be sent is not sent, and no term erases what they want kept. Raises
    NotPossibleNow with a confirmed dose and for who is not on the list. Twice is once.
    """

    def restrict(person: StandbyEntry) -> None:
        if person.restricted_at is not None:
            return
        if person.state == EntryState.WAITING:
            person.move_for_sure(EntryState.WAITING, EntryState.PAUSED, now=now)
        elif person.state != EntryState.PAUSED:
            raise NotPossibleNow(state=person.get_state_display())
        still = {"paused_until": None, "restricted_at": now, "asked_at": None, "morning_mail": False}
        StandbyEntry.objects.filter(pk=person.pk).update(**still)
        move_rows(Message.objects.filter(entry=person), MessageState.QUEUED, MessageState.LAPSED, now=now)
        record(person.centre.county_id, "restricted", person.public_id, now=now)

    _decide(entry, restrict, give_back=OPEN, now=now)


def report_vaccinated(entry: StandbyEntry, *, now: datetime) -> None:
    """Vaccinated elsewhere: off the list, an open offer or a confirmed dose goes to the next person."""

    def take_off(person: StandbyEntry) -> None:
        if person.state != EntryState.VACCINATED:
            on_the_list = [EntryState.WAITING, EntryState.PAUSED, EntryState.APPOINTED]
            _move(person, on_the_list, EntryState.VACCINATED, "vaccinated_elsewhere", now=now, restricted_at=None)

    _decide(entry, take_off, give_back=OPEN | PROMISED, now=now)


def leave_list(entry: StandbyEntry, *, now: datetime, action: str = "left") -> None:
    """Leave for good: name, contact, birth date, hours, further centres and what we know of earlier doses are wiped.

    Nothing that still waited to be sent is sent. Leaving twice is once. `action` is what the record says of it.
    """

    def leave(person: StandbyEntry) -> None:
        if person.state != EntryState.LEFT:
            _wipe(person, action, now=now)

    _decide(entry, leave, give_back=OPEN | PROMISED, now=now)


def _wipe(person: StandbyEntry, action: str, *, now: datetime) -> None:
    _move(
        person,
        [EntryState.UNCONFIRMED, EntryState.WAITING, EntryState.PAUSED, EntryState.VACCINATED],
        EntryState.LEFT,
        action,
        now=now,
        **WIPED,
    )
    wipe_beside([person], now=now)


def _decide(entry: StandbyEntry, decide: Callable[[StandbyEntry], None], *, give_back: Q | None, now: datetime) -> None:
    """Give back the offers that `give_back` names, then lock the person and decide: all of it or nothing.

    A dose is locked before its person (docs/locking.md), so the person is locked last, and an offer or a yes may come
    before that. Then the try is rolled back and the next one finds it.
    """
    for _ in range(TRIES):
        with suppress(_CameBetween, OfferNotOpen, NothingToCancel, TooLateToCancel), transaction.atomic():
            for offer in _offers(entry, give_back):
                give = cancel_dose if offer.state == OfferState.ACCEPTED else decline_offer
                give(offer, now=now)
            person = StandbyEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
            if _offers(entry, give_back).exists():
                raise _CameBetween
            decide(person)
            entry.refresh_from_db()
            return
    entry.refresh_from_db()
    raise NotPossibleNow(state=entry.get_state_display())


def _offers(entry: StandbyEntry, which: Q | None) -> QuerySet[Offer]:
    return Offer.objects.none() if which is None else Offer.objects.filter(which, entry=entry)


def _move(
    person: StandbyEntry, old: list[EntryState], new: EntryState, action: str, *, now: datetime, **also: object
) -> None:
    """Change the state of a locked person, with a note. Raises NotPossibleNow from any other state than `old`."""
    if person.state not in old:
        raise NotPossibleNow(state=person.get_state_display())
    person.move_for_sure(EntryState(person.state), new, now=now, **also)
    record(person.centre.county_id, action, person.public_id, now=now)
