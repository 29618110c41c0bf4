"""Why somebody may or may not be asked for a release, condition by condition, and what would help."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import BooleanField, Case, Count, IntegerField, Min, Q, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext

from impfzentrum.models import Release, StandbyEntry
from impfzentrum.models.eligible import Condition, list_conditions, list_fleeting_conditions
from impfzentrum.models.standby import StandbyEntryQuerySet
from impfzentrum.states import EntryState
from impfzentrum.vocabulary import Obstacle

LATER = timedelta(minutes=30)
"""By so much a longer arrival window is tried out when staff ask what would help."""

COUNTED_FOR = 60
"""Seconds for which a count of the whole list is shown again, unless the release has looked again since."""

ON_LIST = (EntryState.WAITING, EntryState.OFFERED, EntryState.APPOINTED, EntryState.PAUSED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One condition and whether the person meets it."""

    obstacle: Obstacle
    met: bool


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why nobody is left.

    `obstacles`: people by the first thing in their way. `open_group`, `wait_longer`: people whom only that keeps
    away, so that opening the group or a longer arrival window would let them be asked.
    """

    obstacles: dict[Obstacle, int]
    open_group: tuple[int, int] | None
    wait_longer: int


def judge_person(entry: StandbyEntry, release: Release, *, now: datetime) -> list[Verdict] | None:
    """Every condition of a release with what it says of this person; None when no rule for the vaccine is in force.

    A person of another list meets the conditions of theirs only: ask about releases of centres that they accept.
    """
    judged = judge_people([entry.pk], release, now=now)
    return None if judged is None else judged[entry.pk]


def judge_people(people: Sequence[int], release: Release, *, now: datetime) -> dict[int, list[Verdict]] | None:
    """The same for several people in one query, by primary key."""
    conditions = _conditions(release, now=now)
    if conditions is None:
        return None
    columns = {f"met_{one.obstacle}": _holds(one.q) for one in conditions}
    rows = StandbyEntry.objects.filter(pk__in=people).annotate(**columns).values("pk", *columns)
    return {row["pk"]: [Verdict(one.obstacle, row[f"met_{one.obstacle}"]) for one in conditions] for row in rows}


def tell_obstacles(entry: StandbyEntry, release: Release, *, now: datetime) -> str:
    """What keeps a person from this release, in words: "zu jung für den Impfstoff, kann nicht rechtzeitig da sein"."""
    if not StandbyEntry.objects.of(release).filter(pk=entry.pk).exists():
        return gettext("steht nicht auf der Liste dieses Impfzentrums")
    judged = judge_person(entry, release, now=now)
    if judged is None:
        return gettext("für den Impfstoff ist keine Impfregel in Kraft")
    return ", ".join(str(verdict.obstacle.label) for verdict in judged if not verdict.met)


def explain_shortage(release: Release, *, now: datetime) -> Shortage:
    """Why nobody more can be asked, counted over everybody on the list, and what would help."""
    conditions = _conditions(release, now=now)
    if conditions is None:
        return Shortage(obstacles={}, open_group=None, wait_longer=0)
    people = StandbyEntry.objects.of(release).filter(state__in=ON_LIST)
    obstacles = _count_by_first(people, conditions)
    return Shortage(
        obstacles=obstacles,
        open_group=_find_group_to_open(people, conditions),
        wait_longer=_count_with_longer_arrival(people, conditions, release, now=now),
    )


def recall_shortage(release: Release, *, now: datetime) -> Shortage:
    """`explain_shortage` for a page that asks every few seconds: the list is counted once a minute and after each look.

    Opened groups and other rules are seen at once, because they make the release look again.
    """
    asked = (release.looked_at, release.arrive_until, release.use_by)
    key = ":".join(["shortage", release.form_key.hex, *(f"{at.timestamp()}" for at in asked if at is not None)])
    counted: Shortage | None = cache.get(key)
    if counted is None:
        counted = explain_shortage(release, now=now)
        cache.set(key, counted, COUNTED_FOR)
    return counted


def _conditions(release: Release, *, now: datetime) -> list[Condition] | None:
    return list_conditions(StandbyEntry, release, release.campaign.group_order(now), now=now)


def _holds(condition: Q) -> Combinable:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _count_by_first(people: StandbyEntryQuerySet, conditions: list[Condition]) -> dict[Obstacle, int]:
    """People by the first condition they do not meet; most frequent first."""
    ranks = {rank: one.obstacle for rank, one in enumerate(conditions)}
    first = Case(
        *(When(~one.q, then=Value(rank)) for rank, one in enumerate(conditions)),
        output_field=IntegerField(),
    )
    rows = people.annotate(first=first).filter(first__isnull=False).order_by().values_list("first")
    counted = rows.annotate(people=Count("pk")).order_by("-people", "first")
    return {ranks[rank]: count for rank, count in counted}


def _without(conditions: list[Condition], *left_out: Obstacle) -> list[Q]:
    return [one.q for one in conditions if one.obstacle not in left_out]


def _find_group_to_open(people: StandbyEntryQuerySet, conditions: list[Condition]) -> tuple[int, int] | None:
    """The next closed group and how many of it could be asked if it were open."""
    closed = next((one.q for one in conditions if one.obstacle == Obstacle.GROUP_CLOSED), None)
    if closed is None:
        return None
    others = people.filter(*_without(conditions, Obstacle.GROUP_CLOSED)).exclude(closed)
    group = others.aggregate(group=Min("priority_group"))["group"]
    return None if group is None else (group, others.filter(priority_group=group).count())


def _count_with_longer_arrival(
    people: StandbyEntryQuerySet, conditions: list[Condition], release: Release, *, now: datetime
) -> int:
    """How many more could be asked if people might arrive half an hour later, as far as the use-by time allows."""
    longer = copy(release)
    longer.arrive_until = min(release.arrive_until + LATER, release.use_by)
    by_arrival = (Obstacle.TOO_FAR, Obstacle.NOT_THIS_HOUR)
    order = release.campaign.group_order(now)
    fleeting = list_fleeting_conditions(StandbyEntry, longer, order, now=now)
    then = [one.q for one in fleeting if one.obstacle in by_arrival]
    others = people.filter(*_without(conditions, *by_arrival), *then)
    # What is eligible now stays so with a longer window, so the rest is what the longer window brings.
    return others.count() - people.filter(*(one.q for one in conditions)).count()
