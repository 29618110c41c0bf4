"""What everybody may know of a county: doses saved, how full releases got, who waits, and the last draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from impfzentrum.models import Centre, County, Dose, Draw, PublicFigures
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.reporting import bounds_of_days
from impfzentrum.procedures.reports.people import show_waiting_by_group
from impfzentrum.procedures.reports.report import percent
from impfzentrum.states import TAKEN_DOSE, DoseState
from impfzentrum.vocabulary import OrderPolicy

EVERY = timedelta(hours=1)
LATELY = timedelta(days=30)
DRAWS_SHOWN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class ShownDraw:
    """A draw of a day that is over, with its seed."""

    day: date
    round: int
    seed: str
    commitment: str
    people: int


@dataclass(frozen=True, slots=True)
class OpenBook:
    """The page of a county. `figures` is None until they were counted for the first time."""

    figures: PublicFigures | None
    draws: list[tuple[Centre, list[ShownDraw]]]
    by_lot: bool

    @property
    def fill_rate(self) -> int | None:
        return None if self.figures is None else percent(self.figures.saved, self.figures.released)

    @property
    def fill_rate_lately(self) -> int | None:
        return None if self.figures is None else percent(self.figures.saved_lately, self.figures.released_lately)


def open_book(county: County, *, now: datetime) -> OpenBook:
    """What the public page shows. Counts nothing itself; two queries."""
    figures = PublicFigures.objects.filter(county=county).first()
    today = timezone.localdate(now)
    # Only days that are over: the seed of today stays secret until midnight.
    drawn = (
        Draw.objects.filter(centre__county=county, day__gte=today - DRAWS_SHOWN, day__lt=today, drawn_at__isnull=False)
        .select_related("centre")
        .order_by("centre__name", "centre", "-day", "round")
    )
    draws = [
        (
            centre,
            [ShownDraw(one.day, one.round, bytes(one.seed).hex(), one.commitment, one.people) for one in of_centre],
        )
        for centre, of_centre in groupby(drawn, key=lambda one: one.centre)
    ]
    return OpenBook(figures, draws, county.order_policy == OrderPolicy.DRAW)


def refresh_public_figures(county: County, *, now: datetime) -> bool:
    """Count anew what the page of a county shows, if it has one and that is an hour ago; say whether it was."""
    if not county.shows_figures:
        return False
    if PublicFigures.objects.filter(county=county, counted_at__gt=now - EVERY).exists():
        return False
    _count(county, now=now)
    return True


def _count(county: County, *, now: datetime) -> None:
    today = timezone.localdate(now)
    begin, _over = bounds_of_days(today - LATELY, today)
    given, lately = ~Q(state=DoseState.WITHDRAWN), Q(release__released_at__gte=begin)
    taken = Q(state__in=TAKEN_DOSE)
    doses = Dose.objects.filter(release__centre__county=county).order_by()
    figures = doses.aggregate(
        released=Count("pk", filter=given),
        saved=Count("pk", filter=taken),
        released_lately=Count("pk", filter=given & lately),
        saved_lately=Count("pk", filter=taken & lately),
    )
    waiting = show_waiting_by_group(county, now=now)
    PublicFigures.objects.update_or_create(county=county, defaults={**figures, "waiting": waiting, "counted_at": now})


def show_figures(county: County, *, show: bool, by: User, now: datetime) -> None:
    """Switch the public page on or off. Switched to what it is already, nothing happens."""
    with transaction.atomic():
        if not County.objects.filter(pk=county.pk, shows_figures=not show).update(shows_figures=show):
            return
        county.shows_figures = show
        action = "figures_shown" if show else "figures_hidden"
        record(county.pk, action, f"county-{county.pk}", now=now, actor=by)
    if show:
        refresh_public_figures(county, now=now)
