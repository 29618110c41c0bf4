"""What is counted once an hour, and what a person is told of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from impfzentrum.models import GroupFigures, Offer, Release
from impfzentrum.models.campaign import GroupOrder
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.figuring import refresh_figures, weeks_to_count
from impfzentrum.procedures.standing import tell_standing
from tests import factories
from tests.conftest import World
from tests.factories import NOON, ask

ORDER = GroupOrder(open=frozenset({1, 2}), ranked=True)


def figures(world: World, group: int = 2) -> GroupFigures:
    return GroupFigures.objects.get(centre=world.centre, priority_group=group)


def test_who_waits_what_was_asked_and_what_was_released(world: World) -> None:
    world.entries(6)
    world.entry(priority_group=1)
    world.entry(state="paused")
    further = factories.make_centre(world.county, slug="further")
    factories.make_entry(further, world.campaign, world.vaccine).further_centres.create(
        centre=world.centre, travel_minutes=30
    )
    accept_offer(ask(world.release(doses=3))[1], now=NOON)
    assert refresh_figures(world.centre, now=NOON)
    assert not refresh_figures(world.centre, now=NOON + timedelta(minutes=59))
    mine, others = figures(world), figures(world, 1)
    assert (mine.waiting + others.waiting, mine.released) == (7, 3)
    assert sum(mine.asked) + sum(others.asked) == 3
    assert sum(mine.taken) + sum(others.taken) == 1
    assert figures(world, 4).asked == [0, 0, 0, 0]


def test_offers_are_sorted_into_weeks_and_the_fifth_is_forgotten(world: World) -> None:
    world.entry()
    [offer] = ask(world.release())
    for days, expected in ((0, [1, 0, 0, 0]), (8, [0, 1, 0, 0]), (27, [0, 0, 0, 1]), (28, [0, 0, 0, 0])):
        Offer.objects.filter(pk=offer.pk).update(created_at=NOON - timedelta(days=days))
        GroupFigures.objects.all().delete()
        refresh_figures(world.centre, now=NOON)
        assert figures(world).asked == expected


@pytest.mark.parametrize(("days", "weeks"), [(3, 0), (7, 1), (20, 2), (90, 4)])
def test_only_whole_weeks_since_the_first_release_count(world: World, days: int, weeks: int) -> None:
    world.release()
    Release.objects.update(released_at=NOON - timedelta(days=days))
    refresh_figures(world.centre, now=NOON)
    assert weeks_to_count(figures(world)) == weeks


def counted(world: World, *, at: datetime = NOON, group: int = 2, waiting: int = 200) -> None:
    GroupFigures.objects.create(
        centre=world.centre,
        priority_group=group,
        counted_at=at,
        waiting=waiting,
        asked=[20, 20, 20, 20],
        taken=[9, 9, 9, 9],
        released=12,
        first_release_at=NOON - timedelta(days=90),
    )


def test_a_person_is_told_of_their_group(world: World) -> None:
    counted(world)
    counted(world, group=1, waiting=7)
    with CaptureQueriesContext(connection) as queries:
        standing = tell_standing(world.entry(), ORDER, [], now=NOON)
    assert standing is not None
    assert [(one.waiting, one.released) for one in standing.centres] == [(200, 12)]
    assert standing.prospect is not None
    assert len([one for one in queries if "groupfigures" in one["sql"]]) == 1


def test_small_groups_and_closed_ones_hear_no_chance(world: World) -> None:
    counted(world, waiting=4)
    small = tell_standing(world.entry(), ORDER, [], now=NOON)
    closed = tell_standing(world.entry(), GroupOrder(open=frozenset({1}), ranked=True), [], now=NOON)
    assert small is not None
    assert closed is not None
    assert (small.centres[0].waiting, small.prospect, closed.prospect) == (None, None, None)


def test_without_an_order_all_wait_alike(world: World) -> None:
    counted(world)
    counted(world, group=1, waiting=7)
    standing = tell_standing(world.entry(), GroupOrder(open=frozenset(range(1, 5)), ranked=False), [], now=NOON)
    assert standing is not None
    assert standing.centres[0].waiting == 207


def test_old_figures_are_not_shown(world: World) -> None:
    counted(world, at=NOON - timedelta(days=1))
    assert tell_standing(world.entry(), ORDER, [], now=NOON) is None
