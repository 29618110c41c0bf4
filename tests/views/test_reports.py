"""The pages of the reports: who may see them, every file of every report, and what an impossible period says."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from impfzentrum.models import ExportJob
from impfzentrum.procedures.reports.jobs import write_export
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


def test_an_export_is_ordered_watched_and_fetched_by_who_asked(world: World, client: Client) -> None:
    ordered = client.post(f"{PAGES}ausgabe/", {"start": "2021-04-01", "end": "2021-04-24", "datei": "csv"})
    job = ExportJob.objects.get()
    page = f"{PAGES}ausgabe/{job.public_id}/"
    assert (ordered.status_code, ordered["Location"]) == (302, page)
    assert "hx-get" in client.get(page).content.decode()
    assert client.get(f"{page}datei").status_code == 404
    write_export(job.pk, clock=timezone.now)
    part = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "Fertig: 18 Zeilen." in part
    assert "hx-get" not in part
    assert client.get(f"{page}datei").content.count(b"\r\n") == 19
    colleague = log_in(make_member(world.centre, Role.COUNTY_ADMIN))
    for path in (page, f"{page}datei"):
        assert colleague.get(path).status_code == 404


def test_a_wrong_period_of_an_export_is_told_beside_its_field(client: Client) -> None:
    page = client.post(f"{PAGES}ausgabe/", {"start": "2021-04-24", "end": "2021-04-01", "datei": "csv"})
    assert page.status_code == 422
    assert "Der letzte Tag liegt vor dem ersten." in page.content.decode()


def test_word_by_mail_is_chosen_and_ended(world: World) -> None:
    admin = make_member(world.centre, Role.COUNTY_ADMIN)
    admin.email = "petra@example.org"
    admin.save()
    client = log_in(admin)
    refused = client.post(f"{PAGES}e-mail/", {"person": str(world.staff.pk), "rhythm": "weekly"})
    assert (refused.status_code, "darf die Berichte nicht lesen" in refused.content.decode()) == (422, True)
    client.post(f"{PAGES}e-mail/", {"person": str(admin.pk), "rhythm": "monthly"})
    shown = client.get(PAGES).content.decode()
    assert "am Ersten des Monats, das nächste Mal am 01.05.2021" in shown
    client.post(f"{PAGES}e-mail/{world.county.report_schedules.get().public_id}/beenden/")
    assert not world.county.report_schedules.exists()


def test_the_public_page_is_off_until_the_county_shows_it(world: World) -> None:
    visitor, client = Client(), log_in(make_member(world.centre, Role.COUNTY_ADMIN))
    assert visitor.get("/waldeck-frankenberg/zahlen/").status_code == 404
    world.entries(7)
    for said, status in [("ja", 200), ("ja", 200), ("nein", 404)]:
        client.post(f"{PAGES}oeffentlich/", {"zeigen": said})
        assert visitor.get("/waldeck-frankenberg/zahlen/").status_code == status
        linked = "/waldeck-frankenberg/zahlen/" in visitor.get("/waldeck-frankenberg/").content.decode()
        assert linked == (status == 200)
