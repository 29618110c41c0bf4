"""Erasing what says who somebody is. The row stays: numbers, draws and the record hang on it, and name nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from impfzentrum.models import ContactProof, FurtherCentre, Message, StandbyEntry
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.burying import note_erased
from impfzentrum.rules.availability import ALWAYS
from impfzentrum.states import EntryState, MessageState
from impfzentrum.vocabulary import DoseWanted

WIPED: Mapping[str, object] = {
    "given_name": "",
    "family_name": "",
    "name_index": "",
    "interpreter": "",
    "needs": "",
    "comes_with": "",
    "birth_date": None,
    "postcode": "",
    "mobile": "",
    "mobile_index": "",
    "email": "",
    "email_index": "",
    "mobile_confirmed_at": None,
    "email_confirmed_at": None,
    "email_off": "",
    "email_off_since": None,
    "phone": "",
    "phone_confirmed_at": None,
    "second_phone": "",
    "call_hint": "",
    "criterion": None,
    "dose_wanted": DoseWanted.FIRST,
    "last_vaccine": None,
    "last_dose_on": None,
    "availability": ALWAYS,
    "ready_until": None,
    "morning_mail": False,
    "morning_asked_on": None,
    "seen_at": None,
    "asked_at": None,
    "restricted_at": None,
}
"""What an entry holds once its person is gone; a test compares with what the inventory promises."""


def erase_people(people: Sequence[StandbyEntry], old: EntryState, *, now: datetime) -> int:
    """Erase locked people of one state, in a handful of statements however many they are; return how many."""
    keys = [person.pk for person in people]
    if not keys:
        return 0
    erased = move_rows(StandbyEntry.objects.filter(pk__in=keys), old, EntryState.ERASED, now=now, **WIPED)
    wipe_beside(people, now=now)
    return erased


def wipe_beside(people: Sequence[StandbyEntry], *, now: datetime) -> None:
    """What hangs on entries that are just wiped: further centres, unproved contacts; nothing more is sent to them."""
    keys = [person.pk for person in people]
    FurtherCentre.objects.filter(entry__in=keys).delete()
    ContactProof.objects.filter(entry__in=keys).exclude(new_contact="").update(new_contact="")
    move_rows(Message.objects.filter(entry__in=keys), MessageState.QUEUED, MessageState.LAPSED, now=now)
    note_erased([person.public_id for person in people], now=now)
