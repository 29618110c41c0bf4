"""Our policy in the simulation is the production rule, asked through the same door, and keeps its promises."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace
from datetime import timedelta

import pytest

from impfzentrum.rules import deadline, waves
from impfzentrum.simulation import adaptive
from impfzentrum.simulation.runs import play_scenarios
from impfzentrum.simulation.scenario import Scenario
from impfzentrum.simulation.tally import Figures

SCENARIO = Scenario(doses=3, minutes=60, acceptance=0.3)


def play(scenario: Scenario, runs: int = 10) -> Figures:
    return play_scenarios([scenario], ["adaptive"], runs=runs)[0]["adaptive"].figures()


def test_it_asks_nobody_when_the_production_rule_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Would fail if the simulation had a rule of its own."""
    idle = waves.Wave(0, 0, timedelta(0), None, waves.Reason.ENOUGH_ASKED)
    monkeypatch.setattr(waves, "decide_wave", lambda *_: idle)
    assert play(SCENARIO)["asked"] == 0


def test_a_change_of_the_production_rule_changes_the_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    before = play(SCENARIO)
    monkeypatch.setattr("impfzentrum.rules.widening.Aim.chance", lambda *_args, **_options: 0.999)
    assert play(SCENARIO)["late"] > before["late"] + 0.1


def test_offers_end_when_production_ends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    before = play(SCENARIO)
    monkeypatch.setattr(deadline, "FLOOR_OF_VALIDITY", timedelta(minutes=1))
    monkeypatch.setattr(deadline, "ROUNDS_WANTED", 1000)
    assert play(SCENARIO)["asked"] > 3 * before["asked"]


def test_it_calculates_no_chance_itself() -> None:
    """The adapter translates; an import of the arithmetic would be the beginning of a copy."""
    tree = ast.parse(inspect.getsource(adaptive))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not imported & {"impfzentrum.rules.widening", "impfzentrum.rules.chance", "math"}


@pytest.mark.parametrize("starts_at", [20 * 60 + 30, 21 * 60 + 30, 5 * 60, 6 * 60 + 50])
def test_nobody_is_texted_at_night(starts_at: int) -> None:
    figures = play(replace(SCENARIO, starts_at=starts_at, minutes=180))
    assert figures["night_messages"] == 0
    assert (figures["asked"] > 0) == (starts_at != 21 * 60 + 30)


def test_a_release_before_the_quiet_hours_is_filled_before_them() -> None:
    figures = play(replace(SCENARIO, starts_at=20 * 60, minutes=240), runs=40)
    assert figures["fill"] > 0.95


def test_what_was_learned_is_the_acceptance_before_the_drift() -> None:
    steady = adaptive.learn_from_earlier(SCENARIO, run=0)
    drifted = adaptive.learn_from_earlier(replace(SCENARIO, acceptance=0.06, drift=0.3), run=0)
    assert steady == drifted
    as_before, _ = steady.components
    assert 0.2 < as_before.mean < 0.4
