"""How the list works for one person: who waits beside them, what was released, their chance. Counted before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from impfzentrum.models import GroupFigures, StandbyEntry
from impfzentrum.models.campaign import GroupOrder
from impfzentrum.procedures.figuring import tell_prospect
from impfzentrum.rules.prospect import SMALL, Prospect

TOO_OLD = timedelta(days=1)
"""Figures that nobody has counted anew for so long are not shown: the workers stand still."""


@dataclass(frozen=True, slots=True)
class CentreStanding:
    """One centre: `waiting` people of the person's group, None where they are so few that it is not told; doses that
    were released there in the last seven days."""

    name: str
    waiting: int | None
    released: int


@dataclass(frozen=True, slots=True)
class Standing:
    """`prospect` is None where nothing honest can be said."""

    centres: list[CentreStanding]
    prospect: Prospect | None
    counted_at: datetime


def tell_standing(entry: StandbyEntry, order: GroupOrder, further: Iterable[int], *, now: datetime) -> Standing | None:
    """Where somebody stands who waits at their centre and at these `further` ones; None without figures of today.

    Without an order of groups everybody waits alike. One query, however long the list is.
    """
    rows = GroupFigures.objects.filter(centre__in=[entry.centre_id, *further], counted_at__gt=now - TOO_OLD)
    if order.ranked:
        rows = rows.filter(priority_group=entry.priority_group)
    ordered = rows.select_related("centre").order_by("centre__name", "centre", "priority_group")
    figures = [_add(list(group)) for _, group in groupby(ordered, key=lambda one: one.centre_id)]
    if not figures:
        return None
    called = entry.priority_group in order.open or not order.ranked
    return Standing(
        centres=[
            CentreStanding(one.centre.name, one.waiting if one.waiting >= SMALL else None, one.released)
            for one in figures
        ],
        prospect=tell_prospect(figures) if called else None,
        counted_at=min(one.counted_at for one in figures),
    )


def _add(groups: list[GroupFigures]) -> GroupFigures:
    """The figures of several groups of a centre as of one."""
    first = groups[0]
    return GroupFigures(
        centre=first.centre,
        priority_group=first.priority_group,
        counted_at=first.counted_at,
        waiting=sum(one.waiting for one in groups),
        asked=[sum(week) for week in zip(*(one.asked for one in groups), strict=True)],
        taken=[sum(week) for week in zip(*(one.taken for one in groups), strict=True)],
        released=first.released,
        first_release_at=first.first_release_at,
    )
