"""The policies of earlier systems, against waves calculated by hand from their published rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from impfzentrum.simulation.desk import Desk
from impfzentrum.simulation.order import Orders
from impfzentrum.simulation.peers import PEERS
from impfzentrum.simulation.population import make_people
from impfzentrum.simulation.scenario import Scenario

NOBODY_ANSWERS = Scenario(doses=2, minutes=60, people=2000, acceptance=0.0)

WAVES: dict[str, dict[int, int | str]] = {
    "phone": {0: 2, 30: 2},
    "qvax": {0: 2, 30: 2},
    "pretix": {0: 2},
    "drb": {0: 2, 15: 2, 30: "all"},
    "impfbruecke": {0: 6, 30: 6},
    "covidliste1": {0: 8, 31: 8},
    # a quarter of what is missing to 80 offers younger than 45 minutes: of 80, 60, 45 …; from minute 45 on more
    "covidliste2": {0: 20, 5: 15, 10: 11, 15: 8, 20: 6, 25: 5, 30: 3, 35: 3, 40: 2, 45: 6, 50: 9, 55: 9},
    "covidliste3": dict.fromkeys(range(0, 60, 10), 20),
    "covidliste3_intended": dict.fromkeys(range(0, 60, 10), 40),
}


def watch(name: str, scenario: Scenario) -> dict[int, int]:
    """How many people the policy asked in which minute."""
    people = make_people(scenario, run=0)
    people = replace(people, travel=np.full(len(people), 20))
    policy = PEERS[name]()
    desk = Desk(scenario, people, Orders(people).walk(policy.order))
    asked: dict[int, int] = {}
    for minute in range(scenario.minutes):
        desk.advance(float(minute))
        before = desk.outcome.asked
        policy.look(desk)
        if desk.outcome.asked > before:
            asked[minute] = desk.outcome.asked - before
    return asked


@pytest.mark.parametrize("name", WAVES)
def test_waves_while_nobody_answers(name: str) -> None:
    waves = watch(name, NOBODY_ANSWERS)
    everybody = NOBODY_ANSWERS.people - sum(count for minute, count in waves.items() if minute < 30)
    assert waves == {minute: everybody if count == "all" else count for minute, count in WAVES[name].items()}


def test_every_peer_is_checked() -> None:
    assert set(WAVES) == set(PEERS)


@pytest.mark.parametrize(("doses", "as_coded", "intended"), [(1, 5, 20), (6, 180, 120), (20, 2000, 400)])
def test_the_third_covidliste_asks_the_square(doses: int, as_coded: int, intended: int) -> None:
    """5 · d² is capped at 200 people a dose by the same rule that caps e-mails."""
    scenario = replace(NOBODY_ANSWERS, doses=doses, minutes=9)
    assert watch("covidliste3", scenario)[0] == as_coded
    assert watch("covidliste3_intended", scenario)[0] == intended


def test_the_second_covidliste_texts_at_most_five_a_dose_in_the_last_90_minutes() -> None:
    scenario = replace(NOBODY_ANSWERS, minutes=120)
    people = make_people(scenario, run=0)
    policy = PEERS["covidliste2"]()
    desk = Desk(scenario, people, Orders(people).walk(policy.order))
    extra = {}
    for minute in range(scenario.minutes):
        desk.advance(float(minute))
        policy.look(desk)
        extra[minute] = desk.outcome.messages - desk.outcome.asked
    assert extra[29] == 0
    assert extra[119] == 10
