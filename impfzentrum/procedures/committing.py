"""Fixing the seed of a draw before the list is read, and putting its hash where nobody can change it: into the audit.

Who knew the seed and could still choose it, or the list, could choose who comes first. So it is made the day before.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from impfzentrum.models import Centre, Draw
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.placing import lock_places
from impfzentrum.rules.draw import SEED_BYTES, commit_to


def commit_for_tomorrow(centre: Centre, *, now: datetime) -> Draw:
    """Fix the seed of the next Berlin day, once. Two at once: the second waits and reads the first's."""
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    committed = find_first(centre, tomorrow)
    if committed is not None:
        return committed
    with transaction.atomic():
        lock_places(centre)
        return find_first(centre, tomorrow) or commit_to_seed(centre, tomorrow, now=now)


def find_first(centre: Centre, day: date) -> Draw | None:
    """The first draw of a day, whether it is only prepared or done."""
    return Draw.objects.filter(centre=centre, day=day, round=1).first()


def find_committed(centre: Centre, day: date) -> Draw | None:
    """The draw that is prepared for a day, by the order policy that holds now; None when nobody did or it is done."""
    draw = Draw.objects.filter(centre=centre, day=day, round=1, drawn_at=None).select_related("centre__county").first()
    if draw is not None:
        draw.policy = draw.centre.county.order_policy
    return draw


def commit_to_seed(centre: Centre, day: date, *, now: datetime, seed: bytes | None = None) -> Draw:
    """The first draw of a day with its seed; the caller has locked the places.

    The audit says whether it was announced: the day before it was, on the day itself nobody could have seen it.
    """
    return _commit(centre, day, seed=seed, now=now)


def commit_again(centre: Centre, day: date, *, reason: str, by: User, now: datetime) -> Draw:
    """One more draw of a day with a new seed; the caller has locked the places."""
    return _commit(centre, day, now=now, reason=reason, by=by)


def keep_commitment(before: Draw, *, reason: str) -> Draw:
    """One more draw of a day with the seed, the policy and so the order of the one before. Not saved."""
    return Draw(
        centre=before.centre,
        day=before.day,
        round=_next_round(before.centre, before.day),
        policy=before.policy,
        seed=before.seed,
        commitment=before.commitment,
        committed_at=before.committed_at,
        reason=reason,
    )


def _commit(
    centre: Centre,
    day: date,
    *,
    now: datetime,
    seed: bytes | None = None,
    reason: str = "",
    by: User | None = None,
) -> Draw:
    seed = seed or secrets.token_bytes(SEED_BYTES)
    draw = Draw.objects.create(
        centre=centre,
        day=day,
        round=_next_round(centre, day),
        policy=centre.county.order_policy,
        seed=seed,
        commitment=commit_to(seed),
        committed_at=now,
        reason=reason,
        requested_by=by,
    )
    detail: dict[str, object] = {"reason": reason} if reason else {}
    detail["announced"] = timezone.localdate(now) < day
    county = centre.county_id
    record(
        county, "committed", draw.subject, now=now, actor=by, day=day.isoformat(), commitment=draw.commitment, **detail
    )
    return draw


def _next_round(centre: Centre, day: date) -> int:
    return (Draw.objects.filter(centre=centre, day=day).aggregate(last=Max("round"))["last"] or 0) + 1
