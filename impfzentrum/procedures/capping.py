"""Letting people rest who have been offered as much as their county allows, and ending every rest that is over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from impfzentrum.models import Offer, StandbyEntry
from impfzentrum.rules.caps import WEEK, find_cap_end
from impfzentrum.states import OfferState

BATCH = 500
RESTS = ("cool_down_until", "capped_until")


def note_caps(people: Collection[int], *, now: datetime) -> None:
    """Note for each of these people until when their offers of the last day and week keep the next one away.

    Belongs where an offer ends, in its transaction, after the people were locked. Offers count over all channels and
    whatever came of them, except those that no gateway ever took: they bothered nobody.
    """
    offers = Offer.objects.filter(entry__in=people, created_at__gt=now - WEEK)
    offers = offers.exclude(state=OfferState.UNDELIVERABLE, handed_over_at=None)
    county = "entry__centre__county"
    offered_at: dict[tuple[int, int, int], list[datetime]] = defaultdict(list)
    for person, per_day, per_week, at in offers.values_list(
        "entry", f"{county}__cap_per_day", f"{county}__cap_per_week", "created_at"
    ):
        offered_at[person, per_day, per_week].append(at)
    for (person, per_day, per_week), times in offered_at.items():
        end = find_cap_end(times, per_day=per_day, per_week=per_week, now=now)
        if end is not None:
            StandbyEntry.objects.filter(pk=person).update(capped_until=end)


def end_rests(*, now: datetime) -> int:
    """Clear every cool-down and cap that is over, in small batches; return how many rests were ended.

    People whom somebody is deciding about at this moment are left to the next sweep. Until then nothing is wrong:
    whoever is asked is checked against the time, too.
    """
    return sum(_end(rest, now=now) for rest in RESTS)


def _end(rest: str, *, now: datetime) -> int:
    total = 0
    while True:
        over = StandbyEntry.objects.filter(**{f"{rest}__lte": now}).order_by(rest)
        with transaction.atomic():
            # Read under the lock: a rest that begins anew at this moment is either seen here or begins after this.
            people = list(over.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:BATCH])
            StandbyEntry.objects.filter(pk__in=people).update(**{rest: None})
        total += len(people)
        if len(people) < BATCH:
            return total
