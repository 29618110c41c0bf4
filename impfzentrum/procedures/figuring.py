"""Counting what a group can be told of itself, once an hour for each centre: no page counts the list itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from impfzentrum.models import Centre, Dose, GroupFigures, Offer, Release, StandbyEntry
from impfzentrum.models.campaign import GROUPS
from impfzentrum.models.eligible import comes_to
from impfzentrum.models.listing import WEEKS
from impfzentrum.rules.prospect import Prospect, estimate_prospect
from impfzentrum.states import CampaignState, EntryState, OfferState

EVERY = timedelta(hours=1)
WEEK = timedelta(days=7)
WAITS = (EntryState.WAITING, EntryState.OFFERED)


def refresh_figures(centre: Centre, *, now: datetime) -> bool:
    """Count the groups of a centre anew if that is an hour ago; return whether it was."""
    if GroupFigures.objects.filter(centre=centre, counted_at__gt=now - EVERY).exists():
        return False
    waiting, offers = _count_waiting(centre), _count_offers(centre, now=now)
    doses = Dose.objects.filter(release__centre=centre, release__released_at__gt=now - WEEK)
    released = doses.count()
    first = Release.objects.filter(centre=centre).aggregate(first=Min("released_at"))["first"]
    rows = [
        GroupFigures(
            centre=centre,
            priority_group=group,
            counted_at=now,
            waiting=waiting[group],
            asked=[offers[f"asked_{week}", group] for week in range(WEEKS)],
            taken=[offers[f"taken_{week}", group] for week in range(WEEKS)],
            released=released,
            first_release_at=first,
        )
        for group in GROUPS
    ]
    told = ["counted_at", "waiting", "asked", "taken", "released", "first_release_at"]
    GroupFigures.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["centre", "priority_group"], update_fields=told
    )
    return True


def _count_waiting(centre: Centre) -> Counter[int]:
    on_list = StandbyEntry.objects.filter(
        comes_to(StandbyEntry, centre.pk), campaign__state=CampaignState.RUNNING, state__in=WAITS
    )
    groups = on_list.order_by().values("priority_group").annotate(people=Count("pk", distinct=True))
    return Counter({row["priority_group"]: row["people"] for row in groups})


def _count_offers(centre: Centre, *, now: datetime) -> Counter[tuple[str, int]]:
    offers = Offer.objects.filter(release__centre=centre, created_at__gt=now - WEEKS * WEEK)
    offers = offers.exclude(state=OfferState.UNDELIVERABLE, handed_over_at=None)
    weeks: dict[str, Count] = {}
    for week in range(WEEKS):
        then = Q(created_at__lte=now - week * WEEK, created_at__gt=now - (week + 1) * WEEK)
        weeks[f"asked_{week}"] = Count("pk", filter=then)
        weeks[f"taken_{week}"] = Count("pk", filter=then & Q(state=OfferState.ACCEPTED))
    rows = offers.order_by().values_list("priority_group").annotate(**weeks).values_list("priority_group", *weeks)
    return Counter({(name, group): count for group, *counts in rows for name, count in zip(weeks, counts, strict=True)})


def weeks_to_count(figures: GroupFigures) -> int:
    """How many whole weeks there were since the first release of the centre, at most WEEKS."""
    if figures.first_release_at is None:
        return 0
    return min(WEEKS, int((figures.counted_at - figures.first_release_at) / WEEK))


def tell_prospect(figures: Sequence[GroupFigures]) -> Prospect | None:
    """The chance of this week for somebody of these groups, one a centre; None where we can't say."""
    return estimate_prospect([(one.waiting, one.asked[: weeks_to_count(one)]) for one in figures]) if figures else None
