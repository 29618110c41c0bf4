"""What the personal page tells of the list, of offers and of one's data, and how many queries that takes."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from impfzentrum.models import GroupFigures, Offer, StandbyEntry
from impfzentrum.procedures.expiring import end_pauses
from impfzentrum.procedures.figuring import refresh_figures
from tests.conftest import World
from tests.factories import NOON
from tests.views.citizens import error_beside, text_of

pytestmark = pytest.mark.usefixtures("saturday_noon")

TOLD = {
    "declined": "Sie haben abgesagt.",
    "expired": "Bis 12:15 Uhr kam keine Antwort.",
    "late": "als alle Dosen vergeben waren",
    "undeliverable": "Unsere Nachricht kam nicht bei Ihnen an.",
    "withdrawn": "Andere waren schneller.",
    "cancelled": "später abgesagt",
    "unused": "sind dort nicht geimpft worden",
}


def offered(world: World, entry: StandbyEntry, state: str = "declined") -> Offer:
    release = world.release()
    values = {"priority_group": 2, "ticket": 1, "travel_minutes": 20, "answer_by": NOON + timedelta(minutes=15)}
    return entry.offers.create(release=release, state=state, created_at=NOON, state_since=NOON, **values)


@pytest.mark.parametrize("state", TOLD)
def test_every_end_of_an_offer_is_told_in_plain_words(client: Client, world: World, state: str) -> None:
    entry = world.entry()
    offered(world, entry, state)
    words = text_of(client.get(f"/s/{entry.token}/"))
    assert TOLD[state] in words
    assert "Comirnaty, Impfzentrum Korbach." in words


def test_who_was_never_asked_reads_that(client: Client, world: World) -> None:
    assert "Bisher haben wir Sie noch nicht gefragt." in text_of(client.get(f"/s/{world.entry().token}/"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_as_many_queries_however_long_list_and_history_are(
    client: Client, world: World, rows: int
) -> None:
    entry = world.entry(email="erika@example.org")
    world.entries(rows)
    for _ in range(rows):
        offered(world, entry)
    refresh_figures(world.centre, now=NOON)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/s/{entry.token}/").status_code == 200
    assert len(queries) == 10, [one["sql"][:110] for one in queries]


def test_how_the_list_stands_is_told_with_a_range_or_not_at_all(client: Client, world: World) -> None:
    entry = world.entry()
    page = f"/s/{entry.token}/"
    assert "Zurzeit liegen uns keine frischen Zahlen vor." in text_of(client.get(page))
    world.entries(5)
    refresh_figures(world.centre, now=NOON)
    words = text_of(client.get(page))
    assert "in Ihrer Gruppe warten 6 Personen" in words
    assert "können wir nicht ehrlich sagen" in words
    GroupFigures.objects.update(asked=[4, 4, 4, 4], waiting=100, first_release_at=NOON - timedelta(days=60))
    words = text_of(client.get(page))
    assert "fragen wir von 100 Menschen wie Ihnen etwa 1 bis 7." in words
    assert "kein Versprechen" in words
    GroupFigures.objects.update(waiting=4)
    words = text_of(client.get(page))
    assert "in Ihrer Gruppe warten weniger als 5 Personen" in words
    assert "nicht ehrlich sagen" in words


def test_a_group_that_is_not_open_hears_why_there_is_no_chance(client: Client, world: World) -> None:
    entry = world.entry(priority_group=4)
    refresh_figures(world.centre, now=NOON)
    assert "Solange Ihre Gruppe nicht an der Reihe ist" in text_of(client.get(f"/s/{entry.token}/"))


def test_ones_data_on_a_page_and_as_a_file(client: Client, world: World) -> None:
    entry = world.entry(email="erika@example.org")
    offered(world, entry)
    page = client.get(f"/s/{entry.token}/daten/")
    words = text_of(page)
    for part in ("Erika", "erika@example.org", "Comirnaty", "4. Januar 1950", "abgelehnt", "Montag – Sonntag"):
        assert part in words
    file = client.get(f"/s/{entry.token}/daten.json")
    assert file["Content-Disposition"] == 'attachment; filename="meine-angaben.json"'
    assert "no-store" in file["Cache-Control"]
    assert json.loads(file.content)["data"]["StandbyEntry"][0]["family_name"] == entry.family_name
    assert client.get("/s/abcdefghijklmnopqrstuv/daten.json").status_code == 404


# --- a pause until a day


def test_a_pause_until_a_day_ends_by_itself(client: Client, world: World) -> None:
    entry = world.entry()
    assert client.post(f"/s/{entry.token}/pause/", {"days": "-1", "until_day": "3.5.2021"}).status_code == 303
    entry.refresh_from_db()
    assert (entry.state, entry.paused_until) == ("paused", NOON.replace(month=5, day=3, hour=0))
    end_pauses(now=NOON.replace(month=5, day=2, hour=23, minute=59))
    entry.refresh_from_db()
    assert entry.state == "paused"
    end_pauses(now=NOON.replace(month=5, day=3, hour=0))
    entry.refresh_from_db()
    assert entry.state == "waiting"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "Bitte nennen Sie den Tag"),
        ("24.4.2021", "schon vorbei oder heute"),
        ("1.1.1800", "schon vorbei oder heute"),
        ("31.2.2022", "Diesen Tag gibt es nicht"),
        ("1.5.2090", "länger als ein Jahr"),
        ("1.5.22", "vier Ziffern"),
        ("morgen", "Bitte schreiben Sie das Datum so"),
        ("🙂", "Bitte schreiben Sie das Datum so"),
    ],
)
def test_what_is_no_day_to_come(client: Client, world: World, day: str, words: str) -> None:
    entry = world.entry()
    page = client.post(f"/s/{entry.token}/pause/", {"days": "-1", "until_day": day})
    assert (page.status_code, words in error_beside(page, "until_day")) == (422, True)
    assert not day or f'value="{day}"' in page.content.decode()
