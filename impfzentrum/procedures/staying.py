"""What people on the list decide for themselves: pause, come back, already vaccinated, leave."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from impfzentrum.errors import NotPossibleNow
from impfzentrum.models import Message, Offer, StandbyEntry
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.answering import cancel_dose, decline_offer
from impfzentrum.procedures.auditing import record
from impfzentrum.rules.availability import ALWAYS
from impfzentrum.vocabulary import ENTRY_MOVES, DoseWanted, EntryState, MessageState, OfferState


def pause_entry(entry: StandbyEntry, *, until: datetime | None, now: datetime) -> None:
    """No offers until `until`, or until the person comes back. An open offer is declined by it.

    Raises NotPossibleNow with a confirmed dose: that is to be cancelled first, so that nobody loses it by a slip.
    """
    entry.refresh_from_db()
    if entry.state == EntryState.PAUSED:
        StandbyEntry.objects.filter(pk=entry.pk, state=EntryState.PAUSED).update(paused_until=until)
        return
    _decline_open_offers(entry, now=now)
    _move(entry, EntryState.WAITING, EntryState.PAUSED, "paused", now=now, paused_until=until)


def resume_entry(entry: StandbyEntry, *, now: datetime) -> None:
    """End a pause and every wait after silence. Coming back twice is once, also when an offer came in between.

    Raises NotPossibleNow for who is not on the list.
    """
    entry.refresh_from_db()
    if entry.state in (EntryState.OFFERED, EntryState.APPOINTED):
        return
    fresh_start = {"paused_until": None, "unanswered": 0, "cool_down_until": None}
    _move(entry, EntryState.PAUSED, EntryState.WAITING, "resumed", now=now, **fresh_start)


def report_vaccinated(entry: StandbyEntry, *, now: datetime) -> None:
    """Vaccinated elsewhere: off the list, an open offer or a confirmed dose goes to the next person."""
    _give_everything_back(entry, now=now)
    entry.refresh_from_db()
    _move(entry, EntryState(entry.state), EntryState.VACCINATED, "vaccinated_elsewhere", now=now)


def leave_list(entry: StandbyEntry, *, now: datetime) -> None:
    """Leave for good: name, contact, birth date, hours and what we know of earlier doses are wiped at once.

    Nothing that still waited to be sent is sent. Leaving twice is once.
    """
    _give_everything_back(entry, now=now)
    entry.refresh_from_db()
    if entry.state == EntryState.LEFT:
        return
    _move(
        entry,
        EntryState(entry.state),
        EntryState.LEFT,
        "left",
        now=now,
        given_name="",
        family_name="",
        birth_date=None,
        mobile="",
        mobile_index="",
        email="",
        email_index="",
        mobile_confirmed_at=None,
        email_confirmed_at=None,
        criterion=None,
        dose_wanted=DoseWanted.FIRST,
        last_vaccine=None,
        last_dose_on=None,
        availability=ALWAYS,
        ready_until=None,
        morning_mail=False,
    )
    move_rows(Message.objects.filter(entry=entry), MessageState.QUEUED, MessageState.LAPSED, now=now)


def _decline_open_offers(entry: StandbyEntry, *, now: datetime) -> None:
    for offer in Offer.objects.live().filter(entry=entry):
        decline_offer(offer, now=now)


def _give_everything_back(entry: StandbyEntry, *, now: datetime) -> None:
    _decline_open_offers(entry, now=now)
    for offer in Offer.objects.filter(entry=entry, state=OfferState.ACCEPTED, dose__state="confirmed"):
        cancel_dose(offer, now=now)


def _move(entry: StandbyEntry, old: EntryState, new: EntryState, action: str, *, now: datetime, **also: object) -> None:
    """Compare-and-set with a note; a repeated tap finds the new state and is content.

    An offer may arrive between declining and this move: then the state is not `old`, the person is told, and nothing
    of the new offer is lost.
    """
    if old == new:
        return
    with transaction.atomic():
        moved = new in ENTRY_MOVES[old] and entry.move(old, new, now=now, **also)
        if moved:
            record(entry.centre.county_id, action, entry.public_id, now=now)
    if not moved:
        entry.refresh_from_db()
        if entry.state != new:
            raise NotPossibleNow(state=entry.get_state_display())
