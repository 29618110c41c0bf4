"""What a person answers: yes, no, and "I cannot come after all". One decision, one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from impfzentrum.errors import DosesTaken, NothingToCancel, OfferExpired, OfferNotOpen, Refusal, TooLateToCancel
from impfzentrum.models import Dose, MessageTemplate, Offer, Release, StandbyEntry
from impfzentrum.models.sealed import derive_check_in_code
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.capping import note_caps
from impfzentrum.procedures.closing import close_offers
from impfzentrum.procedures.outbox import queue_on_all_channels
from impfzentrum.procedures.waking import wake_match
from impfzentrum.states import LIVE_OFFER, DoseState, EntryState, OfferState, ReleaseState

ANSWERED = (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.CANCELLED, OfferState.UNUSED)

CONFIRM_WITHIN = timedelta(hours=2)
"""So long a confirmation of a cancellation is worth sending, also when the doses are over meanwhile."""


def accept_offer(offer: Offer, *, now: datetime) -> Dose:
    """Confirm the dose that was offered.

    Raises OfferExpired after `answer_by`, DosesTaken when an open race is over, OfferNotOpen when the offer was
    declined, withdrawn or given back. A second call after a success returns the same dose: people tap twice.
    """
    with transaction.atomic():
        outcome = _decide_acceptance(offer, now=now)
    # A refusal is raised outside: what it wrote (too late, back on the list) must stay written.
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _decide_acceptance(offer: Offer, *, now: datetime) -> Dose | Refusal:
    dose = Dose.objects.claim_for(offer)
    _lock_person(offer)
    offer = Offer.objects.select_related("entry", "release__centre", "dose").get(pk=offer.pk)
    if offer.state == OfferState.ACCEPTED and offer.dose is not None:
        return offer.dose
    if offer.state not in LIVE_OFFER or now > offer.last_answer:
        return _refuse(offer, now=now)
    if dose is None:
        _note_late(offer, now=now)
        return DosesTaken()
    _give_dose(offer, dose, now=now)
    return dose


def _lock_person(offer: Offer) -> None:
    # Expiry, pause and matching lock the person before they change an offer: from here on its state stands still.
    list(StandbyEntry.objects.filter(pk=offer.entry_id).select_for_update(no_key=True).values_list("pk"))


def _give_dose(offer: Offer, dose: Dose, *, now: datetime) -> None:
    code = derive_check_in_code(str(offer.public_id))
    dose.move_for_sure(DoseState(dose.state), DoseState.CONFIRMED, now=now, holder=offer.entry, check_in_code=code)
    offer.entry.move_for_sure(EntryState.OFFERED, EntryState.APPOINTED, now=now, unanswered=0)
    offer.move_for_sure(OfferState(offer.state), OfferState.ACCEPTED, now=now, dose=dose, answered_at=now)
    release = offer.release
    record(release.centre.county_id, "accepted", release.pk, now=now, offer=str(offer.public_id), dose=dose.number)
    queue_on_all_channels(
        offer.entry, MessageTemplate.PLACE_AND_TIME, now=now, expires_at=release.arrive_until, offer=offer
    )
    wake_match(release.pk)


def _refuse(offer: Offer, *, now: datetime) -> Refusal:
    """The refusal for an offer that can no longer be accepted; a yes that came too late is noted, once."""
    stopped = offer.state == OfferState.WITHDRAWN and offer.held
    if stopped or offer.state in ANSWERED:
        return OfferNotOpen()
    closed = (OfferState.LATE, OfferState.UNDELIVERABLE, OfferState.WITHDRAWN)
    closed_early = offer.state in closed and now <= offer.last_answer
    if offer.state != OfferState.LATE:
        _note_late(offer, now=now)
    if closed_early:  # others were faster, or our message seemed lost: its end is still to come, so do not tell it
        return OfferNotOpen() if offer.held else DosesTaken()
    return OfferExpired(until=f"{timezone.localtime(offer.last_answer):%H:%M}")


def _note_late(offer: Offer, *, now: datetime) -> None:
    """Who says yes too late has answered: no cool-down, no step towards the pause, and first in the next draw."""
    county = offer.release.centre.county_id
    if offer.state in LIVE_OFFER:
        close_offers(Offer.objects.filter(pk=offer.pk), OfferState.LATE, now=now)
        wake_match(offer.release_id)
    else:
        offer.move(OfferState(offer.state), OfferState.LATE, now=now)
    Offer.objects.filter(pk=offer.pk).update(answered_at=now)
    StandbyEntry.objects.filter(pk=offer.entry_id).update(unanswered=0, cool_down_until=None, late_since=now)
    record(county, "late", offer.release_id, now=now, offer=str(offer.public_id))


def decline_offer(offer: Offer, *, now: datetime) -> None:
    """Say no. The dose goes to the next person at once, the place on the list stays. Declining twice is one no.

    Raises OfferNotOpen for an accepted offer: that is cancelled, not declined.
    """
    with transaction.atomic():
        closed = close_offers(Offer.objects.filter(pk=offer.pk).live(), OfferState.DECLINED, now=now)
        if closed:
            Offer.objects.filter(pk=offer.pk).update(answered_at=now)
            StandbyEntry.objects.filter(pk=offer.entry_id).update(unanswered=0)
            county = offer.release.centre.county_id
            record(county, "declined", offer.release_id, now=now, offer=str(offer.public_id))
            wake_match(offer.release_id)
    if not closed and Offer.objects.filter(pk=offer.pk, state=OfferState.ACCEPTED).exists():
        raise OfferNotOpen


def cancel_dose(offer: Offer, *, by: User | None = None, now: datetime) -> None:
    """Give a confirmed dose back; it is offered again at once while the release lasts. Twice is once.

    `by`: the member of staff to whom the person said so on the phone; None where they did it themselves.
    Raises NothingToCancel when the offer was never accepted, TooLateToCancel after check-in.
    """
    with transaction.atomic():
        releases = Release.objects.select_related("centre").select_for_update(of=("self",), no_key=True)
        release = releases.get(pk=offer.release_id)
        dose = Dose.objects.lock().filter(offers=offer.pk).first()
        _lock_person(offer)
        offer = Offer.objects.select_related("entry").get(pk=offer.pk)
        if offer.state == OfferState.CANCELLED:
            return
        if offer.state != OfferState.ACCEPTED or dose is None:
            raise NothingToCancel
        if dose.state != DoseState.CONFIRMED:
            raise TooLateToCancel
        _take_back(release, dose, offer, by=by, now=now)


def _take_back(release: Release, dose: Dose, offer: Offer, *, by: User | None, now: datetime) -> None:
    running = release.state in (ReleaseState.RUNNING, ReleaseState.FILLED) and now < release.use_by
    new = DoseState.FREE if running else DoseState.LAPSED
    dose.move_for_sure(DoseState.CONFIRMED, new, now=now, holder=None, check_in_code="")
    offer.entry.move_for_sure(EntryState.APPOINTED, EntryState.WAITING, now=now)
    offer.move_for_sure(OfferState.ACCEPTED, OfferState.CANCELLED, now=now)
    note_caps([offer.entry_id], now=now)
    if release.state == ReleaseState.FILLED and running:
        release.move(ReleaseState.FILLED, ReleaseState.RUNNING, now=now)
    number, public_id = dose.number, str(offer.public_id)
    told = {"offer": public_id, "dose": number, "free": running}
    record(release.centre.county_id, "cancelled", release.pk, now=now, actor=by, **told)
    expires_at = now + CONFIRM_WITHIN
    queue_on_all_channels(offer.entry, MessageTemplate.CANCELLED, now=now, expires_at=expires_at, offer=offer)
    wake_match(release.pk)
