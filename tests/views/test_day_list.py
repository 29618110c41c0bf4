"""The day list: its columns, who may see it, what is noted of looking at it, and the ways it leaves the house."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from impfzentrum.models import AuditEvent
from impfzentrum.procedures.attending import AttendanceOrder, note_attendance
from impfzentrum.procedures.opening_list import open_list
from impfzentrum.states import AttendanceState
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON, ask
from tests.views.citizens import text_of
from tests.views.door import LIST, at_the_door, code_of, coming, people, tap
from tests.views.staff import find_version, log_in, make_member, make_neighbour

pytestmark = pytest.mark.usefixtures("saturday_noon")
Queries = Callable[[int], AbstractContextManager[object]]


def test_names_are_shown_to_who_has_opened_the_list(
    world: World, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    people(world)
    client = log_in(world.staff)
    with nothing_is_written():
        page = text_of(client.get(LIST))
    assert "Yılmaz" not in page
    assert "Liste von heute öffnen" in page
    for _tap in range(2):
        assert client.post(f"{LIST}oeffnen/").headers["Location"] == LIST
    [event] = AuditEvent.objects.filter(action="day_list_opened")
    assert (event.actor, event.subject) == (world.staff, f"centre-{world.centre.pk}:2021-04-24")
    with nothing_is_written():
        page = text_of(client.get(LIST))
    assert "Yılmaz, Ayşe" in page
    colleague = log_in(make_member(world.centre, Role.CENTRE_LEAD))
    assert "Yılmaz" not in text_of(colleague.get(LIST)), "each opens it for themselves"
    assert colleague.post(f"{LIST}datei/csv/").status_code == 409


def test_every_column_of_the_team(world: World) -> None:
    first, second, _third = people(world)
    page = text_of(at_the_door(world).get(LIST))
    phone = "0" + first.entry.mobile.removeprefix("+49")
    for told in ("12:30–17:45", code_of(first), "Yılmaz, Ayşe", "01.04.1950", "Comirnaty, 1. Dosis", "erwartet"):
        assert told in page
    assert phone in page.replace(" ", "")
    assert "Dolmetschen: Türkisch" in page
    assert "Platz für einen Rollstuhl" in page
    assert page.index("Schulenburg") < page.index("Yildiz, Karl") < page.index("Yılmaz, Ayşe")
    assert second.entry.email == "" or second.entry.email not in page


def test_who_was_only_asked_or_cancelled_is_not_on_it(world: World) -> None:
    world.entry(family_name="Gefragt")
    ask(world.release())
    page = text_of(at_the_door(world).get(LIST))
    assert "Gefragt" not in page
    assert "Heute hat noch niemand zugesagt." in page


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("yilmaz", {"Yılmaz"}),
        ("yil", {"Yılmaz", "Yildiz"}),
        ("Erika Schul", {"Schulenburg"}),
        ("1.4.1950", {"Yılmaz"}),
        ("01.04.50", {"Yılmaz"}),
        ("nobody", set()),
    ],
)
def test_search_by_name_and_birth_date(world: World, typed: str, found: set[str]) -> None:
    people(world)
    page = text_of(at_the_door(world).post(LIST, {"search": typed}))
    assert {name for name in ("Yılmaz", "Yildiz", "Schulenburg") if f"{name}, " in page} == found


def test_search_by_code_and_filters(world: World) -> None:
    first, second, third = people(world)
    client = at_the_door(world)
    assert [row.offer for row in client.post(LIST, {"search": code_of(first).lower()}).context["rows"]] == [first]
    tap(client, second, "arrived")
    arrived = client.post(LIST, {"state": "arrived", "vaccine": str(world.vaccine.pk), "window": "12:30–17:45"})
    assert [row.offer for row in arrived.context["rows"]] == [second]
    assert client.post(LIST, {"window": "08:00–09:00"}).context["rows"] != [], "a window that is gone counts as none"
    assert third.entry.family_name in text_of(client.post(LIST, {"vaccine": "999"}))


def test_a_poll_keeps_the_search_and_brings_news_once(world: World) -> None:
    first, *_ = people(world)
    client, htmx = at_the_door(world), {"HX-Request": "true"}
    typed = {"search": "Yıl"}
    part = client.post(LIST, typed, headers=htmx).content.decode()
    assert "<html" not in part
    assert "csrfmiddlewaretoken" not in part
    known = typed | {"stand": find_version(part)}
    assert client.post(LIST, known, headers=htmx).status_code == 204
    tap(client, first, "arrived")
    assert "angekommen" in client.post(LIST, known, headers=htmx).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_day(world: World, django_assert_num_queries: Queries, rows: int) -> None:
    world.entries(rows, priority_group=1)
    offers, client = coming(world, rows), at_the_door(world)
    for offer in offers:
        tap(client, offer, "arrived")
    with django_assert_num_queries(8):
        assert len(client.get(LIST).context["rows"]) == rows


def export(client: Client, kind: str, **search: str) -> bytes:
    response = client.post(f"{LIST}datei/{kind}/", search)
    assert response.headers["Content-Disposition"] == f'attachment; filename="tagesliste-korbach-2021-04-24.{kind}"'
    return b"".join(response) if response.streaming else response.content


HEADINGS = [
    *("Ankunft", "Code", "Familienname", "Vorname", "geboren", "Impfstoff", "Dosis", "Gruppe", "Nachweis", "Telefon"),
    *("Sprache, Hilfe", "Stand", "Charge"),
]


def test_the_list_as_files(world: World) -> None:
    first, *_ = people(world)
    first.entry.given_name = "=HYPERLINK(1)"
    first.entry.save()
    client = at_the_door(world)
    tap(client, first, "vaccinated", batch="ex 3599", proof_checked="on")
    lines = list(csv.reader(io.StringIO(export(client, "csv").decode("utf-8-sig")), delimiter=";"))
    assert lines[0] == HEADINGS
    assert len(lines) == 4
    [row] = [line for line in lines if line[2] == "Yılmaz"]
    assert row[:2] == ["12:30–17:45", code_of(first)]
    assert row[3:8] == ["'=HYPERLINK(1)", "01.04.1950", "Comirnaty", "1", "1"]
    assert row[11:] == ["geimpft", "EX3599"]
    book = openpyxl.load_workbook(io.BytesIO(export(client, "xlsx", search="Yılmaz")))
    [headings, found] = book.worksheets[0].iter_rows(values_only=True)
    assert list(headings) == HEADINGS
    assert found[3] == "=HYPERLINK(1)", "text, no formula"
    pdf = PdfReader(io.BytesIO(export(client, "pdf"))).pages[0].extract_text()
    assert "Schulenburg" in pdf
    taken = AuditEvent.objects.filter(action="day_list_exported").order_by("pk").values_list("detail", flat=True)
    assert list(taken) == [
        {"kind": "csv", "people": 3},
        {"kind": "xlsx", "people": 1},
        {"kind": "pdf", "people": 3},
    ]
    assert client.post(f"{LIST}datei/exe/").status_code == 404
    assert client.get(f"{LIST}datei/csv/").status_code == 405


def test_the_print_has_no_navigation_and_is_noted(world: World) -> None:
    people(world)
    response = at_the_door(world).post(f"{LIST}druck/")
    page = response.content.decode()
    assert "<nav" not in page
    assert "print.css" in page
    assert "Yılmaz, Ayşe" in page
    assert AuditEvent.objects.get(action="day_list_exported").detail == {"kind": "print", "people": 3}


@pytest.mark.parametrize("role", [Role.COUNTY_ADMIN, Role.COUNTY_AUDITOR, Role.OPERATOR])
def test_only_the_team_of_the_centre(world: World, role: Role) -> None:
    other = log_in(make_member(world.centre, role))
    assert other.get(LIST).status_code == 403
    assert other.post(f"{LIST}datei/csv/").status_code == 403


def test_another_centre_is_not_there(world: World) -> None:
    neighbour = log_in(make_member(make_neighbour(world), Role.CENTRE_STAFF))
    assert neighbour.get(LIST).status_code == 404


def test_experience_is_told_once_there_is_enough(world: World) -> None:
    world.entries(24)
    offers = coming(world, 24)
    for number, offer in enumerate(offers[:20]):
        state = AttendanceState.MISSED if number < 15 else AttendanceState.ARRIVED
        note_attendance(AttendanceOrder(offer, state, uuid4(), surely=True), by=world.staff, now=NOON)
    client = at_the_door(world)
    assert "Erfahrungsgemäß kommen 1 von 4 nicht." in text_of(client.get(LIST))
    later = NOON + timedelta(days=40)
    with time_machine.travel(later, tick=False):
        open_list(world.centre, by=world.staff, now=later)
        assert log_in(world.staff).get(LIST).context["no_shows"].appointments == 0, (
            "older days say little about tonight"
        )
