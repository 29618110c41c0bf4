"""Drawing lots anew for one large centre."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from impfzentrum.bench.copying import tidy
from impfzentrum.bench.ground import NOW, Ground, lay_ground, put_on_lists
from impfzentrum.bench.timing import Contest, Figure, hold_contest
from impfzentrum.models import Centre, Draw, Place, PlaceDue, StandbyEntry
from impfzentrum.procedures.drawing import redraw
from impfzentrum.rules.draw import hmac_pads

SIZES = (200_000,)

FLOOR = """
INSERT INTO impfzentrum_place (
    entry_id, draw_id, vaccine_id, place_class, priority_group, ticket, travel_minutes, ready
)
SELECT id, %(draw)s, %(vaccine)s, 31, priority_group, impfzentrum_draw_ticket(%(outer)s, %(inner)s, public_id),
    travel_minutes, true
FROM impfzentrum_standbyentry WHERE centre_id = %(centre)s AND state = 'waiting'
"""
"""The same number of tickets and places, for one vaccine that everybody accepts."""


def measure(size: int, repeat: int) -> Iterator[Figure]:
    """`size` people wait at one centre. Everybody else's list is empty."""
    ground = lay_ground()
    put_on_lists(ground, range(size))
    centre = ground.centres[0]
    StandbyEntry.objects.update(centre=centre, campaign=ground.campaign_of(centre))
    centre.county.order_policy = "draw"
    centre.county.save()
    tidy(StandbyEntry)
    contest = Contest(
        "redraw",
        "all at one centre",
        size,
        size,
        ours=lambda: _redraw(ground, centre),
        floor=lambda: _insert(ground, centre),
        prepare=_clear,
    )
    yield hold_contest(contest, repeat=repeat)


def _redraw(ground: Ground, centre: Centre) -> int:
    draw = redraw(centre, reason="Messung der Auslosung", by=ground.staff, now=NOW)
    return draw.places.filter(ready=True).count()


def _insert(ground: Ground, centre: Centre) -> int:
    inner, outer = hmac_pads(bytes(32))
    keys = {"draw": ground.draws[centre.pk].pk, "vaccine": ground.vaccine.pk, "centre": centre.pk}
    with connection.cursor() as cursor:
        cursor.execute(FLOOR, {**keys, "inner": inner, "outer": outer})
        return int(cursor.rowcount)


def _clear() -> None:
    """Take away what was drawn in a run; the records of draws can be emptied but not deleted line by line."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE impfzentrum_place, impfzentrum_placedue, impfzentrum_placechange, impfzentrum_drawrecord"
        )
    Draw.objects.exclude(reason="").delete()
    tidy(Place, PlaceDue, Draw)
