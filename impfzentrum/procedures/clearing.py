"""Clearing places: who cannot be asked now leaves a new order, and orders that are over go. Nobody is waited for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from impfzentrum.models import Centre, Draw, Place, StandbyEntry
from impfzentrum.models.eligible import comes_to
from impfzentrum.procedures.placing import READY, find_order, tell_triggers

UNREADY_AT_ONCE = 500
REMOVED_AT_ONCE = 2_000
OUTLIVES = timedelta(minutes=1)
"""So long the places of the draw before stay: a matcher may just be walking along them."""


def clear_hints(draw: Draw) -> None:
    """Take those out of the new order for now who cannot be asked at this moment. In small, short transactions.

    Logged as what it is: they were not ready from the draw on.
    """
    taken_as_ready = StandbyEntry.objects.filter(places__draw=draw, places__ready=True)
    unready = list(taken_as_ready.exclude(READY).order_by("pk").values_list("pk", flat=True).distinct())
    for start in range(0, len(unready), UNREADY_AT_ONCE):
        with transaction.atomic():
            people = StandbyEntry.objects.filter(pk__in=unready[start : start + UNREADY_AT_ONCE]).order_by("pk")
            tell_triggers("clears_hint", "on")
            still = people.exclude(READY).select_for_update(skip_locked=True, no_key=True)
            Place.objects.filter(draw=draw, entry__in=[person.pk for person in still]).update(ready=False)


def remove_old_places(centre: Centre, *, now: datetime) -> int:
    """Delete the places of orders that are over, once for each; return how many.

    In small batches, and past what is just being changed: a matcher that waited for us while we wait for it would be
    worse than a row that nobody reads.
    """
    current = find_order(centre)
    if current is None or current.drawn_at is None or current.drawn_at > now - OUTLIVES:
        return 0
    over = Draw.objects.filter(centre=centre, drawn_at__lte=current.drawn_at, cleared_at=None).exclude(pk=current.pk)
    draws = list(over.values_list("pk", flat=True))
    removed = _remove_places(centre, draws) if draws else 0
    Draw.objects.filter(pk__in=draws).update(cleared_at=now)
    return removed


def _remove_places(centre: Centre, draws: list[int]) -> int:
    people = StandbyEntry.objects.filter(comes_to(StandbyEntry, centre.pk)).order_by("pk").values_list("pk", flat=True)
    removed, last = 0, 0
    while batch := list(people.filter(pk__gt=last)[:REMOVED_AT_ONCE]):
        with transaction.atomic(), connection.cursor() as cursor:
            tell_triggers("silent", "on")
            cursor.execute(
                "DELETE FROM impfzentrum_place WHERE ctid = ANY (ARRAY(SELECT ctid FROM impfzentrum_place"
                " WHERE entry_id = ANY (%s) AND draw_id = ANY (%s) FOR UPDATE SKIP LOCKED))",
                [batch, draws],
            )
            removed += cursor.rowcount
        last = batch[-1]
    return removed
