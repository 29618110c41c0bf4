"""Figures for who watches many sites at once: read from what is committed, so that a restart of a worker loses none.

Everything is counted by county, never by person. Windows end at `now`: figures of the last hour or day rise and fall.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

BUCKETS = (1, 2, 5, 10, 30, 60, 120, 300, 900, 1800, 3600)
"""Seconds: upper bounds of the groups in which durations are counted."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many, or how much, of one kind."""

    labels: tuple[str, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Durations:
    """How many lasted at most so long: cumulative counts for BUCKETS, then all of them, and their sum in seconds."""

    labels: tuple[str, ...]
    counts: list[int]
    total: float


@dataclass(slots=True)
class Figures:
    """All figures of one moment."""

    waiting: list[Count] = field(default_factory=list)
    releases: list[Count] = field(default_factory=list)
    doses: list[Count] = field(default_factory=list)
    offers: list[Count] = field(default_factory=list)
    queued: list[Count] = field(default_factory=list)
    oldest: list[Count] = field(default_factory=list)
    handed_over: list[Count] = field(default_factory=list)
    failed: list[Count] = field(default_factory=list)
    stopped: list[Count] = field(default_factory=list)
    hand_over: list[Durations] = field(default_factory=list)
    answer: list[Durations] = field(default_factory=list)
    unsealed: float = 0


def read_figures(*, now: datetime) -> Figures:
    """All figures; a fixed number of queries, each by an index or over the rows of the last day."""
    hour, day = now - HOUR, now - DAY
    return Figures(
        waiting=list(_count(_WAITING)),
        releases=list(_count(_RELEASES)),
        doses=list(_count(_DOSES, day)),
        offers=list(_count(_OFFERS, day)),
        queued=list(_count(_QUEUED)),
        oldest=list(_count(_OLDEST, now, now)),
        handed_over=list(_count(_HANDED_OVER, hour)),
        failed=list(_count(_FAILED, hour)),
        stopped=list(_count(_STOPPED)),
        hand_over=list(_measure(_HAND_OVER, hour)),
        answer=list(_measure(_ANSWER, day)),
        unsealed=next(_count(_UNSEALED)).value,
    )


def _count(sql: str, *values: Any) -> Iterator[Count]:
    for *labels, value in _ask(sql, *values):
        yield Count(tuple(labels), float(value or 0))


def _measure(sql: str, *values: Any) -> Iterator[Durations]:
    counted = ", ".join(f"count(*) FILTER (WHERE seconds <= {bound})" for bound in BUCKETS)
    for *labels, everything, total, counts in _ask(sql.replace("COUNTED", counted), *values):
        yield Durations(tuple(labels), [*counts, everything], float(total))


def _ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


# Counting a list of a million people would take seconds: this count is kept by the database (models.ListSize).
_WAITING = """
SELECT county.slug, size.people FROM impfzentrum_listsize AS size
JOIN impfzentrum_campaign AS campaign ON campaign.id = size.campaign_id AND campaign.state = 'running'
JOIN impfzentrum_county AS county ON county.id = campaign.county_id
"""

_RELEASES = """
SELECT county.slug, release.state, count(*) FROM impfzentrum_release AS release
JOIN impfzentrum_centre AS centre ON centre.id = release.centre_id
JOIN impfzentrum_county AS county ON county.id = centre.county_id
WHERE release.state IN ('running', 'filled') GROUP BY 1, 2
"""

# Down the index of each centre: what lies behind is not read, however many years it is.
_LAST_DAY = """
FROM impfzentrum_county AS county JOIN impfzentrum_centre AS centre ON centre.county_id = county.id
CROSS JOIN LATERAL (
    SELECT id FROM impfzentrum_release AS one WHERE one.centre_id = centre.id AND one.released_at >= %s
) AS release
"""

_DOSES = f"""
SELECT county.slug, dose.state, count(*) {_LAST_DAY}
JOIN impfzentrum_dose AS dose ON dose.release_id = release.id GROUP BY 1, 2
"""

_OFFERS = f"""
SELECT county.slug, offer.state, count(*) {_LAST_DAY}
JOIN impfzentrum_offer AS offer ON offer.release_id = release.id GROUP BY 1, 2
"""

_ANSWER = f"""
SELECT slug, count(*), sum(seconds), ARRAY[COUNTED] FROM (
    SELECT county.slug, extract(epoch FROM offer.answered_at - offer.handed_over_at) AS seconds {_LAST_DAY}
    JOIN impfzentrum_offer AS offer ON offer.release_id = release.id
    WHERE offer.answered_at IS NOT NULL AND offer.handed_over_at IS NOT NULL
) AS answered GROUP BY slug
"""  # noqa: S608 - our own words

_QUEUED = """
SELECT channel, state, count(*) FROM impfzentrum_message WHERE state IN ('queued', 'sending') GROUP BY 1, 2
"""

_OLDEST = """
SELECT channel, extract(epoch FROM %s - min(due_at)) FROM impfzentrum_message
WHERE state = 'queued' AND due_at <= %s GROUP BY 1
"""

_HANDED_OVER = """
SELECT channel, provider, count(*) FROM impfzentrum_message WHERE handed_over_at >= %s GROUP BY 1, 2
"""

_FAILED = """
SELECT channel, provider, state, count(*) FROM impfzentrum_message
WHERE state IN ('failed', 'lapsed') AND state_since >= %s GROUP BY 1, 2, 3
"""

_HAND_OVER = """
SELECT channel, count(*), sum(seconds), ARRAY[COUNTED] FROM (
    SELECT channel, extract(epoch FROM handed_over_at - created_at) AS seconds FROM impfzentrum_message
    WHERE handed_over_at >= %s AND template = 'offer'
) AS taken GROUP BY channel
"""

_STOPPED = """
SELECT county.slug, count(stop.id) FROM impfzentrum_county AS county
LEFT JOIN impfzentrum_sendingstop AS stop ON stop.county_id = county.id AND stop.lifted_at IS NULL GROUP BY 1
"""

_UNSEALED = "SELECT count(*) FROM impfzentrum_auditevent WHERE position IS NULL"
