"""Each condition is either lasting or fleeting: a queue may be filled from the lasting ones once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from impfzentrum.models import PriorityOrder, Release, StandbyEntry
from impfzentrum.models.eligible import Condition, list_conditions
from impfzentrum.vocabulary import Obstacle
from tests.conftest import World
from tests.factories import NOON, make_vaccine

MIDNIGHT = NOON.replace(hour=0)
LAST_SECOND = NOON.replace(hour=23, minute=59, second=59)


def conditions(release: Release, now: datetime) -> list[Condition]:
    found = list_conditions(StandbyEntry, release, release.campaign.group_order(now), now=now)
    assert found is not None
    return found


def lasting(release: Release, now: datetime) -> str:
    """The lasting conditions as the database reads them."""
    met = [condition.q for condition in conditions(release, now) if condition.lasting]
    return str(StandbyEntry.objects.filter(*met).query)


def test_every_obstacle_is_lasting_or_fleeting_and_told_in_its_order(world: World) -> None:
    told = [condition.obstacle for condition in conditions(world.release(), NOON)]
    assert told == [obstacle for obstacle in Obstacle if obstacle in told]
    assert len(set(told)) == len(told)


def test_the_lasting_conditions_are_the_same_all_day_for_every_release_of_the_vaccine(world: World) -> None:
    release = world.release()
    later = world.release(use_by=NOON + timedelta(hours=2), doses=3)
    assert lasting(release, MIDNIGHT) == lasting(release, NOON) == lasting(later, LAST_SECOND)


def test_they_change_with_the_day_and_the_vaccine(world: World) -> None:
    release = world.release()
    other = world.release(vaccine=make_vaccine(world.campaign, "Spikevax"))
    assert lasting(release, NOON) != lasting(release, LAST_SECOND + timedelta(seconds=1))
    assert lasting(release, NOON) != lasting(other, NOON)


def test_the_fleeting_ones_are_those_of_the_minute(world: World) -> None:
    fleeting = {condition.obstacle for condition in conditions(world.release(), NOON) if not condition.lasting}
    assert fleeting == {
        Obstacle.NOT_WAITING,
        Obstacle.GROUP_CLOSED,
        Obstacle.NOT_THIS_HOUR,
        Obstacle.TOO_FAR,
        Obstacle.COOL_DOWN,
        Obstacle.CAPPED,
        Obstacle.ALREADY_ASKED,
    }


def test_opening_a_group_changes_no_lasting_condition(world: World) -> None:
    release = world.release()
    before = lasting(release, NOON)
    PriorityOrder.objects.create(campaign=world.campaign, group=3, valid_from=NOON.date())
    assert release.campaign.group_order(NOON).open == {1, 2, 3}
    assert lasting(release, NOON) == before
