"""Giving doses free, knowing before whom that reaches, and stopping it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from impfzentrum.errors import ReleaseNotRunning, UseByPassed, VaccineNotInForce
from impfzentrum.models import AuditEvent, Dose, Draw, Release, VaccineRule
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.releasing import Reach, estimate_reach, stop_release
from impfzentrum.rules.availability import Part, bit_of
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.played import SOON, fresh


def test_a_release_has_a_row_for_each_dose_and_a_record(world: World) -> None:
    release = world.release(doses=3)
    assert (release.state, release.number) == ("running", 1)
    assert list(release.doses.values_list("number", "state")) == [(1, "free"), (2, "free"), (3, "free")]
    event = AuditEvent.objects.get(action="released")
    assert (event.actor, event.subject, event.detail) == (world.staff, str(release.pk), {"doses": 3})
    assert world.release().number == 2


def test_a_second_tap_is_the_same_release(world: World) -> None:
    key = uuid.uuid4()
    assert world.release(form_key=key) == world.release(form_key=key)
    assert Release.objects.count() == 1
    assert Dose.objects.count() == 1


@pytest.mark.parametrize("minutes", [-60, -1, 0, 14, 15])
def test_doses_that_nobody_could_reach_any_more_are_refused(world: World, minutes: int) -> None:
    use_by = NOON + timedelta(minutes=minutes)
    with pytest.raises(UseByPassed, match=f"{use_by:%H:%M}"):
        world.release(use_by=use_by, arrive_from=NOON - timedelta(hours=2))
    assert Release.objects.count() == 0


def test_without_a_rule_for_the_vaccine_on_this_day_nothing_is_released(world: World) -> None:
    VaccineRule.objects.update(valid_from=NOON.date() + timedelta(days=1))
    with pytest.raises(VaccineNotInForce, match=r"Comirnaty ist am 24\.04\.2021"):
        world.release()


def test_the_first_release_of_a_day_draws_and_the_next_uses_the_same_draw(world: World) -> None:
    first, second = world.release(), world.release()
    assert first.draw == second.draw
    assert Draw.objects.count() == 1
    assert world.release(now=NOON + timedelta(days=1)).draw != first.draw


def test_the_reach_told_before_is_what_the_matcher_finds(world: World) -> None:
    world.entries(2, priority_group=1)
    world.entries(3, priority_group=2)
    world.entries(4, priority_group=4)
    world.entry(travel_minutes=240)
    world.entry(availability=bit_of(5, Part.MORNING))
    until = NOON + timedelta(hours=2)
    arrival = NOON + timedelta(minutes=30), until
    reach = estimate_reach(world.centre, world.campaign, world.vaccine, arrival, now=NOON)
    assert reach == Reach(total=5, by_group={1: 2, 2: 3})
    release = world.release(doses=9, use_by=until + timedelta(minutes=15))
    assert match_release(release.pk, now=NOON) == reach.total


def test_stopping_keeps_promises_and_takes_back_the_rest(world: World) -> None:
    world.entries(2)
    release = world.release(doses=3)
    accepted, asked = factories.ask(release)
    accept_offer(accepted, now=SOON)
    stop_release(release, by=world.staff, now=SOON)
    assert sorted(Dose.objects.values_list("state", flat=True)) == ["confirmed", "withdrawn", "withdrawn"]
    assert (fresh(accepted).state, fresh(accepted).entry.state) == ("accepted", "appointed")
    assert (fresh(asked).state, fresh(asked).entry.state, fresh(asked).entry.unanswered) == ("withdrawn", "waiting", 0)
    event = AuditEvent.objects.get(action="stopped")
    assert (event.actor, event.detail) == (world.staff, {"doses": 2})
    assert list(find_violations()) == []
    with pytest.raises(ReleaseNotRunning):
        stop_release(release, by=world.staff, now=SOON)
    assert factories.ask(world.release(), now=SOON)[0].entry == asked.entry
