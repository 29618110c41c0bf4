"""Offers end by the thousand: people back on the list, doses free, releases woken."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection, transaction

from impfzentrum.bench.copying import sweep_out, tidy
from impfzentrum.bench.ground import NOW, lay_ground, put_on_lists
from impfzentrum.bench.offers import make_offers
from impfzentrum.bench.timing import Contest, Figure, hold_contest
from impfzentrum.models import AuditEvent, Dose, Message, Offer, Place, StandbyEntry
from impfzentrum.procedures.expiring import BATCH, expire_offers

SIZES = (10_000, 1_000_000)
OFFERS = 10_000

FLOOR = """
WITH picked AS (
    SELECT id, dose_id, entry_id, release_id, public_id FROM impfzentrum_offer
    WHERE state = 'open' AND answer_by < %(now)s ORDER BY answer_by LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
), freed AS (
    UPDATE impfzentrum_dose SET state = 'free', holder_id = NULL, state_since = %(now)s
    WHERE id = ANY(ARRAY(SELECT dose_id FROM picked)) AND state = 'held'
), back AS (
    UPDATE impfzentrum_standbyentry SET state = 'waiting', state_since = %(now)s, unanswered = unanswered + 1,
        cool_down_until = %(now)s + interval '4 hours'
    WHERE id = ANY(ARRAY(SELECT entry_id FROM picked)) AND state = 'offered'
), ended AS (
    UPDATE impfzentrum_offer SET state = 'expired', state_since = %(now)s
    WHERE id = ANY(ARRAY(SELECT id FROM picked)) AND state = 'open' RETURNING 1
), noted AS (
    INSERT INTO impfzentrum_auditevent (county_id, at, action, subject, detail, digest)
    SELECT 1, %(now)s, 'expired', release_id::text, jsonb_build_object('offers', jsonb_agg(public_id)), ''
    FROM picked GROUP BY release_id
)
SELECT count(*) FROM ended
"""
"""The same writes in one statement a batch. It pauses nobody and tells nobody."""


def measure(size: int, repeat: int) -> Iterator[Figure]:
    """`size` people are on the lists, up to ten thousand of whom let an offer pass at the same moment."""
    load_overdue(size)
    calm = Expiry(size, unanswered=0)
    yield hold_contest(calm.contest("nobody is paused"), repeat=repeat)
    yield calm.longest_batch()
    yield hold_contest(Expiry(size, unanswered=1).contest("every third is paused and told so"), repeat=repeat)


def load_overdue(size: int) -> None:
    """People with offers whose time is over, and others who wait."""
    ground, offers = lay_ground(), min(OFFERS, size)
    make_offers(ground, offers, answer_by=NOW - timedelta(seconds=1))
    put_on_lists(ground, range(offers, size))


class Expiry:
    """Expires the same offers again and again, and keeps how long each batch took.

    With `unanswered` 0 nobody has let an offer pass before; with 1 every third person has let two pass (three pause).
    """

    def __init__(self, size: int, *, unanswered: int) -> None:
        self.size = size
        self.offers = min(OFFERS, size)
        self.unanswered = unanswered
        self.ours: list[float] = []
        self.floor: list[float] = []

    def contest(self, case: str) -> Contest:
        return Contest("expire", case, self.size, self.offers, self._ours, self._floor, self._bring_back)

    def longest_batch(self) -> Figure:
        """The longest of all batches of all runs."""
        ours, floor = max(self.ours), max(self.floor)
        n = min(BATCH, self.offers)
        return Figure("expire", "longest batch", self.size, n, ours, floor, round(floor / ours, 3), round(n / ours, 1))

    def _ours(self) -> int:
        begun = time.perf_counter()

        def note(_: int) -> None:
            nonlocal begun
            now = time.perf_counter()
            self.ours.append(round(now - begun, 6))
            begun = now

        return expire_offers(now=NOW, on_batch=note)

    def _floor(self) -> int:
        total = 0
        while True:
            begun = time.perf_counter()
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(FLOOR, {"now": NOW, "batch": BATCH})
                [ended] = cursor.fetchone()
            if not ended:
                return total
            total += ended
            self.floor.append(round(time.perf_counter() - begun, 6))

    def _bring_back(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE impfzentrum_auditevent, impfzentrum_message, impfzentrum_placechange CASCADE")
            cursor.execute("UPDATE impfzentrum_offer SET state = 'open', state_since = %s", [NOW])
            cursor.execute("UPDATE impfzentrum_dose SET state = 'held', holder_id = id")
            cursor.execute(
                "UPDATE impfzentrum_standbyentry SET state = 'offered', cool_down_until = NULL,"
                " unanswered = (id - 1) %% 3 * %s WHERE id <= %s",
                [self.unanswered, self.offers],
            )
        tidy(Offer, Dose, AuditEvent, Message)
        sweep_out(StandbyEntry, Place)
