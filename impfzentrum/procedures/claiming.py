"""The claim: who is next for a release, asked with or without a dose, in one statement of the database."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from impfzentrum.models import Draw, Release
from impfzentrum.models.sealed import derive_token, hash_token
from impfzentrum.rules.availability import PARTS, bits_of_window
from impfzentrum.rules.deadline import SHORTEST_ANSWER, longest_travel
from impfzentrum.rules.places import NO_GROUP, list_classes

PEEKED = 200
"""So many of the next people are looked at to know how far they travel."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a draw's order that a release may ask from at a moment (rules.places).

    `tiers`: groups that are asked together, one tier after the other. `longest`: minutes of travel. `touched`: parts of
    the week (rules.availability) in which people may arrive, from `arrive_from` on.
    """

    draw: int
    vaccine: int
    tiers: list[list[int]]
    classes: list[int]
    longest: int
    touched: int
    arrive_from: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """One offer that was made."""

    offer: int
    entry: int
    group: int
    held: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim brought: how many people were `wanted` for the doses it got hold of, and who was asked.

    `seen`: the database's snapshot when it began, as text: what was committed in it was seen (rules.snapshot). `ended`:
    the clock of the database when it was over.
    """

    wanted: int
    asked: list[Asked]
    seen: str = ""
    ended: datetime | None = None


def find_stretch(release: Release, draw: Draw, *, now: datetime) -> Stretch | None:
    """Where in the order the people for this release stand at `now`; None when nobody can be asked."""
    order = release.campaign.group_order(now)
    groups = sorted(order.open)
    longest = longest_travel(now=now, arrive_until=release.arrive_until)
    today, start = timezone.localdate(now), timezone.localtime(max(now, release.arrive_from))
    touched = bits_of_window(today, start, timezone.localtime(release.arrive_until))
    classes = list_classes(draw.classes, longest=longest, parts=touched >> today.weekday() * PARTS)
    if not groups or not classes:
        return None
    tiers = [[group] for group in groups] if order.ranked else [[*groups, NO_GROUP]]
    return Stretch(draw.pk, release.vaccine_id, tiers, classes, longest, touched, start)


def peek(stretch: Stretch) -> list[int]:
    """Minutes of travel of the next people in the order; nobody is locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT travel_minutes FROM impfzentrum_next_people(%s, %s, %s, %s, %s, %s)", [*_place(stretch), PEEKED]
        )
        return [minutes for (minutes,) in cursor.fetchall()]


def claim_people(
    release: Release, stretch: Stretch, *, hold: int, race: int, limit: int, wave: int, now: datetime
) -> Claim:
    """Ask up to `limit` people: up to `hold` with a free dose each, up to `race` more in an open race.

    Offers and their messages are committed with the caller's transaction. The caller holds the lock of the release.
    """
    public_ids = [uuid.uuid4() for _ in range(min(limit, hold + race))]
    token_hashes = [hash_token(derive_token("offer", str(public_id))) for public_id in public_ids]
    moments = [now, stretch.touched, stretch.arrive_from, release.arrive_until, SHORTEST_ANSWER]
    values: list[Any] = [release.pk, *_place(stretch), hold, race, limit, wave, *moments, public_ids, token_hashes]
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        rows = cursor.fetchall()
    asked = [Asked(*row[3:]) for row in rows if row[3] is not None]
    wanted, seen, ended = rows[0][:3]
    return Claim(wanted=wanted, asked=asked, seen=seen, ended=ended)


# The claim always returns a row. Its own statements see more than the statement around it: its snapshot is the older.
_CLAIM = """
SELECT claim.wanted, pg_current_snapshot()::text, clock_timestamp(),
    claim.offer_id, claim.entry_id, claim.priority_group, claim.held
FROM impfzentrum_claim(
    %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::uuid[], %s
) AS claim
"""


def describe_pick(stretch: Stretch, claim: Claim) -> dict[str, object]:
    """Everything that whoever repeats this pick must know; who was asked is told by their entries' offers."""
    return {
        "draw": stretch.draw,
        "vaccine": stretch.vaccine,
        "tiers": stretch.tiers,
        "classes": stretch.classes,
        "longest": stretch.longest,
        "touched": stretch.touched,
        "arrive_from": stretch.arrive_from.isoformat(),
        "wanted": claim.wanted,
        "offers": [one.offer for one in claim.asked],
        "seen": claim.seen,
        "ended": claim.ended and claim.ended.isoformat(),
    }


def _place(stretch: Stretch) -> tuple[int, int, list[list[int]], list[int], int]:
    return stretch.draw, stretch.vaccine, stretch.tiers, stretch.classes, stretch.longest
