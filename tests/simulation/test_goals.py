"""A small part of the grid, the hard corners of it: the goals that the whole grid must show.

The whole grid is `manage.py simulate --grid`; its figures stand in docs/decisions/0020.
"""

from __future__ import annotations

from itertools import product
from statistics import fmean

import pytest

from impfzentrum.simulation.grid import find_better
from impfzentrum.simulation.runs import POLICIES, play_scenarios
from impfzentrum.simulation.scenario import Scenario
from impfzentrum.simulation.tally import Figures

RUNS = 25
CORNERS = [
    Scenario(doses=doses, minutes=minutes, acceptance=acceptance, seed=11)
    for acceptance, doses, minutes in product((0.06, 0.5), (1, 20), (30, 120))
]


@pytest.fixture(scope="module")
def corners() -> list[dict[str, Figures]]:
    played = play_scenarios(CORNERS, POLICIES, runs=RUNS, jobs=2)
    return [{name: tally.figures() for name, tally in tallies.items()} for tallies in played]


def test_hard_corners_are_filled_and_few_are_fooled(corners: list[dict[str, Figures]]) -> None:
    """These corners are harder than the mean of the grid; there 0.99 and 0.10 are wanted."""
    assert fmean(cell["adaptive"]["fill"] for cell in corners) >= 0.98
    assert fmean(cell["adaptive"]["late"] for cell in corners) <= 0.15


def test_no_other_policy_is_better_in_both(corners: list[dict[str, Figures]]) -> None:
    assert [find_better(cell, "adaptive") for cell in corners] == [[]] * len(CORNERS)


def test_nothing_forbidden_happens(corners: list[dict[str, Figures]]) -> None:
    for cell in corners:
        ours = cell["adaptive"]
        assert (ours["overbooked"], ours["group_violations"], ours["night_messages"]) == (0, 0, 0)


def test_passing_over_groups_is_seen_where_it_happens(corners: list[dict[str, Figures]]) -> None:
    """The counter works: policies without groups are found out."""
    assert all(cell["covidliste2"]["group_violations"] > 0 for cell in corners)


def test_a_sudden_drop_of_acceptance_loses_few_doses() -> None:
    scenarios = [
        Scenario(doses=doses, minutes=minutes, acceptance=0.06, drift=0.3, seed=11)
        for doses, minutes in product((1, 6, 20), (30, 120))
    ]
    played = play_scenarios(scenarios, ["adaptive"], runs=RUNS, jobs=2)
    assert fmean(tallies["adaptive"].figures()["fill"] for tallies in played) >= 0.97
