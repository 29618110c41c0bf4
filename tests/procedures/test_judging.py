"""Why a person can or cannot be asked, and why nobody is left."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from impfzentrum.models import StandbyEntry, VaccineRule
from impfzentrum.procedures.judging import explain_shortage, judge_person, recall_shortage
from impfzentrum.procedures.matching import match_release
from impfzentrum.rules.availability import Part, bit_of
from impfzentrum.vocabulary import Obstacle
from tests import factories
from tests.conftest import World
from tests.factories import NOON

pytestmark = pytest.mark.django_db

OBSTACLES: list[tuple[dict[str, Any], Obstacle]] = [
    ({"state": "paused"}, Obstacle.NOT_WAITING),
    ({"priority_group": 4}, Obstacle.GROUP_CLOSED),
    ({"birth_date": date(2007, 1, 1)}, Obstacle.TOO_YOUNG),
    ({"travel_minutes": 240}, Obstacle.TOO_FAR),
    ({"availability": bit_of(5, Part.EVENING)}, Obstacle.NOT_THIS_HOUR),
    ({"capped_until": NOON + timedelta(hours=1)}, Obstacle.CAPPED),
    ({"cool_down_until": NOON + timedelta(hours=1)}, Obstacle.COOL_DOWN),
    ({"dose_wanted": 3, "last_dose_on": date(2021, 3, 1)}, Obstacle.OTHER_DOSE),
    ({"dose_wanted": 2, "last_dose_on": date(2021, 4, 20)}, Obstacle.TOO_SOON),
    ({"dose_wanted": 2, "last_dose_on": date(2021, 1, 4)}, Obstacle.TOO_LATE),
]


@pytest.fixture(autouse=True)
def _longest_interval(world: World) -> None:
    VaccineRule.objects.update(interval_max_weeks=12)


def make_person(world: World, values: dict[str, Any]) -> StandbyEntry:
    if values.get("dose_wanted", 1) > 1:
        values = {**values, "last_vaccine": world.vaccine}
    return world.entry(**values)


@pytest.mark.parametrize(("values", "obstacle"), OBSTACLES)
def test_each_obstacle_is_named_and_nothing_else(world: World, values: dict[str, Any], obstacle: Obstacle) -> None:
    person, release = make_person(world, values), world.release(use_by=NOON + timedelta(hours=3))
    verdicts = judge_person(person, release, now=NOON)
    assert verdicts is not None
    assert [verdict.obstacle for verdict in verdicts if not verdict.met] == [obstacle]


@pytest.mark.parametrize("values", [{}, *(values for values, _ in OBSTACLES)])
def test_the_verdict_is_the_definition(world: World, values: dict[str, Any]) -> None:
    person, release = make_person(world, values), world.release(use_by=NOON + timedelta(hours=3))
    verdicts = judge_person(person, release, now=NOON)
    assert verdicts is not None
    eligible = StandbyEntry.objects.eligible_for(release, NOON).filter(pk=person.pk).exists()
    assert all(verdict.met for verdict in verdicts) is eligible


def test_without_a_longest_interval_nothing_is_too_late(world: World) -> None:
    VaccineRule.objects.update(interval_max_weeks=None)
    long_ago = {"dose_wanted": 2, "last_vaccine": world.vaccine, "last_dose_on": date(2020, 1, 1)}
    person, release = world.entry(**long_ago), world.release()
    verdicts = judge_person(person, release, now=NOON)
    assert verdicts is not None
    assert all(verdict.met for verdict in verdicts)
    assert explain_shortage(release, now=NOON).obstacles == {}


def test_who_was_asked_for_this_release_is_told_so(world: World) -> None:
    person, release = world.entry(), world.release()
    match_release(release.pk, now=NOON)
    verdicts = judge_person(person, release, now=NOON)
    assert verdicts is not None
    unmet = {verdict.obstacle for verdict in verdicts if not verdict.met}
    assert unmet == {Obstacle.NOT_WAITING, Obstacle.ALREADY_ASKED}


def test_without_a_rule_for_the_vaccine_nobody_can_be_judged(world: World) -> None:
    person, release = world.entry(), world.release()
    VaccineRule.objects.update(valid_until=NOON.date() - timedelta(days=1))
    assert judge_person(person, release, now=NOON) is None


def test_a_shortage_counts_everybody_once_by_the_first_obstacle(world: World) -> None:
    for values, _ in OBSTACLES:
        make_person(world, values)
    world.entry(birth_date=date(2008, 1, 1), travel_minutes=240)  # too young and too far: counted as too young
    world.entry(state="unconfirmed")  # not on the list yet
    shortage = explain_shortage(world.release(use_by=NOON + timedelta(hours=3)), now=NOON)
    assert shortage.obstacles.pop(Obstacle.TOO_YOUNG) == 2
    assert shortage.obstacles == dict.fromkeys({one for _, one in OBSTACLES} - {Obstacle.TOO_YOUNG}, 1)


def test_it_says_which_group_would_help(world: World) -> None:
    world.entries(3, priority_group=4)
    world.entry(priority_group=4, travel_minutes=240)
    release = world.release(use_by=NOON + timedelta(hours=3))
    assert explain_shortage(release, now=NOON).open_group == (4, 3)


def test_it_says_how_many_a_longer_arrival_window_would_let_come(world: World) -> None:
    use_by = NOON + timedelta(hours=2)
    release = world.release(use_by=use_by, arrive_until=NOON + timedelta(minutes=60))
    world.entries(2, travel_minutes=75)
    world.entry(travel_minutes=110)
    assert explain_shortage(release, now=NOON).wait_longer == 2


def test_who_does_not_come_today_is_named_by_the_day(world: World) -> None:
    person, release = world.entry(availability=bit_of(0, Part.MORNING)), world.release()
    verdicts = judge_person(person, release, now=NOON)
    assert verdicts is not None
    unmet = [verdict.obstacle for verdict in verdicts if not verdict.met]
    assert unmet == [Obstacle.NOT_THIS_DAY, Obstacle.NOT_THIS_HOUR]
    assert explain_shortage(release, now=NOON).obstacles == {Obstacle.NOT_THIS_DAY: 1}


def test_a_longer_arrival_window_helps_those_whose_hours_begin_later(world: World) -> None:
    release = world.release(use_by=NOON + timedelta(hours=6), arrive_until=NOON + timedelta(hours=4, minutes=45))
    world.entries(2, availability=bit_of(5, Part.EVENING))
    world.entry(availability=bit_of(5, Part.MORNING))
    assert explain_shortage(release, now=NOON).wait_longer == 2


def test_the_use_by_time_bounds_a_longer_arrival_window(world: World) -> None:
    release = world.release(use_by=NOON + timedelta(minutes=60), arrive_until=NOON + timedelta(minutes=60))
    world.entry(travel_minutes=75)
    assert explain_shortage(release, now=NOON).wait_longer == 0


def test_a_page_that_asks_every_few_seconds_counts_the_list_once_a_look(
    world: World, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    release = world.release(use_by=NOON + timedelta(minutes=60), arrive_until=NOON + timedelta(minutes=60))
    world.entry(birth_date=date(2008, 1, 1))
    assert recall_shortage(release, now=NOON) == explain_shortage(release, now=NOON)
    world.entry(birth_date=date(2008, 1, 1))
    with django_assert_num_queries(0):
        assert recall_shortage(release, now=NOON).obstacles == {Obstacle.TOO_YOUNG: 1}
    release.looked_at = NOON + timedelta(minutes=1)
    assert recall_shortage(release, now=NOON).obstacles == {Obstacle.TOO_YOUNG: 2}


def explain(*arguments: str) -> str:
    out = StringIO()
    call_command("explain", *arguments, stdout=out, no_color=True)
    return out.getvalue()


def test_the_command_says_it_in_words(world: World) -> None:
    # The command looks at this moment, so the rules are pinned to the day of the test's release.
    world.campaign.rules_as_of = NOON.date()
    world.campaign.save()
    person, release = world.entry(), world.release()
    said = explain(str(person.public_id), str(release.pk))
    assert "nein  too_far: kann nicht rechtzeitig da sein" in said
    assert person.family_name not in said
    assert person.mobile not in said


@pytest.mark.parametrize("arguments", [("x", "1"), ("00000000-0000-0000-0000-000000000000", "1")])
def test_the_command_refuses_unknown_people(arguments: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match="Eintrag gibt es nicht"):
        explain(*arguments)


def test_the_command_refuses_another_list(world: World) -> None:
    neighbour = factories.make_centre(world.county, slug="bad-wildungen")
    person = factories.make_entry(neighbour, world.campaign, world.vaccine)
    with pytest.raises(CommandError, match="anderen Impfzentrums"):
        explain(str(person.public_id), str(world.release().pk))
