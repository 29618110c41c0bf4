"""Giving a dose to a named person: one of the staff proposes it with a reason, and a second one has to consent.

Nobody who waits loses by it: no place in the order changes, and a dose that is held or promised stays where it is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from impfzentrum.errors import (
    AlreadyProposed,
    ConsentOfTheSame,
    HandPickDecided,
    NoFreeDose,
    NotEligible,
    WithdrawalOfAnother,
)
from impfzentrum.models import Dose, HandPick, MessageTemplate, Offer, Release, StandbyEntry
from impfzentrum.models.hand_pick import CONSENT_WITHIN
from impfzentrum.models.offer import BY_HAND
from impfzentrum.models.sealed import derive_check_in_code
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.changing import lock_running
from impfzentrum.procedures.judging import tell_obstacles
from impfzentrum.procedures.outbox import queue_on_all_channels
from impfzentrum.procedures.waking import wake_match
from impfzentrum.states import DoseState, EntryState, HandPickState, OfferState, ReleaseState

RUNNING = (ReleaseState.RUNNING, ReleaseState.FILLED)


@dataclass(frozen=True, slots=True)
class HandPickOrder:
    """What staff propose. `form_key` makes a second tap the same proposal."""

    release: Release
    entry: StandbyEntry
    reason: str
    note: str
    form_key: UUID


def propose_hand_pick(order: HandPickOrder, *, by: User, now: datetime) -> HandPick:
    """Propose to give a free dose to this person; a colleague has to consent within CONSENT_WITHIN. Holds no dose.

    A second tap returns the first proposal. Raises ReleaseNotRunning, NotEligible with the reasons in words,
    NoFreeDose, AlreadyProposed when another proposal for this person waits in this release.
    """
    with transaction.atomic():
        # Two taps pass here one after the other, so the second finds the proposal of the first.
        release = lock_running(order.release, now=now)
        known = HandPick.objects.filter(form_key=order.form_key)
        if again := known.filter(entry=order.entry, proposed_by=by).first():
            return again
        if release.hand_picks.filter(entry=order.entry, state=HandPickState.PROPOSED).exists():
            raise AlreadyProposed
        _refuse_ineligible(release, order.entry, now=now)
        if not release.doses.filter(state=DoseState.FREE).exists():
            raise NoFreeDose
        pick = HandPick.objects.create(
            release=release,
            entry=order.entry,
            reason=order.reason,
            note=order.note,
            proposed_by=by,
            proposed_at=now,
            state_since=now,
            form_key=uuid4() if known.exists() else order.form_key,
        )
        _note(pick, "hand_pick_proposed", by=by, now=now, entry=str(order.entry.public_id))
    return pick


def consent_to_hand_pick(pick: HandPick, *, by: User, now: datetime) -> HandPick:
    """Give the dose: confirmed with a check-in code, place and time on their way. A second tap changes nothing more.

    Raises ConsentOfTheSame for who proposed it, HandPickDecided when it is no longer open, ReleaseNotRunning,
    NoFreeDose, and NotEligible when the person may not be asked any more at this moment.
    """
    with transaction.atomic():
        release = lock_running(pick.release, now=now)
        # Two colleagues decide one after the other: the second reads what the first decided.
        pick = lock_proposal(pick)
        if pick.state == HandPickState.CONSENTED and pick.decided_by_id == by.pk:
            return pick
        _refuse_decision(pick, by=by, now=now)
        dose = Dose.objects.claim_free(release.pk)
        if dose is None:
            raise NoFreeDose
        # From here on no other release asks this person, and nothing they answer elsewhere changes where they stand.
        entry = lock_person(pick)
        _refuse_ineligible(release, entry, now=now)
        _give_dose(pick, dose, entry, by=by, now=now)
    return pick


def lock_proposal(pick: HandPick) -> HandPick:
    """The proposal as it stands after waiting for whoever was just deciding about it."""
    return (
        HandPick.objects.select_related("release__centre").select_for_update(of=("self",), no_key=True).get(pk=pick.pk)
    )


def lock_person(pick: HandPick) -> StandbyEntry:
    """The person, locked: matching and answers elsewhere wait or pass by."""
    return StandbyEntry.objects.select_for_update(no_key=True).get(pk=pick.entry_id)


def _refuse_decision(pick: HandPick, *, by: User, now: datetime) -> None:
    if pick.state != HandPickState.PROPOSED:
        raise HandPickDecided(state=pick.get_state_display())
    if now >= pick.lapses_at:  # over, also if the sweep has not noted it yet
        raise HandPickDecided(state=HandPickState.LAPSED.label)
    if pick.proposed_by_id == by.pk:
        raise ConsentOfTheSame


def _refuse_ineligible(release: Release, entry: StandbyEntry, *, now: datetime) -> None:
    if not StandbyEntry.objects.eligible_for(release, now).filter(pk=entry.pk).exists():
        raise NotEligible(why=tell_obstacles(entry, release, now=now))


def _give_dose(pick: HandPick, dose: Dose, entry: StandbyEntry, *, by: User, now: datetime) -> None:
    """An accepted offer like any other, so that what follows a yes follows here: messages, day list, giving back."""
    release = pick.release
    offer = Offer(
        release=release,
        entry=entry,
        dose=dose,
        state=OfferState.ACCEPTED,
        state_since=now,
        wave=BY_HAND,
        priority_group=entry.priority_group,
        ticket=0,
        travel_minutes=entry.minutes_to(release.centre_id),
        created_at=now,
        answered_at=now,
    )
    code = derive_check_in_code(str(offer.public_id))
    dose.move_for_sure(DoseState.FREE, DoseState.CONFIRMED, now=now, holder=entry, check_in_code=code)
    entry.move_for_sure(EntryState.WAITING, EntryState.APPOINTED, now=now)
    offer.save()
    decided = {"decided_by": by, "decided_at": now, "offer": offer}
    pick.move_for_sure(HandPickState.PROPOSED, HandPickState.CONSENTED, now=now, **decided)
    _note(pick, "hand_pick_consented", by=by, now=now, offer=str(offer.public_id), dose=dose.number)
    queue_on_all_channels(entry, MessageTemplate.PLACE_AND_TIME, now=now, expires_at=release.arrive_until, offer=offer)
    wake_match(release.pk)


def refuse_hand_pick(pick: HandPick, *, by: User, now: datetime) -> None:
    """Say no to a colleague's proposal; refusing twice is one no. Raises ConsentOfTheSame, HandPickDecided."""
    with transaction.atomic():
        pick = lock_proposal(pick)
        if pick.state == HandPickState.REFUSED and pick.decided_by_id == by.pk:
            return
        _refuse_decision(pick, by=by, now=now)
        pick.move_for_sure(HandPickState.PROPOSED, HandPickState.REFUSED, now=now, decided_by=by, decided_at=now)
        _note(pick, "hand_pick_refused", by=by, now=now)


def withdraw_hand_pick(pick: HandPick, *, by: User, now: datetime) -> None:
    """Take one's own proposal back; twice is once. Raises WithdrawalOfAnother, HandPickDecided."""
    with transaction.atomic():
        pick = lock_proposal(pick)
        if pick.proposed_by_id != by.pk:
            raise WithdrawalOfAnother
        if pick.state == HandPickState.WITHDRAWN:
            return
        if not pick.move(HandPickState.PROPOSED, HandPickState.WITHDRAWN, now=now, decided_at=now):
            raise HandPickDecided(state=pick.get_state_display())
        _note(pick, "hand_pick_withdrawn", by=by, now=now)


def lapse_hand_picks(*, now: datetime) -> int:
    """Close proposals that nobody decided in time, or whose release is over; return how many. They held no dose."""
    ended = Q(release__use_by__lte=now) | ~Q(release__state__in=RUNNING)
    over = HandPick.objects.filter(Q(proposed_at__lte=now - CONSENT_WITHIN) | ended, state=HandPickState.PROPOSED)
    lapsed = 0
    for pick in over.select_related("release__centre"):
        with transaction.atomic():
            # A colleague who is just deciding holds the row: then it is not proposed any more when we get it.
            if pick.move(HandPickState.PROPOSED, HandPickState.LAPSED, now=now, decided_at=now):
                _note(pick, "hand_pick_lapsed", by=None, now=now)
                lapsed += 1
    return lapsed


def _note(pick: HandPick, action: str, *, by: User | None, now: datetime, **detail: object) -> None:
    """The record names both people and the reason. Of the free text it holds only a digest: the record is for ever."""
    record(
        pick.release.centre.county_id,
        action,
        pick.release_id,
        now=now,
        actor=by,
        hand_pick=str(pick.public_id),
        reason=pick.reason,
        note_digest=digest_note(pick.note),
        proposed_by=pick.proposed_by_id,
        decided_by=pick.decided_by_id,
        **detail,
    )


def digest_note(note: str) -> str:
    """What the record keeps of the free text: enough to see that it was not changed afterwards. 64 hex digits."""
    return hashlib.sha256(note.encode()).hexdigest()
