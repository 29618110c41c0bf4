"""`manage.py bench`: how fast our code is against plain SQL doing the same work, on a database of its own."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from impfzentrum.bench.database import NotOurDatabase
from impfzentrum.bench.report import make_table
from impfzentrum.bench.running import BENCHES, run_bench
from impfzentrum.bench.timing import Figure, WorkNotDone

WIDE = 140
"""Columns of the table where the output is no terminal."""


class Command(BaseCommand):
    help = "Time our code against a floor of plain SQL in the same run, on a throw-away database."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=sorted(BENCHES))
        parser.add_argument(
            "--sizes", type=read_sizes, default=(), metavar="N,N", help="rows to lie there, e.g. 10000,1000000"
        )
        parser.add_argument("--repeat", type=int, default=5, help="runs of each side; the median counts (default 5)")
        parser.add_argument("--keep", action="store_true", help="leave the last database there to look at")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: object, **options: Any) -> None:
        figures: list[Figure] = []
        try:
            for figure in run_bench(
                options["name"], sizes=options["sizes"], repeat=options["repeat"], keep=options["keep"]
            ):
                self.stderr.write(f"{figure.name}, {figure.case}, {figure.size}: {figure.seconds} s")
                figures.append(figure)
        except (NotOurDatabase, WorkNotDone) as fault:
            raise CommandError(str(fault)) from fault
        if options["json"]:
            self.stdout.write(json.dumps([figure.as_json() for figure in figures], indent=2))
            return
        console = Console(file=cast(IO[str], self.stdout), width=None if self.stdout.isatty() else WIDE)
        console.print(make_table(figures))


def read_sizes(text: str) -> tuple[int, ...]:
    """Whole numbers with commas between them; raises ArgumentTypeError, which argparse shows."""
    parts = [part.strip().replace("_", "") for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise ArgumentTypeError(f"{text!r} is not a list of whole numbers")
    return tuple(int(part) for part in parts)
