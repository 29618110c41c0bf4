"""The figures as a table for people."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

HEADINGS = {
    "fill": "fill",
    "late": "late",
    "messages_per_dose": "messages / dose",
    "minutes_p50": "min p50",
    "minutes_p90": "min p90",
    "asked": "asked",
    "overbooked": "overbooked",
    "group_violations": "group violations",
    "night_messages": "night messages",
}
SHARES = ("fill", "late")
COUNTS = ("overbooked", "group_violations", "night_messages")


def make_table(title: str, figures: Mapping[str, Mapping[str, object]]) -> Table:
    """One row a policy, best fill first."""
    table = Table(title=title)
    table.add_column("policy")
    for heading in HEADINGS.values():
        table.add_column(heading, justify="right")
    for name, row in sorted(figures.items(), key=lambda item: -float(str(item[1]["fill"]))):
        table.add_row(name, *(format_figure(key, row[key]) for key in HEADINGS))
    return table


def format_figure(key: str, value: object) -> str:
    """A share with four places, a count as it is, anything else with one place; a dash where there is no value."""
    if value is None:
        return "–"
    if key in COUNTS:
        return str(value)
    return f"{float(str(value)):.{4 if key in SHARES else 1}f}"
