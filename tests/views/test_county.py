"""The county's table of releases and its file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from impfzentrum.models import HandPick, Offer
from impfzentrum.procedures.answering import accept_offer, cancel_dose
from impfzentrum.procedures.hand_picking import consent_to_hand_pick, refuse_hand_pick
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON, ask
from tests.procedures.calling import ask_by_phone
from tests.procedures.picking import NOTE, propose
from tests.views.staff import log_in, make_member, make_stranger

pytestmark = pytest.mark.usefixtures("saturday_noon")

TABLE = "/kreis/waldeck-frankenberg/"
FILE = f"{TABLE}freigaben.csv"


@pytest.fixture
def client(world: World) -> Client:
    return log_in(make_member(world.centre, Role.COUNTY_ADMIN))


def read_file(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(FILE + query)
    text = response.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(text.removeprefix("\ufeff").splitlines(), delimiter=";"))


def test_table_and_file_agree(world: World, client: Client) -> None:
    world.entries(4)
    offers = ask(world.release(doses=4))
    for offer in offers[:3]:
        accept_offer(offer, now=NOON)
    stop_release(world.release(doses=2), by=world.staff, now=NOON)
    response = client.get(TABLE)
    sums = response.context["sums"]
    assert (sums.released, sums.accepted, sums.lapsed, sums.withdrawn, sums.open, sums.fill_rate) == (6, 3, 0, 2, 1, 75)
    rows = read_file(client)
    assert [row["Freigabe"] for row in rows] == ["2", "1"]
    columns = ["freigegeben", "zugesagt", "verfallen", "zurückgenommen", "noch offen"]
    assert [sum(int(row[name]) for row in rows) for name in columns] == [6, 3, 0, 2, 1]
    first = rows[1]
    assert (first["Tag"], first["freigegeben um"], first["verwendbar bis"]) == ("24.04.2021", "12:00", "18:00")
    assert (first["Stand"], first["vergeben in Prozent"]) == ("läuft", "75")


def test_the_file_has_a_name_and_a_kind(world: World, client: Client) -> None:
    headers = client.get(f"{FILE}?start=2021-04-01&end=2021-04-24").headers
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    name = "freigaben-waldeck-frankenberg-2021-04-01-bis-2021-04-24.csv"
    assert headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_no_formula_leaves_the_house(world: World, client: Client) -> None:
    world.centre.name = '=HYPERLINK("http://example.org";"Korbach")'
    world.centre.save()
    world.release()
    assert read_file(client)[0]["Impfzentrum"] == "'" + world.centre.name


def test_the_period_is_asked_in_berlin_days(world: World, client: Client) -> None:
    for moment in (NOON.replace(hour=0), NOON.replace(hour=23, minute=30), NOON - timedelta(hours=12, seconds=1)):
        world.release(now=moment)
    assert len(read_file(client, "?start=24.4.2021&end=24.04.2021")) == 2
    assert len(read_file(client, "?start=2021-04-23&end=2021-04-23")) == 1


def test_only_the_own_county_is_told(world: World, client: Client) -> None:
    make_stranger()
    world.release()
    assert [row["Impfzentrum"] for row in read_file(client)] == ["Impfzentrum Korbach"]
    assert "Soltau" not in client.get(TABLE).content.decode()


def test_nothing_released_is_said(world: World, client: Client) -> None:
    assert "In diesem Zeitraum wurde nichts freigegeben." in client.get(TABLE).content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("start=&end=2021-04-01", "Bitte geben Sie einen Tag an."),
        ("start=2021-04-01", "Bitte geben Sie einen Tag an."),
        ("start=gestern&end=2021-04-01", "Bitte schreiben Sie den Tag so: 24.4.2021."),
        ("start=1.4.21&end=2021-04-01", "Bitte geben Sie das Jahr mit vier Ziffern an"),
        ("start=30.2.2021&end=2021-04-01", "Diesen Tag gibt es nicht"),
        ("start=2021-04-02&end=2021-04-01", "Der letzte Tag liegt vor dem ersten."),
        ("start=2021-05-01&end=2021-05-02", "Dieser Tag liegt in der Zukunft."),
        ("start=2020-12-26&end=2021-04-01", "Vor dem 27. Dezember 2020 gab es noch keine Impfungen."),
        ("start=2021-04-01&end=9999-12-31", "Dieser Tag liegt in der Zukunft."),
    ],
)
def test_an_impossible_period_is_told(world: World, client: Client, query: str, sentence: str) -> None:
    response = client.get(f"{TABLE}?{query}")
    assert response.status_code == 422
    assert sentence in response.content.decode()
    file = client.get(f"{FILE}?{query}")
    assert (file.status_code, file.headers["Location"].startswith(f"{TABLE}?")) == (302, True)


def test_a_year_at_most(world: World, client: Client) -> None:
    with time_machine.travel(NOON + timedelta(days=400), tick=False):
        client = log_in(make_member(world.centre, Role.COUNTY_AUDITOR))
        assert client.get(f"{TABLE}?start=2021-04-01&end=2022-04-01").status_code == 200
        page = client.get(f"{TABLE}?start=2021-04-01&end=2022-04-02").content.decode()
    assert "Bitte wählen Sie höchstens ein Jahr." in page


def test_an_auditor_reads_centres_without_names_and_without_buttons(world: World) -> None:
    release, entry = world.release(3), world.entry()
    accept_offer(ask(release)[0], now=NOON)
    ask_by_phone(world, release=release)
    lead, auditor = (log_in(make_member(world.centre, role)) for role in (Role.CENTRE_LEAD, Role.COUNTY_AUDITOR))
    assert "Nr. 1" in auditor.get(TABLE).content.decode()
    hidden = [entry.family_name, "/dosen-dazu/", "/anruf/", "/freigeben/", "/von-hand/"]
    seen = ""
    for address in ("/zentrum/korbach/", "/zentrum/korbach/freigabe/1/"):
        page = auditor.get(address).content.decode()
        assert [word for word in hidden if word in page] == []
        assert page.count("<form") == 2, "language and logout, nothing else"
        seen += lead.get(address).content.decode()
    assert [word for word in hidden if word not in seen] == [], "those who act see it all"


def test_looking_writes_nothing(
    world: World, client: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    with nothing_is_written():
        client.get(TABLE)
        client.get(FILE)


def read_hand_picks(client: Client, query: str = "") -> list[dict[str, str]]:
    text = client.get(f"{TABLE}von-hand.csv{query}").content.decode()
    return list(csv.DictReader(text.removeprefix("\ufeff").splitlines(), delimiter=";"))


@pytest.fixture
def picked(world: World) -> list[HandPick]:
    """Three proposals in one release: one given, one refused, one that waits."""
    release = world.release(doses=4)
    second = make_member(world.centre, Role.CENTRE_LEAD, username="Ute Frank")
    picks = [propose(world, release, person) for person in world.entries(3)]
    consent_to_hand_pick(picks[0], by=second, now=NOON + timedelta(minutes=2))
    refuse_hand_pick(picks[1], by=second, now=NOON + timedelta(minutes=3))
    return picks


def test_the_county_reads_what_was_given_by_hand_and_why(world: World, client: Client, picked: list[HandPick]) -> None:
    page = client.get(TABLE).content.decode()
    for words in ("Von Hand vergeben", "ist vor Ort, die Dosis verfällt sonst in Minuten", NOTE, "Ute Frank", "staff"):
        assert words in page
    assert "Muster" not in page, "the report names nobody who waits"
    rows = read_hand_picks(client)
    assert [row["Stand"] for row in rows] == ["wartet auf Zustimmung", "abgelehnt", "vergeben"]
    given = rows[2]
    assert (given["Freigabe"], given["Tag"], given["vorgeschlagen um"]) == ("1", "24.04.2021", "12:00")
    assert (given["vorgeschlagen von"], given["entschieden von"], given["entschieden um"]) == (
        "staff", "Ute Frank", "12:02",
    )  # fmt: skip
    assert given["Begründung"] == NOTE
    assert (rows[0]["entschieden von"], rows[0]["entschieden um"]) == ("", "")
    assert [row["von Hand vergeben"] for row in read_file(client)] == ["1"]
    assert [row["freigegeben"] for row in read_file(client)] == ["4"], "two joins would multiply the doses"


def test_a_dose_by_hand_that_was_given_back_is_told(world: World, client: Client, picked: list[HandPick]) -> None:
    cancel_dose(Offer.objects.get(), now=NOON + timedelta(minutes=5))
    assert read_hand_picks(client)[2]["Stand"] == "vergeben, später abgesagt"


def test_hand_picks_belong_to_the_day_of_their_release(world: World, client: Client, picked: list[HandPick]) -> None:
    assert len(read_hand_picks(client, "?start=2021-04-24&end=2021-04-24")) == 3
    assert read_hand_picks(client, "?start=2021-04-23&end=2021-04-23") == []
    other = log_in(make_member(make_stranger()[0], Role.COUNTY_ADMIN))
    assert other.get(f"{TABLE}von-hand.csv").status_code == 404


def test_no_formula_leaves_the_house_in_a_reason(world: World, client: Client) -> None:
    pick = propose(world, world.release(), world.entry())
    HandPick.objects.filter(pk=pick.pk).update(note="=HYPERLINK(1;2)")
    assert read_hand_picks(client)[0]["Begründung"] == "'=HYPERLINK(1;2)"


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_hand_picks(
    world: World, client: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[object]], rows: int
) -> None:
    second = make_member(world.centre, Role.CENTRE_LEAD)
    for person in world.entries(rows):
        consent_to_hand_pick(propose(world, world.release(), person), by=second, now=NOON)
    with django_assert_num_queries(8):
        assert len(client.get(TABLE).context["hand_picks"]) == rows
    with django_assert_num_queries(5):
        client.get(f"{TABLE}von-hand.csv")


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_table(
    world: World, client: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[object]], rows: int
) -> None:
    for _ in range(rows):
        world.release(doses=rows)
    with django_assert_num_queries(8):
        assert len(client.get(TABLE).context["rows"]) == rows
    with django_assert_num_queries(5):
        client.get(FILE)
