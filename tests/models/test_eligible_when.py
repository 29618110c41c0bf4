"""Who may be asked: second doses of another product, and the days and hours of a person."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest

from impfzentrum.models import (
    StandbyEntry,
    SwitchRule,
    Vaccine,
    VaccineRule,
)
from impfzentrum.rules.availability import Part, bit_of
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.models.eligibility import (
    MONDAY_MORNING,
    SATURDAY_AFTERNOON,
    SATURDAY_EVENING,
    SATURDAY_MORNING,
    TODAY,
    eligible,
    second_dose,
)


def test_without_a_known_interval_only_first_doses_are_given(world: World) -> None:
    VaccineRule.objects.update(interval_min_weeks=None)
    world.entry(**second_dose(world, weeks=50))
    first = world.entry()
    assert eligible(world.release()) == [first]


@pytest.fixture
def vaxzevria(world: World) -> Vaccine:
    """Another product, which Comirnaty may follow from today on, four to ten weeks later."""
    other = factories.make_vaccine(world.campaign, "Vaxzevria")
    SwitchRule.objects.create(
        rule_set=world.campaign.rule_set,
        vaccine=world.vaccine,
        after=other,
        valid_from=TODAY,
        interval_min_weeks=4,
        interval_max_weeks=10,
        evidence="K",
    )
    return other


def test_another_product_may_follow_with_its_own_interval(world: World, vaxzevria: Vaccine) -> None:
    for days in (27, 71):
        world.entry(**second_dose(world, weeks=0, last_vaccine=vaxzevria, last_dose_on=TODAY - timedelta(days=days)))
    world.entry(**second_dose(world, weeks=5), mobile="+491713920099")  # the same product needs six weeks
    bounds = [world.entry(**second_dose(world, weeks=weeks, last_vaccine=vaxzevria)) for weeks in (4, 10)]
    assert set(eligible(world.release())) == set(bounds)


def test_the_switch_goes_one_way_and_has_its_days(world: World, vaxzevria: Vaccine) -> None:
    after_it = world.entry(**second_dose(world, weeks=6, last_vaccine=vaxzevria))
    before_it = world.entry(**second_dose(world, weeks=6))
    for entry in (after_it, before_it):
        entry.vaccines.set([world.vaccine, vaxzevria])
    assert set(eligible(world.release(vaccine=vaxzevria))) == {after_it}
    assert set(eligible(world.release())) == {after_it, before_it}
    SwitchRule.objects.update(valid_from=TODAY + timedelta(days=1))
    assert set(eligible(world.release())) == {before_it}


def test_a_switch_needs_no_interval_of_the_vaccine_itself(world: World, vaxzevria: Vaccine) -> None:
    VaccineRule.objects.filter(vaccine=world.vaccine).update(interval_min_weeks=None)
    world.entry(**second_dose(world, weeks=8))
    switching = world.entry(**second_dose(world, weeks=8, last_vaccine=vaxzevria))
    assert eligible(world.release()) == [switching]


def test_the_ticked_part_may_come_later_in_the_arrival_window(world: World) -> None:
    evening = world.entry(availability=SATURDAY_EVENING)
    assert eligible(world.release(use_by=NOON + timedelta(hours=5, minutes=15))) == []  # arrival ends at 17:00
    assert eligible(world.release(use_by=NOON + timedelta(hours=5, minutes=16))) == [evening]


def test_a_part_that_is_over_does_not_count_though_arrival_began_in_it(world: World) -> None:
    morning, afternoon = (world.entry(availability=bits) for bits in (SATURDAY_MORNING, SATURDAY_AFTERNOON))
    release = world.release(now=NOON - timedelta(hours=3), use_by=NOON + timedelta(hours=3))
    assert set(eligible(release, minutes=-1)) == {morning, afternoon}
    assert eligible(release, minutes=0) == [afternoon]


def test_readiness_overrides_days_and_hours_and_only_adds(world: World) -> None:
    ready = world.entry(availability=MONDAY_MORNING, ready_until=NOON + timedelta(hours=2))
    ticked = world.entry(availability=SATURDAY_AFTERNOON, ready_until=NOON + timedelta(hours=2))
    release = world.release()
    assert set(eligible(release)) == {ready, ticked}
    assert set(eligible(release, minutes=119)) == {ready, ticked}
    assert eligible(release, minutes=120) == [ticked], "afterwards the ticked hours count again"


def test_the_evening_includes_the_night_after_it(world: World) -> None:
    evening = world.entry(availability=SATURDAY_EVENING)
    world.entry(availability=SATURDAY_MORNING | bit_of(6, Part.MORNING))
    late = NOON.replace(hour=23)
    release = world.release(now=late, use_by=late + timedelta(hours=2))
    assert list(StandbyEntry.objects.eligible_for(release, late)) == [evening]


@pytest.mark.parametrize("day", [date(2021, 3, 28), date(2021, 10, 31)])
def test_the_parts_go_by_the_clock_on_the_wall_when_it_changes(world: World, day: date) -> None:
    """On a day of 23 or 25 hours noon is not twelve hours after midnight."""
    morning = world.entry(availability=bit_of(6, Part.MORNING))
    afternoon = world.entry(availability=bit_of(6, Part.AFTERNOON))
    at_ten = NOON.replace(year=day.year, month=day.month, day=day.day, hour=10)
    release = world.release(now=at_ten, arrive_until=at_ten.replace(hour=12), use_by=at_ten.replace(hour=13))
    assert list(StandbyEntry.objects.eligible_for(release, at_ten.astimezone(UTC))) == [morning]
    release.arrive_from, release.arrive_until = at_ten.replace(hour=12), at_ten.replace(hour=13)
    assert list(StandbyEntry.objects.eligible_for(release, at_ten.astimezone(UTC))) == [afternoon]


def test_the_day_begins_in_berlin_not_in_greenwich(world: World) -> None:
    """22:30 UTC on the eve of a birthday is half past midnight in Berlin."""
    world.campaign.rules_as_of = TODAY
    world.campaign.save()
    entry = world.entry(birth_date=date(2005, 6, 10))
    after_midnight = NOON.replace(month=6, day=10, hour=0, minute=30)
    release = world.release(now=after_midnight)
    after_midnight = after_midnight.astimezone(UTC)  # as a worker tells the time
    assert list(StandbyEntry.objects.eligible_for(release, after_midnight)) == [entry]
    assert list(StandbyEntry.objects.eligible_for(release, after_midnight - timedelta(hours=1))) == []
