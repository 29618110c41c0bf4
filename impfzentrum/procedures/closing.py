"""Closing offers that brought nothing: the person is back on the list, the dose is free again.

One statement, however many offers: the clock closes thousands in a second. It locks in the order of docs/locking.md
(doses, people, offers) and changes an offer only where it is still live. PostgreSQL checks that once more on the newest
row when somebody was faster, so that what another decision committed while we waited for its lock is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from psycopg2 import sql

from impfzentrum.models import Offer
from impfzentrum.models.moving import IllegalMove
from impfzentrum.states import LIVE_OFFER, OFFER_MOVES, OfferState

WHAT_A_PERSON_GETS = sql.SQL("""
    state = 'waiting', state_since = %(now)s,
    capped_until = (
        SELECT greatest(
            (SELECT made.created_at + interval '24 hours' FROM impfzentrum_offer AS made
             WHERE made.entry_id = person.id AND made.created_at > %(now)s - interval '24 hours' AND {counts}
             ORDER BY made.created_at DESC OFFSET county.cap_per_day - 1 LIMIT 1),
            (SELECT made.created_at + interval '7 days' FROM impfzentrum_offer AS made
             WHERE made.entry_id = person.id AND made.created_at > %(now)s - interval '7 days' AND {counts}
             ORDER BY made.created_at DESC OFFSET county.cap_per_week - 1 LIMIT 1)
        )
        FROM impfzentrum_centre AS centre JOIN impfzentrum_county AS county ON county.id = centre.county_id
        WHERE centre.id = person.centre_id
    )
""").format(
    counts=sql.SQL("""(made.handed_over_at IS NOT NULL OR made.state <> 'undeliverable')
             AND NOT (made.handed_over_at IS NULL AND %(new)s = 'undeliverable' AND made.id = ANY(%(offers)s))""")
)
"""Columns of a person's row (`person`) that the end of any offer sets, whatever its reason. The cap is that of
rules.caps.find_cap_end; what no gateway ever took bothered nobody, also if it is just being given up."""

AFTER_SILENCE = sql.SQL("""
    unanswered = person.unanswered + 1,
    cool_down_until = %(now)s + (
        SELECT county.cool_down FROM impfzentrum_centre AS centre
        JOIN impfzentrum_county AS county ON county.id = centre.county_id
        WHERE centre.id = person.centre_id
    )
""")
"""And what it sets besides when there was no answer: it counts, and the person is left in peace for a while."""

_CLOSE = sql.SQL("""
WITH picked AS MATERIALIZED (
    SELECT id, dose_id, entry_id FROM impfzentrum_offer WHERE id = ANY(%(offers)s)
), doses AS MATERIALIZED (
    SELECT id FROM impfzentrum_dose
    WHERE id = ANY(ARRAY(SELECT dose_id FROM picked WHERE dose_id IS NOT NULL))
    ORDER BY id FOR NO KEY UPDATE {skip_locked}
), people AS MATERIALIZED (
    SELECT id FROM impfzentrum_standbyentry
    WHERE id = ANY(ARRAY(SELECT entry_id FROM picked WHERE dose_id IS NULL OR dose_id IN (SELECT id FROM doses)))
    ORDER BY id FOR NO KEY UPDATE {skip_locked}
), ended AS (
    UPDATE impfzentrum_offer SET state = %(new)s, state_since = %(now)s
    WHERE id = ANY(ARRAY(SELECT id FROM picked WHERE entry_id IN (SELECT id FROM people)))
        AND state IN ('prepared', 'open')
    RETURNING id, public_id, release_id, dose_id, entry_id
), freed AS (
    UPDATE impfzentrum_dose SET state = 'free', state_since = %(now)s, holder_id = NULL
    WHERE id = ANY(ARRAY(SELECT dose_id FROM ended)) AND state = 'held'
), back AS (
    UPDATE impfzentrum_standbyentry AS person SET {person}
    WHERE id = ANY(ARRAY(SELECT entry_id FROM ended)) AND state = 'offered'
    RETURNING id, centre_id, unanswered
)
""")

_COUNT = sql.SQL("SELECT count(*) FROM ended")

_RECORD_AND_COUNT = sql.SQL(""", noted AS (
    INSERT INTO impfzentrum_auditevent (county_id, at, action, subject, detail, digest)
    SELECT centre.county_id, %(now)s, %(new)s, release.id::text,
        jsonb_build_object('offers', jsonb_agg(ended.public_id ORDER BY ended.id)), ''
    FROM ended
    JOIN impfzentrum_release AS release ON release.id = ended.release_id
    JOIN impfzentrum_centre AS centre ON centre.id = release.centre_id
    GROUP BY centre.county_id, release.id ORDER BY release.id
)
SELECT (SELECT count(*) FROM ended), ARRAY(SELECT DISTINCT release_id FROM ended ORDER BY release_id), ARRAY(
    SELECT back.id FROM back
    JOIN impfzentrum_centre AS centre ON centre.id = back.centre_id
    JOIN impfzentrum_county AS county ON county.id = centre.county_id
    WHERE back.unanswered >= county.unanswered_limit ORDER BY back.id
)
""")
"""Besides, one line a release for the record: its doses go back together."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A batch: how many offers, of which releases, and whose limit of offers without an answer is reached."""

    offers: int
    releases: list[int]
    silent: list[int]


def close_offers(offers: QuerySet[Offer], new: OfferState, *, now: datetime) -> int:
    """Take these offers, as far as they are still live, to `new`; return how many were. Needs a transaction.

    Waits for whoever is just deciding about one of them. The caller records it and wakes matching.
    """
    ids = list(offers.values_list("pk", flat=True))
    if not ids:
        return 0
    statement = _CLOSE.format(person=WHAT_A_PERSON_GETS, skip_locked=sql.SQL("")) + _COUNT
    [closed] = _run(statement, ids, new, now=now)
    return int(closed)


def close_due(offers: list[int], new: OfferState, *, now: datetime, silence: bool) -> Closed:
    """Take the offers with these ids, as far as they are still live, to `new` and record it. Needs a transaction.

    Rows that somebody else is deciding at this moment are left to them: their answer comes first. `silence`: the person
    did not answer.
    """
    person = WHAT_A_PERSON_GETS + sql.SQL(", ") + AFTER_SILENCE if silence else WHAT_A_PERSON_GETS
    statement = _CLOSE.format(person=person, skip_locked=sql.SQL("SKIP LOCKED")) + _RECORD_AND_COUNT
    count, releases, reached = _run(statement, offers, new, now=now)
    return Closed(count, releases, reached if silence else [])


def _run(statement: sql.Composable, offers: list[int], new: OfferState, *, now: datetime) -> tuple[Any, ...]:
    for old in LIVE_OFFER:
        if new not in OFFER_MOVES[old]:
            raise IllegalMove(f"Offer: {old} -> {new}")
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(cursor.cursor), {"offers": offers, "new": new.value, "now": now})
        row: tuple[Any, ...] = cursor.fetchone()
    return row
