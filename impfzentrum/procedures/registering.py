"""Joining the list: what a person tells us becomes an entry, and the contact is asked to prove itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from impfzentrum.errors import ListNotOpen
from impfzentrum.models import Campaign, Centre, ContactProof, PriorityCriterion, StandbyEntry, Vaccine, in_force
from impfzentrum.models.sealed import blind_index
from impfzentrum.procedures.proving import start_proof, void_proofs
from impfzentrum.rules.availability import ALWAYS
from impfzentrum.rules.eligibility import age_on
from impfzentrum.states import EntryState, ListState
from impfzentrum.vocabulary import Channel

_SIGNING_UP = 0x4E53  # first key of the advisory lock; the second is the contact


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a person typed, checked by the form. Mobile in E.164 or empty, e-mail or empty, minutes door to door.

    `availability`: parts of a week (rules.availability).
    """

    campaign: Campaign
    centre: Centre
    given_name: str
    family_name: str
    birth_date: date
    postcode: str
    mobile: str
    email: str
    criterion: PriorityCriterion | None
    vaccines: Sequence[Vaccine]
    dose_wanted: int
    last_vaccine: Vaccine | None
    last_dose_on: date | None
    travel_minutes: int
    language: str
    consent_version: str
    availability: int = ALWAYS


def register_person(sign_up: SignUp, *, now: datetime) -> ContactProof:
    """Put a person on the list, unconfirmed, and send a code (mobile) and a link (e-mail); return the first proof.

    The same contact with the same birth date leads to the entry that exists already; a stranger learns nothing from
    that, since only the owner of the contact gets the code. Raises ListNotOpen while the county's list is paused or
    full.
    """
    with transaction.atomic():
        entry = store_sign_up(sign_up, now=now)
        proofs = [start_proof(entry, channel, now=now) for channel in _channels_given(sign_up, entry)]
    return proofs[0]


def store_sign_up(sign_up: SignUp, *, known: StandbyEntry | None = None, now: datetime) -> StandbyEntry:
    """The entry of this person: the one that exists already (`known`, or by contact and birth date), or a new one.

    What was typed is written down as long as the entry is unconfirmed. Needs a transaction. Raises ListNotOpen.
    """
    mobile_index = blind_index("mobile", sign_up.mobile)
    email_index = blind_index("email", sign_up.email.lower())
    # A double tap sends two forms at once: the second waits here and then finds the first one's entry.
    if mobile_index or email_index:
        lock_contact(mobile_index or email_index)
    entry = known or _find_known(sign_up, mobile_index, email_index)
    if entry is None:
        _refuse_if_not_open(sign_up.campaign)
        entry = StandbyEntry(created_at=now, state_since=now)
    if entry.state == EntryState.UNCONFIRMED:
        _write_down(entry, sign_up, mobile_index, email_index, now=now)
    return entry


def lock_contact(index: str) -> None:
    """Who signs up with this contact (a blind index) comes after who is just doing so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, ('x' || left(%s, 8))::bit(32)::int)", [_SIGNING_UP, index])


def _find_known(sign_up: SignUp, mobile_index: str, email_index: str) -> StandbyEntry | None:
    same_contact = Q(pk__in=[])
    if mobile_index:
        same_contact |= Q(mobile_index=mobile_index)
    if email_index:
        same_contact |= Q(email_index=email_index)
    known = StandbyEntry.objects.filter(same_contact, campaign=sign_up.campaign, birth_date=sign_up.birth_date)
    known = known.exclude(state__in=[EntryState.LEFT, EntryState.ERASED])
    return known.order_by("created_at").first()


def _refuse_if_not_open(campaign: Campaign) -> None:
    county = campaign.county
    on_list = campaign.entries.exclude(state__in=[EntryState.LEFT, EntryState.ERASED])
    full = county.list_cap is not None and on_list.count() >= county.list_cap
    if county.list_state != ListState.OPEN or full:
        raise ListNotOpen


def _write_down(entry: StandbyEntry, sign_up: SignUp, mobile_index: str, email_index: str, *, now: datetime) -> None:
    criterion = best_criterion(sign_up.campaign, sign_up.criterion, sign_up.birth_date, now=now)
    if entry.mobile_index not in ("", mobile_index):
        void_proofs(entry, Channel.SMS, now=now)
    if entry.email_index not in ("", email_index):
        void_proofs(entry, Channel.EMAIL, now=now)
    entry.campaign, entry.centre = sign_up.campaign, sign_up.centre
    entry.given_name, entry.family_name = sign_up.given_name, sign_up.family_name
    entry.birth_date, entry.postcode = sign_up.birth_date, sign_up.postcode
    entry.mobile, entry.mobile_index = sign_up.mobile, mobile_index
    entry.email, entry.email_index = sign_up.email, email_index
    entry.criterion, entry.priority_group = criterion, criterion.group if criterion else 4
    entry.dose_wanted = sign_up.dose_wanted
    entry.last_vaccine, entry.last_dose_on = sign_up.last_vaccine, sign_up.last_dose_on
    entry.availability = sign_up.availability
    entry.travel_minutes, entry.language = sign_up.travel_minutes, sign_up.language
    entry.consented_at, entry.consent_version = now, sign_up.consent_version
    entry.save()
    entry.vaccines.set(sign_up.vaccines)
    entry.further_centres.filter(centre=entry.centre).delete()  # it is their first one now


def best_criterion(
    campaign: Campaign, chosen: PriorityCriterion | None, birth_date: date, *, now: datetime
) -> PriorityCriterion | None:
    """The criterion in force that puts a person first: the chosen one, or what their age alone gives (§§ 2 to 4)."""
    age = age_on(birth_date, timezone.localdate(now))
    by_age = in_force(campaign.rule_set.criteria, campaign.rules_on(now)).filter(age_from__lte=age)
    candidates = [*by_age, *([chosen] if chosen is not None else [])]
    # The chosen one wins a tie: it is what the person will bring a proof for.
    return min(candidates, key=lambda one: (one.group, one != chosen), default=None)


def _channels_given(sign_up: SignUp, entry: StandbyEntry) -> list[Channel]:
    """The typed contacts that this entry really has: a second address for a known person proves nothing yet."""
    given = {Channel.SMS: sign_up.mobile, Channel.EMAIL: sign_up.email}
    return [channel for channel, value in given.items() if value and entry.address(channel).lower() == value.lower()]
