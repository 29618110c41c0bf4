"""What everybody may know of the draws of a centre: commitments before, seeds the day after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import BinaryField, Case, F, Value, When
from django.utils import timezone

from impfzentrum.models import Centre, Draw
from impfzentrum.procedures.drawing import RULES_CHANGED
from impfzentrum.vocabulary import OrderPolicy

SHOWN_DAYS = 14
"""So many days that are over are shown with their seeds."""


@dataclass(frozen=True, slots=True)
class PublishedDraw:
    """One draw as the public may see it. `seed` is empty until its Berlin day is over.

    `announced`: its commitment was published before its day. `by_rules`: it kept seed and order, only rules changed.
    """

    day: date
    round: int
    commitment: str
    seed: str
    announced: bool
    committed_at: datetime | None
    drawn_at: datetime | None
    people: int
    by_lot: bool
    reason: str
    by_rules: bool


@dataclass(frozen=True, slots=True)
class PublishedDraws:
    """What the page of a centre shows. `past`: the days that are over, the last first, each with its draws."""

    today: list[PublishedDraw]
    tomorrow: PublishedDraw | None
    past: list[tuple[date, list[PublishedDraw]]]


def publish_draws(centre: Centre, *, now: datetime) -> PublishedDraws:
    """The draws of today and tomorrow, and with their seeds those of the last days."""
    today = timezone.localdate(now)
    days = Draw.objects.filter(centre=centre, day__gte=today - timedelta(days=SHOWN_DAYS))
    # The seed of a day that is not over never leaves the database here, so no page can show it by mistake.
    disclosed = Case(When(day__lt=today, then=F("seed")), default=Value(b""), output_field=BinaryField())
    draws = [_publish(draw) for draw in days.annotate(disclosed=disclosed).defer("seed").order_by("-day", "round")]
    past = [one for one in draws if one.day < today]
    return PublishedDraws(
        today=[one for one in draws if one.day == today],
        tomorrow=next((one for one in draws if one.day == today + timedelta(days=1)), None),
        past=[(day, list(drawn)) for day, drawn in groupby(past, key=lambda one: one.day)],
    )


def _publish(draw: Draw) -> PublishedDraw:
    disclosed: bytes | memoryview = vars(draw)["disclosed"]
    return PublishedDraw(
        day=draw.day,
        round=draw.round,
        commitment=draw.commitment,
        seed=bytes(disclosed).hex(),
        announced=draw.committed_at is not None and timezone.localdate(draw.committed_at) < draw.day,
        committed_at=draw.committed_at,
        drawn_at=draw.drawn_at,
        people=draw.people,
        by_lot=draw.policy == OrderPolicy.DRAW,
        reason=draw.reason,
        by_rules=draw.reason == RULES_CHANGED,
    )
