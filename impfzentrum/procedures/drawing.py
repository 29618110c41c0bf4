"""The draw of the day: once a day, and when staff ask for it, each centre's people are put in a new order.

The new order is written beside the one in force and replaces it at the commit: nobody is locked, no offer waits.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from impfzentrum.models import Centre, Draw, StandbyEntry
from impfzentrum.models.eligible import comes_to
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.placing import (
    clear_hints,
    find_order,
    forget_notes,
    is_anything_due,
    lock_places,
    place_everybody,
    refresh_places,
)
from impfzentrum.rules.draw import SEED_BYTES, commit_to
from impfzentrum.vocabulary import EntryState

RULES_CHANGED = "Regeln geändert, gleicher Startwert"

SLOW_COMMIT = timedelta(minutes=10)
"""A late yes that was being committed while the order before was drawn, so that this did not see it, is no older."""


def ensure_draw(centre: Centre, *, now: datetime, seed: bytes | None = None) -> Draw:
    """The order of this Berlin day for a centre; drawn now if nobody did before.

    `seed` is 32 random bytes; a given one repeats a draw. Two at once: the second waits for the places and then reads
    the first's draw.
    """
    draw = find_order(centre)
    if draw is not None and draw.day >= timezone.localdate(now):
        return draw
    return _draw(centre, now=now, seed=seed, only_if_none=True)


def order_in_force(centre: Centre, *, now: datetime) -> Draw:
    """The order to ask by at this moment: of this day, with everything people and rules have changed until now."""
    draw = ensure_draw(centre, now=now)
    if not is_anything_due(centre):
        return draw
    if not refresh_places(centre, now=now):
        return _draw(centre, now=now, seed=bytes(draw.seed), reason=RULES_CHANGED)
    return find_order(centre) or draw  # read again: who joined may have brought a new class


def redraw(centre: Centre, *, reason: str, by: User, now: datetime) -> Draw:
    """Draw lots anew within the day, with a new seed. `reason` is for the record and the public."""
    return _draw(centre, now=now, reason=reason, by=by)


def _draw(
    centre: Centre,
    *,
    now: datetime,
    seed: bytes | None = None,
    reason: str = "",
    by: User | None = None,
    only_if_none: bool = False,
) -> Draw:
    day = timezone.localdate(now)
    with transaction.atomic():
        lock_places(centre)
        before = find_order(centre)
        if only_if_none and before is not None and before.day >= day:
            return before
        draw = _prepare(centre, before, day=day, seed=seed)
        draw.drawn_at, draw.reason, draw.requested_by = now, reason, by
        draw.late = _find_late(centre, before, same_seed=reason == RULES_CHANGED)
        draw.save()
        forget_notes(centre)
        place_everybody(draw, now=now)
        waiting = StandbyEntry.objects.filter(comes_to(StandbyEntry, centre.pk), state=EntryState.WAITING)
        draw.people = waiting.count()
        draw.save()
        _record_draw(draw, now=now)
    clear_hints(draw)
    return draw


def _prepare(centre: Centre, before: Draw | None, *, day: date, seed: bytes | None) -> Draw:
    """The next draw of the centre: the prepared one of this day, or a new one."""
    draws = Draw.objects.filter(centre=centre, day=day)
    prepared = draws.filter(drawn_at=None).order_by("round").first()
    if prepared is not None and seed is None:
        return prepared
    last = draws.aggregate(last=Max("round"))["last"] or 0
    seed = seed or secrets.token_bytes(SEED_BYTES)
    policy = centre.county.order_policy
    return Draw(centre=centre, day=day, round=last + 1, policy=policy, seed=seed, commitment=commit_to(seed))


def _find_late(centre: Centre, before: Draw | None, *, same_seed: bool) -> list[int]:
    """Who said yes too late since the order before, and was not first in that one for it."""
    if before is None or before.drawn_at is None:
        since = Q(late_since__isnull=False)
    elif same_seed:
        return list(before.late)
    else:
        missed = Q(late_since__gte=before.drawn_at - SLOW_COMMIT) & ~Q(pk__in=before.late)
        since = Q(late_since__gte=before.drawn_at) | missed
    late = StandbyEntry.objects.filter(comes_to(StandbyEntry, centre.pk), since)
    return sorted(late.values_list("pk", flat=True))


def _record_draw(draw: Draw, *, now: datetime) -> None:
    # Those who came first because they were late stand in the record: else nobody could repeat the order.
    people = StandbyEntry.objects.filter(pk__in=draw.late).values_list("public_id", flat=True)
    late = sorted(str(public_id) for public_id in people)
    detail: dict[str, object] = {"commitment": draw.commitment, "people": draw.people, "late": late}
    if draw.reason:
        detail["reason"] = draw.reason
    record(draw.centre.county_id, "drawn", draw.pk, now=now, actor=draw.requested_by, policy=draw.policy, **detail)
