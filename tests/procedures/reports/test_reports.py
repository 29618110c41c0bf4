"""Every report against figures that are known, and the sums again by SQL that was written apart from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from impfzentrum.procedures.reports.kinds import REPORTS
from impfzentrum.procedures.reports.report import By
from impfzentrum.sheets.sheet import Cell
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.reports.month import Month, plant_month

SATURDAY, MONDAY = date(2021, 4, 10), date(2021, 4, 12)


@pytest.fixture
def month(world: World) -> Month:
    return plant_month(world)


def table(month: Month, name: str, by: By = By.DAY, centre: Any = None) -> tuple[list[list[Cell]], list[Cell]]:
    made = REPORTS[name].make(month.scope(by, centre), NOON)
    assert all(len(row) == len(made.columns) for row in made.rows)
    assert not made.sums or len(made.sums) == len(made.columns)
    return [list(row) for row in made.rows], list(made.sums)


def ask(sql: str, *values: int) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: Sequence[Any] = cursor.fetchone()
    return found


BY_HAND = """
SELECT count(*), count(*) FILTER (WHERE d.state IN ('confirmed', 'arrived', 'vaccinated', 'deferred')),
    count(*) FILTER (WHERE d.state = 'vaccinated'), count(*) FILTER (WHERE d.state = 'lapsed'),
    count(*) FILTER (WHERE d.state = 'withdrawn'), count(*) FILTER (WHERE d.state IN ('free', 'held', 'missed'))
FROM impfzentrum_dose d, impfzentrum_release r, impfzentrum_centre c
WHERE d.release_id = r.id AND r.centre_id = c.id AND c.county_id = %s
    AND date(timezone('Europe/Berlin', r.released_at)) BETWEEN '2021-04-01' AND '2021-04-30'
"""


def test_doses(month: Month) -> None:
    rows, sums = table(month, "dosen")
    assert rows == [[SATURDAY, 6, 4, 3, 1, 1, 0, 80], [MONDAY, 5, 4, 3, 0, 0, 1, 80]]
    assert sums == ["Zusammen", 11, 8, 6, 1, 1, 1, 80]
    assert tuple(sums[1:7]) == ask(BY_HAND, month.world.county.pk)
    assert table(month, "dosen", By.REASON)[0] == [
        ["abgesagte Termine", 3, 3, 3, 0, 0, 0, 100],
        ["nicht erschienen", 2, 1, 0, 0, 0, 1, 50],
        ["Rest aus Fläschchen", 6, 4, 3, 1, 1, 0, 80],
    ]
    assert table(month, "dosen", By.CENTRE)[0] == [
        ["Impfzentrum Bad Wildungen", 3, 3, 3, 0, 0, 0, 100],
        ["Impfzentrum Korbach", 8, 5, 3, 1, 1, 1, 71],
    ]
    assert table(month, "dosen", By.VACCINE)[0] == [["Comirnaty", 11, 8, 6, 1, 1, 1, 80]]
    assert table(month, "dosen", By.DAY, month.wildungen)[1] == ["Zusammen", 3, 3, 3, 0, 0, 0, 100]


def test_fill_rate_and_who_was_too_late(month: Month) -> None:
    rows, sums = table(month, "quote")
    assert rows == [[SATURDAY, 5, 4, 80, 13, 8, 2, 25], [MONDAY, 5, 4, 80, 5, 5, 0, 0]]
    asked = ask(
        "SELECT count(*), count(*) FILTER (WHERE state IN ('accepted', 'cancelled', 'late', 'unused')),"
        " count(*) FILTER (WHERE state = 'late') FROM impfzentrum_offer"
    )
    assert sums == ["Zusammen", 10, 8, 80, *asked, 15]


def test_minutes(month: Month) -> None:
    rows, sums = table(month, "minuten")
    assert rows == [[SATURDAY, 4, 20.0, 44.0, 0, None, None], [MONDAY, 4, 5.0, pytest.approx(12.6), 1, 7.0, 7.0]]
    median = ask(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM o.answered_at - r.released_at) / 60)"
        " FROM impfzentrum_offer o, impfzentrum_release r WHERE r.id = o.release_id AND o.state = 'accepted'"
    )
    assert sums[2] == pytest.approx(median[0])
    assert sums[1] == 8


def test_attendance(month: Month) -> None:
    rows, sums = table(month, "erscheinen")
    assert rows == [[SATURDAY, 1, 0, 3, 1, 0, 0, 1, 0], [MONDAY, 1, 0, 3, 0, 0, 1, 0, 25]]
    assert sums == ["Zusammen", 2, 0, 6, 1, 0, 1, 1, 12]


def test_messages_and_what_a_dose_cost(month: Month) -> None:
    _rows, sums = table(month, "nachrichten")
    assert sums[:8] == ["Zusammen", 8, 8, 11, 1, 1, Decimal("0.68"), 2]
    euros = ask("SELECT sum(price) FROM impfzentrum_message WHERE currency <> 'USD'")[0]
    assert float(euros) == pytest.approx(0.675)
    assert float(str(sums[8])) == pytest.approx(10 / 8)
    assert float(str(sums[9])) == pytest.approx(float(euros) / 8)


def test_steps_down_tell_why(month: Month) -> None:
    rows, _sums = table(month, "abstiege")
    [row] = rows
    assert row[1:7] == ["Impfzentrum Korbach", 1, "Comirnaty", 1, 2, 300]
    assert row[7] == "Gefragt bis dahin: 5. In Gruppe 1 war sonst niemand, der rechtzeitig kommen konnte."
    assert table(month, "abstiege", centre=month.wildungen)[0] == []


def test_feedback(month: Month) -> None:
    rows, sums = table(month, "rueckmeldungen")
    assert rows == [["nach dem Abmelden", 2, 1, 1, 0, 0, 0, 0, 1.0], ["eigene Seite", 2, 1, 0, 0, 0, 1, 1, 4.5]]
    assert sums == ["Zusammen", 4, 2, 1, 0, 0, 1, 1, pytest.approx(10 / 3)]


def test_the_layout_of_the_rki_carries_small_counts_forward(month: Month) -> None:
    made = REPORTS["rki"].make(month.scope(), NOON)
    assert [column.heading for column in made.columns] == [
        "Impfdatum", "LandkreisId_Impfort", "Altersgruppe", "Impfschutz", "Anzahl"
    ]  # fmt: skip
    assert made.rows == [[MONDAY, "06635", "60+", 1, 6]], "three of Saturday wait for the three of Monday"


def test_the_list_withholds_small_cells(month: Month) -> None:
    world = month.world
    world.entries(9, priority_group=1)
    world.entries(30, priority_group=2)
    moved = World(world.county, month.wildungen, world.campaign, world.vaccine, world.staff)
    moved.entries(3, priority_group=1)
    moved.entries(20, priority_group=2, birth_date=date(1990, 1, 4), postcode="10115")
    made = REPORTS["liste"].make(month.scope(), NOON)
    assert [list(row) for row in made.rows] == [["Gruppe 1", "*", "*", 12], ["Gruppe 2", "*", "*", 50]]
    assert made.sums == ["Zusammen", 23, 39, 62]
    ages, areas = made.further
    assert ages.sums == areas.sums == made.sums
    assert [row[0] for row in areas.rows] == ["andere Postleitzahlen"]
    korbach = REPORTS["liste"].make(month.scope(centre=month.korbach), NOON)
    assert [list(row) for row in korbach.rows] == [["Gruppe 1", "*"], ["Gruppe 2", "*"]]
    assert korbach.sums == ["Zusammen", 39]


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_at_all_is_a_report_too(world: World, name: str) -> None:
    month = Month(world, world.centre, world.centre)
    rows, sums = table(month, name)
    assert (rows, sums) == ([], [])


QUERIES = {
    "dosen": 1, "quote": 1, "minuten": 1, "erscheinen": 1, "nachrichten": 1, "liste": 2, "abstiege": 3, "von-hand": 1,
    "rueckmeldungen": 2, "rki": 1,
}  # fmt: skip


@pytest.mark.parametrize("name", REPORTS)
def test_queries_do_not_grow(month: Month, name: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        table(month, name)
    assert len(queries) == QUERIES[name]
