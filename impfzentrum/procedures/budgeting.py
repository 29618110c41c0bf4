"""The county's budget of SMS for a day: what is used of it, and telling once when it nears its end.

Counted are parts, as they are billed, from what the providers took; no counter that every hand-over would have to lock.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from impfzentrum.models import County, MessageTemplate, SmsDay
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.reporting import bounds_of_days
from impfzentrum.rules.budget import Budget, Level

logger = logging.getLogger(__name__)

SETTLED_AFTER = timedelta(minutes=1)
"""A hand-over is committed long before it is so old: what lies before this mark is counted once a minute, not at each
lease."""

NEAR = 1_000
"""From so few SMS left on those who lease count one after the other. More than all workers together lease at once."""

PROMISED = (MessageTemplate.PLACE_AND_TIME, MessageTemplate.TIMES_CHANGED)
"""What a person who said yes needs: the last SMS of a budget are kept for it."""

_BUDGETING = 0x4E55  # first key of the advisory lock; the second is the county

_USED = """
SELECT county.id, county.sms_per_day,
    coalesce(day.counted, 0) + coalesce(fresh.parts, 0) + under_way.messages AS used,
    open_offers.people + owed.messages AS promised
FROM impfzentrum_county AS county
LEFT JOIN impfzentrum_smsday AS day ON day.county_id = county.id AND day.day = %(today)s
CROSS JOIN LATERAL (
    SELECT sum(greatest(message.parts, 1)) AS parts FROM impfzentrum_message AS message
    JOIN impfzentrum_standbyentry AS entry ON entry.id = message.entry_id
    JOIN impfzentrum_centre AS centre ON centre.id = entry.centre_id
    WHERE message.channel = 'sms' AND message.handed_over_at >= coalesce(day.counted_until, %(midnight)s)
        AND centre.county_id = county.id
) AS fresh
CROSS JOIN LATERAL (
    SELECT count(*) AS messages FROM impfzentrum_message AS message
    JOIN impfzentrum_standbyentry AS entry ON entry.id = message.entry_id
    JOIN impfzentrum_centre AS centre ON centre.id = entry.centre_id
    WHERE message.channel = 'sms' AND message.state = 'sending' AND centre.county_id = county.id
) AS under_way
CROSS JOIN LATERAL (
    SELECT count(*) AS people FROM impfzentrum_offer AS offer
    JOIN impfzentrum_standbyentry AS entry ON entry.id = offer.entry_id
    JOIN impfzentrum_centre AS centre ON centre.id = entry.centre_id
    WHERE offer.state = 'open' AND entry.mobile_confirmed_at IS NOT NULL AND centre.county_id = county.id
) AS open_offers
CROSS JOIN LATERAL (
    SELECT count(*) AS messages FROM impfzentrum_message AS message
    JOIN impfzentrum_standbyentry AS entry ON entry.id = message.entry_id
    JOIN impfzentrum_centre AS centre ON centre.id = entry.centre_id
    WHERE message.channel = 'sms' AND message.state = 'queued'
        AND message.template = ANY(%(promised)s) AND centre.county_id = county.id
) AS owed
WHERE county.sms_per_day IS NOT NULL AND (county.id = %(county)s OR %(county)s IS NULL)
"""

_SETTLE = """
INSERT INTO impfzentrum_smsday AS day (county_id, day, counted, counted_until)
SELECT county.id, %(today)s,
    coalesce(sum(greatest(message.parts, 1)) FILTER (WHERE message.id IS NOT NULL), 0), %(mark)s
FROM impfzentrum_county AS county
LEFT JOIN (
    impfzentrum_message AS message
    JOIN impfzentrum_standbyentry AS entry ON entry.id = message.entry_id
    JOIN impfzentrum_centre AS centre ON centre.id = entry.centre_id
) ON centre.county_id = county.id AND message.channel = 'sms'
    AND message.handed_over_at >= %(midnight)s AND message.handed_over_at < %(mark)s
WHERE county.sms_per_day IS NOT NULL
GROUP BY county.id
ON CONFLICT (county_id, day) DO UPDATE SET counted = EXCLUDED.counted, counted_until = EXCLUDED.counted_until
WHERE day.counted_until < EXCLUDED.counted_until
"""


def read_budgets(*, now: datetime, county: County | None = None) -> dict[int, Budget]:
    """The budget of each county that has one (or of this one), by primary key, as it stands now. One query."""
    with connection.cursor() as cursor:
        only = None if county is None else county.pk
        cursor.execute(_USED, {**_day_of(now), "county": only, "promised": list(PROMISED)})
        return {pk: Budget(limit, int(used), promised) for pk, limit, used, promised in cursor.fetchall()}


def read_budgets_exactly(*, now: datetime) -> dict[int, Budget]:
    """The same inside a transaction that is about to lease SMS: near the end of a budget one comes after the other.

    Two workers who both saw one SMS left would both send one. Who waited here counts anew, with what the other leased.
    """
    budgets = read_budgets(now=now)
    near = [county for county, budget in budgets.items() if budget.left_for_others <= NEAR]
    if not near:
        return budgets
    lock_budgets(near)
    return read_budgets(now=now)


def lock_budgets(counties: Collection[int]) -> None:
    with connection.cursor() as cursor:
        for county in sorted(counties):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_BUDGETING, county])


def settle_sms_days(*, now: datetime) -> None:
    """Every minute: count from midnight on what no open transaction can add to any more. Twice does no harm."""
    day = _day_of(now)
    mark = max(now - SETTLED_AFTER, day["midnight"])
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, {**day, "mark": mark})


def note_budgets(*, now: datetime) -> None:
    """Note once a day and county that four fifths of the budget are used, and that all of it is."""
    for county, budget in read_budgets(now=now).items():
        if budget.level != Level.PLENTY:
            _note_once(county, budget, "warned_at", "sms_budget_near_end", now=now)
        if budget.level in (Level.ONLY_PROMISES, Level.USED_UP):
            _note_once(county, budget, "used_up_at", "sms_budget_used_up", now=now)


def _note_once(county: int, budget: Budget, stamp: str, action: str, *, now: datetime) -> None:
    """Two sweeps at once: the stamp is set where it is still empty, and only who set it writes."""
    day = _day_of(now)
    with transaction.atomic():
        rows = SmsDay.objects.filter(county=county, day=day["today"])
        rows.get_or_create(
            county_id=county, day=day["today"], defaults={"counted": 0, "counted_until": day["midnight"]}
        )
        if rows.filter(**{stamp: None}).update(**{stamp: now}):
            logger.warning("%s: county %s, %s of %s SMS", action, county, budget.used, budget.limit)
            record(county, action, day["today"], now=now, used=budget.used, limit=budget.limit)


def _day_of(now: datetime) -> dict[str, Any]:
    today = timezone.localdate(now)
    return {"today": today, "midnight": bounds_of_days(today, today)[0]}
