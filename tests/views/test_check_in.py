"""The door: what is typed or scanned leads to the person, and what is noted there is told at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from impfzentrum.models import Attendance, AttendanceStep, Offer
from impfzentrum.procedures.answering import cancel_dose
from impfzentrum.procedures.opening_list import open_list
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON, ask, make_release
from tests.views.citizens import text_of
from tests.views.door import DOOR, at_the_door, code_of, page_of, people, tap
from tests.views.staff import log_in, make_member, make_neighbour

pytestmark = pytest.mark.usefixtures("saturday_noon")


@pytest.fixture
def offers(world: World) -> list[Offer]:
    return people(world)


@pytest.fixture
def client(world: World) -> Client:
    return at_the_door(world)


def type_in(client: Client, text: str, **more: str):  # type: ignore[no-untyped-def]
    return client.post(DOOR, {"typed": text, "form_key": str(uuid4()), **more})


def state_of(offer: Offer) -> str:
    found = Attendance.objects.filter(offer=offer).first()
    return found.state if found else "expected"


def test_a_code_notes_the_arrival_and_shows_the_person(client: Client, offers: list[Offer]) -> None:
    first, second, _ = offers
    response = type_in(client, f" {code_of(second).lower()} ")
    assert response.headers["Location"] == page_of(second)
    page = text_of(client.get(page_of(second)))
    for told in (
        "angekommen",
        "von der Schulenburg, Erika",
        "Comirnaty, 1. Dosis",
        "Ausweis",
        "Türkisch",
        "12:00 Uhr, staff",
    ):
        assert told in page
    assert "rückgängig machen" in page
    assert state_of(first) == "expected"
    type_in(client, code_of(second))
    assert AttendanceStep.objects.count() == 1, "scanned twice is arrived once"


def test_only_looking_notes_nothing(client: Client, offers: list[Offer]) -> None:
    response = type_in(client, code_of(offers[0]), nachsehen="on")
    assert state_of(offers[0]) == "expected"
    assert "checked" in client.get(response.headers["Location"]).content.decode(), "and the next is only looked at too"


@pytest.mark.parametrize("typed", ["Yılmaz", "1.4.1950", "ayse yil"])
def test_a_name_or_birth_date_shows_the_person_first(client: Client, offers: list[Offer], typed: str) -> None:
    assert type_in(client, typed).headers["Location"] == page_of(offers[0])
    assert state_of(offers[0]) == "expected"


def test_several_are_offered_to_choose_from(client: Client, offers: list[Offer]) -> None:
    page = text_of(type_in(client, "yil"))
    assert "Wer ist es?" in page
    assert "Yılmaz, Ayşe" in page
    assert "Yildiz, Karl" in page
    assert "Schulenburg" not in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Bitte geben Sie einen Code, einen Namen oder ein Geburtsdatum ein."),
        ("7K7K7K", "Den Code 7K7K7K kennen wir nicht."),
        ("Niemand", "Heute erwarten wir niemanden, auf den das passt."),
        ("31.2.1950", "Heute erwarten wir niemanden"),
    ],
)
def test_nobody_is_told_in_a_sentence_and_the_word_stays(
    client: Client, offers: list[Offer], typed: str, sentence: str
) -> None:
    response = type_in(client, typed)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert f'value="{typed}"' in response.content.decode()


def test_another_day_another_centre_and_a_cancelled_one_are_told(
    world: World, client: Client, offers: list[Offer]
) -> None:
    code = code_of(offers[0])
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        open_list(world.centre, by=world.staff, now=NOON + timedelta(days=1))
        page = text_of(type_in(client, code))
        assert "Dieser Code gilt für einen anderen Tag: Samstag, 24. April, 12:30 bis 17:45 Uhr." in page
        assert "Yılmaz" not in page
    neighbour = make_neighbour(world)
    colleague = make_member(neighbour, Role.CENTRE_STAFF)
    open_list(neighbour, by=colleague, now=NOON)
    there = log_in(colleague).post("/zentrum/bad-wildungen/einlass/", {"typed": code})
    assert "Dieser Code gilt im Impfzentrum Korbach" in text_of(there)
    cancel_dose(offers[0], now=NOON)
    assert "wurde abgesagt" in text_of(type_in(client, code))


def test_the_batch_is_asked_for_kept_and_remembered(client: Client, offers: list[Offer]) -> None:
    first, second, _ = offers
    for wrong, sentence in [("", "Bitte geben Sie die Charge an"), ("ä!", "Eine Charge hat 3 bis 20 Buchstaben")]:
        response = tap(client, first, "vaccinated", batch=wrong, proof_checked="on")
        assert response.status_code == 422
        assert sentence in text_of(response)
        assert f'value="{wrong}"' in response.content.decode()
    assert tap(client, first, "vaccinated", batch="ex 3599", proof_checked="on").status_code == 302
    page = text_of(client.get(page_of(first)))
    assert "geimpft" in page
    assert "EX3599" in page
    assert 'value="EX3599"' in client.get(page_of(second)).content.decode()


def test_the_proof_is_checked_by_itself(client: Client, offers: list[Offer]) -> None:
    tap(client, offers[0], "arrived")
    assert "Nachweis geprüft und geimpft" in text_of(client.get(page_of(offers[0])))
    tap(client, offers[0], "arrived", proof_checked="on")
    assert "✓ geprüft" in text_of(client.get(page_of(offers[0])))


def test_a_dose_that_is_free_again_is_told_with_its_time(world: World, client: Client, offers: list[Offer]) -> None:
    world.entry()
    page = text_of(client.get(tap(client, offers[0], "unproven").headers["Location"]))
    assert "Die Dosis ist wieder frei. Bis 17:45 Uhr bleiben 5 Stunden 45 Minuten" in page
    assert "Bitte sagen Sie der Person, was fehlte: Ausweis." in page
    with time_machine.travel(NOON + timedelta(minutes=340), tick=False):
        page = text_of(client.get(tap(client, offers[1], "deferred").headers["Location"]))
        assert "niemand auf der Liste kann noch rechtzeitig kommen. Verwendbar ist sie bis 18:00 Uhr." in page
    with time_machine.travel(NOON + timedelta(hours=7), tick=False):
        page = text_of(client.get(tap(client, offers[2], "missed").headers["Location"]))
        assert "Die Freigabe ist vorbei: Die Dosis ist verfallen." in page


def test_who_may_still_come_is_asked_about(client: Client, offers: list[Offer]) -> None:
    response = tap(client, offers[0], "missed")
    assert response.status_code == 409
    assert "Die Person darf noch bis 17:45 Uhr kommen." in text_of(response)
    assert state_of(offers[0]) == "expected"
    tap(client, offers[0], "missed", surely="on")
    assert state_of(offers[0]) == "missed"


def test_the_later_colleague_sees_what_the_first_did(world: World, client: Client, offers: list[Offer]) -> None:
    tap(client, offers[0], "missed", surely="on")
    colleague = make_member(world.centre, Role.CENTRE_LEAD)
    open_list(world.centre, by=colleague, now=NOON)
    response = tap(log_in(colleague), offers[0], "arrived")
    assert response.status_code == 409
    assert "staff hat für diese Person um 12:00 Uhr schon eingetragen: nicht erschienen." in text_of(response)


def test_a_step_is_undone_and_a_late_undo_is_refused(world: World, client: Client, offers: list[Offer]) -> None:
    tap(client, offers[0], "missed", surely="on")
    address = f"{page_of(offers[0])}zurueck/{AttendanceStep.objects.get().form_key}/"
    with time_machine.travel(NOON + timedelta(minutes=11), tick=False):
        assert "Rückgängig machen geht nur 10 Minuten lang" in text_of(client.post(address, follow=True))
    assert "Rückgängig gemacht: nicht erschienen." in text_of(client.post(address, follow=True))
    assert state_of(offers[0]) == "expected"


def test_a_double_tap_is_one_step(client: Client, offers: list[Offer]) -> None:
    key = str(uuid4())
    for _tap in range(2):
        tap(client, offers[0], "arrived", form_key=key)
    assert AttendanceStep.objects.count() == 1
    tap(client, offers[0], "vaccinated", form_key=key, batch="EX3599", proof_checked="on")
    assert state_of(offers[0]) == "vaccinated", "another button of an old page is no second tap"


def test_somebody_of_another_centre_is_not_there(world: World, client: Client, offers: list[Offer]) -> None:
    neighbour = make_neighbour(world)
    world.entry()
    elsewhere = make_release(neighbour, world.campaign, world.vaccine, world.staff)
    assert client.get(f"{DOOR}{uuid4()}/").status_code == 404
    colleague = make_member(neighbour, Role.CENTRE_STAFF)
    open_list(neighbour, by=colleague, now=NOON)
    there = f"/zentrum/bad-wildungen/einlass/{offers[0].public_id}/"
    assert log_in(colleague).get(there).status_code == 404
    assert log_in(colleague).post(there, {"state": "missed", "form_key": str(uuid4())}).status_code == 404
    assert ask(elsewhere) is not None
