"""Giving left-over doses free, knowing before whom that reaches, and stopping it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from impfzentrum.day_refusals import ReleasedMeanwhile
from impfzentrum.errors import ReleaseNotRunning, UseByPassed, VaccineNotInForce
from impfzentrum.models import Campaign, Centre, Dose, OpenedVials, Release, StandbyEntry, Vaccine
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.closing import close_offers
from impfzentrum.procedures.drawing import ensure_draw
from impfzentrum.procedures.learning import note_lesson
from impfzentrum.procedures.opening_vials import end_vials
from impfzentrum.procedures.waking import wake_match
from impfzentrum.procedures.wording import name_staff_and_role
from impfzentrum.states import DoseState, OfferState, ReleaseState
from impfzentrum.vocabulary import VialEnd


@dataclass(frozen=True, slots=True)
class ReleaseOrder:
    """What staff ask for. Times are aware; `form_key` makes a second tap the same release.

    `seen`: the number of the centre's last release when the form was shown, 0 for none; None asks for no comparison.
    `vials`: the opened vials whose rest this is.
    """

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
    seen: int | None = None
    vials: OpenedVials | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people a release could ask at this moment, in all and by priority group."""

    total: int
    by_group: dict[int, int]


def release_doses(order: ReleaseOrder, *, by: User, now: datetime) -> Release:
    """Give `order.doses` free and wake the matcher. A second call with the same form key returns the first release.

    Raises UseByPassed when nobody could use the doses any more, VaccineNotInForce when no rule for the vaccine holds,
    ReleasedMeanwhile when a colleague gave doses of this vaccine free since the form was shown, and VialsEnded when
    the rest of these vials is gone.
    """
    _refuse_impossible(order, now=now)
    draw = ensure_draw(order.centre, now=now)
    with transaction.atomic():
        # Two taps, and two people releasing at one centre, pass here one after the other: the second tap finds the
        # first one's release, and numbers are given once.
        lock_centre(order.centre)
        known = Release.objects.filter(form_key=order.form_key).first()
        if known is not None:
            return known
        _refuse_same_doses(order)
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
        if order.vials is not None:
            end_vials(order.vials, VialEnd.RELEASED, by=by, now=now, release=release)
        record(order.centre.county_id, "released", release.pk, now=now, actor=by, doses=order.doses)
        wake_match(release.pk)
    return release


def lock_centre(centre: Centre) -> None:
    """Wait until nobody else gives doses of this centre free."""
    Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)


def _refuse_same_doses(order: ReleaseOrder) -> None:
    """Two colleagues see the same left-over doses and both give them free: the second is asked first."""
    if order.seen is None:
        return
    since = Release.objects.filter(centre=order.centre, vaccine=order.vaccine, number__gt=order.seen)
    last = since.select_related("released_by").order_by("-number").first()
    if last is not None:
        raise ReleasedMeanwhile(
            who=name_staff_and_role(last.released_by),
            at=f"{timezone.localtime(last.released_at):%H:%M}",
            doses=last.doses.count(),
            vaccine=order.vaccine.name,
            number=last.number,
        )


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
