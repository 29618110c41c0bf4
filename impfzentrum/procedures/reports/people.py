"""Who waits, by group, age and postcode. Small cells are withheld, and no table betrays another's.

The three tables are made of the same people and share nothing but the sums of their columns, which are all shown: so
each is safe on its own (rules.withholding). For the same reason one centre's figures are a column of the county's table
and never a table of their own: county minus one centre would be the other one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from impfzentrum.models import Centre, County
from impfzentrum.procedures.reports.report import Chart, Report, Scope, Series
from impfzentrum.rules.withholding import SMALLEST, ShownTable, TooFewPeople, withhold
from impfzentrum.sheets.sheet import Cell, Column, Kind

WITHHELD = "*"
ELSEWHERE = "~"
"""Sorts after every postcode."""

OLDEST = 120
AGES = ((0, 11), (12, 17), (18, 59), (60, 69), (70, 79), (80, 199))
"""Completed years. Those of the RKI's open data; the last one in three, since groups 1 and 2 go by age."""

_WAITING = """
WITH people AS (
    SELECT entry.centre_id, entry.priority_group AS grp,
        CASE WHEN age < 12 THEN 0 WHEN age < 18 THEN 1 WHEN age < 60 THEN 2 WHEN age < 70 THEN 3 WHEN age < 80 THEN 4
            ELSE 5 END AS band,
        coalesce(postcode.code || ' ' || postcode.place, %(elsewhere)s) AS area
    FROM impfzentrum_standbyentry AS entry
    JOIN impfzentrum_campaign AS campaign ON campaign.id = entry.campaign_id AND campaign.state = 'running'
    CROSS JOIN LATERAL (SELECT extract(year FROM age(%(today)s, entry.birth_date)) AS age) AS aged
    LEFT JOIN impfzentrum_postcode AS postcode
        ON postcode.county_id = campaign.county_id AND postcode.code = entry.postcode
    WHERE campaign.county_id = %(county)s AND entry.state IN ('waiting', 'offered')
)
SELECT centre_id, grp, band, area, count(*)::int FROM people
GROUP BY GROUPING SETS ((centre_id, grp), (centre_id, band), (centre_id, area))
"""

Key = Any
"""A group, the place of an age band, or a postcode."""

Counts = Mapping[Key, Mapping[int, int]]
"""How many people, by line and by centre."""


def report_list(scope: Scope, *, now: datetime) -> Report:
    """The list as it stands now, whatever the period. Two queries."""
    centres = list(scope.county.centres.order_by("name"))
    by_group, by_age, by_area = _count(scope.county, now=now)
    groups = _tabulate(_("Wartende nach Gruppe"), _("Gruppe"), sorted(by_group), by_group, centres, scope, _name_group)
    ages = _tabulate(_("Wartende nach Alter"), _("Alter"), range(len(AGES)), by_age, centres, scope, _name_band)
    areas = _tabulate(
        _("Wartende nach Postleitzahl"),
        _("Postleitzahl"),
        sorted(by_area),
        by_area,
        centres,
        scope,
        _name_area,
    )
    return Report(groups.title, groups.columns, groups.rows, groups.sums, groups.charts, groups.note, [ages, areas])


def show_waiting_by_group(county: County, *, now: datetime) -> list[tuple[int, int | None]] | None:
    """How many people of each group wait in the county, as anybody may know it; None if there are too few at all.

    The same table as in the county's report: two that withhold different cells would betray each other.
    """
    centres = list(county.centres.order_by("name"))
    by_group, _by_age, _by_area = _count(county, now=now)
    groups = sorted(by_group)
    shown = _withhold(groups, by_group, [centre.pk for centre in centres])
    if shown is None:
        return None
    return [(group, count) for group, count in zip(groups, shown[1].together, strict=True)]


def _count(county: County, *, now: datetime) -> tuple[Counts, Counts, Counts]:
    by_group: dict[Key, dict[int, int]] = defaultdict(dict)
    by_age: dict[Key, dict[int, int]] = defaultdict(dict)
    by_area: dict[Key, dict[int, int]] = defaultdict(dict)
    parameters: dict[str, Any] = {"county": county.pk, "today": timezone.localdate(now), "elsewhere": ELSEWHERE}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, parameters)
        for centre, group, band, area, count in cursor.fetchall():
            if group is not None:
                by_group[group][centre] = count
            elif band is not None:
                by_age[band][centre] = count
            else:
                by_area[area][centre] = count
    return by_group, by_age, by_area


def _tabulate(
    title: str,
    heading: str,
    lines: Sequence[Key],
    counts: Counts,
    centres: Sequence[Centre],
    scope: Scope,
    name: Callable[[Key], str],
) -> Report:
    shown = _withhold(lines, counts, [centre.pk for centre in centres])
    names = [name(line) for line in lines]
    columns, cells, sums = _pick_columns(shown, centres, scope) if shown else ([], [[] for _line in lines], [])
    rows: list[list[Cell]] = [[one, *line] for one, line in zip(names, cells, strict=True)] if columns else []
    last: list[float | None] = [count if isinstance(count, int) else None for *_rest, count in rows]
    return Report(
        title,
        [Column(heading, width=28), *(Column(one, Kind.NUMBER) for one in columns)],
        rows,
        [_("Zusammen"), *sums] if rows else (),
        [Chart(title, names, [Series(columns[-1], last)])] if rows else (),
        _(
            "Stand: jetzt. * heißt zurückgehalten: unter {smallest}, oder damit sich so ein Feld nicht errechnen lässt."
        ).format(smallest=SMALLEST),
    )


def _withhold(lines: Sequence[Key], counts: Counts, centres: Sequence[int]) -> tuple[list[int], ShownTable] | None:
    """The table and its centres. A centre with too few people puts all together; None where even those are too few."""
    used = [centre for centre in centres if any(centre in counts.get(line, {}) for line in lines)]
    table = [[counts.get(line, {}).get(centre, 0) for centre in used] for line in lines]
    try:
        return used, withhold(table)
    except TooFewPeople:
        pass
    try:
        return [], withhold([[sum(line)] for line in table])
    except TooFewPeople:
        return None


def _pick_columns(
    shown: tuple[list[int], ShownTable], centres: Sequence[Centre], scope: Scope
) -> tuple[list[str], list[list[Cell]], list[Cell]]:
    """The headings, cells and sums of the columns that a scope shows: all, or the one of its centre."""
    used, table = shown
    names = {centre.pk: centre.name for centre in centres}
    if scope.centre is not None:
        if scope.centre.pk not in used:
            return [], [], []
        at = used.index(scope.centre.pk)
        return [scope.centre.name], [[_tell(line[at])] for line in table.cells], [table.sums[at]]
    separate = used if len(used) > 1 else []
    cells: list[list[Cell]] = [
        [*(_tell(cell) for cell in line[: len(separate)]), _tell(together)]
        for line, together in zip(table.cells, table.together, strict=True)
    ]
    return [*(names[one] for one in separate), _("Landkreis")], cells, [*table.sums[: len(separate)], table.all_sum]


def _tell(count: int | None) -> Cell:
    return WITHHELD if count is None else count


def _name_group(group: Key) -> str:
    return _("Gruppe {group}").format(group=group)


def _name_band(band: Key) -> str:
    first, last = AGES[band]
    if first == 0:
        return _("unter {age}").format(age=last + 1)
    return (
        _("{age} und älter").format(age=first)
        if last > OLDEST
        else _("{first} bis {last}").format(first=first, last=last)
    )


def _name_area(area: Key) -> str:
    return _("andere Postleitzahlen") if area == ELSEWHERE else str(area)
