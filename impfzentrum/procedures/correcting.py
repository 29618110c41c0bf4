"""What people told us, told anew on their own page: name and contact, reason, way, vaccination, help.

An open offer and an appointment stay what they are: what decides about them can be changed before and after, not
meanwhile. The record says which part changed, never what it says.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction

from impfzentrum.errors import NotPossibleNow, NoWayToReach
from impfzentrum.models import Centre, ContactProof, PriorityCriterion, StandbyEntry, Vaccine
from impfzentrum.models.sealed import blind_index
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.limiting import Limit, count_request
from impfzentrum.procedures.proving import start_proof, void_proofs
from impfzentrum.procedures.readying import ON_LIST, wake_releases
from impfzentrum.procedures.registering import best_criterion
from impfzentrum.states import EntryState
from impfzentrum.vocabulary import Channel

BEFORE_AN_OFFER = (EntryState.UNCONFIRMED, EntryState.WAITING, EntryState.PAUSED)


def correct_contact(
    entry: StandbyEntry, *, given_name: str, family_name: str, mobile: str, email: str, now: datetime
) -> list[ContactProof]:
    """Another name, mobile (E.164 or empty) or e-mail; return the proofs that were sent to what is new.

    A new contact counts from its proof on; until then the old one stays, so nobody drops out by a slip. An empty one is
    deleted at once. Raises NoWayToReach where no confirmed contact would be left, NotPossibleNow for who is not on the
    list, TooManyRequests where the new contact was written to often enough.
    """
    wanted = {Channel.SMS: mobile, Channel.EMAIL: email}
    changed = [channel for channel, value in wanted.items() if value.lower() != entry.address(channel).lower()]
    for channel in changed:
        if wanted[channel]:
            count_request(Limit.NEW_CONTACT, index_contact(channel, wanted[channel]), now=now)
    with transaction.atomic():
        person = _lock(entry, ON_LIST)
        person.given_name, person.family_name = given_name, family_name
        for channel in changed:
            void_proofs(person, channel, now=now)
            if not wanted[channel]:
                _drop(person, channel)
        if person.state != EntryState.UNCONFIRMED and entry.channels and not person.channels:
            raise NoWayToReach
        person.save()
        record(person.centre.county_id, "corrected", person.public_id, now=now, part="contact")
        return [start_proof(person, channel, new=wanted[channel], now=now) for channel in changed if wanted[channel]]


def index_contact(channel: Channel, contact: str) -> str:
    """The blind index of a contact."""
    return blind_index("mobile", contact) if channel == Channel.SMS else blind_index("email", contact.lower())


def _drop(person: StandbyEntry, channel: Channel) -> None:
    if channel == Channel.SMS:
        person.mobile, person.mobile_index, person.mobile_confirmed_at = "", "", None
    else:
        person.email, person.email_index, person.email_confirmed_at = "", "", None
        person.email_off, person.email_off_since, person.morning_mail = "", None, False


def correct_reason(entry: StandbyEntry, criterion: PriorityCriterion | None, *, now: datetime) -> None:
    """Another criterion; the group follows from it or from the age, as at sign-up. Raises NotPossibleNow."""
    with transaction.atomic():
        person = _lock(entry, BEFORE_AN_OFFER)
        if person.birth_date is None:
            raise NotPossibleNow(state=person.get_state_display())
        best = best_criterion(person.campaign, criterion, person.birth_date, now=now)
        person.criterion, person.priority_group = best, best.group if best else 4
        person.save(update_fields=["criterion", "priority_group"])
        _note(person, "reason", now=now)


def correct_way(entry: StandbyEntry, *, centre: Centre, travel_minutes: int, availability: int, now: datetime) -> None:
    """Another centre of the county, other minutes, other hours. Raises NotPossibleNow."""
    with transaction.atomic():
        person = _lock(entry, BEFORE_AN_OFFER)
        person.centre, person.travel_minutes, person.availability = centre, travel_minutes, availability
        person.save(update_fields=["centre", "travel_minutes", "availability"])
        person.further_centres.filter(centre=centre).delete()  # it is their first one now
        _note(person, "way", now=now)


def correct_vaccination(
    entry: StandbyEntry,
    *,
    vaccines: Collection[Vaccine],
    dose_wanted: int,
    last_vaccine: Vaccine | None,
    last_dose_on: date | None,
    now: datetime,
) -> None:
    """Other vaccines, or another dose. Raises NotPossibleNow."""
    with transaction.atomic():
        person = _lock(entry, BEFORE_AN_OFFER)
        person.dose_wanted, person.last_vaccine, person.last_dose_on = dose_wanted, last_vaccine, last_dose_on
        person.save(update_fields=["dose_wanted", "last_vaccine", "last_dose_on"])
        person.vaccines.set(vaccines)
        _note(person, "vaccination", now=now)


def correct_help(
    entry: StandbyEntry, *, interpreter: str, needs: Sequence[str], comes_with: str, language: str, now: datetime
) -> None:
    """Interpreter, help on site, companion, and the language we write in. Raises NotPossibleNow."""
    with transaction.atomic():
        person = _lock(entry, ON_LIST)
        person.interpreter, person.needs, person.comes_with = interpreter, ",".join(needs), comes_with
        person.language = language
        person.save(update_fields=["interpreter", "needs", "comes_with", "language"])
        record(person.centre.county_id, "corrected", person.public_id, now=now, part="help")


def _lock(entry: StandbyEntry, states: Collection[EntryState]) -> StandbyEntry:
    # A matcher that asks this person at the same moment locks them too: it sees either the old answers or the new.
    people = StandbyEntry.objects.select_for_update(of=("self",), no_key=True)
    person = people.select_related("campaign__county", "centre").get(pk=entry.pk)
    if person.state not in states:
        raise NotPossibleNow(state=person.get_state_display())
    return person


def _note(person: StandbyEntry, part: str, *, now: datetime) -> None:
    record(person.campaign.county_id, "corrected", person.public_id, now=now, part=part)
    wake_releases(person)
