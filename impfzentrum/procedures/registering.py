"""Joining the list: what a person tells us becomes an entry, and the contact is asked to prove itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from impfzentrum.errors import DraftOver, TooFast
from impfzentrum.models import (
    Campaign,
    Centre,
    ContactProof,
    PriorityCriterion,
    SignUpDraft,
    StandbyEntry,
    Vaccine,
)
from impfzentrum.models.sealed import blind_index
from impfzentrum.procedures.drafting import lock_draft
from impfzentrum.procedures.listing import take_place
from impfzentrum.procedures.proving import start_proof, void_proofs
from impfzentrum.rules.availability import ALWAYS
from impfzentrum.rules.eligibility import age_on
from impfzentrum.states import EntryState
from impfzentrum.vocabulary import Channel

FASTEST = timedelta(seconds=4)
"""From the first page to the last; nobody reads and types so fast."""


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a person typed, checked by the form. Mobile in E.164 or empty, e-mail or empty, minutes door to door.

    `availability`: parts of a week (rules.availability). `interpreter`, `needs`: codes of the vocabulary. `comes_with`:
    the companion code of somebody else.
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
    interpreter: str = ""
    needs: Sequence[str] = ()
    comes_with: str = ""


def register_draft(draft: SignUpDraft, sign_up: SignUp, *, now: datetime) -> ContactProof:
    """Put the person of a finished draft on the list, unconfirmed, and send a code or a link; return the first proof.

    Done again with a corrected contact it replaces what was written down, and the old code proves nothing any more.
    Raises TooFast for what only a program can do, DraftOver where the contact is confirmed already, ListNotOpen.
    """
    if now - draft.created_at < FASTEST:
        raise TooFast
    with transaction.atomic():
        # A double tap sends the summary twice: the second waits here and then finds the first one's entry.
        draft = lock_draft(draft)
        proof = register_person(sign_up, instead_of=draft.proof, now=now)
        draft.proof = proof
        draft.save(update_fields=["proof"])
    return proof


def register_person(sign_up: SignUp, *, instead_of: ContactProof | None = None, now: datetime) -> ContactProof:
    """Write somebody down, unconfirmed, and send a code (mobile) and a link (e-mail); return the first proof.

    Nobody is looked up here, so that the answer is the same, and takes the same time, for who is known and who is not.
    Who proves a contact that stands on the list already is led to the first entry then (proving). `instead_of`: a proof
    of the same sign-up that was sent before. Raises ListNotOpen while the county's list is paused or full.
    """
    with transaction.atomic():
        entry = _find_unconfirmed(instead_of)
        if entry is None:
            take_place(sign_up.campaign, now=now)
            entry = StandbyEntry(created_at=now, state_since=now)
        write_down(entry, sign_up, now=now)
        proofs = [start_proof(entry, channel, now=now) for channel in _channels_given(sign_up)]
    return proofs[0]


def _find_unconfirmed(proof: ContactProof | None) -> StandbyEntry | None:
    """The entry of an earlier try, locked. Raises DraftOver when it has been confirmed or deleted meanwhile."""
    if proof is None:
        return None
    entry = StandbyEntry.objects.select_for_update(no_key=True).get(pk=proof.entry_id)
    if entry.state != EntryState.UNCONFIRMED:
        raise DraftOver
    return entry


def write_down(entry: StandbyEntry, sign_up: SignUp, *, now: datetime) -> None:
    """Put what was typed into a new or unconfirmed entry. What went to a replaced contact proves nothing."""
    mobile_index = blind_index("mobile", sign_up.mobile)
    email_index = blind_index("email", sign_up.email.lower())
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
    entry.interpreter, entry.needs = sign_up.interpreter, ",".join(sign_up.needs)
    entry.comes_with = sign_up.comes_with
    entry.consented_at, entry.consent_version = now, sign_up.consent_version
    entry.save()
    entry.vaccines.set(sign_up.vaccines)
    entry.further_centres.filter(centre=entry.centre).delete()  # it is their first one now


def best_criterion(
    campaign: Campaign, chosen: PriorityCriterion | None, birth_date: date, *, now: datetime
) -> PriorityCriterion | None:
    """The criterion in force that puts a person first: the chosen one, or what their age alone gives (§§ 2 to 4)."""
    age = age_on(birth_date, timezone.localdate(now))
    by_age = campaign.criteria(campaign.rules_on(now)).filter(age_from__lte=age)
    candidates = [*by_age, *([chosen] if chosen is not None else [])]
    # The chosen one wins a tie: it is what the person will bring a proof for.
    return min(candidates, key=lambda one: (one.group, one != chosen), default=None)


def _channels_given(sign_up: SignUp) -> list[Channel]:
    given = {Channel.SMS: sign_up.mobile, Channel.EMAIL: sign_up.email}
    return [channel for channel, value in given.items() if value]
