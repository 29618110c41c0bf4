"""The county's table of releases and its sums. One query, however many rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from impfzentrum.models import Centre, County, HandPick, Release, Vaccine
from impfzentrum.procedures.reporting import OPEN_DOSE, bounds_of_days
from impfzentrum.procedures.wording import name_staff, tell_hand_pick_state
from impfzentrum.states import TAKEN_DOSE, DoseState, HandPickState, ReleaseState
from impfzentrum.vocabulary import ReleaseReason


@dataclass(frozen=True, slots=True)
class Figures:
    """Doses by what became of them: `released` is the sum of the four others."""

    released: int = 0
    accepted: int = 0
    lapsed: int = 0
    withdrawn: int = 0
    open: int = 0

    @property
    def fill_rate(self) -> int | None:
        """Accepted doses in percent of those that were to be given; None where all were taken back."""
        to_give = self.released - self.withdrawn
        return None if to_give == 0 else round(100 * self.accepted / to_give)

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(Figures)))


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release in the county's table. `by_hand`: how many doses staff gave to a named person."""

    number: int
    centre: Centre
    vaccine: Vaccine
    released_at: datetime
    use_by: datetime
    reason: ReleaseReason
    state: ReleaseState
    figures: Figures
    by_hand: int


@dataclass(frozen=True, slots=True)
class HandPickRow:
    """A proposal to give a dose by hand, with the two people as staff names, and what became of it in words."""

    pick: HandPick
    release: Release
    proposed_by: str
    decided_by: str | None
    outcome: str


def tabulate_releases(county: County, *, start: date, end: date) -> list[ReleaseRow]:
    """The releases of a county from the Berlin day `start` to `end`, newest first."""
    begin, over = bounds_of_days(start, end)
    releases = Release.objects.filter(centre__county=county, released_at__gte=begin, released_at__lt=over)
    counted = _count_by_hand(_count_doses(releases)).select_related("centre", "vaccine").order_by("-released_at", "-pk")
    return [_row(release) for release in counted]


def _count_doses(releases: QuerySet[Release]) -> QuerySet[Release]:
    return releases.annotate(
        count_released=Count("doses"),
        count_accepted=Count("doses", filter=Q(doses__state__in=TAKEN_DOSE)),
        count_lapsed=Count("doses", filter=Q(doses__state=DoseState.LAPSED)),
        count_withdrawn=Count("doses", filter=Q(doses__state=DoseState.WITHDRAWN)),
        count_open=Count("doses", filter=Q(doses__state__in=OPEN_DOSE)),
    )


def _count_by_hand(releases: QuerySet[Release]) -> QuerySet[Release]:
    # Counted apart from the doses: two joins at once would multiply each other.
    given = HandPick.objects.filter(release=OuterRef("pk"), state=HandPickState.CONSENTED).order_by()
    count = given.values("release").annotate(count=Count("pk")).values("count")
    return releases.annotate(count_by_hand=Coalesce(Subquery(count), Value(0), output_field=IntegerField()))


def _row(release: Release) -> ReleaseRow:
    return ReleaseRow(
        number=release.number,
        centre=release.centre,
        vaccine=release.vaccine,
        released_at=release.released_at,
        use_by=release.use_by,
        reason=ReleaseReason(release.reason),
        state=ReleaseState(release.state),
        figures=Figures(*(getattr(release, f"count_{field.name}") for field in fields(Figures))),
        by_hand=release.count_by_hand,  # type: ignore[attr-defined]  # annotated above
    )


def tabulate_hand_picks(county: County, *, start: date, end: date) -> list[HandPickRow]:
    """Every proposal to give a dose to a named person in the releases of these Berlin days, newest first.

    Whatever became of it: also what was refused is told. Names nobody who waits.
    """
    begin, over = bounds_of_days(start, end)
    picks = HandPick.objects.filter(
        release__centre__county=county, release__released_at__gte=begin, release__released_at__lt=over
    )
    named = picks.select_related("release__centre", "release__vaccine", "proposed_by", "decided_by", "offer")
    return [_row_by_hand(pick) for pick in named.order_by("-proposed_at", "-pk")]


def _row_by_hand(pick: HandPick) -> HandPickRow:
    second = None if pick.decided_by is None else name_staff(pick.decided_by)
    return HandPickRow(pick, pick.release, name_staff(pick.proposed_by), second, tell_hand_pick_state(pick))


def sum_figures(rows: Iterable[ReleaseRow]) -> Figures:
    return sum((row.figures for row in rows), Figures())


def sum_by_centre(rows: Iterable[ReleaseRow]) -> list[tuple[Centre, Figures]]:
    """The sums of each centre that released anything, by name."""
    sums: dict[Centre, Figures] = {}
    for row in rows:
        sums[row.centre] = sums.get(row.centre, Figures()) + row.figures
    return sorted(sums.items(), key=lambda pair: pair[0].name)
