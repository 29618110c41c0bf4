"""Why people can trust the list: how they are chosen, with figures, and the same in easy language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from impfzentrum.models import Centre, County, GroupFigures
from impfzentrum.procedures.listing import view_list
from impfzentrum.rules.prospect import SMALL

FRESH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group at a centre, in the last four weeks; None where a figure is below SMALL and so not told."""

    group: int
    waiting: int | None
    asked: int | None
    taken: int | None


@dataclass(frozen=True, slots=True)
class CentreTable:
    centre: Centre
    released: int | None
    rows: list[GroupRow]


@require_safe
def choosing(request: HttpRequest, county: str) -> HttpResponse:
    """How people are chosen, and what came of it."""
    place = get_object_or_404(County, slug=county)
    now = timezone.now()
    listed = view_list(place, now=now)
    order = listed.campaign.group_order(now) if listed.campaign else None
    figures = GroupFigures.objects.filter(centre__county=place, counted_at__gt=now - FRESH).select_related("centre")
    values = {
        "county": place,
        "campaign": listed.campaign,
        "ranked": order.ranked if order else False,
        "tables": _tabulate(figures.order_by("centre__name", "centre", "priority_group")),
        "centres": place.centres.all(),
        "small": SMALL,
    }
    return render(request, "citizen/choosing.html", values)


def _tabulate(figures: Iterable[GroupFigures]) -> list[CentreTable]:
    return [
        CentreTable(
            centre=rows[0].centre,
            released=_tell(rows[0].released),
            rows=[
                GroupRow(one.priority_group, _tell(one.waiting), _tell(sum(one.asked)), _tell(sum(one.taken)))
                for one in rows
            ],
        )
        for rows in (list(group) for _, group in groupby(figures, key=lambda one: one.centre_id))
    ]


def _tell(people: int) -> int | None:
    return people if people >= SMALL else None


@require_safe
def easy(request: HttpRequest, county: str) -> HttpResponse:
    """The list in easy language. It is German only: easy German is what it is for."""
    place = get_object_or_404(County, slug=county)
    listed = view_list(place, now=timezone.now())
    values = {"county": place, "campaign": listed.campaign, "listed": listed, "centres": place.centres.all()}
    return render(request, "citizen/easy.html", values)
