"""Giving left-over doses free, knowing before whom that reaches, and stopping it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from impfzentrum.errors import ReleaseNotRunning, UseByPassed, VaccineNotInForce
from impfzentrum.models import Campaign, Centre, Dose, Release, StandbyEntry, Vaccine
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.closing import close_offers
from impfzentrum.procedures.drawing import ensure_draw
from impfzentrum.procedures.learning import note_lesson
from impfzentrum.procedures.waking import wake_match
from impfzentrum.states import DoseState, OfferState, ReleaseState


@dataclass(frozen=True, slots=True)
class ReleaseOrder:
    """What staff ask for. Times are aware; `form_key` makes a second tap the same release."""

    centre: Centre
    campaign: Campaign
    vaccine: Vaccine
    doses: int
    use_by: datetime
    arrive_from: datetime
    arrive_until: datetime
    reason: str
    note: str
    form_key: UUID


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people a release could ask at this moment, in all and by priority group."""

    total: int
    by_group: dict[int, int]


def release_doses(order: ReleaseOrder, *, by: User, now: datetime) -> Release:
    """Give `order.doses` free and wake the matcher. A second call with the same form key returns the first release.

    Raises UseByPassed when nobody could use the doses any more, VaccineNotInForce when no rule for the vaccine holds.
    """
    _refuse_impossible(order, now=now)
    draw = ensure_draw(order.centre, now=now)
    with transaction.atomic():
        # Two taps, and two people releasing at one centre, pass here one after the other: the second tap finds the
        # first one's release, and numbers are given once.
        Centre.objects.select_for_update(no_key=True).get(pk=order.centre.pk)
        known = Release.objects.filter(form_key=order.form_key).first()
        if known is not None:
            return known
        release = Release.objects.create(
            centre=order.centre,
            campaign=order.campaign,
            number=_next_number(order.centre),
            state_since=now,
            vaccine=order.vaccine,
            use_by=order.use_by,
            arrive_from=order.arrive_from,
            arrive_until=order.arrive_until,
            reason=order.reason,
            note=order.note,
            released_by=by,
            released_at=now,
            draw=draw,
            form_key=order.form_key,
        )
        Dose.objects.bulk_create(
            Dose(release=release, number=number, state_since=now) for number in range(1, order.doses + 1)
        )
        record(order.centre.county_id, "released", release.pk, now=now, actor=by, doses=order.doses)
        wake_match(release.pk)
    return release


def refuse_passed_times(*, use_by: datetime, arrive_until: datetime, now: datetime) -> None:
    """Raises UseByPassed when nobody could use the doses any more."""
    if arrive_until <= now or use_by <= now:
        raise UseByPassed(use_by=f"{timezone.localtime(use_by):%H:%M}")


def _refuse_impossible(order: ReleaseOrder, *, now: datetime) -> None:
    refuse_passed_times(use_by=order.use_by, arrive_until=order.arrive_until, now=now)
    day = order.campaign.rules_on(now)
    if not order.campaign.vaccine_rules(day).filter(vaccine=order.vaccine).exists():
        raise VaccineNotInForce(vaccine=order.vaccine, day=f"{day:%d.%m.%Y}")


def _next_number(centre: Centre) -> int:
    return (Release.objects.filter(centre=centre).aggregate(last=Max("number"))["last"] or 0) + 1


def estimate_reach(
    centre: Centre, campaign: Campaign, vaccine: Vaccine, arrival: tuple[datetime, datetime], *, now: datetime
) -> Reach:
    """How many people could be asked right now to come in this time, by the very definition the matcher uses."""
    begin, end = arrival
    imagined = Release(centre=centre, campaign=campaign, vaccine=vaccine, arrive_from=begin, arrive_until=end)
    people = StandbyEntry.objects.eligible_for(imagined, now).order_by()
    by_group = dict(people.values_list("priority_group").annotate(people=Count("pk")).order_by("priority_group"))
    return Reach(total=sum(by_group.values()), by_group=by_group)


def stop_release(release: Release, *, by: User, now: datetime) -> None:
    """End a release by hand: free and held doses are taken back, open offers withdrawn; accepted promises stay.

    Raises ReleaseNotRunning when it is over already.
    """
    with transaction.atomic():
        release = Release.objects.select_for_update(no_key=True).get(pk=release.pk)
        if release.state not in (ReleaseState.RUNNING, ReleaseState.FILLED):
            raise ReleaseNotRunning
        # Locking the free doses first keeps an open race from taking one while we withdraw it.
        list(release.doses.undecided().lock())
        end_by_hand(release, by=by, now=now)


def end_by_hand(release: Release, *, by: User, now: datetime) -> None:
    """What stopping does, for a caller that has locked the release and its undecided doses."""
    close_offers(release.offers.live(), OfferState.WITHDRAWN, now=now)
    withdrawn = move_rows(release.doses.all(), DoseState.FREE, DoseState.WITHDRAWN, now=now)
    note_lesson(release)
    release.move(ReleaseState(release.state), ReleaseState.WITHDRAWN, now=now)
    record(release.centre.county_id, "stopped", release.pk, now=now, actor=by, doses=withdrawn)
