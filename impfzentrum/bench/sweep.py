"""The idle sweep: what it costs when there is nothing to do, with no live offer and with very many."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from impfzentrum.bench.ground import NOW, lay_ground
from impfzentrum.bench.offers import make_offers
from impfzentrum.bench.timing import Contest, Figure, hold_contest
from impfzentrum.procedures.expiring import HAND_OVER_WITHIN
from impfzentrum.procedures.sweeping import sweep

SIZES = (0, 1_000_000)
SWEEPS = 20

FLOOR = (
    "SELECT id FROM impfzentrum_offer WHERE state = 'open' AND answer_by < %(now)s ORDER BY answer_by LIMIT 1",
    "SELECT id FROM impfzentrum_offer WHERE state = 'prepared' AND created_at < %(unsent)s ORDER BY created_at LIMIT 1",
    "SELECT id FROM impfzentrum_release WHERE state IN ('running', 'filled') AND use_by <= %(now)s",
    "SELECT id FROM impfzentrum_message WHERE state = 'sending' AND lease_until < %(now)s LIMIT 1",
    "SELECT id FROM impfzentrum_message WHERE state = 'queued' AND due_at <= %(now)s LIMIT 1",
)
"""The same look-ups by the indexes made for them; which release wants another look is ours alone."""


def measure(size: int, repeat: int) -> Iterator[Figure]:
    """`size` is the number of live offers, none of which is due."""
    ground = lay_ground()
    if size:
        make_offers(ground, size, answer_by=NOW + timedelta(minutes=10))
    contest = Contest("sweep", "idle, size is the number of live offers", size, SWEEPS, ours=_sweep, floor=_look_up)
    yield hold_contest(contest, repeat=repeat)


def _sweep() -> int:
    for _ in range(SWEEPS):
        sweep(now=NOW)
    return SWEEPS


def _look_up() -> int:
    times = {"now": NOW, "unsent": NOW - HAND_OVER_WITHIN}
    with connection.cursor() as cursor:
        for _ in range(SWEEPS):
            for statement in FLOOR:
                cursor.execute(statement, times)
    return SWEEPS
