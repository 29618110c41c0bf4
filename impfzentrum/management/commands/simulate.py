"""`manage.py simulate`: our policy and those of earlier systems on the same synthetic people. Needs no database."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from impfzentrum.simulation.adaptive import Adaptive
from impfzentrum.simulation.grid import average_cells, find_better, make_grid
from impfzentrum.simulation.plot import draw_policies
from impfzentrum.simulation.population import TRAVEL_MINUTES
from impfzentrum.simulation.report import make_table
from impfzentrum.simulation.runs import POLICIES, Tallies, count_pieces, play_scenarios
from impfzentrum.simulation.scenario import Scenario

DEFAULT = Scenario()
WIDE = 140
"""Columns of the table where the output is no terminal."""


class Command(BaseCommand):
    help = "Compare the policies of earlier systems with ours on the same synthetic people."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("--policy", default="all", choices=["all", *POLICIES])
        add("--doses", type=whole(1), default=DEFAULT.doses)
        add(
            "--minutes",
            type=whole(1),
            default=DEFAULT.minutes,
            help="in which a yes of those nearby is of use",
        )
        add(
            "--acceptance",
            type=share(),
            default=DEFAULT.acceptance,
            help="chance that an asked person says yes",
        )
        add("--drift", type=share(), help="acceptance in the 20 releases we learned from (default: the same)")
        add("--email-only", type=share(), default=0.0, help="share without a mobile phone; they answer later")
        add("--missed", type=share(), default=0.0, help="share who accept and do not come")
        add(
            "--spread",
            type=share(),
            default=0.0,
            help="how much people's own acceptance differs, 0 to below 1",
        )
        add("--delay-factor", type=float, default=1.0, help="people answer so many times later than 2021")
        add("--people", type=whole(1), default=DEFAULT.people, help="how many wait on the list")
        add(
            "--starts-at",
            type=clock_time,
            default=DEFAULT.starts_at,
            help="time of the release, HH:MM (14:00)",
        )
        add("--runs", type=whole(1), default=200)
        add("--seed", type=int, default=DEFAULT.seed)
        add("--jobs", type=whole(1), default=2, help="processes")
        add("--grid", action="store_true", help="all 48 cells of acceptance, doses and minutes")
        add("--json", action="store_true")
        add("--plot", type=Path, metavar="FILE.svg", help="draw fill against late share")

    def handle(self, *args: object, **options: Any) -> None:
        scenario = read_scenario(options)
        scenarios = make_grid(scenario) if options["grid"] else [scenario]
        policies = POLICIES if options["policy"] == "all" else (options["policy"],)
        cells = play_with_progress(scenarios, policies, runs=options["runs"], jobs=options["jobs"])
        report = report_grid(scenarios, cells) if options["grid"] else report_cell(cells[0])
        figures = report["mean"] if options["grid"] else report
        title = describe(scenario, runs=options["runs"], grid=options["grid"])
        if options["plot"]:
            places = {name: (row["fill"], row["late"]) for name, row in figures.items()}
            options["plot"].write_text(draw_policies(places, ours=Adaptive.name, subject=title), encoding="utf-8")
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2))
            return
        console = Console(file=cast(IO[str], self.stdout), width=None if self.stdout.isatty() else WIDE)
        console.print(make_table(title, figures))
        if options["grid"]:
            print_grid(console, report)


def whole(least: int) -> Callable[[str], int]:
    """A reader for whole numbers from `least`; raises ArgumentTypeError, which argparse shows."""

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise ArgumentTypeError(f"{text!r} is not a whole number from {least}")
        return int(text)

    return read


def share() -> Callable[[str], float]:
    """A reader for shares from 0 to 1; raises ArgumentTypeError, which argparse shows."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError as error:
            raise ArgumentTypeError(f"{text!r} is not a number") from error
        if not 0 <= value <= 1:
            raise ArgumentTypeError(f"{text!r} is not between 0 and 1")
        return value

    return read


def clock_time(text: str) -> int:
    """Minutes after midnight of HH:MM; raises ArgumentTypeError, which argparse shows."""
    hours, _, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise ArgumentTypeError(f"{text!r} is not a time HH:MM")
    return int(hours) * 60 + int(minutes)


def read_scenario(options: dict[str, Any]) -> Scenario:
    """The scenario that the command's options describe."""
    names = Scenario.__dataclass_fields__
    return Scenario(**{name: options[name] for name in names})


def describe(scenario: Scenario, *, runs: int, grid: bool) -> str:
    """One line that says what was simulated."""
    if grid:
        return f"Mean of 48 cells, {runs} releases each, seed {scenario.seed}"
    use_by = scenario.minutes + min(TRAVEL_MINUTES)
    return (
        f"{scenario.doses} doses, {scenario.minutes} minutes to answer (use-by after {use_by}), "
        f"acceptance {scenario.acceptance:g}, {runs} releases, seed {scenario.seed}"
    )


def play_with_progress(scenarios: list[Scenario], policies: tuple[str, ...], *, runs: int, jobs: int) -> list[Tallies]:
    """Play all scenarios; the bar goes to the error stream, so that JSON stays clean."""
    columns = (TextColumn("simulating"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("simulating", total=count_pieces(len(scenarios), runs))
        return play_scenarios(scenarios, policies, runs=runs, jobs=jobs, on_piece=lambda: progress.advance(task))


def report_cell(tallies: Tallies) -> dict[str, Any]:
    """Figures by policy."""
    return {name: tally.figures() for name, tally in tallies.items()}


def report_grid(scenarios: list[Scenario], cells: list[Tallies]) -> dict[str, Any]:
    """`mean` over the cells by policy, and every cell with the policies that are better than ours in both."""
    reported = [report_cell(tallies) for tallies in cells]
    names = reported[0]
    return {
        "mean": {name: average_cells([cell[name] for cell in reported]) for name in names},
        "cells": [
            {
                "acceptance": scenario.acceptance,
                "doses": scenario.doses,
                "minutes": scenario.minutes,
                "better_than_ours": find_better(cell, Adaptive.name) if Adaptive.name in cell else [],
                "policies": cell,
            }
            for scenario, cell in zip(scenarios, reported, strict=True)
        ],
    }


def print_grid(console: Console, report: dict[str, Any]) -> None:
    """Our figures in each cell, and the cells in which another policy is better in fill and late share at once."""
    cells = report["cells"]
    if Adaptive.name not in report["mean"]:
        return
    rows = {
        f"{cell['acceptance']:g} · {cell['doses']} · {cell['minutes']}": cell["policies"][Adaptive.name]
        for cell in cells
    }
    console.print(make_table("adaptive by cell (acceptance · doses · minutes)", rows))
    beaten = sum(bool(cell["better_than_ours"]) for cell in cells)
    console.print(f"Cells in which a policy is better in fill and late share at once: {beaten} of {len(cells)}")
