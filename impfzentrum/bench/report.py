"""Figures as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from impfzentrum.bench.timing import Figure

HEADS = ("name", "case", "size", "n", "seconds", "floor", "ratio", "per second", "growth", "goal")


def make_table(figures: Sequence[Figure]) -> Table:
    """One line a figure. `growth`: how many times as long as the first size of the same name, case and n took."""
    table = Table(title="Medians; ratio 1 is as fast as the floor")
    for head in HEADS:
        table.add_column(head, justify="left" if head in ("name", "case", "goal") else "right")
    first: dict[tuple[str, str, int], float] = {}
    for one in figures:
        begun = first.setdefault((one.name, one.case, one.n), one.seconds)
        table.add_row(
            one.name,
            one.case,
            f"{one.size:,}",
            f"{one.n:,}",
            f"{one.seconds:.6f}",
            f"{one.floor_seconds:.6f}",
            f"{one.ratio:.2f}",
            f"{one.per_second:,.0f}",
            f"{one.seconds / begun:.2f}",
            one.goal and f"{one.goal}: {'met' if one.met else 'MISSED'}",
        )
    return table
