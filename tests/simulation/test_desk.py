"""The desk counts what happens strictly: who is late, who was passed over, who was texted at night."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from impfzentrum.simulation.desk import Desk
from impfzentrum.simulation.population import People, make_people
from impfzentrum.simulation.scenario import Scenario

SCENARIO = Scenario(doses=1, minutes=60, people=10, acceptance=1.0)


def people_with(delays: list[float], *, groups: list[int] | None = None, travel: int = 20) -> People:
    size = len(delays)
    return replace(
        make_people(replace(SCENARIO, people=size), run=0),
        delay=np.array(delays),
        group=np.array(groups or [1] * size),
        travel=np.full(size, travel),
    )


def open_desk(people: People, scenario: Scenario = SCENARIO) -> Desk:
    return Desk(scenario, people, np.arange(len(people)))


def test_all_yes_in_time_beyond_the_doses_are_late_and_nobody_is_overbooked() -> None:
    desk = open_desk(people_with([3.0, 5.0, 9.0, 40.0]))
    desk.ask(4, life=30)
    outcome = desk.close()
    assert (outcome.filled, outcome.late, outcome.overbooked, outcome.minutes) == (1, 2, 0, [3.0])


def test_a_held_dose_waits_for_its_person() -> None:
    desk = open_desk(people_with([14.0, 1.0]))
    desk.ask(1, life=15, hold=True)
    desk.advance(1)
    assert (desk.free, desk.held, desk.remaining) == (0, 1, 1)
    desk.ask(1, life=15)
    outcome = desk.close()
    assert (outcome.filled, outcome.late, outcome.minutes) == (1, 1, [14.0])


def test_an_unanswered_hold_gives_its_dose_back() -> None:
    desk = open_desk(people_with([16.0, 2.0]))
    desk.ask(1, life=15, hold=True)
    desk.advance(15)
    assert (desk.free, desk.held) == (1, 0)
    desk.ask(1, life=15, hold=True)
    outcome = desk.close()
    assert (outcome.filled, outcome.late, outcome.minutes) == (1, 0, [17.0])


def test_nobody_can_say_yes_who_could_not_arrive() -> None:
    desk = open_desk(people_with([10.0, 25.0], travel=60))
    desk.ask(2)
    assert desk.batches[0].ends == 20
    assert desk.close().filled == 1


def test_who_lives_too_far_away_is_not_asked() -> None:
    desk = open_desk(people_with([1.0], travel=78))
    desk.ask(1)
    assert desk.close().asked == 0


def test_passing_over_a_better_group_is_counted() -> None:
    fair = open_desk(people_with([99.0] * 4, groups=[1, 2, 2, 3]))
    fair.ask(3)
    unfair = open_desk(people_with([99.0] * 4, groups=[2, 3, 3, 1]))
    unfair.ask(3)
    assert fair.close().group_violations == 0
    assert unfair.close().group_violations == 3


def test_messages_at_night_are_counted() -> None:
    for clock, expected in ((20 * 60 + 59, 0), (21 * 60, 2), (6 * 60 + 59, 2), (7 * 60, 0)):
        desk = open_desk(people_with([99.0, 99.0]), replace(SCENARIO, starts_at=clock))
        desk.ask(2)
        assert desk.close().night_messages == expected


def test_a_second_message_goes_only_to_those_with_a_phone() -> None:
    people = replace(people_with([99.0] * 3), email_only=np.array([True, False, True]))
    desk = open_desk(people)
    desk.ask(3, extra_messages=3)
    outcome = desk.close()
    assert (outcome.asked, outcome.messages) == (3, 4)


def test_who_does_not_come_wastes_the_dose() -> None:
    desk = open_desk(replace(people_with([2.0]), shows_up=np.array([False])))
    desk.ask(1)
    outcome = desk.close()
    assert (outcome.filled, outcome.given) == (1, 0)
