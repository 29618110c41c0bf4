"""Repeatable, the same people for everybody, and independent of how many processes play."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from impfzentrum.simulation.grid import average_cells, find_better, make_grid
from impfzentrum.simulation.population import make_people
from impfzentrum.simulation.runs import POLICIES, count_pieces, play_scenarios, start_policy
from impfzentrum.simulation.scenario import Scenario
from impfzentrum.simulation.tally import Figures

SCENARIO = Scenario(doses=2, minutes=45, acceptance=0.2, people=1500)


def figures(scenario: Scenario, *, policies: tuple[str, ...] = POLICIES, jobs: int = 1) -> dict[str, Figures]:
    tallies = play_scenarios([scenario], policies, runs=25, jobs=jobs)[0]
    return {name: tally.figures() for name, tally in tallies.items()}


def test_the_same_seed_gives_the_same_figures_in_one_or_two_processes() -> None:
    once = figures(SCENARIO)
    assert once == figures(SCENARIO, jobs=2)
    assert once != figures(replace(SCENARIO, seed=2))


def test_a_policy_meets_the_same_people_whoever_else_is_played() -> None:
    alone = figures(SCENARIO, policies=("adaptive",))
    assert alone["adaptive"] == figures(SCENARIO)["adaptive"]


def test_who_says_yes_to_little_says_yes_to_more() -> None:
    few, many = (make_people(replace(SCENARIO, acceptance=value), run=3) for value in (0.1, 0.4))
    assert bool(np.all(many.says_yes[few.says_yes]))
    assert many.says_yes.sum() > few.says_yes.sum()
    assert np.array_equal(few.delay, many.delay)


def test_people_are_as_described() -> None:
    people = make_people(replace(SCENARIO, people=20_000, email_only=0.3, missed=0.2, spread=0.4), run=0)
    assert people.says_yes.mean() == pytest.approx(0.2, abs=0.02)
    assert people.email_only.mean() == pytest.approx(0.3, abs=0.02)
    assert people.shows_up.mean() == pytest.approx(0.8, abs=0.02)
    quick = people.delay[~people.email_only]
    assert (quick <= 10).mean() == pytest.approx(0.45, abs=0.02)
    assert (people.delay[people.email_only] <= 30).mean() == pytest.approx(0.45, abs=0.02)


def test_every_piece_is_reported() -> None:
    seen: list[None] = []
    play_scenarios([SCENARIO, SCENARIO], ["phone"], runs=45, on_piece=lambda: seen.append(None))
    assert len(seen) == count_pieces(2, 45) == 6


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(KeyError):
        start_policy("guess", SCENARIO, 0)


def test_the_grid_has_48_cells() -> None:
    cells = make_grid(SCENARIO)
    assert len(set(cells)) == 48
    assert {cell.people for cell in cells} == {1500}


def test_better_means_both_at_once() -> None:
    def row(fill: float, late: float) -> Figures:
        return Figures(
            fill=fill, late=late, messages_per_dose=None, minutes_p50=None, minutes_p90=None, asked=1.0,
            overbooked=1, group_violations=0, night_messages=0,
        )  # fmt: skip

    rows = {
        "ours": row(0.9, 0.1),
        "both": row(0.95, 0.05),
        "fill": row(1, 0.2),
        "late": row(0.8, 0),
        "same": row(0.9, 0),
    }
    assert find_better(rows, "ours") == ["both"]
    mean = average_cells([rows["ours"], rows["fill"]])
    assert mean["fill"] == pytest.approx(0.95)
    assert mean["messages_per_dose"] is None
    assert mean["overbooked"] == 2
