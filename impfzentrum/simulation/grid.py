"""The 48 situations in which the policies are compared, and who is better where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean

from impfzentrum.simulation.scenario import Scenario
from impfzentrum.simulation.tally import Figures

ACCEPTANCES = (0.06, 0.15, 0.33, 0.5)
DOSES = (1, 6, 20)
MINUTES = (30, 60, 120, 240)

AVERAGED = ("fill", "late", "messages_per_dose", "minutes_p50", "minutes_p90", "asked")
COUNTED = ("overbooked", "group_violations", "night_messages")


def make_grid(scenario: Scenario) -> list[Scenario]:
    """All cells; everything but acceptance, doses and minutes as in `scenario`."""
    return [
        replace(scenario, acceptance=acceptance, doses=doses, minutes=minutes)
        for acceptance in ACCEPTANCES
        for doses in DOSES
        for minutes in MINUTES
    ]


def average_cells(cells: Sequence[Figures]) -> dict[str, float | None]:
    """Plain means of the cells (cells without a value left out), and totals of what must not happen."""
    means: dict[str, float | None] = {}
    for key in AVERAGED:
        values = [value for cell in cells if (value := cell[key]) is not None]  # type: ignore[literal-required]
        means[key] = fmean(values) if values else None
    for key in COUNTED:
        means[key] = sum(cell[key] for cell in cells)  # type: ignore[literal-required]
    return means


def find_better(figures: Mapping[str, Figures], ours: str) -> list[str]:
    """Policies that fill more and have fewer late people than `ours` at once."""
    mine = figures[ours]
    return [name for name, theirs in figures.items() if theirs["fill"] > mine["fill"] and theirs["late"] < mine["late"]]
