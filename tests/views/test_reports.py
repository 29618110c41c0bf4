"""The pages of the reports: who may see them, every file of every report, and what an impossible period says."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from impfzentrum.procedures.reports.kinds import REPORTS
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.procedures.reports.month import plant_month
from tests.views.staff import log_in, make_member

pytestmark = pytest.mark.usefixtures("saturday_noon")

PAGES = "/kreis/waldeck-frankenberg/berichte/"
APRIL = "?start=2021-04-01&end=2021-04-24"


@pytest.fixture
def client(world: World) -> Client:
    plant_month(world)
    return log_in(make_member(world.centre, Role.COUNTY_AUDITOR))


def test_every_report_has_a_page_and_three_files(client: Client) -> None:
    listed = client.get(PAGES).content.decode()
    for name in REPORTS:
        assert f'href="{PAGES}{name}/"' in listed
        page = client.get(f"{PAGES}{name}/{APRIL}")
        assert page.status_code == 200, name
        assert page.content.decode().count("<table") == len([one for one in page.context["reports"] if one.rows])
        for ending, start in [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")]:
            file = client.get(f"{PAGES}{name}/tabelle-0.{ending}{APRIL}")
            assert file.status_code == 200, (name, ending)
            assert file.content.startswith(start)
            assert f'filename="{name}' in file["Content-Disposition"]


def test_a_file_says_what_the_page_says(client: Client) -> None:
    query = f"{APRIL}&nach=grund&zentrum=korbach"
    shown = client.get(f"{PAGES}dosen/{query}").context["reports"][0]
    book = load_workbook(io.BytesIO(client.get(f"{PAGES}dosen/tabelle-0.xlsx{query}").content))
    page = book.active
    assert page is not None
    lines = [[cell.value for cell in row] for row in page.iter_rows()]
    assert lines[0] == [column.heading for column in shown.columns]
    assert [str(line[1]) for line in lines[1:-1]] == [row[1].text for row in shown.rows]
    assert lines[-1] == ["Zusammen", 8, 5, 3, 1, 1, 1, 71]
    assert book.properties.description is not None
    assert "Impfzentrum Korbach, 01.04.2021 bis 24.04.2021" in book.properties.description


def test_bars_are_told_apart_without_colour(client: Client) -> None:
    [chart] = client.get(f"{PAGES}dosen/{APRIL}").context["reports"][0].charts
    assert [look for look, _meaning in chart.legend] == [0, 1, 2, 3]
    assert [bar.value for bar in chart.bars] == ["6", "5"]
    assert [part.width for part in chart.bars[0].segments] == ["66.67%", "16.67%", "16.67%"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?start=2021-04-24&end=2021-04-01", "Der letzte Tag liegt vor dem ersten."),
        ("?start=2021-04-01&end=2021-04-24&zentrum=soltau", "ist keine"),
        ("?start=2021-04-01&end=2021-04-24&nach=mond", "ist keine"),
    ],
)
def test_an_impossible_question_is_answered_beside_its_field(client: Client, query: str, said: str) -> None:
    page = client.get(f"{PAGES}dosen/{query}")
    assert page.status_code == 422
    assert said in page.content.decode()
    file = client.get(f"{PAGES}dosen/tabelle-0.csv{query}")
    assert (file.status_code, file["Location"]) == (302, f"{PAGES}dosen/{query}")


@pytest.mark.parametrize("path", ["gibt-es-nicht/", "dosen/tabelle-1.csv", "dosen/tabelle-0.exe"])
def test_what_is_not_there(client: Client, path: str) -> None:
    assert client.get(PAGES + path).status_code == 404


@pytest.mark.parametrize("role", Role)
def test_who_may_read_them(world: World, role: Role) -> None:
    client = log_in(make_member(world.centre, role))
    expected = 200 if role in {Role.COUNTY_ADMIN, Role.COUNTY_AUDITOR} else 403
    for path in ["", "dosen/", "dosen/tabelle-0.csv"]:
        assert client.get(PAGES + path).status_code == expected
        other = client.get("/kreis/heidekreis/berichte/" + path).status_code
        assert other == (404 if expected == 200 else 403)
