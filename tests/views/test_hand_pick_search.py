"""Finding the person whom a dose shall be given by hand, and what is typed wrongly on the way."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from impfzentrum.models import HandPick, StandbyEntry
from tests import factories
from tests.conftest import World
from tests.factories import ask
from tests.views.hand_picks import BORN, LIVE, PICK, proposal, search, see
from tests.views.staff import log_in, make_neighbour, make_stranger

pytestmark = pytest.mark.usefixtures("saturday_noon")


@pytest.fixture
def client(world: World) -> Client:
    return log_in(world.staff)


def test_who_is_not_eligible_is_shown_with_why_and_cannot_be_chosen(world: World, client: Client) -> None:
    paused = world.entry(family_name="Abend", state="paused")
    world.entry(family_name="Morgen")
    world.release()
    page = search(client)
    assert f'value="{paused.public_id}"' not in page
    assert page.index("Morgen, Erika") < page.index("Abend, Erika")
    assert "wartet gerade nicht (gefragt, zugesagt oder pausiert)" in page
    response = client.post(PICK, proposal(paused))
    assert response.status_code == 422
    assert "Diese Person kommt nicht mehr infrage." in response.content.decode()
    assert not HandPick.objects.exists()


def test_the_only_person_is_no_longer_eligible(world: World, client: Client) -> None:
    person = world.entry()
    world.release()
    StandbyEntry.objects.update(state="paused")
    page = client.post(PICK, proposal(person)).content.decode()
    assert "Diese Person kommt nicht mehr infrage" in page
    assert "wartet gerade nicht" in page


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        ("", ["Groß", "Müller-Lüdenscheidt", "von der Schulenburg", "Wójcik"]),
        ("mu", ["Müller-Lüdenscheidt"]),
        ("LÜD", ["Müller-Lüdenscheidt"]),
        ("schul", ["von der Schulenburg"]),
        ("von der", ["von der Schulenburg"]),
        ("GROSS", ["Groß"]),
        ("woj", ["Wójcik"]),
        ("x", []),
    ],
)
def test_names_are_found_by_their_beginning(world: World, client: Client, letters: str, found: list[str]) -> None:
    for name in ("von der Schulenburg", "Müller-Lüdenscheidt", "Wójcik", "Groß"):
        world.entry(family_name=name)
    world.entry(family_name="Gross", birth_date=date(1951, 1, 4))
    world.release()
    response = client.post(PICK, {"birth_date": BORN, "letters": letters})
    assert [one.entry.family_name for one in response.context["found"].people] == found
    assert ("Auf der Liste steht niemand mit diesen Angaben" in response.content.decode()) == (not found)


def test_of_many_born_on_one_day_letters_are_asked_for(world: World, client: Client) -> None:
    world.entries(21)
    world.release()
    assert "Bitte geben Sie auch den Anfang des Familiennamens ein." in search(client)
    assert len(client.post(PICK, {"birth_date": BORN}).context["found"].people) == 20


def test_only_this_centres_list_is_searched(world: World, client: Client) -> None:
    stranger, _release = make_stranger()
    neighbour = make_neighbour(world)
    factories.make_entry(neighbour, world.campaign, world.vaccine)
    factories.make_entry(stranger, stranger.county.campaigns.get(), world.vaccine)
    world.entry(state="left")
    world.entry(state="unconfirmed", mobile_confirmed_at=None)
    world.release()
    assert "Auf der Liste steht niemand mit diesen Angaben" in search(client)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"birth_date": ""}, "Bitte geben Sie das Geburtsdatum ein."),
        ({"birth_date": "31.2.1950"}, "Diesen Tag gibt es nicht"),
        ({"birth_date": "gestern"}, "Bitte schreiben Sie das Datum so: 1.4.1950."),
        ({"letters": "M1"}, "In diesem Feld stehen Ziffern."),
        ({"person": ""}, "Bitte wählen Sie eine Person."),
        ({"person": "x"}, "Diese Person kommt nicht mehr infrage."),
        ({"reason": ""}, "Bitte wählen Sie einen Grund."),
        ({"reason": "sympathy"}, "Bitte wählen Sie einen Grund aus der Liste."),
        ({"note": ""}, "Bitte begründen Sie es in einem Satz."),
        ({"note": "  ja  bitte "}, "Bitte schreiben Sie mindestens 10 Zeichen."),
        ({"note": "x" * 201}, "Bitte höchstens 200 Zeichen."),
        ({"agreed": ""}, "Bitte fragen Sie zuerst die Person"),
    ],
)
def test_bad_input_is_told_and_nothing_typed_is_lost(
    world: World, client: Client, typed: dict[str, str], sentence: str
) -> None:
    person = world.entry()
    world.release()
    sent = proposal(person, **typed)
    if typed.get("agreed") == "":
        del sent["agreed"]
    response = client.post(PICK, sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "Fehler:" in page
    if not response.context["search"].errors:
        assert f">\n{sent['note']}</textarea>" in page
        assert f'name="birth_date" value="{sent["birth_date"]}"' in page
        assert ("checked" in page) == (sent["person"] == str(person.public_id) or "agreed" in sent)
    assert not HandPick.objects.exists()


@pytest.mark.parametrize("form_key", ["", "x", "a\x00b"])
def test_a_damaged_form_key_loses_nothing(world: World, client: Client, form_key: str) -> None:
    world.release()
    assert client.post(PICK, proposal(world.entry(), form_key=form_key)).headers["Location"] == LIVE
    assert HandPick.objects.count() == 1


@pytest.mark.parametrize("field", ["birth_date", "letters", "person", "reason", "note"])
def test_a_null_byte_is_refused_kindly(world: World, client: Client, field: str) -> None:
    world.release()
    assert client.post(PICK, proposal(world.entry(), **{field: "a\x00b"})).status_code == 422


def test_without_a_free_dose_the_page_says_so(world: World, client: Client) -> None:
    world.entry(birth_date=date(1940, 1, 1))
    ask(world.release())
    assert "Zurzeit ist keine Dosis frei, ein Vorschlag geht erst, wenn eine frei wird." in see(client, PICK)
    response = client.post(PICK, proposal(world.entry()))
    assert response.status_code == 422
    assert "Zurzeit ist keine Dosis frei." in response.content.decode()
